// The names that this client has seen: in lists, and as senders. For completion and for "did you mean"; only the
// server knows who is online now.

import { nearest } from '../lib/suggest.ts';

/** The most names that are remembered. Beyond that, those seen longest ago are forgotten. */
export const maxPeople = 1000;

// In a list of users it stands for a connection without a login [7.4].
const notLoggedIn = 'unknown';

export class People {
  readonly #names = new Set<string>();

  saw(name: string): void {
    if (name === notLoggedIn) return;
    // Removed first, so that the order is by the last time seen.
    this.#names.delete(name);
    this.#names.add(name);
    if (this.#names.size > maxPeople) {
      const [oldest] = this.#names;
      if (oldest !== undefined) this.#names.delete(oldest);
    }
  }

  /** The names, seen longest ago first. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  /** The person meant by `name`: the same name in another case, if exactly one such is known; otherwise `name`. */
  named(name: string): string {
    return sameButCase(name, this.#names);
  }

  /** The person who may be meant by `name`, which nobody has: the same in another case, or with a typing mistake. */
  meantBy(name: string): string | undefined {
    const others = new Map<string, string>();
    for (const other of this.#names) if (other !== name) others.set(other.toLowerCase(), other);
    const lower = name.toLowerCase();
    return others.get(lower) ?? others.get(nearest(lower, others.keys()) ?? '');
  }
}

/**
 * The one of `names` that differs from `name` only in case; `name` if it is one of them, or not exactly one matches.
 */
export function sameButCase(name: string, names: Iterable<string>): string {
  const lower = name.toLowerCase();
  const same = [...names].filter((other) => other.toLowerCase() === lower);
  const [only = name] = same;
  return same.length > 1 || same.includes(name) ? name : only;
}
