// The logins (incarnations) of one peer. Sessions live as long as a login, so the first frame of a new one means that
// all sessions of the earlier one are gone, without waiting for receipts that never come.
const maxPast = 16;

export class PeerLogins {
  #present: string | undefined;
  readonly #past = new Set<string>();

  /** What a frame's incarnation means: the current login, an earlier one, or the next one. */
  seen(incarnation: string): 'present' | 'past' | 'next' {
    if (this.#past.has(incarnation)) return 'past';
    const before = this.#present;
    this.#present = incarnation;
    if (before === undefined || before === incarnation) return 'present';
    this.#past.add(before);
    if (this.#past.size > maxPast) {
      const [oldest] = this.#past;
      if (oldest !== undefined) this.#past.delete(oldest);
    }
    return 'next';
  }
}
