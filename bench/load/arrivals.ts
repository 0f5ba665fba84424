// The verifier: every byte that a server sends while it is measured passes through here. Each delivery is held
// against what is due, by content: the right listener, the right sender, the next number, its line end. The first
// record of each read is compared whole. Reads at fixed offsets and decodes no text, since this has to be faster
// than any server.

import { Histogram } from './histogram.ts';
import type { Ledger } from './ledger.ts';
import { readNumber, readSender } from './payload.ts';
import type { Shape } from './shapes.ts';

/** The kinds of records that a server sends. */
export interface Shapes {
  readonly delivery: Shape;
  /** What tells a sender that its message was taken, where the server has such a thing. */
  readonly confirmation: Shape | undefined;
  /** First bytes of lines that carry no message and are passed over. */
  readonly asides: string;
}

/** What one connection is to hear. */
export interface Hearing {
  /** The first sender that it hears, and how many from there on. */
  readonly from: number;
  readonly senders: number;
  /** Its own number as a sender; what it says itself must not come back to it. */
  readonly self: number | undefined;
  /** Whether its deliveries are counted, timed, and waited for. */
  readonly counted: boolean;
}

interface Listener extends Hearing {
  /** The number due next from each sender that it hears. */
  readonly due: Uint32Array;
  confirmed: number;
  /** The beginning of a record whose end has yet to come. */
  readonly part: Buffer;
  partLength: number;
  /** Inside an aside. */
  aside: boolean;
}

const lineFeed = 10;

export class Arrivals {
  readonly latencies = new Histogram();
  readonly #listeners: Listener[] = [];
  readonly #shapes: Shapes;
  readonly #ledger: Ledger;
  readonly #fail: (error: Error) => void;
  #delivered = 0;

  /** `fail` is told about the first thing that is wrong, and about everything after it. */
  constructor(shapes: Shapes, ledger: Ledger, fail: (error: Error) => void) {
    this.#shapes = shapes;
    this.#ledger = ledger;
    this.#fail = fail;
  }

  /** How many counted deliveries have been verified. */
  get delivered(): number {
    return this.#delivered;
  }

  /** Adds a listener and gives its number. */
  add(hearing: Hearing): number {
    const longest = Math.max(this.#shapes.delivery.length, this.#shapes.confirmation?.length ?? 0);
    this.#listeners.push({
      ...hearing,
      due: new Uint32Array(hearing.senders),
      confirmed: 0,
      part: Buffer.alloc(longest),
      partLength: 0,
      aside: false,
    });
    return this.#listeners.length - 1;
  }

  /** Whether a listener has heard all that was said to it, and had all its own confirmed. */
  complete(index: number): boolean {
    const { from, self, due, confirmed } = this.#listeners[index] as Listener;
    const { sent } = this.#ledger;
    if (self !== undefined && this.#shapes.confirmation && confirmed !== sent[self]) return false;
    return due.every((number, at) => from + at === self || number === sent[from + at]);
  }

  /** Takes what a listener has read: the first `end` bytes of `bytes`, at the time `nowMs`. */
  read(index: number, bytes: Buffer, end: number, nowMs: number): void {
    const listener = this.#listeners[index] as Listener;
    const { delivery } = this.#shapes;
    const { first, last, length, markAt } = delivery;
    let at = this.#finishPart(index, listener, bytes, end, nowMs);
    if (at + length <= end && bytes[at] === first) this.#compare(index, delivery, bytes, at);
    while (at < end) {
      if (bytes[at] === first && at + length <= end) {
        if (bytes[at + length - 1] !== last) this.#wrong(index, 'damaged: its end is missing');
        this.#deliver(index, listener, bytes, at + markAt, nowMs);
        at += length;
      } else {
        at = this.#other(index, listener, bytes, at, end);
      }
    }
  }

  #deliver(index: number, listener: Listener, bytes: Buffer, at: number, nowMs: number): void {
    const sender = readSender(bytes, at);
    const number = readNumber(bytes, at);
    const place = sender - listener.from;
    const { due } = listener;
    if (due[place] !== number || sender === listener.self) {
      this.#wrong(index, this.#reason(listener, sender, number));
      return;
    }
    if (number >= (this.#ledger.sent[sender] as number)) {
      this.#wrong(index, `message ${number} of sender ${sender} was never sent`);
      return;
    }
    due[place] = number + 1;
    if (!listener.counted) return;
    this.latencies.add(nowMs - this.#ledger.heard(sender, number));
    this.#delivered++;
  }

  /** Anything but a whole delivery: a confirmation, an aside, the beginning of a record. */
  #other(index: number, listener: Listener, bytes: Buffer, at: number, end: number): number {
    const { delivery, confirmation, asides } = this.#shapes;
    const first = bytes[at] as number;
    if (asides.includes(String.fromCharCode(first))) return skipLine(listener, bytes, at, end);
    const shape = [delivery, confirmation].find((each) => each?.first === first);
    if (shape === undefined) {
      const text = bytes.toString('latin1', at, Math.min(end, at + 80));
      this.#wrong(index, `not a record of this server: ${JSON.stringify(text)}`);
      return end;
    }
    if (at + shape.length > end) {
      listener.partLength = bytes.copy(listener.part, 0, at, end);
      return end;
    }
    this.#confirm(index, listener, shape, bytes, at);
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

  /** Goes on where the last read ended inside a record; gives where the next one begins. */
  #finishPart(
    index: number,
    listener: Listener,
    bytes: Buffer,
    end: number,
    nowMs: number,
  ): number {
    if (listener.aside) return skipLine(listener, bytes, 0, end);
    const had = listener.partLength;
    if (had === 0) return 0;
    const { delivery, confirmation } = this.#shapes;
    const { part } = listener;
    const isDelivery = part[0] === delivery.first;
    const shape = isDelivery ? delivery : (confirmation as Shape);
    const taken = bytes.copy(part, had, 0, Math.min(end, shape.length - had));
    listener.partLength = had + taken;
    if (listener.partLength < shape.length) return end;
    listener.partLength = 0;
    if (isDelivery) {
      this.#compare(index, shape, part, 0);
      this.#deliver(index, listener, part, shape.markAt, nowMs);
    } else {
      this.#confirm(index, listener, shape, part, 0);
    }
    return taken;
  }

  /** Holds a whole record against the one expected from the sender that it names. */
  #compare(index: number, shape: Shape, bytes: Buffer, at: number): void {
    if (shape.matches(bytes, at, readSender(bytes, at + shape.markAt))) return;
    const text = bytes.toString('latin1', at, at + shape.length);
    this.#wrong(index, `damaged: ${JSON.stringify(text)}`);
  }

  #reason(listener: Listener, sender: number, number: number): string {
    const due = listener.due[sender - listener.from];
    const what = `message ${number} of sender ${sender}`;
    if (due === undefined) return `${what} is not for this listener`;
    if (sender === listener.self) return `${what} came back to its sender`;
    return number < due
      ? `${what} came twice or too late: ${due} is due`
      : `${due} to ${number - 1} of sender ${sender} are lost or overtaken by ${number}`;
  }

  #wrong(index: number, reason: string): void {
    this.#fail(new Error(`listener ${index}: ${reason}`));
  }
}

/** Passes over a line, or as much of it as there is; gives where the next one begins. */
function skipLine(listener: Listener, bytes: Buffer, at: number, end: number): number {
  const found = bytes.indexOf(lineFeed, at);
  // The shared buffer holds older bytes behind `end`.
  listener.aside = found < 0 || found >= end;
  return listener.aside ? end : found + 1;
}
