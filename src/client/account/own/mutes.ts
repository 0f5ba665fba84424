// Conversations that a person wants to hear nothing of (quiet/decisions.ts). Owns when one is over; what it means is up to
// each view.

import * as v from 'valibot';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Timers } from '../../ports.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import { maxMutes } from '../limits.ts';
import type { JsonValue } from './own-note.ts';
import { Decisions, type DecisionPorts } from './quiet/decisions.ts';

/** Until when, null without an end, 0 for not any more. Milliseconds since 1970. */
const form = v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0)));
type MuteEnd = v.InferOutput<typeof form>;

/** A timer takes no longer time. */
const longestMs = 2 ** 31 - 1;

export interface MutesPorts extends DecisionPorts {
  readonly timers: Timers;
  /** A conversation is muted, or not any more. */
  readonly changed: (conversation: ConversationName) => void;
}

export class Mutes {
  readonly #ports: MutesPorts;
  readonly #decisions: Decisions<MuteEnd>;
  #cancel: (() => void) | undefined;

  constructor(ports: MutesPorts) {
    this.#ports = ports;
    const kind = { kind: 'mute', valueName: 'mutes', form, max: maxMutes, prefers: isLonger };
    this.#decisions = new Decisions(ports, kind, (name) => this.#changed(name as ConversationName));
    this.#plan();
  }

  /** Until when a conversation is muted: Infinity without an end, undefined if it is not. */
  until(name: ConversationName): number | undefined {
    const until = this.#decisions.get(name);
    if (until === null) return Infinity;
    return until !== undefined && until > this.#ports.now() ? until : undefined;
  }

  /** The muted conversations. */
  get muted(): readonly ConversationName[] {
    const names = this.#decisions.subjects as readonly ConversationName[];
    return names.filter((name) => this.until(name) !== undefined);
  }

  /** The person has decided; `until` undefined: not muted any more. Resolves when it is on the disk. */
  set(name: ConversationName, until: number | undefined): Promise<void> {
    return this.#decisions.set(name, until === Infinity ? null : (until ?? 0));
  }

  /** All decisions, for a device of the account that knows none. */
  get all(): readonly (readonly [string, JsonValue])[] {
    return this.#decisions.all;
  }

  /** Another device has decided. */
  take(name: string, body: unknown, batch: InboxBatch): void {
    this.#decisions.take(name, body, batch);
  }

  close(): void {
    this.#cancel?.();
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

/** Of two decisions of one moment the longer silence holds. */
function isLonger(one: MuteEnd, other: MuteEnd): boolean {
  return (one ?? Infinity) > (other ?? Infinity);
}
