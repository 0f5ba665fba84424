// The flags of `helo send`, and its arguments. Files go to a person, or to a group or a lobby that is sealed. `-` is the
// text on standard input. A flag overrides a variable, a variable the default.
import { resolve } from 'node:path';
import { err, ok, type Result } from '../../lib/result.ts';
import { formatPlace, parsePlace, type Place } from '../../wire/extended/names.ts';
import { chatFlags, serverFlag } from '../chat/options.ts';
import { quoted, usageFailure, type Failure } from '../failure.ts';
import { seconds } from '../flags/decoders.ts';
import { optionsOf } from '../flags/settle.ts';
import type { FlagSource } from '../flags/sources.ts';
import type { Environment } from '../../platform/node/home.ts';
import { flag, optionalFlag, switchFlag, type FlagValues } from '../flags/table.ts';

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
  text: optionalFlag({
    value: 'TEXT',
    decode: (text) => (text === '' ? err('a text') : ok(text)),
    help: 'say this; others on the machine can read arguments',
  }),
  json: switchFlag('a line of JSON for each text: what became of it'),
} as const;

export type SendOptions = FlagValues<typeof sendFlags>;

/** Files, and whom they are for. */
export interface FileBatch {
  readonly to: Place;
  /** Absolute paths. */
  readonly paths: readonly string[];
}

/** What is sent to whom. */
export type SendJob =
  | { readonly kind: 'files'; readonly parcel: FileBatch }
  /** Each line of standard input is one message. */
  | { readonly kind: 'texts'; readonly to: Place }
  /** Of each text, the program says what became of it. Undefined: of standard input. */
  | { readonly kind: 'told'; readonly to: Place; readonly text: string | undefined };

/** The options from the given flags and the environment. */
export function sendOptions(
  given: FlagSource,
  env: Environment,
  folder: string,
): Result<SendOptions, Failure> {
  return optionsOf(sendFlags, given, env, folder);
}

/** `@user FILE...`, or `@user -`, `#group -`, `lobby -`; `@user` where the text is a flag. */
export function readConsignment(
  [where = '', ...rest]: readonly string[],
  folder: string,
  { text, json }: Pick<SendOptions, 'text' | 'json'>,
): Result<SendJob, Failure> {
  const place = parsePlace(where.replace(/^@@/, '#'));
  if (place === undefined) {
    const found = where === '' ? 'nothing' : quoted(where);
    return err(usageFailure(`who gets it comes first, as @user, #group or lobby, not ${found}`));
  }
  if (text !== undefined) {
    return rest.length === 0
      ? ok({ kind: 'told', to: place, text })
      : err(usageFailure('--text goes alone, without files'));
  }
  if (json) {
    return rest.length === 1 && rest[0] === '-'
      ? ok({ kind: 'told', to: place, text })
      : err(usageFailure('--json is for texts', 'Say --text TEXT, or - for standard input.'));
  }
  if (rest.length === 1 && rest[0] === '-') return ok({ kind: 'texts', to: place });
  if (rest.includes('-')) {
    return err(usageFailure('- is the text on standard input, and goes alone'));
  }
  if (rest.length === 0) {
    const what = `no file is named that ${formatPlace(place)} gets`;
    return err(usageFailure(what, 'For a text: --text TEXT. For text on standard input: -'));
  }
  const paths = [...new Set(rest.map((file) => resolve(folder, file)))];
  return ok({ kind: 'files', parcel: { to: place, paths } });
}
