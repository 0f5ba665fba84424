// The flags of `helo recover`. A flag overrides a variable, a variable the default.
import type { Result } from '../../lib/result.ts';
import type { Environment } from '../../platform/node/home.ts';
import { chatFlags, serverFlag } from '../chat/options.ts';
import type { Failure } from '../failure.ts';
import { settle } from '../flags/settle.ts';
import { fromEnvironment, type FlagSource } from '../flags/sources.ts';
import { switchFlag, type FlagValues } from '../flags/table.ts';

export const recoverFlags = {
  server: serverFlag,
  name: { ...chatFlags.name, shownDefault: 'none, it is needed', help: 'whose account it is' },
  'revoke-others': switchFlag('all other devices are out for good, as lost'),
  data: chatFlags.data,
} as const;

export type RecoverOptions = FlagValues<typeof recoverFlags>;

/** The options from the given flags and the environment. */
export function recoverOptions(
  given: FlagSource,
  env: Environment,
  folder: string,
): Result<RecoverOptions, Failure> {
  const fromEnv = fromEnvironment(recoverFlags, env, folder);
  return fromEnv.ok ? settle(recoverFlags, [given, fromEnv.value], env) : fromEnv;
}
