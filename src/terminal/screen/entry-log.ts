// The entries of one conversation in memory: added at the end, put in front when older ones are read, replaced when
// their state changes. Bounded: the oldest go.

import type { Entries, Entry, Said } from './model.ts';

/** More are not kept in memory; they are let go of in steps of `dropStep`, so that no message pays for all. */
export const maxEntries = 100_000;
const dropStep = 1_000;

export class EntryLog implements Entries {
  #entries: Entry[] = [];
  #next = 1;
  #first = 0;

  get length(): number {
    return this.#entries.length;
  }

  at(index: number): Entry | undefined {
    return this.#entries[index];
  }

  indexFrom(key: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.key ?? Infinity) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get(key: number): Entry | undefined {
    const entry = this.#entries[this.indexFrom(key)];
    return entry?.key === key ? entry : undefined;
  }

  /** The last `limit` messages whose text is meant, newest first. */
  findLast(isMeant: (text: string) => boolean, limit: number): readonly Said[] {
    const found: Said[] = [];
    for (let index = this.#entries.length - 1; index >= 0 && found.length < limit; index--) {
      const entry = this.#entries[index];
      if (entry?.kind === 'said' && isMeant(entry.text)) found.push(entry);
    }
    return found;
  }

  /** The key of the message that has this number in the server's log. */
  keyOfNumber(seq: number): number | undefined {
    return this.#entries.findLast((entry) => entry.kind === 'said' && entry.seq === seq)?.key;
  }

  /** Adds what `make` gives for the next key. */
  push(make: (key: number) => Entry): Entry {
    const entry = make(this.#next++);
    this.#entries.push(entry);
    if (this.#entries.length >= maxEntries + dropStep) this.#entries.splice(0, dropStep);
    return entry;
  }

  /** Puts older ones before the first, oldest first. */
  unshift(makers: readonly ((key: number) => Entry)[]): void {
    this.#first -= makers.length;
    const first = this.#first;
    this.#entries = [...makers.map((make, index) => make(first + index)), ...this.#entries];
  }

  /** Puts `entry` in the place of the one with its key, if that is still there. */
  replace(entry: Entry): void {
    const index = this.indexFrom(entry.key);
    if (this.#entries[index]?.key === entry.key) this.#entries[index] = entry;
  }
}
