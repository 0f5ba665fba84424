// Admission: connections that arrive faster than the limits, all together or from one address, wait unread and without
// a greeting, and are admitted one after the other. So a storm of reconnects is admitted at the rate of the limits,
// established connections notice nothing, and nobody is refused because of it.

import { farewell } from '../../hub/turn.ts';
import type { Event } from '../../wire/events.ts';
import { fatal } from '../../wire/replies.ts';
import type { Clock } from '../clock.ts';
import type { FloodControl } from './flood-control.ts';

/** A connection that waits for admission. */
export interface PendingConnection {
  readonly address: string;
  letIn(): void;
  /** Closes it, with `last` as the last line if that can be sent. */
  turnAway(last: Event): void;
}

const tooMany: Event = { verb: '-ERR', text: fatal.text('too-many-connections') };

export class Admission {
  readonly #flood: FloodControl;
  readonly #maxWaiting: number;
  readonly #clock: Clock;
  /** The waiting connections, each with a function that ends its wait. */
  readonly #waiting = new Map<PendingConnection, () => void>();
  #turnedAway = 0;

  /** @param maxWaiting how many may wait at once; more are turned away */
  constructor(flood: FloodControl, maxWaiting: number, clock: Clock) {
    this.#flood = flood;
    this.#maxWaiting = maxWaiting;
    this.#clock = clock;
  }

  /** How many are waiting. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** How many have been turned away. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** Admits a connection, now or in its turn, or turns it away. */
  arrive(pending: PendingConnection): void {
    const wait = this.#flood.arrive(pending.address);
    if (wait === 0) {
      pending.letIn();
    } else if (wait === undefined || this.#waiting.size >= this.#maxWaiting) {
      this.#turnedAway++;
      pending.turnAway(tooMany);
    } else {
      const cancel = this.#clock.after(wait, () => {
        this.#waiting.delete(pending);
        pending.letIn();
      });
      this.#waiting.set(pending, cancel);
    }
  }

  /** Turns away all waiting connections. */
  close(): void {
    for (const [pending, cancel] of this.#waiting) {
      cancel();
      pending.turnAway(farewell('server-closing'));
    }
    this.#waiting.clear();
  }
}
