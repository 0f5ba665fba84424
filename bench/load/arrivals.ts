// The verifier: every byte that a server sends while it is measured passes through here. Each delivery is compared
// with the expected one, by content: the right listener, the right sender, the next number, its line end. The first
// record of each read is compared whole. Reads at fixed offsets and decodes no text, because it must be faster than
// any server.

import { Histogram } from './histogram.ts';
import type { Ledger } from './ledger.ts';
import { readNumber, readSender } from './payload.ts';
import type { Shape } from './shapes.ts';

/** The kinds of records that a server sends. */
export interface Shapes {
  readonly delivery: Shape;
  /** The confirmation for a sender, if the server has one. */
  readonly confirmation: Shape | undefined;
  /** Lines that carry no message and are skipped. */
  readonly aside: RegExp | undefined;
}

/** What one connection should receive. */
export interface Hearing {
  /** The first sender that it receives, and how many from there on. */
  readonly from: number;
  readonly senders: number;
  /** Its own number as a sender. Its own messages must not come back. */
  readonly self: number | undefined;
  /** Whether its deliveries are counted, timed, and awaited. */
  readonly counted: boolean;
}

interface Listener extends Hearing {
  /** The next number of each sender that it receives. */
  readonly due: Uint32Array;
  confirmed: number;
  /** The beginning of a record whose end has not arrived yet. */
  readonly part: Buffer;
  partLength: number;
}

const lineFeed = 10;

/** The longest aside, in bytes with its line end. */
const longestAside = 512;

export class Arrivals {
  readonly latencies = new Histogram();
  readonly #listeners: Listener[] = [];
  readonly #shapes: Shapes;
  readonly #ledger: Ledger;
  readonly #fail: (error: Error) => void;
  #delivered = 0;

  /** `fail` gets the first fault, and every later one. */
  constructor(shapes: Shapes, ledger: Ledger, fail: (error: Error) => void) {
    this.#shapes = shapes;
    this.#ledger = ledger;
    this.#fail = fail;
  }

  /** How many counted deliveries have been verified. */
  get delivered(): number {
    return this.#delivered;
  }

