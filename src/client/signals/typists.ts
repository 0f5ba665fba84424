// Who is writing where, as far as they say: each for a few seconds after the last word of it, or until their message comes.
// In memory alone.

import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { Timers } from '../ports.ts';
import { maxReaders, maxTypingPlaces, typingMs } from './limits.ts';

export class Typists {
  readonly #timers: Timers;
  readonly #changed: (name: ConversationName) => void;
  /** The end of each, by people, in the order in which they began. */
  readonly #writing = new Map<ConversationName, Map<Username, () => void>>();

  constructor(timers: Timers, changed: (name: ConversationName) => void) {
    this.#timers = timers;
    this.#changed = changed;
  }

  in(name: ConversationName): readonly Username[] {
    return [...(this.#writing.get(name)?.keys() ?? [])];
  }

  heard(name: ConversationName, user: Username): void {
    const here = this.#writing.get(name) ?? new Map<Username, () => void>();
    const cancel = here.get(user);
    cancel?.();
    const hasRoom = this.#writing.has(name) || this.#writing.size < maxTypingPlaces;
    if (cancel === undefined && (!hasRoom || here.size >= maxReaders)) return;
    this.#writing.set(name, here);
    here.set(
      user,
      this.#timers.after(typingMs, () => this.ended(name, user)),
    );
    if (cancel === undefined) this.#changed(name);
  }

  /** Their message has come, or nothing more of it. */
  ended(name: ConversationName, user: Username): void {
    const here = this.#writing.get(name);
    const cancel = here?.get(user);
    if (here === undefined || cancel === undefined) return;
    cancel();
    here.delete(user);
    if (here.size === 0) this.#writing.delete(name);
    this.#changed(name);
  }

  /** Nothing is known any more. */
  clear(): void {
    const names = [...this.#writing.keys()];
    for (const here of this.#writing.values()) for (const cancel of here.values()) cancel();
    this.#writing.clear();
    for (const name of names) this.#changed(name);
  }
}
