// What happens next, drawn from a seed: everything that takes time in a simulated life (a line on its way, a write, a
// timer) waits in a lane or for its time, and one thing happens at a time. The same seed is the same life.
import type { Clock as ServerClock } from '../../../src/server/clock.ts';
import type { Timers } from '../../../src/client/ports.ts';

/** A running program. Everything that it waits for ends with it. */
export interface Body {
  isAlive: boolean;
}

/** Numbers that look random, the same for the same seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to 1, without 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 on, below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(part: number): boolean {
    return this.next() < part;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) bytes[at] = this.below(256);
    return bytes;
  }

  one<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)];
    if (found === undefined) throw new Error('there is nothing to choose from');
    return found;
  }
}

interface Item {
  readonly body: Body;
  readonly run: () => void;
}

interface Hour extends Item {
  readonly at: number;
}

/** How far ahead a timer may fire although something else could happen first: that something is slow. */
const impatienceMs = 1_500;
/** How often another lane is tried before a slow one has its turn. */
const maxTries = 12;

export class Fate {
  readonly dice: Dice;
  now = 0;
  /** What has happened so far, in words. Undefined if nobody reads it. */
  story: string[] | undefined;
  readonly #lanes = new Map<string, Item[]>();
  readonly #held = new Set<string>();
  /** How often a kind of lane moves in its turn: in some lives a disk is slow, for instance. */
  readonly #haste = new Map<string, number>();
  readonly #timerChance: number;
  readonly #settled: () => Promise<void>;
  #movedAt = 0;
  #hours: Hour[] = [];

  /** `settled` resolves when all immediate effects have happened. */
  constructor(seed: number, settled: () => Promise<void>) {
    this.dice = new Dice(seed);
    this.#settled = settled;
    this.#timerChance = this.dice.one([0.03, 0.1, 0.3]);
  }

  /** Lets this much time pass without events. */
  pass(ms: number): void {
    this.now += ms;
  }

  emit(what: string): void {
    this.story?.push(`${this.now} ${what}`);
  }

  /** Adds to a lane, in which things happen in order. */
  post(lane: string, body: Body, run: () => void): void {
    const items = this.#lanes.get(lane) ?? [];
    items.push({ body, run });
    this.#lanes.set(lane, items);
  }

  after(body: Body, ms: number, run: () => void): () => void {
    const hour = { body, run, at: this.now + ms };
    this.#hours.push(hour);
    return () => {
      this.#hours = this.#hours.filter((other) => other !== hour);
    };
  }

  timersOf(body: Body): Timers {
    return { after: (ms, run) => this.after(body, ms, run) };
  }

  clockOf(body: Body): ServerClock {
    return {
      now: () => this.now,
      after: (ms, run) => this.after(body, ms, run),
      soon: (run) => this.post('end of turn', body, run),
    };
  }

  hold(lane: string, isHeld: boolean): void {
    if (isHeld) this.#held.add(lane);
    else this.#held.delete(lane);
  }

  /** Only the first part of what is on its way in a lane arrives. */
  loseSome(lane: string): void {
    const items = this.#lanes.get(lane) ?? [];
    items.splice(this.dice.below(items.length + 1));
  }

  /** Whether anything is on its way. */
  get isIdle(): boolean {
    return this.#ready().length === 0;
  }

  /** How long nothing was on its way, while timers fired without effect. */
  get quietMs(): number {
    return this.isIdle ? this.now - this.#movedAt : 0;
  }

  /** The time of the next timer. */
  get nextHour(): number {
    return Math.min(Infinity, ...this.#living().map(({ at }) => at));
  }

  /** One thing happens. `isCalm`: what is on its way comes before any timer. */
  async step(isCalm: boolean): Promise<boolean> {
    const ready = this.#ready();
    const hour = this.nextHour;
    const isTimersTurn =
      ready.length === 0 ||
      (!isCalm && this.dice.chance(this.#timerChance) && hour <= this.now + impatienceMs);
    if (isTimersTurn) {
      if (hour === Infinity) return false;
      this.#nextHour(hour);
    } else {
      const lane = isCalm ? this.dice.one(ready) : this.#hastiest(ready);
      const item = this.#lanes.get(lane)?.shift();
      this.emit(lane);
      this.#movedAt = this.now;
      item?.run();
    }
    await this.#settled();
    return true;
  }

  #hastiest(ready: readonly string[]): string {
    for (let tries = 0; tries < maxTries; tries++) {
      const lane = this.dice.one(ready);
      const kind = lane.replace(/\d+/, '');
      const haste = this.#haste.get(kind) ?? this.dice.one([1, 1, 1, 0.03]);
      this.#haste.set(kind, haste);
      if (this.dice.chance(haste)) return lane;
    }
    return this.dice.one(ready);
  }

  #nextHour(at: number): void {
    const due = this.#living().find((hour) => hour.at === at);
    this.#hours = this.#hours.filter((other) => other !== due);
    this.now = Math.max(this.now, at);
    this.emit('timer');
    due?.run();
  }

  #living(): Hour[] {
    if (this.#hours.some(({ body }) => !body.isAlive)) {
      this.#hours = this.#hours.filter(({ body }) => body.isAlive);
    }
    return this.#hours;
  }

  #ready(): string[] {
    const ready: string[] = [];
    for (const [lane, items] of this.#lanes) {
      while (items[0]?.body.isAlive === false) items.shift();
      if (items.length === 0) this.#lanes.delete(lane);
      else if (!this.#held.has(lane)) ready.push(lane);
    }
    return ready;
  }
}
