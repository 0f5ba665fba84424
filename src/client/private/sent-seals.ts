// In which session a recent own message was sealed, by its hash: a resend frame names hashes, and tells by
// them which sessions its sender has lost.
const maxSeals = 128;

export class SentSeals {
  readonly #groups = new Map<string, string>();

  add(hash: string, groupId: string): void {
    this.#groups.set(hash, groupId);
    if (this.#groups.size <= maxSeals) return;
    const [oldest] = this.#groups.keys();
    if (oldest !== undefined) this.#groups.delete(oldest);
  }

  sessionOf(hash: string): string | undefined {
    return this.#groups.get(hash);
  }
}
