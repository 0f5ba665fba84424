// The flags of `helo chat`. A flag overrides a variable, a variable the default.
import { addressForms, type ServerAddress } from '../../client/connection/server-address.ts';
import { readServerAddress } from '../../platform/node/server-address.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { maxNameLength, parseUsername, type Username } from '../../wire/text.ts';
import type { Failure } from '../failure.ts';
import { bytes, path, seconds, wholeNumber } from '../flags/decoders.ts';
import { settle } from '../flags/settle.ts';
import { fromEnvironment, type FlagSource } from '../flags/sources.ts';
import type { Environment } from '../../platform/node/home.ts';
import {
  derivedFlag,
  flag,
  optionalFlag,
  switchFlag,
  type Decoder,
  type FlagValues,
} from '../flags/table.ts';
import { usualClientData } from '../../platform/node/xdg.ts';

const server: Decoder<ServerAddress> = (text) => {
  const parsed = readServerAddress(text);
  return parsed.ok ? parsed : err(`${addressForms} (${parsed.error})`);
};

const username: Decoder<Username> = (text) => {
  const parsed = parseUsername(text);
  return parsed === undefined
    ? err(`1 to ${maxNameLength} letters, digits and underscores`)
    : ok(parsed);
};

/** The default address of a server on this machine. */
export const defaultServer = '127.0.0.1:1337';

export const serverFlag = flag({
  value: 'ADDRESS',
  decode: server,
  default: defaultServer,
  help: 'HOST:PORT, tls://HOST:PORT[#FINGERPRINT]',
});

export const chatFlags = {
  server: { ...serverFlag, shownDefault: 'the last one' },
  name: optionalFlag({
    value: 'NAME',
    decode: username,
    shownDefault: 'the one you had there',
    help: 'who you are to the others',
  }),
  guest: switchFlag('no account: the name is yours until you leave'),
  'invite-file': optionalFlag({
    value: 'FILE',
    decode: path,
    help: 'holds the invite code for a new account',
  }),
  history: optionalFlag({
    value: 'N',
    decode: wholeNumber(0, 1000),
    shownDefault: '10 on a terminal',
    help: 'messages shown at the start',
  }),
  wait: flag({
    value: 'SECONDS',
    decode: seconds(0, 1_000_000),
    default: '30',
    help: 'how long a pipe waits for a server that is down',
  }),
  'no-reconnect': switchFlag('end when the connection is lost'),
  plain: switchFlag('lines instead of the full screen, for screen readers too'),
  literal: switchFlag('every line is text for the lobby, and none a command'),
  'v1-output': switchFlag('rows as in version 1, which do not say where'),
  data: derivedFlag({
    value: 'DIR',
    decode: path,
    shownDefault: '~/.local/share/helo/client',
    absent: usualClientData,
    help: 'your key, and whom you know',
  }),
  downloads: optionalFlag({
    value: 'DIR',
    decode: path,
    shownDefault: '~/Downloads/helo',
    help: 'files of others go to DIR/NAME',
  }),
  'accept-up-to': flag({
    value: 'N',
    decode: bytes,
    default: '100MB',
    help: 'bytes taken unasked from one whom you know',
  }),
} as const;

export type ChatOptions = FlagValues<typeof chatFlags>;

/** What the person asked for. */
export interface ChatWish {
  readonly options: ChatOptions;
  /** Whether the person named a server. */
  readonly isServerTold: boolean;
}

/** The options from the given flags and the environment. */
export function chatOptions(
  given: FlagSource,
  env: Environment,
  folder: string,
): Result<ChatWish, Failure> {
  const fromEnv = fromEnvironment(chatFlags, env, folder);
  if (!fromEnv.ok) return fromEnv;
  const sources = [given, fromEnv.value];
  const options = settle(chatFlags, sources, env);
  if (!options.ok) return options;
  const isServerTold = sources.some((source) => source.has('server'));
  return ok({ options: options.value, isServerTold });
}
