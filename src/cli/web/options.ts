// The flags of `helo web`. A flag overrides a variable, a variable the default.
import type { ServerAddress } from '../../client/connection/server-address.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { Environment } from '../../platform/node/home.ts';
import { chatFlags, serverFlag } from '../chat/options.ts';
import { readRemembered, rememberedPath } from '../chat/remembered.ts';
import { isInteractive } from '../chat/streams.ts';
import type { Failure } from '../failure.ts';
import { wholeNumber } from '../flags/decoders.ts';
import { settle } from '../flags/settle.ts';
import { fromEnvironment, type FlagSource } from '../flags/sources.ts';
import { optionalFlag, switchFlag, type FlagValues } from '../flags/table.ts';

export const webFlags = {
  server: { ...serverFlag, shownDefault: 'the last one' },
  port: optionalFlag({
    value: 'PORT',
    decode: wholeNumber(0, 65_535),
    shownDefault: 'that of the server',
    help: 'where the page is; 0 takes a free one',
  }),
  digest: switchFlag('tell the SHA-256 of every file of the page, and end'),
  data: chatFlags.data,
} as const;

export type WebOptions = FlagValues<typeof webFlags>;

/** The options from the given flags and the environment. As in `helo chat`, only a person gets the last server. */
export async function webOptions(
  given: FlagSource,
  env: Environment,
  folder: string,
): Promise<Result<WebOptions, Failure>> {
  const fromEnv = fromEnvironment(webFlags, env, folder);
  if (!fromEnv.ok) return fromEnv;
  const sources = [given, fromEnv.value];
  const options = settle(webFlags, sources, env);
  if (!options.ok || sources.some((source) => source.has('server'))) return options;
  const last = await lastServer(options.value.data, env);
  return ok({ ...options.value, server: last ?? options.value.server });
}

async function lastServer(data: string, env: Environment): Promise<ServerAddress | undefined> {
  if (!isInteractive(process)) return undefined;
  return (await readRemembered(rememberedPath(data, env))).server;
}
