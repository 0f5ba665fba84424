// What `helo send` can be told: its table of flags, and the words behind them. A flag beats a variable beats the default.
import { resolve } from 'node:path';
import { err, ok, type Result } from '../../lib/result.ts';
import { parseUsername, type Username } from '../../wire/text.ts';
import { chatFlags, serverFlag } from '../chat/options.ts';
import { quoted, usageFailure, type Failure } from '../failure.ts';
import { seconds } from '../flags/decoders.ts';
import { settle } from '../flags/settle.ts';
import { fromEnvironment, type Source } from '../flags/sources.ts';
import { flag, type Environment, type ValuesOf } from '../flags/table.ts';

export const sendFlags = {
  server: serverFlag,
  name: { ...chatFlags.name, shownDefault: undefined },
  guest: chatFlags.guest,
  data: chatFlags.data,
  wait: flag({
    value: 'SECONDS',
    decode: seconds(1, 1_000_000, { zero: true }),
    default: '0',
    help: 'give up after so long, 0 for never',
  }),
} as const;

export type SendOptions = ValuesOf<typeof sendFlags>;

/** Who gets what. */
export interface Parcel {
  readonly to: Username;
  /** Absolute. */
  readonly paths: readonly string[];
}

/** The options from the flags given and the environment. */
export function sendOptions(
  given: Source,
  env: Environment,
  folder: string,
): Result<SendOptions, Failure> {
  const fromEnv = fromEnvironment(sendFlags, env, folder);
  return fromEnv.ok ? settle(sendFlags, [given, fromEnv.value], env) : fromEnv;
}

/** `@user FILE...` */
export function readParcel(
  [mention = '', ...files]: readonly string[],
  folder: string,
): Result<Parcel, Failure> {
  const to = mention.startsWith('@') ? parseUsername(mention.slice(1)) : undefined;
  if (to === undefined) {
    const found = mention === '' ? 'nothing' : quoted(mention);
    return err(usageFailure(`who gets it comes first, as @user, not ${found}`));
  }
  if (files.length === 0) return err(usageFailure(`no file is named that @${to} gets`));
  return ok({ to, paths: [...new Set(files.map((file) => resolve(folder, file)))] });
}
