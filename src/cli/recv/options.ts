// The flags of `helo recv`, and its argument. A flag overrides a variable, a variable the default.
import { momentForms, parseMoment } from '../../client/wording/said-when.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { parsePlace, type Place } from '../../wire/extended/names.ts';
import { chatFlags, serverFlag } from '../chat/options.ts';
import { quoted, usageFailure, type Failure } from '../failure.ts';
import { optionalFlag, switchFlag, type FlagValues } from '../flags/table.ts';

export const recvFlags = {
  server: serverFlag,
  name: { ...chatFlags.name, shownDefault: undefined },
  guest: chatFlags.guest,
  data: chatFlags.data,
  follow: switchFlag('stay, and print what comes'),
  json: switchFlag('a line of JSON for each'),
  since: optionalFlag({
    value: 'WHEN',
    decode: (text) => {
      const at = text === 'all' ? 0 : parseMoment(text, Date.now());
      return at === undefined ? err(`all, ${momentForms}`) : ok(at);
    },
    help: 'all from then on, read or not: 2026-11-01, 2h, all',
  }),
} as const;

export type RecvOptions = FlagValues<typeof recvFlags>;

/** Nothing, or `@user`, `#group` or `lobby`: messages of there alone. */
export function readPlace([where, ...more]: readonly string[]): Result<Place | undefined, Failure> {
  if (where === undefined) return ok(undefined);
  const place = parsePlace(where.replace(/^@@/, '#'));
  return place === undefined || more.length > 0
    ? err(
        usageFailure(
          `@user, #group or lobby can be named, not ${quoted([where, ...more].join(' '))}`,
        ),
      )
    : ok(place);
}
