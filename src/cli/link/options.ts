// The flags of `helo link`. A flag overrides a variable, a variable the default.
import type { Result } from '../../lib/result.ts';
import type { Environment } from '../../platform/node/home.ts';
import { chatFlags, serverFlag } from '../chat/options.ts';
import type { Failure } from '../failure.ts';
import { settle } from '../flags/settle.ts';
import { fromEnvironment, type FlagSource } from '../flags/sources.ts';
import { switchFlag, type FlagValues } from '../flags/table.ts';

export const linkFlags = {
  server: serverFlag,
  name: {
    ...chatFlags.name,
    shownDefault: 'as the other device says',
    help: 'whose device this is to be',
  },
  'no-qr': switchFlag('only the letters of the code, without the picture'),
  data: chatFlags.data,
} as const;

export type LinkOptions = FlagValues<typeof linkFlags>;

/** The options from the given flags and the environment. */
export function linkOptions(
  given: FlagSource,
  env: Environment,
  folder: string,
): Result<LinkOptions, Failure> {
  const fromEnv = fromEnvironment(linkFlags, env, folder);
  return fromEnv.ok ? settle(linkFlags, [given, fromEnv.value], env) : fromEnv;
}
