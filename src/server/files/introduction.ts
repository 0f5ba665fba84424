// The first bytes of a connection to a transfer port: is it the sender with the file, the receiver, or neither? Owns
// that one question, over bytes in any chunks. Knows no sockets.
//
// The sender's header is compared as it arrives, never stored, and judged only when it is complete: closing at the
// first wrong byte would reveal how much of the metadata was guessed right.

import type { TransferPlan } from '../../hub/effects.ts';
import type { Username } from '../../wire/text.ts';
import {
  formatFileHeader,
  maxReceiverLineBytes,
  parseReceiverLine,
  type Proof,
} from '../../wire/transfer.ts';
import { binaryFromBytes } from '../binary-string.ts';

/** Who the connection claims to be, and the bytes after that, which are part of their chunk. */
export type Introduction =
  | { readonly role: 'sender'; readonly rest: Uint8Array }
  | { readonly role: 'receiver'; readonly proof: Proof | undefined; readonly rest: Uint8Array };

/** `more`: it is not complete yet. `stranger`: neither the sender nor the receiver of this transfer. */
export type Reading = Introduction | 'more' | 'stranger';

const lf = 10;
const cr = 13;
const space = 32;

/** Reads the introduction of one connection. */
export class IntroductionReader {
  readonly #header: Uint8Array;
  readonly #receiver: Username;
  #read: 'nothing' | 'header' | 'line' = 'nothing';
  #matched = 0;
  /** Not zero once a byte of the header was wrong. */
  #difference = 0;
  #line = '';

  constructor({ sender, receiver, metadata }: TransferPlan) {
    const header = formatFileHeader(sender.name, receiver.name, metadata);
    this.#header = Buffer.from(header, 'latin1');
    this.#receiver = receiver.name;
  }

  /** Reads the next chunk. Must be called until the result is not `more`. */
  push(chunk: Uint8Array): Reading {
    const [first] = chunk;
    if (first === undefined) return 'more';
    if (this.#read === 'nothing') this.#read = first === this.#header[0] ? 'header' : 'line';
    return this.#read === 'header' ? this.#pushHeader(chunk) : this.#pushLine(chunk);
  }

  #pushHeader(chunk: Uint8Array): Reading {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      const expected = this.#header[this.#matched];
      if (expected === undefined) {
        if (this.#difference !== 0) return 'stranger';
        // An empty file may come without the space before it. Its line end is then part of the content.
        if (byte === space) return { role: 'sender', rest: chunk.subarray(at + 1) };
        return byte === lf || byte === cr
          ? { role: 'sender', rest: chunk.subarray(at) }
          : 'stranger';
      }
      if (byte === lf) return 'stranger';
      this.#difference |= byte ^ expected;
      this.#matched++;
    }
    return 'more';
  }

  #pushLine(chunk: Uint8Array): Reading {
    const end = chunk.indexOf(lf);
    // One byte more than the longest line, for the CR of a line end.
    const room = maxReceiverLineBytes + 1 - this.#line.length;
    if ((end < 0 ? chunk.length : end) > room) return 'stranger';
    this.#line += binaryFromBytes(end < 0 ? chunk : chunk.subarray(0, end));
    if (end < 0) return 'more';
    const line = parseReceiverLine(this.#line.replace(/\r$/, ''));
    return line?.receiver === this.#receiver
      ? { role: 'receiver', proof: line.proof, rest: chunk.subarray(end + 1) }
      : 'stranger';
  }
}
