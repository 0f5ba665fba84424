// Whom "-SOFT_ERR no such user!" [7.5] refers to. Version 1's reply names nobody and comes only for lines that failed,
// so it can belong to any recent line to a person who has sent nothing since.
import { agoMs } from '../../connection/steady-time.ts';
import { maxRecentLines, missingUserMs } from './limits.ts';

export class MissingUser {
  readonly #recent = new Map<string, number>();

  /** A line to `user` was sent. */
  sent(user: string, nowMs: number): void {
    this.#recent.delete(user);
    this.#recent.set(user, nowMs);
    if (this.#recent.size > maxRecentLines) {
      const [oldest] = this.#recent.keys();
      if (oldest !== undefined) this.#recent.delete(oldest);
    }
  }

  /** `user` sent something, so they are online. */
  heardFrom(user: string): void {
    this.#recent.delete(user);
  }

  /** The people to whom the reply can refer. If one, it is them. If several, those who stay silent. */
  candidates(nowMs: number): string[] {
    for (const [user, atMs] of this.#recent) {
      if (agoMs(atMs, nowMs) > missingUserMs) this.#recent.delete(user);
    }
    return [...this.#recent.keys()];
  }
}
