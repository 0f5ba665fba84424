// Repeats: the number that a resent message has in the log, its time, and whether the text is the same. Needed after
// a lost answer, which is rare, so it may cost a look into the log, and nothing is remembered for it meanwhile.
// Searches only the last part of a log: the client gets anything older from the log itself.

import type { Repeated } from '../../hub/effects.ts';
import type { Readable } from '../../hub/lookups.ts';
import type { Segment, Store } from '../../hub/store-port.ts';
import { parseExtendedEvent, type ExtendedEventOf } from '../../wire/extended/events.ts';
import { parseMessageId } from '../../wire/extended/names.ts';
import { textFromBytes } from '../binary-string.ts';

/** So much is read at a time, and so many times. */
const step = { maxMessages: 1_000, maxBytes: 256 * 1024 };
const maxSteps = 4;

/** What the log has. */
export interface FirstSaid {
  readonly seq: number;
  readonly at: number;
  /** Whether it says what it said the first time. */
  readonly isSame: boolean;
}

const lineEnd = 10;

export class RepeatHandler {
  readonly #store: Pick<Store, 'read'>;

  constructor(store: Pick<Store, 'read'>) {
    this.#store = store;
  }

  /**
   * What the log has of `repeated`; undefined where it is not in the part that is looked through. Rejects with a StoreError
   * where the log can't be read.
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

/** How a line of this speaker goes on behind its time; nothing that people say looks so, since JSON escapes it. */
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

/** Whether a segment has something earlier of the stream: then what is looked for is not before it. */
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
  { seq, at, text, sealed, welcome }: ExtendedEventOf<'MSG'>,
  repeated: Repeated,
  first: number,
): FirstSaid | undefined {
  if (seq === undefined || seq < first) return undefined;
  const now = repeated.text === undefined ? undefined : Buffer.from(repeated.text, 'latin1');
  const isSame =
    text === (now && textFromBytes(now)) &&
    sealed === repeated.sealed &&
    welcome === repeated.welcome;
  return { seq, at, isSame };
}