  /** Adds a listener and returns its number. */
  add(hearing: Hearing): number {
    const { delivery, confirmation } = this.#shapes;
    const longest = Math.max(delivery.length, confirmation?.length ?? 0, longestAside);
    this.#listeners.push({
      ...hearing,
      due: new Uint32Array(hearing.senders),
      confirmed: 0,
      part: Buffer.alloc(longest),
      partLength: 0,
    });
    return this.#listeners.length - 1;
  }

  /** Whether a listener has received everything, and got all confirmations. */
  complete(index: number): boolean {
    const { from, self, due, confirmed } = this.#listeners[index] as Listener;
    const { sent } = this.#ledger;
    if (self !== undefined && this.#shapes.confirmation && confirmed !== sent[self]) return false;
    return due.every((number, at) => from + at === self || number === sent[from + at]);
  }

  /** Handles what a listener has read: the first `end` bytes of `bytes`, at the time `nowMs`. */
  read(index: number, bytes: Buffer, end: number, nowMs: number): void {
    const listener = this.#listeners[index] as Listener;
    if (listener.partLength === 0) this.#records(index, listener, bytes, 0, end, nowMs);
    else this.#afterPart(index, listener, bytes, end, nowMs);
  }

  /** Handles records that begin at `start`. */
  #records(
    index: number,
    listener: Listener,
    bytes: Buffer,
    start: number,
    end: number,
    nowMs: number,
  ): void {
    const { delivery } = this.#shapes;
    const { first, last, length, markAt } = delivery;
    let at = start;
    let compared = false;
    while (at < end) {
      const whole = bytes[at] === first && at + length <= end && bytes[at + length - 1] === last;
      if (whole && this.#deliver(listener, bytes, at + markAt, nowMs)) {
        if (!compared) this.#compare(index, delivery, bytes, at);
        compared = true;
        at += length;
      } else {
        at = this.#other(index, listener, bytes, at, end);
      }
    }
  }

  /** Handles the delivery whose mark is at `at`, unless another one is due. */
  #deliver(listener: Listener, bytes: Buffer, at: number, nowMs: number): boolean {
    const sender = readSender(bytes, at);
    const number = readNumber(bytes, at);
    const place = sender - listener.from;
    const { due } = listener;
    if (due[place] !== number || sender === listener.self) return false;
    if (number >= (this.#ledger.sent[sender] as number)) return false;
    due[place] = number + 1;
    if (listener.counted) {
      this.latencies.add(nowMs - this.#ledger.heard(sender, number));
      this.#delivered++;
    }
    return true;
  }

  /** Anything but the due delivery. Returns where the next record begins. */
  #other(index: number, listener: Listener, bytes: Buffer, at: number, end: number): number {
    const afterAside = this.#skipAside(bytes, at, end);
    if (afterAside !== undefined) return afterAside;
    const { delivery, confirmation } = this.#shapes;
    const shape = [delivery, confirmation].find((each) => each?.first === bytes[at]);
    const mayBeAside =
      this.#shapes.aside !== undefined && !bytes.subarray(at, end).includes(lineFeed);
    if (mayBeAside || (shape !== undefined && at + shape.length > end)) {
      if (end - at < listener.part.length) {
        listener.partLength = bytes.copy(listener.part, 0, at, end);
        return end;
      }
    }
    if (shape === undefined) {
      const text = bytes.toString('latin1', at, Math.min(end, at + 80));
      this.#wrong(index, `not a record of this server: ${JSON.stringify(text)}`);
      return end;
    }
    if (shape === delivery) this.#wrong(index, this.#reason(listener, bytes, at));
    else this.#confirm(index, listener, shape, bytes, at);
    return at + shape.length;
  }

  #confirm(index: number, listener: Listener, shape: Shape, bytes: Buffer, at: number): void {
    this.#compare(index, shape, bytes, at);
    const sender = readSender(bytes, at + shape.markAt);
    const number = readNumber(bytes, at + shape.markAt);
    if (sender !== listener.self || number !== listener.confirmed) {
      this.#wrong(index, `message ${number} of sender ${sender} confirmed, not what is due`);
    }
    listener.confirmed = number + 1;
  }

  /** Continues where the last read ended inside a record. */
  #afterPart(index: number, listener: Listener, bytes: Buffer, end: number, nowMs: number): void {
    const { first, last, length, markAt } = this.#shapes.delivery;
    const { part, partLength } = listener;
    listener.partLength = 0;
    const missing = length - partLength;
    if (part[0] === first && missing > 0 && missing <= end) {
      bytes.copy(part, partLength, 0, missing);
      if (part[length - 1] === last && this.#deliver(listener, part, markAt, nowMs)) {
        this.#compare(index, this.#shapes.delivery, part, 0);
        this.#records(index, listener, bytes, missing, end, nowMs);
        return;
      }
    }
    // Something else, or still incomplete: rare enough to be copied and handled as one.
    const joined = Buffer.concat([part.subarray(0, partLength), bytes.subarray(0, end)]);
    this.#records(index, listener, joined, 0, joined.length, nowMs);
  }

  /** Where the line at `at` ends, if it is an aside. */
  #skipAside(bytes: Buffer, at: number, end: number): number | undefined {
    const { aside } = this.#shapes;
    if (aside === undefined) return undefined;
    const lineEnd = bytes.indexOf(lineFeed, at) + 1;
    // The shared buffer has older bytes after `end`.
    if (lineEnd === 0 || lineEnd > end || lineEnd - at > longestAside) return undefined;
    return aside.test(bytes.toString('latin1', at, lineEnd)) ? lineEnd : undefined;
  }

  /** Compares a whole record with the expected one from the sender that it names. */
  #compare(index: number, shape: Shape, bytes: Buffer, at: number): void {
    if (shape.matches(bytes, at, readSender(bytes, at + shape.markAt))) return;
    this.#wrong(index, damaged(bytes, at, shape));
  }

  /** Why the record at `at` is not the due delivery. */
  #reason(listener: Listener, bytes: Buffer, at: number): string {
    const { delivery } = this.#shapes;
    const sender = readSender(bytes, at + delivery.markAt);
    const number = readNumber(bytes, at + delivery.markAt);
    const what = `message ${number} of sender ${sender}`;
    if (!delivery.matches(bytes, at, sender)) return damaged(bytes, at, delivery);
    const due = listener.due[sender - listener.from];
    if (due === undefined) return `${what} is not for this listener`;
    if (sender === listener.self) return `${what} came back to its sender`;
    if (number === due) return `${what} was never sent`;
    return number < due
      ? `${what} came twice or too late: ${due} is due`
      : `${due} to ${number - 1} of sender ${sender} are lost or overtaken by ${number}`;
  }

  #wrong(index: number, reason: string): void {
    this.#fail(new Error(`listener ${index}: ${reason}`));
  }
}

function damaged(bytes: Buffer, at: number, shape: Shape): string {
  return `damaged: ${JSON.stringify(bytes.toString('latin1', at, at + shape.length))}`;
}
