// A token bucket on a clock that is passed in.
export class RateLimit {
  readonly #burst: number;
  readonly #everyMs: number;
  #tokens: number;
  #refilledAtMs: number;

  /** `burst` at once, then one each `everyMs`. */
  constructor(burst: number, everyMs: number, nowMs: number) {
    this.#burst = burst;
    this.#everyMs = everyMs;
    this.#tokens = burst;
    this.#refilledAtMs = nowMs;
  }

  /** Whether one more is allowed now. If so, counts it. */
  take(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** How long until one more is allowed, in whole milliseconds. */
  waitMs(nowMs: number): number {
    this.#refill(nowMs);
    return Math.ceil(Math.max(0, 1 - this.#tokens) * this.#everyMs);
  }

  /** Whether it was unused for so long that forgetting this limit changes nothing. */
  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens >= this.#burst;
  }

  #refill(nowMs: number): void {
    // A clock that is set back adds and removes nothing.
    const gained = Math.max(0, nowMs - this.#refilledAtMs) / this.#everyMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + gained);
    this.#refilledAtMs = nowMs;
  }
}
