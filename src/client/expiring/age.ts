// The account's age on this device: the time by which messages disappear. It only grows, and no single clock moves it: it
// counts the time while the program runs, by timers; and at a login what the wall clock and the server's clock agree on
// has passed since the last login, the smaller of the two. So one clock that is set, the own one or the server's, ends
// nothing early and brings nothing back, and a device that was off is on time again as soon as it is connected.
//
// Without a connection the time while the program is off, or the machine asleep, does not count: nobody could tell it
// from a clock that was set.
import * as v from 'valibot';
import type { WallClock } from '../ports.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';

const valueName = 'age';
const time = v.pipe(v.number(), v.safeInteger());
/** The age; and of the last login: the age, the wall clock, and the server's clock. */
const keptForm = v.pipe(
  v.string(),
  v.parseJson(),
  v.tuple([time, v.nullable(v.strictTuple([time, time, time]))]),
);

interface Anchor {
  readonly age: number;
  readonly wall: number;
  readonly server: number;
}

export class Age {
  readonly #wall: WallClock;
  #age: number;
  #anchor: Anchor | undefined;

  constructor(values: readonly KeptValue[], wall: WallClock) {
    this.#wall = wall;
    const kept = values.find(({ name }) => name === valueName);
    const parsed = v.safeParse(keptForm, kept?.value);
    // It begins near the wall clock, so that ends can be shown as times.
    const [age, anchor] = parsed.success ? parsed.output : [Math.floor(wall()), null];
    this.#age = age;
    this.#anchor = anchor === null ? undefined : anchorOf(...anchor);
  }

  /** In milliseconds. What ends at it or before is over. */
  get now(): number {
    return this.#age;
  }

  /**
   * The age if the wall clock is right about the time that did not count yet. Only for what gives a message more time: from
   * here on it may be read.
   */
  get latest(): number {
    if (this.#anchor === undefined) return this.#age;
    const { age, wall } = this.#anchor;
    return Math.max(this.#age, age + Math.floor(this.#wall()) - wall);
  }

  /** So much time has passed while the program ran. */
  pass(ms: number): void {
    this.#age += ms;
  }

  /** Logged in: the server says what time it is. */
  login(server: number): void {
    const wall = Math.floor(this.#wall());
    if (this.#anchor !== undefined) {
      const { age, wall: wallThen, server: serverThen } = this.#anchor;
      this.#age = Math.max(this.#age, age + Math.min(wall - wallThen, server - serverThen));
    }
    this.#anchor = { age: this.#age, wall, server };
  }

  /** How long ago something was said, by its time at the server: what both clocks agree on. */
  since(at: number): number {
    if (this.#anchor === undefined) return 0;
    const server = this.#anchor.server + this.#age - this.#anchor.age;
    return Math.max(0, Math.min(server, Math.floor(this.#wall())) - at);
  }

  /** Nothing disappears: the age is again near the wall clock. */
  idle(): void {
    const ahead = Math.floor(this.#wall()) - this.#age;
    if (ahead <= 0) return;
    this.#age += ahead;
    if (this.#anchor !== undefined)
      this.#anchor = { ...this.#anchor, age: this.#anchor.age + ahead };
  }

  get change(): ClientChange {
    const { age, wall, server } = this.#anchor ?? {};
    const anchor = age === undefined ? null : [age, wall, server];
    return { type: 'kept-value', name: valueName, value: JSON.stringify([this.#age, anchor]) };
  }
}

function anchorOf(age: number, wall: number, server: number): Anchor {
  return { age, wall, server };
}
