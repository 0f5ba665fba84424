// How soon messages of others are written and emitted: at once, until there are more than anybody reads. Then they
// are batched, because a write to the disk costs the same for one message as for ten. Knows no messages.

import type { WallClock, Timers } from '../../ports.ts';
import { RateLimit } from '../../encryption/queue/rate-limit.ts';
import { paceBurst, paceMs } from '../limits.ts';

export interface WritePacerPorts {
  readonly now: WallClock;
  readonly timers: Timers;
  readonly act: () => void;
}

export class WritePacer {
  readonly #ports: WritePacerPorts;
  readonly #limit: RateLimit;
  #cancel: (() => void) | undefined;

  constructor(ports: WritePacerPorts) {
    this.#ports = ports;
    this.#limit = new RateLimit(paceBurst, paceMs, ports.now());
  }

  /** Acts at once or in a while, once for all who ask until then. */
  request(): void {
    if (this.#cancel !== undefined) return;
    const { now, timers, act } = this.#ports;
    const nowMs = now();
    if (this.#limit.take(nowMs)) {
      act();
      return;
    }
    this.#cancel = timers.after(this.#limit.waitMs(nowMs), () => {
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
