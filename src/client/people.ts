// The names that this client has seen: in lists, and as senders. For completion and for "did you mean"; only the
// server knows who is online now.

import { nearest } from '../lib/suggest.ts';

/** More are not remembered: those seen longest ago are forgotten. */
export const maxPeople = 1000;

// In a list of users it stands for somebody who has not logged in yet [7.4].
const notLoggedIn = 'unknown';

export class People {
  readonly #names = new Set<string>();

  saw(name: string): void {
    if (name === notLoggedIn) return;
    // Taken out first, so that the order is that of the last time seen.
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

  /** Who is meant by `name`: the same name in other letter case, where exactly one such is known; else as it is. */
  named(name: string): string {
    return sameButCase(name, this.#names);
  }

  /** Who could have been meant by `name`, which nobody has: the same in other letter case, or with a slip. */
  meantBy(name: string): string | undefined {
    const others = new Map<string, string>();
    for (const other of this.#names) if (other !== name) others.set(other.toLowerCase(), other);
    const lower = name.toLowerCase();
    return others.get(lower) ?? others.get(nearest(lower, others.keys()) ?? '');
  }
}

/** The one of `names` that is `name` but for letter case; `name` where it is one of them itself, or not exactly one is. */
export function sameButCase(name: string, names: Iterable<string>): string {
  const lower = name.toLowerCase();
  const same = [...names].filter((other) => other.toLowerCase() === lower);
  const [only = name] = same;
  return same.length > 1 || same.includes(name) ? name : only;
}
