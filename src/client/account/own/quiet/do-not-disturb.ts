// Whether a person wants to be disturbed now, on all devices of the account. Owns when that is over, and says so.

import * as v from 'valibot';
import type { Timers } from '../../../ports.ts';
import { Decisions, type DecisionPorts } from './decisions.ts';
import { minutesOfDay, nextTurn, quietUntil, type QuietWish } from './quiet-hours.ts';

const minute = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(minutesOfDay - 1));
const form = v.strictObject({
  until: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  daily: v.nullable(v.strictTuple([minute, minute])),
});
type Kept = v.InferOutput<typeof form>;

const never: QuietWish = { until: 0, daily: null };
const subject = 'now';
/** A timer takes no longer time. */
const longestMs = 2 ** 31 - 1;

export interface DoNotDisturbPorts extends DecisionPorts {
  readonly timers: Timers;
  /** It holds now, or not any more, or the wish is another one. */
  readonly changed: () => void;
}

export class DoNotDisturb {
  readonly decisions: Decisions<Kept>;
  readonly #ports: DoNotDisturbPorts;
  #cancel: (() => void) | undefined;

  constructor(ports: DoNotDisturbPorts) {
    this.#ports = ports;
    const kind = { kind: 'do-not-disturb', valueName: 'do-not-disturb', form, max: 1 };
    this.decisions = new Decisions(ports, kind, () => this.#changed());
    this.#plan();
  }

  get wish(): QuietWish {
    return this.decisions.get(subject) ?? never;
  }

  /** Until when: Infinity without an end, undefined if it does not hold. */
  get until(): number | undefined {
    return quietUntil(this.wish, this.#ports.now());
  }

  /** Resolves when it is on the disk. */
  set({ until, daily }: QuietWish): Promise<void> {
    return this.decisions.set(subject, { until, daily: daily && [...daily] });
  }

  close(): void {
    this.#cancel?.();
  }

  #changed(): void {
    this.#plan();
    this.#ports.changed();
  }

  #plan(): void {
    this.#cancel?.();
    const { now, timers } = this.#ports;
    const next = nextTurn(this.wish, now());
    this.#cancel =
      next === undefined
        ? undefined
        : timers.after(Math.max(0, Math.min(longestMs, next - now())), () => this.#changed());
  }
}
