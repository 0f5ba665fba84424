// The age of messages. A wall clock can be wrong, and deleted messages do not come back. So the server counts ages by
// its own clock, which advances while the server runs, whatever the wall clock is set to.
//
// Only the wall clock knows how long the server was off. That time is owed, and counts once the server has run for as
// long itself, or for a week: until then it deletes nothing. If the wall clock is set back meanwhile, that much less is
// owed. Setting the wall clock forward while the server runs adds nothing.

import type { ClockRecord } from '../hub/records.ts';
import type { Clock } from './clock.ts';

/** The longest that time off waits before it counts, in milliseconds. */
export const longestWaitMs = 7 * 86_400_000;

/** A wall clock before 2025 has not been set since the machine was started: it says nothing about time off. */
const earliestWall = 1_735_689_600_000;

export class AgeClock {
  readonly #clock: Clock;
  readonly #wall: () => number;
  readonly #startedAt: number;
  /** The wall clock when the last server ended. */
  readonly #leftAt: number | undefined;
  #base: number;
  #owedMs: number;
  /** By how much the wall clock was ahead of the passed time at the last look. */
  #lead: number;

  /**
   * @param wall the wall clock, in milliseconds since 1970
   * @param record the state of both clocks when a server last ran
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

  /** How long the server seems to have been off, as long as that does not count yet. */
  get owedMs(): number {
    return this.#owedMs;
  }

  /** How long the server must still run until that counts. */
  get waitMs(): number {
    return this.#owedMs === 0 ? 0 : Math.max(0, this.#neededMs - this.#ranMs);
  }

  /**
   * Reads the wall clock, and counts the owed time when it is due. Returns how much was counted, and by how much the
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

  /** For the clock of the next server. */
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
