// Saves the draft at the prompt, so that neither a kill nor the end of the terminal loses it: on the disk within a
// second, and restored at the next start. Line mode has one draft, including its address. Does not know where it is
// stored.

import type { Timers } from '../../client/ports.ts';
import { harmless } from '../../client/wording/sanitize.ts';

interface SavedLine {
  readonly text: string;
  readonly wasPasted: boolean;
}

/** Where drafts are kept, by what they are for. */
export interface LineDraftStore {
  readonly kept: ReadonlyMap<string, SavedLine>;
  write(changes: ReadonlyMap<string, SavedLine | undefined>): Promise<void>;
  /** The same before it returns. */
  writeNow(changes: ReadonlyMap<string, SavedLine | undefined>): void;
}

export interface LineDraftOptions {
  readonly draftStore: LineDraftStore;
  readonly timers: Timers;
  /** What is being typed at the moment; undefined where it is nothing to be kept. */
  readonly typed: () => string | undefined;
  /** Tells the person, once, that it does not work. */
  readonly failed: (reason: string) => void;
}

/** Beside the drafts of conversations, which the full screen keeps: no conversation has that name. */
export const lineDraftId = 'line';

/** What is typed is written after this, all of it together. */
const writeAfterMs = 400;

export class LineDraft {
  readonly #options: LineDraftOptions;
  /** As it is on the disk; undefined before the person may type. */
  #kept: string | undefined;
  #cancel: (() => void) | undefined;
  #isWriting = false;
  #hasFailed = false;

  constructor(options: LineDraftOptions) {
    this.#options = options;
  }

  /** From now on what is typed is kept. What was kept before. */
  begin(): string {
    this.#kept = this.#options.draftStore.kept.get(lineDraftId)?.text ?? '';
    return harmless(this.#kept.replaceAll(/[\r\n]+/g, ' '));
  }

  /** A key was pressed. */
  look(): void {
    if (this.#cancel !== undefined || this.#isWriting || this.#changed() === undefined) return;
    this.#cancel = this.#options.timers.after(writeAfterMs, () => {
      this.#cancel = undefined;
      void this.#write();
    });
  }

  /** The program ends. What could not be written, which is nowhere else any more. */
  close(): string {
    this.#cancel?.();
    const text = this.#changed();
    if (text === undefined) return '';
    try {
      this.#options.draftStore.writeNow(changeTo(text));
      return '';
    } catch {
      return text;
    }
  }

  /** What is not on the disk as it is typed. */
  #changed(): string | undefined {
    const typed = this.#options.typed();
    return this.#kept === undefined || typed === this.#kept ? undefined : typed;
  }

  async #write(): Promise<void> {
    const text = this.#changed();
    if (text === undefined) return;
    this.#isWriting = true;
    try {
      await this.#options.draftStore.write(changeTo(text));
      this.#kept = text;
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
}

function changeTo(text: string): ReadonlyMap<string, SavedLine | undefined> {
  return new Map([[lineDraftId, text === '' ? undefined : { text, wasPasted: false }]]);
}
