// Connections that all have the same time limit. One timer is enough for all: because the limit is the same, the queue
// is always in order of time, and only its first entry can be due.

import type { ConnectionId } from '../hub/effects.ts';
import type { Clock } from './clock.ts';

/** The timer is at most this exact, in milliseconds, so that many connections share a wake-up. */
const granularityMs = 10;

export class Deadlines {
  readonly #timeMs: number;
  readonly #clock: Clock;
  readonly #due: (connection: ConnectionId) => void;
  /** Connections and their deadlines, earliest first. */
  readonly #ends = new Map<ConnectionId, number>();
  #cancelTimer: (() => void) | undefined;

  /** @param due called for each connection whose time is over, after which it is forgotten here */
  constructor(timeMs: number, clock: Clock, due: (connection: ConnectionId) => void) {
    this.#timeMs = timeMs;
    this.#clock = clock;
    this.#due = due;
  }

  /** Starts a connection's time again. */
  add(connection: ConnectionId): void {
    // An existing entry moves to the end, so that the queue stays in order.
    this.#ends.delete(connection);
    this.#ends.set(connection, this.#clock.now() + this.#timeMs);
    this.#schedule();
  }

  /** Returns whether it still had time. */
  remove(connection: ConnectionId): boolean {
    const was = this.#ends.delete(connection);
    if (this.#ends.size === 0) this.#stopTimer();
    return was;
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #schedule(): void {
    if (this.#cancelTimer !== undefined) return;
    const [first] = this.#ends.values();
    if (first === undefined) return;
    const wait = Math.max(granularityMs, first - this.#clock.now());
    this.#cancelTimer = this.#clock.after(wait, () => {
      this.#cancelTimer = undefined;
      // Input that has arrived is read first, so that a busy server does not mistake its own delay for a dead client.
      this.#clock.soon(() => {
        this.#takeDue();
        this.#schedule();
      });
    });
  }

  #takeDue(): void {
    const now = this.#clock.now();
    for (const [connection, end] of this.#ends) {
      if (end > now) break;
      this.#ends.delete(connection);
      this.#due(connection);
    }
  }
}
