// Saves the drafts of every conversation, so that neither a crash nor a kill loses them: on the disk within a second,
// restored at the next start, and deleted when sent. Does not know where they are stored.

import type { Timers } from '../../../client/ports.ts';
import {
  DraftWriter,
  fromDevice,
  withDevices,
  type DevicesDrafts,
  type DraftChanges,
  type DraftStore,
  type SavedDraft,
} from '../../../client/draft-writer.ts';
import type { ConversationFocus } from '../conversation-focus.ts';
import type { ConversationId, Model } from '../../../client/timeline/model.ts';
import { lineDraftId } from '../../line/line-draft.ts';
import { harmless } from '../../../client/wording/sanitize.ts';

export interface DraftKeeperOptions {
  readonly draftStore: DraftStore;
  readonly focus: ConversationFocus;
  readonly model: Model;
  readonly timers: Timers;
  readonly devices: DevicesDrafts;
  /** Notifies the person, once, that writing fails. */
  readonly failed: (reason: string) => void;
}

export class DraftKeeper {
  readonly #options: DraftKeeperOptions;
  /** The drafts on the disk, or in the running write. */
  readonly #kept: Map<ConversationId, SavedDraft>;
  readonly #writer: DraftWriter;

  constructor(options: DraftKeeperOptions) {
    const { draftStore, timers, failed, devices } = options;
    this.#options = options;
    this.#kept = new Map(draftStore.kept);
    this.#writer = new DraftWriter({
      draftStore,
      timers,
      failed,
      changes: () => this.#changes(),
      written: (changes) => this.#written(changes),
      tell: (id, text) => devices.tell(id, text),
    });
  }

  /** Restores the stored drafts. Returns their conversations. */
  restore(): readonly ConversationId[] {
    // The draft of --plain stays there.
    this.#kept.delete(lineDraftId);
    const drafts = withDevices(this.#kept, this.#options.devices.texts());
    for (const [id, draft] of drafts) this.#show(id, draft);
    return [...drafts.keys()];
  }

  /** Another device has another draft there: it takes the place of one that was not touched since it was written. */
  came(id: ConversationId, text: string): void {
    const { draft } = this.#options.focus.viewOf(id);
    const isTouched = draft.text !== (this.#kept.get(id)?.text ?? '');
    if (!isTouched && draft.text !== text) this.#show(id, fromDevice(text));
  }

  #show(id: ConversationId, { text, wasPasted }: SavedDraft): void {
    const { focus, model } = this.#options;
    if (id.startsWith('@') && text !== '') model.withPerson(id.slice(1));
    const safe = text.split('\n').map(harmless).join('\n');
    focus.viewOf(id).draft.restore({ text: safe, wasPasted });
  }

  /** Call when something may have been typed, sent or deleted. */
  look(): void {
    this.#writer.look();
  }

  /** The program ends: writes what is not written yet. Returns what could not be written and is lost otherwise. */
  close(): readonly string[] {
    return [...this.#writer.close()].flatMap(([id, saved]) =>
      saved === undefined ? [] : [`in ${id}: ${saved.text}`],
    );
  }

  #written(changes: DraftChanges): void {
    for (const [id, saved] of changes) {
      if (saved === undefined) this.#kept.delete(id);
      else this.#kept.set(id, saved);
    }
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
