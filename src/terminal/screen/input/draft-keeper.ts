// Saves the drafts of every conversation, so that neither a crash nor a kill loses them: on the disk within a second,
// restored at the next start, and deleted when sent. Does not know where they are stored.

import type { Timers } from '../../../client/ports.ts';
import type { SavedDraft } from './draft.ts';
import type { ConversationFocus } from '../conversation-focus.ts';
import type { ConversationId, Model } from '../../../client/timeline/model.ts';
import { lineDraftId } from '../../line/line-draft.ts';
import { harmless } from '../../../client/wording/sanitize.ts';

/** Where drafts are kept. What is undefined is forgotten. */
export interface DraftStore {
  /** As they were left. */
  readonly kept: ReadonlyMap<ConversationId, SavedDraft>;
  write(changes: DraftChanges): Promise<void>;
  /** The same at once: the program ends. */
  writeNow(changes: DraftChanges): void;
}

export type DraftChanges = ReadonlyMap<ConversationId, SavedDraft | undefined>;

export interface DraftKeeperOptions {
  readonly draftStore: DraftStore;
  readonly focus: ConversationFocus;
  readonly model: Model;
  readonly timers: Timers;
  /** Tells the person, once, that it does not work. */
  readonly failed: (reason: string) => void;
}

/** What is typed is written after this, all of it together. */
const writeAfterMs = 400;

export class DraftKeeper {
  readonly #options: DraftKeeperOptions;
  /** As they are on the disk, or will be by the write that is under way. */
  readonly #kept: Map<ConversationId, SavedDraft>;
  #cancel: (() => void) | undefined;
  #isWriting = false;
  #hasFailed = false;

  constructor(options: DraftKeeperOptions) {
    this.#options = options;
    this.#kept = new Map(options.draftStore.kept);
  }

  /** Puts back what was kept; the conversations in which that is. */
  restore(): readonly ConversationId[] {
    const { focus, model } = this.#options;
    // That of --plain waits there.
    this.#kept.delete(lineDraftId);
    for (const [id, { text, wasPasted }] of this.#kept) {
      if (id.startsWith('@')) model.withPerson(id.slice(1));
      const safe = text.split('\n').map(harmless).join('\n');
      focus.viewOf(id).draft.restore({ text: safe, wasPasted });
    }
    return [...this.#kept.keys()];
  }

  /** Something may have been typed, sent or deleted. */
  look(): void {
    if (this.#cancel !== undefined || this.#isWriting || this.#changes().size === 0) return;
    this.#cancel = this.#options.timers.after(writeAfterMs, () => {
      this.#cancel = undefined;
      void this.#write();
    });
  }

  /** The program ends: writes what is not written yet. What could not be written is nowhere else any more. */
  close(): readonly string[] {
    this.#cancel?.();
    this.#cancel = undefined;
    const changes = this.#changes();
    if (changes.size === 0) return [];
    try {
      this.#options.draftStore.writeNow(changes);
      return [];
    } catch {
      return [...changes].flatMap(([id, saved]) =>
        saved === undefined ? [] : [`in ${id}: ${saved.text}`],
      );
    }
  }

  async #write(): Promise<void> {
    const changes = this.#changes();
    if (changes.size === 0) return;
    this.#isWriting = true;
    try {
      await this.#options.draftStore.write(changes);
      for (const [id, saved] of changes) {
        if (saved === undefined) this.#kept.delete(id);
        else this.#kept.set(id, saved);
      }
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) this.#options.failed(error instanceof Error ? error.message : '');
      this.#hasFailed = true;
    } finally {
      this.#isWriting = false;
    }
    // What was typed meanwhile; what could not be written waits for the next key.
    if (!this.#hasFailed) this.look();
  }

  #changes(): DraftChanges {
    const changes = new Map<ConversationId, SavedDraft | undefined>();
    for (const [id, draft] of this.#options.focus.drafts()) {
      const { text, wasPasted } = draft;
      const known = this.#kept.get(id);
      if (text === (known?.text ?? '')) continue;
      changes.set(id, text === '' ? undefined : { text, wasPasted });
    }
    return changes;
  }
}
