// What is left of a line of a log whose message was erased [14.30]: its number, its sender and its time. The Welcome of a
// session stays too: it says nothing of the message, and without it nothing that follows could be read.

import { formatExtendedEvent, type ExtendedEventOf } from './events.ts';

type Line = ExtendedEventOf<'MSG'>;

/** Whether somebody said it: not a commit or records of a room, and nothing that the server says by itself. */
export function isMessage({ from, kind, commit, records, out }: Line): boolean {
  return from !== undefined && (kind ?? commit ?? records ?? out) === undefined;
}

/** The line, with its end, without what was said. `isExpired`: its own time was over [13.13]. The id stays: whoever repeats the message finds it by that. */
export function erasedLine(
  { in: name, seq, at, from, guest, id, welcome, device }: Line,
  isExpired = false,
): string {
  const who = { in: name, seq, at, from, guest, id } as const;
  return formatExtendedEvent({
    verb: 'MSG',
    ...who,
    erased: true,
    ...(isExpired && { expired: true }),
    welcome,
    device,
  });
}
