// What the person wants others to hear: how far they have read, for all conversations and for single ones, and that they are
// writing. Kept on the device, and told between the devices of the account, a note for each decision; the latest wins.
// Until they decide, nothing of what they read is told, and that they write is (docs/E2EE.md 18 has the reasons).

import * as v from 'valibot';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { InboxBatch } from '../account/inbox/batch.ts';
import type { OwnChannel } from '../account/own/own-channel.ts';
import type { JsonValue } from '../account/own/own-note.ts';
import type { WallClock } from '../ports.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';
import { maxWishes } from './limits.ts';

const kind = 'signals';
const valueName = 'signal-wishes';
/** What was decided, and when, in milliseconds since 1970. */
const wishForm = v.strictTuple([v.boolean(), v.pipe(v.number(), v.safeInteger(), v.minValue(0))]);
const keptForm = v.pipe(v.string(), v.parseJson(), v.array(v.tuple([v.string(), wishForm])));
type Wish = v.InferOutput<typeof wishForm>;

/** What is decided: of one conversation, of all, or whether others hear that one is writing. */
export type WishSubject = ConversationName | 'receipts' | 'typing';

export interface SignalWishesPorts {
  /** Undefined where the account has no channel. */
  readonly own: Pick<OwnChannel, 'on' | 'send'> | undefined;
  readonly values: readonly KeptValue[];
  /** Resolves when it is on the disk. */
  readonly write: (change: () => ClientChange) => Promise<void>;
  readonly now: WallClock;
  readonly changed: (subject: WishSubject) => void;
}

export class SignalWishes {
  readonly #ports: SignalWishesPorts;
  /** The latest decision is the last. */
  readonly #decided = new Map<WishSubject, Wish>();

  constructor(ports: SignalWishesPorts) {
    this.#ports = ports;
    const kept = ports.values.find(({ name }) => name === valueName);
    const parsed = v.safeParse(keptForm, kept?.value);
    for (const [name, wish] of parsed.success ? parsed.output : []) this.#put(name, wish);
    ports.own?.on(kind, ({ subject, body }, batch) => this.take(subject, body, batch));
  }

  /** Undefined where nothing was decided. */
  of(subject: WishSubject): boolean | undefined {
    return this.#decided.get(subject)?.[0];
  }

  /** The person has decided. Resolves when it is on the disk. */
  async set(subject: WishSubject, isOn: boolean): Promise<void> {
    const { own, now, write, changed } = this.#ports;
    const [, before = 0] = this.#decided.get(subject) ?? [];
    // A decision of a device whose clock is ahead was before this one.
    const wish: Wish = [isOn, Math.max(now(), before + 1)];
    this.#put(subject, wish);
    await write(() => this.#value);
    changed(subject);
    // What can't be stored is not said: this client ends then.
    await own?.send(kind, [...wish], subject).catch(() => {});
  }

  /** All decisions, for a device of the account that knows none. */
  get all(): readonly (readonly [string, JsonValue])[] {
    return [...this.#decided].map(([subject, wish]) => [subject, [...wish]] as const);
  }

  /** Another device has decided. Of two decisions of one moment the one that says less holds. */
  take(name: string, body: unknown, batch: InboxBatch): void {
    const given = v.safeParse(wishForm, body);
    const subject = name as WishSubject;
    const [isOn, at] = this.#decided.get(subject) ?? [true, -1];
    if (!given.success) return;
    const [wanted, wantedAt] = given.output;
    if (wantedAt < at || (wantedAt === at && (wanted || !isOn))) return;
    this.#put(name, given.output);
    batch.changes.push(this.#value);
    batch.afterwards.push(() => this.#ports.changed(subject));
  }

  #put(name: string, wish: Wish): void {
    const subject = name as WishSubject;
    this.#decided.delete(subject);
    this.#decided.set(subject, wish);
    if (this.#decided.size <= maxWishes) return;
    for (const oldest of this.#decided.keys()) {
      if (oldest === 'receipts' || oldest === 'typing') continue;
      this.#decided.delete(oldest);
      return;
    }
  }

  get #value(): ClientChange {
    return { type: 'kept-value', name: valueName, value: JSON.stringify([...this.#decided]) };
  }
}
