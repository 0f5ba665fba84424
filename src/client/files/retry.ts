// When an interrupted transfer is retried: soon at first, then less and less often, and only while the other person
// is online; at once when they send something. Owns the waiting; does not know what an attempt is.

import type { WallClock, Timers } from '../ports.ts';
import { agoMs } from '../connection/steady-time.ts';
import { leastRetryGapMs, maxIdleAttempts, retryDelaysMs } from './limits.ts';

export interface RetryPorts {
  readonly timers: Timers;
  readonly now: WallClock;
  /** Whether the other person is connected. Undefined if that is not known, or does not matter. */
  isHere(): Promise<boolean | undefined>;
}

export class Retry {
  readonly #ports: RetryPorts;
  readonly #attempt: () => void;
  readonly #away: () => void;
  #attempts: number;
  /** Cancels the wait for the time, or for the answer whether they are online. */
  #cancel: (() => void) | undefined;
  #isWaiting = false;
  #lastAttemptMs = -Infinity;

  /** `attempt` is called when it is time. `away` is called instead if the other person is offline. */
  constructor(
    ports: RetryPorts,
    { attempt, away, patience = 0 }: { attempt: () => void; away: () => void; patience?: number },
  ) {
    this.#ports = ports;
    this.#attempt = attempt;
    this.#away = away;
    this.#attempts = patience;
  }

  /** There was progress: the next interruption counts as the first. */
  progressed(): void {
    this.#attempts = 0;
  }

  /** Waits for the next attempt. */
  wait(): void {
    this.stop();
    this.#isWaiting = true;
    if (this.#attempts >= maxIdleAttempts) return;
    const last = retryDelaysMs.length - 1;
    const delay = retryDelaysMs[Math.min(this.#attempts, last)] ?? 0;
    this.#attempts += 1;
    this.#cancel = this.#ports.timers.after(delay, () => void this.look());
  }

  /** Tries now, if they are there. */
  async look(): Promise<void> {
    this.stop();
    this.#isWaiting = true;
    let isWanted = true;
    this.#cancel = () => (isWanted = false);
    const isHere = await this.#ports.isHere();
    if (!isWanted) return;
    if (isHere === false) {
      this.#away();
      this.wait();
    } else this.#begin();
  }

  /** The other person sent something, so they are online. Many messages do not cause more attempts. */
  receive(): void {
    const isTooSoon = agoMs(this.#lastAttemptMs, this.#ports.now()) < leastRetryGapMs;
    if (this.#isWaiting && !isTooSoon) this.#begin();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isWaiting = false;
  }

  #begin(): void {
    this.stop();
    this.#lastAttemptMs = this.#ports.now();
    this.#attempt();
  }
}
