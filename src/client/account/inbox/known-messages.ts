// Which messages of a conversation are here for certain, as far as that was looked up lately, each with the ids that it
// goes by. A message that can be read keeps its number in its log, and its ids: what is remembered stays true.
import type { isIdOf } from '../../amending/target.ts';

type Identity = Parameters<typeof isIdOf>[1];

const maxKnown = 2_000;

export class KnownMessages {
  readonly #known = new Map<string, Identity>();

  get(log: number, seq: number): Identity | undefined {
    return this.#known.get(`${log} ${seq}`);
  }

  add(log: number, seq: number, { textId, localId, encrypted }: Identity): void {
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(`${log} ${seq}`, { textId, localId, encrypted });
  }
}
