// Writes drafts while they are typed: soon after a key, all of them together, and at once when the program ends. The
// full screen and line mode share it. Does not know what is typed, nor where it is stored.

import type { Timers } from './ports.ts';

/** A draft as it is stored. */
export interface SavedDraft {
  readonly text: string;
  readonly wasPasted: boolean;
}

/** Drafts by their place. Undefined ones are deleted. */
export type DraftChanges = ReadonlyMap<string, SavedDraft | undefined>;

/** Where drafts are stored. */
export interface DraftStore {
  /** The drafts at the start. */
  readonly kept: ReadonlyMap<string, SavedDraft>;
  write(changes: DraftChanges): Promise<void>;
  /** The same, but done when it returns: the program ends. */
  writeNow(changes: DraftChanges): void;
}

/** The drafts that all devices of the account have, by their places (`lobby`, `#group`, `@person`). */
export interface DevicesDrafts {
  readonly texts: () => ReadonlyMap<string, string>;
  /** Resolves when it is on the disk. */
  readonly tell: (id: string, text: string) => Promise<void>;
}

export interface DraftWriterOptions {
  readonly draftStore: DraftStore;
  readonly timers: Timers;
  /** Typed text that is not on the disk yet. */
  readonly changes: () => DraftChanges;
  /** These were written. */
  readonly written: (changes: DraftChanges) => void;
  /** Tells of a change, before it is written: a draft that is on the disk is not older than what the other devices know. */
  readonly tell?: ((id: string, text: string) => Promise<void>) | undefined;
  /** Notifies the person, once, that writing fails. */
  readonly failed: (reason: string) => void;
}

/** How long after a key the drafts are written, all of them together. */
const writeAfterMs = 400;

export class DraftWriter {
  readonly #options: DraftWriterOptions;
  #cancel: (() => void) | undefined;
  #isWriting = false;
  #hasFailed = false;

  constructor(options: DraftWriterOptions) {
    this.#options = options;
  }

  /** Call when something may have been typed, sent or deleted. */
  look(): void {
    if (this.#cancel !== undefined || this.#isWriting || this.#options.changes().size === 0) return;
    this.#cancel = this.#options.timers.after(writeAfterMs, () => {
      this.#cancel = undefined;
      void this.#write();
    });
  }

  /** The program ends: writes what is not written yet. Returns what could not be written and is lost otherwise. */
  close(): DraftChanges {
    this.#cancel?.();
    this.#cancel = undefined;
    const changes = this.#options.changes();
    if (changes.size === 0) return changes;
    void this.#tell(changes);
    try {
      this.#options.draftStore.writeNow(changes);
      return new Map();
    } catch {
      return changes;
    }
  }

  async #tell(changes: DraftChanges): Promise<void> {
    const { tell } = this.#options;
    if (tell === undefined) return;
    const texts = [...changes].filter(([, draft]) => !isCommand(draft));
    await Promise.all(texts.map(([id, draft]) => tell(id, draft?.text ?? '')));
  }

  async #write(): Promise<void> {
    const changes = this.#options.changes();
    if (changes.size === 0) return;
    this.#isWriting = true;
    await this.#tell(changes);
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
    // Text that was typed meanwhile. After a failure the next key tries again.
    if (!this.#hasFailed) this.look();
  }
}

/** The drafts at a start, with what other devices have touched while no view was here. */
export function withDevices(
  kept: ReadonlyMap<string, SavedDraft>,
  texts: ReadonlyMap<string, string>,
): ReadonlyMap<string, SavedDraft> {
  const drafts = new Map(kept);
  for (const [id, text] of texts) {
    const here = kept.get(id)?.text;
    // Its end may have been typed when the program ended.
    const goesOn = text !== '' && here?.startsWith(text) === true;
    if (goesOn || isCommand(kept.get(id))) continue;
    if (text === '') drafts.delete(id);
    else drafts.set(id, fromDevice(text));
  }
  return drafts;
}

/** A draft of another device. It is a text there, so it is one here. */
export function fromDevice(text: string): SavedDraft {
  return { text, wasPasted: text.startsWith('/') };
}

/** What is typed as a command is for this device alone. */
function isCommand(draft: SavedDraft | undefined): boolean {
  return draft?.wasPasted === false && draft.text.startsWith('/');
}
