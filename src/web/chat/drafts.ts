// What is typed in each conversation and not sent yet: kept in the browser while it is typed, and there again the next
// time.

import { signal } from '@preact/signals';
import {
  DraftWriter,
  fromDevice,
  withDevices,
  type DraftChanges,
  type DevicesDrafts,
  type DraftStore,
  type SavedDraft,
} from '../../client/draft-writer.ts';
import type { Timers } from '../../client/ports.ts';
import type { ConversationId } from '../../client/timeline/model.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import type { LocalTexts } from '../../platform/browser/local-texts.ts';
import type { Username } from '../../wire/text.ts';
import { keepHurried, takeHurried } from './hurried-drafts.ts';

/** A browser writes nothing at once. */
export type LateDraftStore = Omit<DraftStore, 'writeNow'>;

const none: SavedDraft = { text: '', wasPasted: false };

export class Drafts {
  /** Changes when a draft was set by something else than its input. */
  readonly version = signal(0);
  readonly #typed = new Map<ConversationId, SavedDraft>();
  readonly #kept: Map<ConversationId, SavedDraft>;
  readonly #writer: DraftWriter;
  readonly #name: Username;
  readonly #texts: LocalTexts;
  /** What was sent before the client was there to keep it. */
  readonly #early = new Map<ConversationId, SavedDraft>();
  /** Where something was typed since the page is there, or in the last moment before. */
  readonly #touched = new Set<ConversationId>();

  constructor(
    name: Username,
    texts: LocalTexts,
    store: LateDraftStore,
    timers: Timers,
    failed: (reason: string) => void,
    tell: DevicesDrafts['tell'],
  ) {
    this.#name = name;
    this.#texts = texts;
    this.#kept = new Map(store.kept);
    for (const [id, draft] of store.kept) this.#show(id, draft);
    // The other devices were not told of it any more.
    for (const [id, draft] of takeHurried(texts, name)) {
      this.#touched.add(id);
      this.#show(id, draft);
    }
    this.#writer = new DraftWriter({
      draftStore: {
        kept: store.kept,
        write: (changes) => store.write(changes),
        writeNow: (changes) => keepHurried(texts, name, changes),
      },
      timers,
      failed,
      changes: () => this.#changes(),
      written: (changes) => this.#written(changes),
      tell,
    });
    this.#writer.look();
  }

  /** The conversations with a draft. */
  get ids(): readonly ConversationId[] {
    return [...this.#typed.keys()];
  }

  of(id: ConversationId): SavedDraft {
    return this.#typed.get(id) ?? none;
  }

  /** The person types. */
  type(id: ConversationId, draft: SavedDraft): void {
    this.#touched.add(id);
    this.#put(id, draft);
    this.#writer.look();
  }

  /** The text comes from elsewhere than the input. */
  set(id: ConversationId, draft: SavedDraft): void {
    this.type(id, draft);
    this.version.value += 1;
  }

  /** What could not be sent stands before what is typed by now. */
  putBefore(id: ConversationId, draft: SavedDraft): void {
    this.set(id, joined(draft, this.of(id)));
  }

  /** The client is there: with what other devices have touched while no view was here. What was typed since is newer. */
  joinDevices(texts: ReadonlyMap<ConversationId, string>): void {
    const joined = withDevices(this.#typed, texts);
    for (const id of texts.keys())
      if (!this.#touched.has(id)) this.#show(id, joined.get(id) ?? none);
    this.#writer.look();
    this.version.value += 1;
  }

  /** Another device has another draft there: it takes the place of one that was not touched since it was written. */
  came(id: ConversationId, text: string): void {
    const isTouched = this.of(id).text !== (this.#kept.get(id)?.text ?? '');
    if (isTouched || this.of(id).text === text) return;
    this.#show(id, fromDevice(text));
    this.#writer.look();
    this.version.value += 1;
  }

  /** A text is sent, and is no draft any more, while the client is loaded: `taken` has it in the end. */
  async sendsEarly<T>(id: ConversationId, draft: SavedDraft, taken: Promise<T>): Promise<T> {
    this.#early.set(id, joined(this.#early.get(id) ?? none, draft));
    try {
      return await taken;
    } finally {
      this.#early.delete(id);
    }
  }

  /** The page goes. What nobody has taken yet is a draft again the next time. */
  close(): void {
    this.#writer.close();
    if (this.#early.size === 0) return;
    const changes = new Map(this.#changes());
    for (const [id, draft] of this.#early) changes.set(id, joined(draft, this.of(id)));
    keepHurried(this.#texts, this.#name, changes);
  }

  #show(id: ConversationId, { text, wasPasted }: SavedDraft): void {
    this.#put(id, { text: text.split('\n').map(harmless).join('\n'), wasPasted });
  }

  #put(id: ConversationId, draft: SavedDraft): void {
    if (draft.text === '') this.#typed.delete(id);
    else this.#typed.set(id, draft);
  }

  #written(changes: DraftChanges): void {
    for (const [id, saved] of changes) {
      if (saved === undefined) this.#kept.delete(id);
      else this.#kept.set(id, saved);
    }
  }

  #changes(): DraftChanges {
    const changes = new Map<ConversationId, SavedDraft | undefined>();
    for (const id of new Set([...this.#kept.keys(), ...this.#typed.keys()])) {
      const now = this.#typed.get(id);
      if (now?.text !== this.#kept.get(id)?.text) changes.set(id, now);
    }
    return changes;
  }
}

function joined(first: SavedDraft, second: SavedDraft): SavedDraft {
  if (first.text === '' || second.text === '') return first.text === '' ? second : first;
  return { text: `${first.text}\n${second.text}`, wasPasted: true };
}
