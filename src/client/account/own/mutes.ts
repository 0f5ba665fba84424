// Conversations that a person wants to hear nothing of: kept on the device, and told between the devices of the account, a
// note for each conversation. The latest decision wins. Owns when one is over; what it means is up to each view.

import * as v from 'valibot';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Timers, WallClock } from '../../ports.ts';
import type { ClientChange, KeptValue } from '../../store/store-port.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import { maxMutes } from '../limits.ts';
import type { OwnChannel } from './own-channel.ts';
import type { JsonValue } from './own-note.ts';

const kind = 'mute';
const valueName = 'mutes';
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Until when, null without an end, 0 for not any more; and when that was decided. Milliseconds since 1970. */
const muteForm = v.strictTuple([v.nullable(time), time]);
const keptForm = v.pipe(v.string(), v.parseJson(), v.array(v.tuple([v.string(), muteForm])));
type Mute = v.InferOutput<typeof muteForm>;

/** A timer takes no longer time. */
const longestMs = 2 ** 31 - 1;

export interface MutesPorts {
  /** Undefined where the account has no channel. */
  readonly own: Pick<OwnChannel, 'on' | 'send'> | undefined;
  readonly values: readonly KeptValue[];
  /** Resolves when it is on the disk. */
  readonly write: (change: () => ClientChange) => Promise<void>;
  readonly now: WallClock;
  readonly timers: Timers;
  /** A conversation is muted, or not any more. */
  readonly changed: (conversation: ConversationName) => void;
}

export class Mutes {
  readonly #ports: MutesPorts;
  /** The latest decision is the last. */
  readonly #decided = new Map<ConversationName, Mute>();
  #cancel: (() => void) | undefined;

  constructor(ports: MutesPorts) {
    this.#ports = ports;
    const kept = ports.values.find(({ name }) => name === valueName);
    const parsed = v.safeParse(keptForm, kept?.value);
    for (const [name, mute] of parsed.success ? parsed.output : []) this.#put(name, mute);
    ports.own?.on(kind, ({ subject, body }, batch) => this.take(subject, body, batch));
    this.#plan();
  }

  /** Until when a conversation is muted: Infinity without an end, undefined if it is not. */
  until(name: ConversationName): number | undefined {
    const [until] = this.#decided.get(name) ?? [0];
    if (until === null) return Infinity;
    return until > this.#ports.now() ? until : undefined;
  }

  /** The muted conversations. */
  get muted(): readonly ConversationName[] {
    return [...this.#decided.keys()].filter((name) => this.until(name) !== undefined);
  }

  /** The person has decided; `until` undefined: not muted any more. Resolves when it is on the disk. */
  async set(name: ConversationName, until: number | undefined): Promise<void> {
    const { own, now, write } = this.#ports;
    const [, before = 0] = this.#decided.get(name) ?? [];
    // A decision of a device whose clock is ahead was before this one.
    const mute: Mute = [until === Infinity ? null : (until ?? 0), Math.max(now(), before + 1)];
    this.#put(name, mute);
    await write(() => this.#value);
    this.#changed(name);
    // What can't be stored is not said: this client ends then.
    await own?.send(kind, [...mute], name).catch(() => {});
  }

  /** All decisions, for a device of the account that knows none. */
  get all(): readonly (readonly [ConversationName, JsonValue])[] {
    return [...this.#decided].map(([name, mute]) => [name, [...mute]] as const);
  }

  /** Another device has decided. */
  take(name: string, body: unknown, batch: InboxBatch): void {
    const given = v.safeParse(muteForm, body);
    const conversation = name as ConversationName;
    if (!given.success || !isNewer(given.output, this.#decided.get(conversation))) return;
    this.#put(conversation, given.output);
    batch.changes.push(this.#value);
    batch.afterwards.push(() => this.#changed(conversation));
  }

  close(): void {
    this.#cancel?.();
  }

  #put(name: string, mute: Mute): void {
    const conversation = name as ConversationName;
    this.#decided.delete(conversation);
    this.#decided.set(conversation, mute);
    const [oldest] = this.#decided.keys();
    if (this.#decided.size > maxMutes && oldest !== undefined) this.#decided.delete(oldest);
  }

  get #value(): ClientChange {
    return { type: 'kept-value', name: valueName, value: JSON.stringify([...this.#decided]) };
  }

  #changed(name: ConversationName): void {
    this.#plan();
    this.#ports.changed(name);
  }

  /** Tells when the next one is over. */
  #plan(): void {
    this.#cancel?.();
    const { now, timers } = this.#ports;
    const ends = this.muted
      .map((name) => ({ name, until: this.until(name) ?? Infinity }))
      .filter(({ until }) => until !== Infinity)
      .sort((one, other) => one.until - other.until);
    const [next] = ends;
    this.#cancel =
      next && timers.after(Math.min(longestMs, next.until - now()), () => this.#changed(next.name));
  }
}

/** Of two decisions of one moment the longer silence holds, on all devices. */
function isNewer([until, at]: Mute, known: Mute | undefined): boolean {
  if (known === undefined || at !== known[1]) return known === undefined || at > known[1];
  return (until ?? Infinity) > (known[0] ?? Infinity);
}
