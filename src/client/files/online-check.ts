// Who is online, for transfers that wait for somebody: asks the server [7.4], one request for all callers, and not too
// often. Version 1 has no presence.

import type { Username } from '../../wire/text.ts';
import type { WallClock, Timers } from '../ports.ts';
import { agoMs } from '../connection/steady-time.ts';
import { rosterAgeMs, rosterTimeoutMs } from './limits.ts';

export interface OnlineCheckPorts {
  readonly timers: Timers;
  readonly now: WallClock;
  /** Requests the list of users, without showing it. */
  ask(): void;
}

type Answer = ReadonlySet<string> | undefined;

export class OnlineCheck {
  readonly #ports: OnlineCheckPorts;
  #last: { readonly names: ReadonlySet<string>; readonly atMs: number } | undefined;
  #waiting: ((answer: Answer) => void)[] = [];
  #cancelTimer: () => void = () => {};

  constructor(ports: OnlineCheckPorts) {
    this.#ports = ports;
  }

  /** A list came, whoever requested it. */
  receive(names: readonly Username[]): void {
    this.#last = { names: new Set(names), atMs: this.#ports.now() };
    this.#answer(this.#last.names);
  }

  /**
   * Whether `user` is connected. Undefined if the server does not say.
   * @param isNew the list of a moment ago does not say that they are not: they may have come since
   */
  async isHere(user: Username, isNew = false): Promise<boolean | undefined> {
    const last = this.#last;
    if (last !== undefined && agoMs(last.atMs, this.#ports.now()) < rosterAgeMs) {
      const wasHere = last.names.has(user);
      if (wasHere || !isNew) return wasHere;
    }
    const names = await new Promise<Answer>((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length > 1) return;
      this.#cancelTimer = this.#ports.timers.after(rosterTimeoutMs, () => this.#answer(undefined));
      this.#ports.ask();
    });
    return names?.has(user);
  }

  close(): void {
    this.#answer(undefined);
  }

  #answer(answer: Answer): void {
    this.#cancelTimer();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(answer);
  }
}
