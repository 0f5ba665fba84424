// What a person has decided about something, of one kind: kept on the device, and told between the devices of the account, a
// note for each thing. The latest decision wins, and of two of one moment the same one on all devices. Bounded: those
// decided longest ago are forgotten. Owns no meaning.

import * as v from 'valibot';
import type { ClientChange, KeptValue } from '../../../store/store-port.ts';
import type { InboxBatch } from '../../inbox/batch.ts';
import type { WallClock } from '../../../ports.ts';
import type { OwnChannel } from '../own-channel.ts';
import type { JsonValue } from '../own-note.ts';

export interface DecisionPorts {
  /** Undefined where the account has no channel. */
  readonly own: Pick<OwnChannel, 'on' | 'send'> | undefined;
  readonly values: readonly KeptValue[];
  /** Resolves when it is on the disk. */
  readonly write: (change: () => ClientChange) => Promise<void>;
  readonly now: WallClock;
}

export interface DecisionKind<T extends JsonValue> {
  /** Of the notes. */
  readonly kind: string;
  /** Of the value in the store. */
  readonly valueName: string;
  readonly form: v.GenericSchema<unknown, T>;
  /** About so many things it is remembered what was decided. */
  readonly max: number;
  /** What is never forgotten, however much else is decided. Far fewer than `max`. */
  readonly lasting?: readonly string[];
  /** Of two decisions of one moment: whether the first one holds. The same on all devices. */
  readonly prefers?: (one: T, other: T) => boolean;
}

const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const keptForm = v.pipe(v.string(), v.parseJson(), v.array(v.tuple([v.string(), v.unknown()])));
const dated = v.strictTuple([v.unknown(), time]);

/** What was decided, and when, in milliseconds since 1970. */
interface Decided<T> {
  readonly what: T;
  readonly at: number;
}

export class Decisions<T extends JsonValue> {
  readonly #ports: DecisionPorts;
  readonly #kind: DecisionKind<T>;
  readonly #changed: (subject: string) => void;
  /** The latest decision is the last. */
  readonly #decided = new Map<string, Decided<T>>();

  /** `changed`: something else holds of `subject` now. */
  constructor(ports: DecisionPorts, kind: DecisionKind<T>, changed: (subject: string) => void) {
    this.#ports = ports;
    this.#kind = kind;
    this.#changed = changed;
    const kept = ports.values.find(({ name }) => name === kind.valueName);
    const parsed = v.safeParse(keptForm, kept?.value);
    for (const [subject, body] of parsed.success ? parsed.output : []) {
      const decided = this.#parse(body);
      if (decided !== undefined) this.#put(subject, decided);
    }
    ports.own?.on(kind.kind, ({ subject, body }, batch) => this.take(subject, body, batch));
  }

  get(subject: string): T | undefined {
    return this.#decided.get(subject)?.what;
  }

  /** What was decided about, the latest last. */
  get subjects(): readonly string[] {
    return [...this.#decided.keys()];
  }

  /** The person has decided. Resolves when it is on the disk. */
  async set(subject: string, what: T): Promise<void> {
    const { own, now, write } = this.#ports;
    const { at: before = 0 } = this.#decided.get(subject) ?? {};
    // A decision of a device whose clock is ahead was before this one.
    const decided = { what, at: Math.max(now(), before + 1) };
    this.#put(subject, decided);
    await write(() => this.#value);
    this.#changed(subject);
    // What can't be stored is not said: this client ends then.
    await own?.send(this.#kind.kind, [what, decided.at], subject).catch(() => {});
  }

  /** All decisions, for a device of the account that knows none. */
  get all(): readonly (readonly [string, JsonValue])[] {
    return [...this.#decided].map(([subject, { what, at }]) => [subject, [what, at]] as const);
  }

  /** Another device has decided. What makes no sense is passed over. */
  take(subject: string, body: unknown, batch: Pick<InboxBatch, 'changes' | 'afterwards'>): void {
    const given = this.#parse(body);
    if (given === undefined || !this.#isNewer(given, this.#decided.get(subject))) return;
    this.#put(subject, given);
    batch.changes.push(this.#value);
    batch.afterwards.push(() => this.#changed(subject));
  }

  #parse(body: unknown): Decided<T> | undefined {
    const given = v.safeParse(dated, body);
    if (!given.success) return undefined;
    const [what, at] = given.output;
    const parsed = v.safeParse(this.#kind.form, what);
    return parsed.success ? { what: parsed.output, at } : undefined;
  }

  #isNewer(given: Decided<T>, known: Decided<T> | undefined): boolean {
    if (known === undefined || given.at !== known.at)
      return known === undefined || given.at > known.at;
    const { prefers = comesLater } = this.#kind;
    return prefers(given.what, known.what);
  }

  #put(subject: string, decided: Decided<T>): void {
    this.#decided.delete(subject);
    this.#decided.set(subject, decided);
    const { max, lasting = [] } = this.#kind;
    if (this.#decided.size <= max) return;
    const oldest = this.subjects.find((one) => !lasting.includes(one));
    if (oldest !== undefined) this.#decided.delete(oldest);
  }

  get #value(): ClientChange {
    return { type: 'kept-value', name: this.#kind.valueName, value: JSON.stringify(this.all) };
  }
}

function comesLater(one: JsonValue, other: JsonValue): boolean {
  return JSON.stringify(one) > JSON.stringify(other);
}
