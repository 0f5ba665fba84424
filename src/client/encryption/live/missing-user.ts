// Whom "-SOFT_ERR no such user!" [7.5] is about. Version 1's reply names nobody and comes only for lines that failed,
// so it can belong to any recent line to a person who has sent nothing since.
import { agoMs } from '../../connection/steady-time.ts';
import { maxRecentLines, missingUserMs } from './limits.ts';

export class MissingUser {
  readonly #recent = new Map<string, number>();

  /** A line to `user` left. */
  sent(user: string, nowMs: number): void {
    this.#recent.delete(user);
    this.#recent.set(user, nowMs);
    if (this.#recent.size > maxRecentLines) {
      const [oldest] = this.#recent.keys();
      if (oldest !== undefined) this.#recent.delete(oldest);
    }
  }

  /** `user` was heard from, so they are there. */
  heardFrom(user: string): void {
    this.#recent.delete(user);
  }

  /** The people whom the reply can be about. One: it is them. Several: who stays silent is. */
  candidates(nowMs: number): string[] {
    for (const [user, atMs] of this.#recent) {
      if (agoMs(atMs, nowMs) > missingUserMs) this.#recent.delete(user);
    }
    return [...this.#recent.keys()];
  }
}
