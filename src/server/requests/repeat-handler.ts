// Repeats: the number that a resent message has in the log, its time, and whether the text is the same. Needed after a
// lost answer, which is rare, so it may cost a read of the log, and nothing is remembered for it meanwhile. Searches
// only the last part of a log: the client gets anything older from the log itself.

import type { Repeated } from '../../hub/effects.ts';
import type { Readable } from '../../hub/lookups.ts';
import type { Segment, Store } from '../../hub/store-port.ts';
import { parseExtendedEvent, type ExtendedEventOf } from '../../wire/extended/events.ts';
import { parseMessageId } from '../../wire/extended/names.ts';
import { textFromBytes } from '../binary-string.ts';

/** How much is read at a time, and how often. */
const step = { maxMessages: 1_000, maxBytes: 256 * 1024 };
const maxSteps = 4;

/** The first message, from the log. */
export interface FirstSaid {
  readonly seq: number;
  readonly at: number;
  /** Whether it has the same text as the repeat. */
  readonly isSame: boolean;
}

const lineEnd = 10;

export class RepeatHandler {
  readonly #store: Pick<Store, 'read'>;

  constructor(store: Pick<Store, 'read'>) {
    this.#store = store;
  }

  /**
   * The first message of `repeated`, from the log. Undefined if it is not in the part that is searched. Rejects with a
   * StoreError if the log cannot be read.
   */
  async find(repeated: Repeated, { log, first, last }: Readable): Promise<FirstSaid | undefined> {
    let before = last + 1;
    for (let steps = 0; steps < maxSteps && before > first; steps++) {
      const range = { log, after: first - 1, before, from: 'end', ...step } as const;
      const segments = await this.#store.read(range);
      for (const segment of segments.toReversed()) {
        const found = lineOf(segment, repeated);
        if (found !== undefined) return firstSaid(found, repeated, first);
        if (isBehind(segment, repeated)) return undefined;
      }
      before = segments[0]?.first ?? first;
    }
    return undefined;
  }
}

/** How the sender's line continues after its time. No text can look like this, because JSON escapes quotes. */
function headOf({ from }: Repeated, id: string): string {
  return `,"from":"${from}","id":"${id}`;
}

function blockOf({ bytes }: Segment): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function lineOf(segment: Segment, repeated: Repeated): ExtendedEventOf<'MSG'> | undefined {
  const block = blockOf(segment);
  const place = block.indexOf(`${headOf(repeated, repeated.id)}"`, 0, 'latin1');
  if (place < 0) return undefined;
  const start = block.lastIndexOf(lineEnd, place) + 1;
  const line = textFromBytes(block.subarray(start, block.indexOf(lineEnd, place)));
  const event = parseExtendedEvent(line);
  return event?.verb === 'MSG' ? event : undefined;
}

/** Whether a segment has an earlier message of the stream: then the message is not before it. */
function isBehind(segment: Segment, repeated: Repeated): boolean {
  const id = parseMessageId(repeated.id);
  if (id === undefined) return false;
  const block = blockOf(segment);
  const head = headOf(repeated, `${id.stream}.`);
  const place = block.indexOf(head, 0, 'latin1');
  if (place < 0) return false;
  const number = block.toString('latin1', place + head.length, place + head.length + 16);
  return Number.parseInt(number, 10) < id.number;
}

function firstSaid(
  { seq, at, text, content, erased, sealed, welcome }: ExtendedEventOf<'MSG'>,
  repeated: Repeated,
  first: number,
): FirstSaid | undefined {
  if (seq === undefined || seq < first) return undefined;
  const now = repeated.text === undefined ? undefined : Buffer.from(repeated.text, 'latin1');
  // Of what was erased nothing is left to compare.
  const isSame =
    erased === true ||
    (text === (now && textFromBytes(now)) &&
      content === repeated.content &&
      sealed === repeated.sealed &&
      welcome === repeated.welcome);
  return { seq, at, isSame };
}
