// How soon what others say is written and told: at once, until there is more of it than anybody reads. Then it gathers,
// for each write to the disk costs the same for one message as for ten. Knows no messages.

import type { Clock, Timers } from '../ports.ts';
import { paceBurst, paceMs } from './limits.ts';

export interface PacePorts {
  readonly now: Clock;
  readonly timers: Timers;
  readonly act: () => void;
}

export class Pace {
  readonly #ports: PacePorts;
  /** How many more may act at once; one comes back every `paceMs`. */
  #left = paceBurst;
  #countedAt: number;
  #cancel: (() => void) | undefined;

  constructor(ports: PacePorts) {
    this.#ports = ports;
    this.#countedAt = ports.now();
  }

  /** Acts at once or in a while, once for all who ask until then. */
  request(): void {
    if (this.#cancel !== undefined) return;
    const now = this.#ports.now();
    // A clock that was put back gives nothing, and takes nothing.
    const passed = Math.max(0, now - this.#countedAt);
    this.#left = Math.min(paceBurst, this.#left + passed / paceMs);
    this.#countedAt = now;
    if (this.#left >= 1) {
      this.#left -= 1;
      this.#ports.act();
      return;
    }
    this.#cancel = this.#ports.timers.after(Math.ceil((1 - this.#left) * paceMs), () => {
      this.#cancel = undefined;
      this.request();
    });
  }

  /** Acts now, if anybody waits for it. */
  hurry(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#ports.act();
  }
}
