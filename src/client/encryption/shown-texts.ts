// Which texts were shown already. A text whose receipt was lost is sent again, in a new session and so in new
// ciphertext; its id identifies the repeat. It is passed to each new Messenger of one program and spans logins: a
// text shown just before a reconnect is not shown again after it.

/** The ids of this many shown texts are remembered, so that a text sent again is not shown again. */
export const maxShownTexts = 8192;

export class ShownTexts {
  readonly #shown = new Set<string>();

  /** Whether this text of `from` is new; remembers it. Beyond the cap the oldest are forgotten. */
  add(from: string, id: string): boolean {
    const key = `${id} ${from}`;
    if (this.#shown.has(key)) return false;
    this.#shown.add(key);
    if (this.#shown.size > maxShownTexts) {
      const [oldest] = this.#shown;
      if (oldest !== undefined) this.#shown.delete(oldest);
    }
    return true;
  }
}
