// Saves the draft at the prompt, so that neither a kill nor the end of the terminal loses it: on the disk within a
// second, and restored at the next start. Line mode has one draft, including its address. Does not know where it is
// stored.

import type { Timers } from '../../client/ports.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import { DraftWriter, type DraftChanges, type DraftStore } from '../../client/draft-writer.ts';

export interface LineDraftOptions {
  readonly draftStore: DraftStore;
  readonly timers: Timers;
  /** The typed text. Undefined if it must not be stored. */
  readonly typed: () => string | undefined;
  /** Notifies the person, once, that writing fails. */
  readonly failed: (reason: string) => void;
}

/** Beside the drafts of conversations, which the full screen stores: no conversation has that name. */
export const lineDraftId = 'line';

export class LineDraft {
  readonly #options: LineDraftOptions;
  /** As on the disk. Undefined before the person may type. */
  #kept: string | undefined;
  readonly #writer: DraftWriter;

  constructor(options: LineDraftOptions) {
    const { draftStore, timers, failed } = options;
    this.#options = options;
    this.#writer = new DraftWriter({
      draftStore,
      timers,
      failed,
      changes: () => this.#changes(),
      written: (changes) => void (this.#kept = changes.get(lineDraftId)?.text ?? ''),
    });
  }

  /** From now on typed text is stored. Returns the stored draft. */
  begin(): string {
    this.#kept = this.#options.draftStore.kept.get(lineDraftId)?.text ?? '';
    return harmless(this.#kept.replaceAll(/[\r\n]+/g, ' '));
  }

  /** A key was pressed. */
  look(): void {
    this.#writer.look();
  }

  /** The program ends. Returns what could not be written and is lost otherwise. */
  close(): string {
    return this.#writer.close().get(lineDraftId)?.text ?? '';
  }

  #changes(): DraftChanges {
    const text = this.#options.typed();
    if (this.#kept === undefined || text === undefined || text === this.#kept) return new Map();
    return new Map([[lineDraftId, text === '' ? undefined : { text, wasPasted: false }]]);
  }
}
