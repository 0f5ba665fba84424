// Writes drafts while they are typed: soon after a key, everything together, and at once when the program ends. The
// full screen and line mode share it. Does not know what is typed, nor where it is stored.

import type { Timers } from '../client/ports.ts';

/** A draft as it is kept. */
export interface SavedDraft {
  readonly text: string;
  readonly wasPasted: boolean;
}

/** Drafts by what they are for. What is undefined is forgotten. */
export type DraftChanges = ReadonlyMap<string, SavedDraft | undefined>;

/** Where drafts are kept. */
export interface DraftStore {
  /** As they were left. */
  readonly kept: ReadonlyMap<string, SavedDraft>;
  write(changes: DraftChanges): Promise<void>;
  /** The same before it returns: the program ends. */
  writeNow(changes: DraftChanges): void;
}

export interface DraftWriterOptions {
  readonly draftStore: DraftStore;
  readonly timers: Timers;
  /** What is typed and not on the disk. */
  readonly changes: () => DraftChanges;
  /** These are on the disk. */
  readonly written: (changes: DraftChanges) => void;
  /** Tells the person, once, that it does not work. */
  readonly failed: (reason: string) => void;
}

/** What is typed is written after this, all of it together. */
const writeAfterMs = 400;

export class DraftWriter {
  readonly #options: DraftWriterOptions;
  #cancel: (() => void) | undefined;
  #isWriting = false;
  #hasFailed = false;

  constructor(options: DraftWriterOptions) {
    this.#options = options;
  }

  /** Something may have been typed, sent or deleted. */
  look(): void {
    if (this.#cancel !== undefined || this.#isWriting || this.#options.changes().size === 0) return;
    this.#cancel = this.#options.timers.after(writeAfterMs, () => {
      this.#cancel = undefined;
      void this.#write();
    });
  }

  /** The program ends: writes what is not written yet. What could not be written is nowhere else any more. */
  close(): DraftChanges {
    this.#cancel?.();
    this.#cancel = undefined;
    const changes = this.#options.changes();
    if (changes.size === 0) return changes;
    try {
      this.#options.draftStore.writeNow(changes);
      return new Map();
    } catch {
      return changes;
    }
  }

  async #write(): Promise<void> {
    const changes = this.#options.changes();
    if (changes.size === 0) return;
    this.#isWriting = true;
    try {
      await this.#options.draftStore.write(changes);
      this.#options.written(changes);
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
