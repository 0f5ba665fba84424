// What a person has begun to write and not sent, told between the devices of the account: a note for each place, the one
// that was touched last wins. What was sent or deleted is told as an empty text. Owns the times, and how often it is told;
// a view decides whether its input may be exchanged (it knows what is being typed).

import * as v from 'valibot';
import { parsePlace } from '../../../wire/extended/names.ts';
import type { Timers, WallClock } from '../../ports.ts';
import type { ClientChange, KeptValue } from '../../store/store-port.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import { draftNoteMs, maxDrafts, maxSharedDraftLength } from '../limits.ts';
import type { OwnChannel } from './own-channel.ts';
import type { JsonValue } from './own-note.ts';

const kind = 'draft';
const valuePrefix = 'draft ';
const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** When it was touched last, in milliseconds since 1970, and the text; null for one that is too long to be told. */
const draftForm = v.strictTuple([
  time,
  v.nullable(v.pipe(v.string(), v.maxLength(maxSharedDraftLength))),
]);
const keptForm = v.pipe(v.string(), v.parseJson(), draftForm);
type Draft = v.InferOutput<typeof draftForm>;

export interface SharedDraftsPorts {
  /** Undefined where the account has no channel. */
  readonly own: Pick<OwnChannel, 'on' | 'send'> | undefined;
  readonly values: readonly KeptValue[];
  /** Resolves when they are on the disk. */
  readonly write: (changes: readonly ClientChange[]) => Promise<void>;
  readonly now: WallClock;
  readonly timers: Timers;
  /** Whether the account certainly has no other device. */
  readonly isAlone: () => boolean;
}

export class SharedDrafts {
  readonly #ports: SharedDraftsPorts;
  /** By their places; the one that was touched last is the last. */
  readonly #drafts = new Map<string, Draft>();
  /** Places of which the others do not know yet. */
  readonly #due = new Set<string>();
  #cancel: (() => void) | undefined;

  constructor(ports: SharedDraftsPorts) {
    this.#ports = ports;
    const kept = ports.values.flatMap(({ name, value }) => {
      const parsed = v.safeParse(keptForm, value);
      if (!name.startsWith(valuePrefix) || !parsed.success) return [];
      return [[name.slice(valuePrefix.length), parsed.output] as const];
    });
    for (const [place, draft] of kept.sort(([, one], [, other]) => one[0] - other[0]))
      this.#drafts.set(place, draft);
    ports.own?.on(kind, ({ subject, body }, batch) => this.take(subject, body, batch));
  }

  /** The texts by their places, as they were touched last on any device; empty ones were sent or deleted. */
  get texts(): ReadonlyMap<string, string> {
    return new Map(
      [...this.#drafts].flatMap(([place, [, text]]) => (text === null ? [] : [[place, text]])),
    );
  }

  /** The person has changed what stands at a place; empty: it was sent or deleted. Resolves when it is on the disk. */
  async typed(place: string, text: string): Promise<void> {
    const { now, own, isAlone, write } = this.#ports;
    if (own === undefined || parsePlace(place) === undefined) return;
    const isTold = !isAlone();
    // What was kept before that was certain must not come back later: it is touched here too.
    if (!isTold && !this.#drafts.has(place)) return;
    const [before = 0, known = ''] = this.#drafts.get(place) ?? [];
    if (text === known) return;
    const told = text.length > maxSharedDraftLength ? null : text;
    // What a device whose clock is ahead has touched was touched before this.
    const changes = this.#put(place, [Math.max(now(), before + 1), told]);
    if (told !== null && isTold) this.#due.add(place);
    if (isTold) this.#cancel ??= this.#ports.timers.after(draftNoteMs, () => this.#tell());
    await write(changes);
  }

  /** All of them, for a device of the account that knows none. */
  get all(): readonly (readonly [string, JsonValue])[] {
    return [...this.#drafts].flatMap(([place, draft]) =>
      draft[1] === null || draft[1] === '' ? [] : [[place, [...draft]] as const],
    );
  }

  /** Another device has told of one. */
  take(place: string, body: unknown, batch: InboxBatch): void {
    const given = v.safeParse(draftForm, body);
    if (!given.success || parsePlace(place) === undefined) return;
    const [at, text] = given.output;
    if (text === null || at <= (this.#drafts.get(place)?.[0] ?? -1)) return;
    this.#due.delete(place);
    batch.changes.push(...this.#put(place, given.output));
    batch.events.push({ type: 'draft', place, text });
  }

  /** Tells at once what is due: the program ends. */
  async flush(): Promise<void> {
    await Promise.all(this.#tell());
  }

  close(): void {
    this.#cancel?.();
  }

  /** Where too much waits, or what can't be stored, it is not told: the next change is. */
  #tell(): readonly Promise<unknown>[] {
    this.#cancel?.();
    this.#cancel = undefined;
    const due = [...this.#due];
    this.#due.clear();
    return due.flatMap((place) => {
      const draft = this.#drafts.get(place);
      return this.#ports.own && draft
        ? [this.#ports.own.send(kind, [...draft], place).catch(() => {})]
        : [];
    });
  }

  #put(place: string, draft: Draft): readonly ClientChange[] {
    this.#drafts.delete(place);
    this.#drafts.set(place, draft);
    const changes: ClientChange[] = [
      { type: 'kept-value', name: `${valuePrefix}${place}`, value: JSON.stringify(draft) },
    ];
    const [oldest] = this.#drafts.keys();
    if (this.#drafts.size > maxDrafts && oldest !== undefined) {
      this.#drafts.delete(oldest);
      changes.push({ type: 'kept-value', name: `${valuePrefix}${oldest}`, value: undefined });
    }
    return changes;
  }
}
