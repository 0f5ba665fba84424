// The form of a server's output during the measurement: records of a few kinds, distinguished by their first byte, each
// with a fixed length and its mark at a fixed place. Made from examples, so a dialect only says what a line looks like.

import { fillerOf, mark, markBytes } from './payload.ts';

/** Makes the record in which `payload` of sender number `sender` arrives, as a binary string. */
export type RecordOf = (sender: number, payload: string) => string;

/** One kind of record. */
export interface Shape {
  readonly first: number;
  readonly last: number;
  readonly length: number;
  /** Where the mark begins. */
  readonly markAt: number;
  /** Whether the record at `at`, without its mark, is one for a message of `sender`. */
  matches(bytes: Uint8Array, at: number, sender: number): boolean;
}

/** Whether `bytes` from `at` on are those of `template`, except for the mark. */
function sameAround(template: Buffer, bytes: Uint8Array, at: number, markAt: number): boolean {
  for (let i = 0; i < template.length; i++) {
    if (i === markAt) i += markBytes - 1;
    else if (template[i] !== bytes[at + i]) return false;
  }
  return true;
}

/**
 * The shape of records for payloads of `payloadBytes`. Throws if records differ in length or in the place of the mark,
 * because they are read at fixed places.
 */
export function shapeOf(recordOf: RecordOf, senders: number, payloadBytes: number): Shape {
  const filler = fillerOf(payloadBytes);
  const templates = Array.from({ length: senders }, (_, sender) =>
    Buffer.from(recordOf(sender, mark(sender, 0) + filler), 'latin1'),
  );
  const [example] = templates;
  if (example === undefined) throw new RangeError('no sender');
  const markAt = example.indexOf(mark(0, 0) + filler, 0, 'latin1');
  for (const [sender, template] of templates.entries()) {
    const same = template.length === example.length && template[0] === example[0];
    if (!same || template.indexOf(mark(sender, 0) + filler, 0, 'latin1') !== markAt) {
      throw new Error(`the records of senders 0 and ${sender} differ in form`);
    }
  }
  return {
    first: example[0] as number,
    last: example.at(-1) as number,
    length: example.length,
    markAt,
    matches(bytes, at, sender) {
      const template = templates[sender];
      // A loop: at this length it is several times faster than a call out of JavaScript.
      return template !== undefined && sameAround(template, bytes, at, markAt);
    },
  };
}
