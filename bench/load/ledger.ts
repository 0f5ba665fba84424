// The messages in flight and who has yet to receive them: a ring per sender. Decides who may send: a sender is at most
// a window ahead of the slowest listener.

export class Ledger {
  /** When the messages in flight were sent, in milliseconds; by `cell`. */
  readonly sentAt: Float64Array;
  /** How many listeners have yet to receive each of them; by `cell`. */
  readonly missing: Int32Array;
  /** How many messages each sender has sent. */
  readonly sent: Uint32Array;
  /** How many of them every listener has received. */
  readonly done: Uint32Array;
  /** The senders whose messages everybody has received since this was last emptied. May have repeats. */
  readonly advanced: number[] = [];
  readonly #capacity: number;

  /** `capacity`: the most messages of one sender in flight, a power of two. */
  constructor(senders: number, capacity: number) {
    if (!Number.isInteger(Math.log2(capacity))) throw new RangeError('capacity: a power of two');
    this.#capacity = capacity;
    this.sentAt = new Float64Array(senders * capacity);
    this.missing = new Int32Array(senders * capacity);
    this.sent = new Uint32Array(senders);
    this.done = new Uint32Array(senders);
  }

  /** The index of message `number` of `sender` in the rings. */
  cell(sender: number, number: number): number {
    return sender * this.#capacity + (number & (this.#capacity - 1));
  }

  /** How many messages of `sender` are in flight. */
  underWay(sender: number): number {
    return (this.sent[sender] as number) - (this.done[sender] as number);
  }

  /** Adds a message for `audience` listeners, and returns its number. */
  say(sender: number, nowMs: number, audience: number): number {
    if (this.underWay(sender) >= this.#capacity) {
      throw new Error(`${this.#capacity} messages of one sender are under way: none is heard`);
    }
    const number = this.sent[sender] as number;
    const cell = this.cell(sender, number);
    this.sentAt[cell] = nowMs;
    this.missing[cell] = audience;
    this.sent[sender] = number + 1;
    return number;
  }

  /**
   * Records that one more listener has received a message, and returns when it was sent. Each listener gets a sender's
   * messages in order, so the last listener to get one has got all before it.
   */
  heard(sender: number, number: number): number {
    const cell = this.cell(sender, number);
    const left = (this.missing[cell] as number) - 1;
    this.missing[cell] = left;
    if (left === 0) {
      this.done[sender] = number + 1;
      this.advanced.push(sender);
    }
    return this.sentAt[cell] as number;
  }

  /** Whether everybody has received everything. */
  settled(): boolean {
    return this.sent.every((count, sender) => count === this.done[sender]);
  }

  /** How many deliveries are outstanding. */
  outstanding(): number {
    let count = 0;
    for (let sender = 0; sender < this.sent.length; sender++) {
      for (let n = this.done[sender] as number; n < (this.sent[sender] as number); n++) {
        count += this.missing[this.cell(sender, n)] as number;
      }
    }
    return count;
  }
}
