// The texts to one person that are not delivered yet, in the order in which they were written.

export interface OutgoingText {
  readonly id: string;
  readonly text: string;
  readonly bytes: number;
  /** `waiting`: to be sent (again). `sent`: sealed, and its receipt is awaited since `sentAtMs`. */
  state: 'waiting' | 'sent';
  sends: number;
  sentAtMs: number;
  /** The session and the hash of the last sealing. */
  sealedIn: string;
  sealHash: string;
  /** That it waits for a decision about a key was told. */
  isHeld: boolean;
}

export class Outbox {
  #texts: OutgoingText[] = [];

  get size(): number {
    return this.#texts.length;
  }

  get bytes(): number {
    return this.#texts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  add(id: string, text: string, bytes: number): void {
    const fresh = { sends: 0, sentAtMs: 0, sealedIn: '', sealHash: '', isHeld: false };
    this.#texts.push({ id, text, bytes, state: 'waiting', ...fresh });
  }

  waiting(): OutgoingText[] {
    return this.#texts.filter(({ state }) => state === 'waiting');
  }

  sent(): OutgoingText[] {
    return this.#texts.filter(({ state }) => state === 'sent');
  }

  /** Takes out the text that a receipt names. */
  deliver(id: string): OutgoingText | undefined {
    const text = this.#texts.find((other) => other.id === id && other.sends > 0);
    if (text !== undefined) this.remove(text);
    return text;
  }

  remove(text: OutgoingText): void {
    this.#texts = this.#texts.filter((other) => other !== text);
  }

  /** Takes out all. */
  clear(): OutgoingText[] {
    const all = this.#texts;
    this.#texts = [];
    return all;
  }
}
