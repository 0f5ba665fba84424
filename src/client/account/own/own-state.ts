// What the devices of an account have in common, as a whole, for one that is new: how far the person has read, what is
// known of people's keys, what is to be quiet, what is being written, and what others may hear of reading and writing. Whoever comes into the account's room asks for it; a history and a backup carry it too. It is
// merged: nothing that a device knows is taken back.

import * as v from 'valibot';
import type { Username } from '../../../wire/text.ts';
import type { InboxBatch } from '../inbox/batch.ts';
import { maxSharedPeople } from '../limits.ts';
import type { OwnChannel } from './own-channel.ts';
import { maxOwnNoteBytes, type JsonValue } from './own-note.ts';
import type { SignalWishes } from '../../signals/signal-wishes.ts';
import type { Quiet } from './quiet/quiet.ts';
import type { Expiry } from '../../expiring/expiry.ts';
import type { SharedDrafts } from './shared-drafts.ts';
import { readForm, type ReadMarks } from './read-marks.ts';
import type { SharedKeys } from './shared-keys.ts';

const version = 1;
const wanted = 'state-wanted';
const told = 'state';

const entries = v.optional(v.array(v.tuple([v.string(), v.unknown()])), []);
/** Entries are parsed by those who take them. One of a later version may have more. */
const stateForm = v.object({
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  read: v.array(v.tuple([v.string(), readForm])),
  keys: v.array(v.tuple([v.string(), v.unknown()])),
  mutes: entries,
  rules: entries,
  ignored: entries,
  quiet: entries,
  drafts: entries,
  signals: entries,
  timers: entries,
});
const quietParts = ['mutes', 'rules', 'ignored', 'quiet'] as const;

export interface OwnStateParts {
  readonly readMarks: Pick<ReadMarks, 'all' | 'take'>;
  readonly sharedKeys: Pick<SharedKeys, 'of' | 'take'>;
  readonly quiet: Pick<Quiet, 'parts'>;
  readonly drafts: Pick<SharedDrafts, 'all' | 'take'>;
  readonly signals: Pick<SignalWishes, 'all' | 'take'>;
  readonly expiry: Pick<Expiry, 'all' | 'take'>;
  /** Who may be known by a key. */
  readonly people: () => Iterable<Username>;
  readonly own: Pick<OwnChannel, 'on' | 'send'>;
}

export class OwnState {
  readonly #parts: OwnStateParts;

  constructor(parts: OwnStateParts) {
    this.#parts = parts;
    parts.own.on(
      wanted,
      (_note, batch) => void batch.afterwards.push(() => void this.#tell().catch(() => {})),
    );
    parts.own.on(told, async ({ body }, batch) => this.take(body, batch));
  }

  /** This device has come into the room: it has missed what was said there before. */
  async ask(): Promise<void> {
    // What can't be stored is not said: this client ends then.
    await this.#parts.own.send(wanted, null, wanted).catch(() => {});
  }

  async export(): Promise<JsonValue> {
    const { drafts, expiry, people, quiet, readMarks, sharedKeys, signals } = this.#parts;
    const keys: JsonValue[] = [];
    for (const user of [...people()].slice(0, maxSharedPeople)) {
      const known = await sharedKeys.of(user);
      if (known !== undefined) keys.push([user, known]);
    }
    const told = quietParts.map((part) => [part, quiet.parts[part].all] as const);
    return {
      version,
      read: readMarks.all,
      keys,
      ...Object.fromEntries(told),
      drafts: drafts.all,
      signals: signals.all,
      timers: expiry.all,
    };
  }

  /** What makes no sense is passed over. */
  async take(state: unknown, batch: InboxBatch): Promise<void> {
    const { drafts, expiry, quiet, readMarks, sharedKeys, signals } = this.#parts;
    const given = v.safeParse(stateForm, state);
    if (!given.success) return;
    for (const [name, mark] of given.output.read) await readMarks.take(name, mark, batch);
    for (const [user, known] of given.output.keys) await sharedKeys.take(user, known, batch);
    for (const part of quietParts) {
      for (const [subject, decided] of given.output[part])
        quiet.parts[part].take(subject, decided, batch);
    }
    for (const [place, draft] of given.output.drafts) drafts.take(place, draft, batch);
    for (const [about, wish] of given.output.signals) signals.take(about, wish, batch);
    for (const [name, timer] of given.output.timers) expiry.take(name, timer, batch);
  }

  /** In so many notes as it takes. */
  async #tell(): Promise<void> {
    const { read, keys, ...others } = (await this.export()) as Record<
      'read' | 'keys' | 'drafts' | 'signals' | 'timers' | (typeof quietParts)[number],
      readonly JsonValue[]
    >;
    const parts = [
      ...pages(read).map((page) => ({ version, read: page, keys: [] })),
      ...pages(keys).map((page) => ({ version, read: [], keys: page })),
      ...([...quietParts, 'drafts', 'signals', 'timers'] as const).flatMap((part) =>
        pages(others[part]).map((page) => ({ version, read: [], keys: [], [part]: page })),
      ),
    ];
    for (const [at, part] of parts.entries()) await this.#parts.own.send(told, part, String(at));
  }
}

/** Entries in their order, as many together as fit into a note. */
function pages(entries: readonly JsonValue[]): JsonValue[][] {
  const made: JsonValue[][] = [];
  let room = 0;
  for (const entry of entries) {
    // A character takes three bytes at most.
    const size = 3 * JSON.stringify(entry).length + 1;
    if (size > room) {
      made.push([]);
      room = maxOwnNoteBytes - 200;
    }
    made.at(-1)?.push(entry);
    room -= size;
  }
  return made;
}
