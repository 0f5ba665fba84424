// Outgoing notes about files, and the outcome of each, which whoever carries it reports by the note's id. The same of the
// messages about kept files.

import type { Username } from '../../../wire/text.ts';
import type { NoteFate, NoteFailure } from '../transfer-context.ts';
import { encodeFileNote, type FileNoteBody } from './file-note.ts';

/** What is told about a note of ours. `stored` has left as well. */
export type NoteProgress = { readonly id: string } & (
  | { readonly is: 'held' | 'sent' | 'stored' | 'delivered' }
  | { readonly is: 'failed'; readonly why: NoteFailure }
);

export class NotePost {
  readonly #send: (to: Username, bytes: Uint8Array) => string | undefined;
  readonly #fates = new Map<string, NoteFate>();

  /** `send` returns the id of the note, or undefined if no more are accepted. */
  constructor(send: (to: Username, bytes: Uint8Array) => string | undefined) {
    this.#send = send;
  }

  post(peer: Username, transfer: string, body: FileNoteBody, fate: NoteFate = {}): void {
    const id = this.#send(peer, encodeFileNote({ id: transfer, body }));
    if (id !== undefined) this.#fates.set(id, fate);
    // Later, like every other answer.
    else void Promise.resolve().then(() => fate.failed?.('no-receipt'));
  }

  /** `fate` is told what becomes of the message of that id. */
  follow(id: string, fate: NoteFate): void {
    this.#fates.set(id, fate);
  }

  receive(event: NoteProgress): void {
    const fate = this.#fates.get(event.id);
    if (event.is === 'delivered' || event.is === 'failed') this.#fates.delete(event.id);
    if (event.is === 'stored') fate?.sent?.();
    if (event.is === 'failed') fate?.failed?.(event.why);
    else fate?.[event.is]?.();
  }

  close(): void {
    this.#fates.clear();
  }
}
