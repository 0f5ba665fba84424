// Slow consumers. A connection over the soft mark is watched. It is closed when it stays there longer than the time
// limit, or at once when it exceeds the hard cap. A version 1 client cannot catch up, so it gets every line until it is
// closed.

import type { ConnectionId } from '../../hub/effects.ts';
import type { Clock } from '../clock.ts';
import type { Receiver } from './receiver.ts';

export interface SlowConsumerLimits {
  /** A connection with more unsent bytes than this is watched. */
  readonly softUnsentBytes: number;
  /** A connection with more unsent bytes than this is closed at once. */
  readonly maxUnsentBytes: number;
  /** How long a connection may stay over the soft mark, in milliseconds. */
  readonly maxSlowMs: number;
}

export class SlowConsumers {
  readonly #limits: SlowConsumerLimits;
  readonly #clock: Clock;
  readonly #giveUp: (connection: ConnectionId) => void;
  /** Since when each watched receiver has been over the soft mark, longest first. */
  readonly #since = new Map<Receiver, number>();
  #cancelTimer: (() => void) | undefined;

  /** @param giveUp called once for each connection that reads too slowly; expected to close it */
  constructor(
    limits: SlowConsumerLimits,
    clock: Clock,
    giveUp: (connection: ConnectionId) => void,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#giveUp = giveUp;
  }

  /** How many connections are watched. */
  get size(): number {
    return this.#since.size;
  }

  /** Checks connections that have just been written to. */
  check(receivers: readonly Receiver[]): void {
    for (const receiver of receivers) {
      if (receiver.transport.unsentBytes > this.#limits.maxUnsentBytes) {
        this.#since.delete(receiver);
        this.#giveUp(receiver.id);
      } else if (!this.#since.has(receiver)) {
        this.#since.set(receiver, this.#clock.now());
      }
    }
    this.#schedule();
  }

  /** Whether `receiver` has more unsent bytes than the soft mark. */
  isOverSoftMark(receiver: Receiver): boolean {
    return receiver.transport.unsentBytes > this.#limits.softUnsentBytes;
  }

  /** It has caught up, or is closed. */
  forget(receiver: Receiver): void {
    if (this.#since.size > 0) this.#since.delete(receiver);
  }

  #schedule(): void {
    const [since] = this.#since.values();
    if (this.#cancelTimer !== undefined || since === undefined) return;
    const wait = Math.max(0, since + this.#limits.maxSlowMs - this.#clock.now());
    this.#cancelTimer = this.#clock.after(wait, () => {
      this.#cancelTimer = undefined;
      this.#expire();
      this.#schedule();
    });
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [receiver, since] of this.#since) {
      if (!this.isOverSoftMark(receiver)) {
        this.#since.delete(receiver);
      } else if (since + this.#limits.maxSlowMs <= now) {
        this.#since.delete(receiver);
        this.#giveUp(receiver.id);
      }
    }
  }
}
