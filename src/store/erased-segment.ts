// Takes what was said out of a line of a segment, in the same way for every adapter.

import type { Segment } from '../hub/store-port.ts';
import { erasedLine, isMessage } from '../wire/extended/erased-line.ts';
import { parseExtendedEvent } from '../wire/extended/events.ts';

const lineEnd = 10;

/** The bytes of `segment` with the message `seq` erased. Undefined where it has nothing to erase under that number. */
export function withoutMessage(
  { first, count, bytes }: Pick<Segment, 'first' | 'count' | 'bytes'>,
  seq: number,
  isExpired = false,
): Uint8Array | undefined {
  if (seq < first || seq >= first + count) return undefined;
  let start = 0;
  for (let number = first; number < seq; number++) {
    start = bytes.indexOf(lineEnd, start) + 1;
    if (start === 0) return undefined;
  }
  const end = bytes.indexOf(lineEnd, start);
  if (end < 0) return undefined;
  // What stays of the line is ASCII.
  const line = Buffer.from(bytes.subarray(start, end)).toString('latin1');
  const said = parseExtendedEvent(line);
  if (said?.verb !== 'MSG' || said.erased === true || !isMessage(said)) return undefined;
  const erased = Buffer.from(erasedLine(said, isExpired), 'latin1');
  return Buffer.concat([bytes.subarray(0, start), erased, bytes.subarray(end + 1)]);
}
