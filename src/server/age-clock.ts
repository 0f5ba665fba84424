// The age of messages. A wall clock can be wrong, and deleted messages do not come back. So ages are counted by the
// server's own clock, which advances while the server runs, whatever the wall clock is set to.
//
// Only the wall clock knows how long the server was off. That time is owed, and is counted once the server has run
// for as long itself, or for a week: until then it deletes nothing. If the wall clock is set back meanwhile, that
// much less is owed. Setting the wall clock forward while the server runs adds nothing.

import type { ClockRecord } from '../hub/records.ts';
import type { Clock } from './clock.ts';

/** The longest that a time off waits before it counts, in milliseconds. */
export const longestWaitMs = 7 * 86_400_000;

/** A wall clock before this, 2025, has not been set since the machine was started: it says nothing about time off. */
const earliestWall = 1_735_689_600_000;

export class AgeClock {
  readonly #clock: Clock;
  readonly #wall: () => number;
  readonly #startedAt: number;
  /** The wall clock as it was left. */
  readonly #leftAt: number | undefined;
  #base: number;
  #owedMs: number;
  /** By how much the wall clock was ahead of the time that had passed, when it was looked at last. */
  #lead: number;

  /**
   * @param wall the wall clock, in milliseconds since 1970
   * @param record where both clocks stood when a server last ran
   */
  constructor(clock: Clock, wall: () => number, record: ClockRecord | undefined) {
    this.#clock = clock;
    this.#wall = wall;
    this.#startedAt = clock.now();
    this.#base = record?.age ?? wall();
    this.#leftAt = record !== undefined && record.wall >= earliestWall ? record.wall : undefined;
    this.#lead = wall();
    this.#owedMs = this.#leftAt === undefined ? 0 : Math.max(0, wall() - this.#leftAt);
  }

  /** The time by which messages age, in whole milliseconds. */
  get now(): number {
    return Math.floor(this.#base + this.#ranMs);
  }

  /** How long the server was off as it seems, while that does not count yet. */
  get owedMs(): number {
    return this.#owedMs;
  }

  /** How long the server has yet to run until that counts. */
  get waitMs(): number {
    return this.#owedMs === 0 ? 0 : Math.max(0, this.#neededMs - this.#ranMs);
  }

  /**
   * Looks at the wall clock, and counts what is owed when it is time. Returns how much that was, and by how much the
   * wall clock was set since the last look.
   */
  look(): { readonly countedMs: number; readonly setMs: number } {
    const lead = this.#wall() - this.#ranMs;
    const setMs = lead - this.#lead;
    this.#lead = lead;
    return { countedMs: this.#count(), setMs };
  }

  #count(): number {
    if (this.#leftAt === undefined || this.#owedMs === 0) return 0;
    this.#owedMs = Math.min(
      this.#owedMs,
      Math.max(0, Math.floor(this.#wall() - this.#leftAt - this.#ranMs)),
    );
    if (this.#ranMs < this.#neededMs) return 0;
    const counted = this.#owedMs;
    this.#base += counted;
    this.#owedMs = 0;
    return counted;
  }

  /** To be given to the clock of the next server. */
  get record(): ClockRecord {
    return { age: this.now, wall: Math.floor(this.#wall()) - this.#owedMs };
  }

  get #ranMs(): number {
    return this.#clock.now() - this.#startedAt;
  }

  get #neededMs(): number {
    return Math.min(this.#owedMs, longestWaitMs);
  }
}
