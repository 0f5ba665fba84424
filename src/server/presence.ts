// The presence line for followers [15.13]: at most one a second, made once for all of them, with the state at that time
// and not each change. So a storm of logins costs each follower a bounded number of bytes a second, and a single login
// is reported at once. If nobody follows, the hub emits nothing, and there is no timer.

import { formatExtendedEvent, type ChangedPerson } from '../wire/extended/events.ts';
import type { Clock } from './clock.ts';

/** The time from one line to the next, in milliseconds. */
export const tellEveryMs = 1000;
/** How many people one line names. The others are in the next. */
export const maxTold = 100;
/**
 * How many people may wait for a line: twice as many as can be connected. With more, followers must request the list
 * again.
 */
export const maxToTell = 20_000;

export interface Followers {
  readonly count: number;
  sendLine(line: string): void;
}

export class Presence {
  readonly #followers: Followers;
  readonly #clock: Clock;
  /** By name, those who wait longest first. */
  readonly #changed = new Map<string, ChangedPerson>();
  /** More has changed than is held. */
  #isTooMuch = false;
  #toldAt = -Infinity;
  #cancelTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(followers: Followers, clock: Clock) {
    this.#followers = followers;
    this.#clock = clock;
  }

  /** Somebody's presence has changed. */
  changed(person: ChangedPerson): void {
    if (this.#isClosed) return;
    // A person who waits keeps the place. Otherwise somebody who comes and goes all the time would never be reported.
    this.#changed.set(person.user, person);
    if (this.#changed.size > maxToTell) {
      this.#changed.clear();
      this.#isTooMuch = true;
    }
    this.#schedule();
  }

  /** No further lines are sent. */
  close(): void {
    this.#isClosed = true;
    this.#changed.clear();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #schedule(): void {
    const waitMs = Math.max(0, this.#toldAt + tellEveryMs - this.#clock.now());
    this.#cancelTimer ??= this.#clock.after(waitMs, () => this.#sendLine());
  }

  #sendLine(): void {
    this.#cancelTimer = undefined;
    if (this.#followers.count === 0) {
      this.#changed.clear();
      this.#isTooMuch = false;
      return;
    }
    const people: ChangedPerson[] = [];
    for (const [name, person] of this.#changed) {
      if (people.length === maxTold) break;
      people.push(person);
      this.#changed.delete(name);
    }
    const again = this.#isTooMuch || undefined;
    this.#isTooMuch = false;
    this.#toldAt = this.#clock.now();
    this.#followers.sendLine(formatExtendedEvent({ verb: 'PEOPLE_CHANGED', people, again }));
    if (this.#changed.size > 0) this.#schedule();
  }
}
