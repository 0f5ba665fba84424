// From whom files are taken without asking, and how much of them: from people whose key was known before this login,
// or to whom this user has written since; and of each no more than a limit, until something of theirs was accepted by
// hand.

import { maxStrangers } from './limits.ts';
import type { AskReason } from './transfer.ts';

export class Acquaintance {
  readonly #acceptUpTo: number;
  /** People of whom nothing was known before this login, and who were not written to. */
  readonly #strangers = new Set<string>();
  /** As many as this user has written to: nobody else can make it grow. */
  readonly #writtenTo = new Set<string>();
  #isFlooded = false;
  /** Bytes that were taken from people without asking. */
  readonly #taken = new Map<string, number>();

  /** @param acceptUpTo in bytes, from one person */
  constructor(acceptUpTo: number) {
    this.#acceptUpTo = acceptUpTo;
  }

  /** The key of `user` was not known before; that is learned only after the first word to them, if there was one. */
  isNew(user: string): void {
    if (this.#writtenTo.has(user)) return;
    // Nobody knows so many people: from then on everybody counts as one, which asks more and not less.
    if (this.#strangers.size >= maxStrangers) this.#isFlooded = true;
    else this.#strangers.add(user);
  }

  /** This user has written to `user`. */
  wroteTo(user: string): void {
    this.#writtenTo.add(user);
    this.#strangers.delete(user);
  }

  /** This user has accepted a file of `user` by hand. */
  acceptedFrom(user: string): void {
    this.wroteTo(user);
    this.#taken.delete(user);
  }

  /** Why this user is to be asked about a file of that size, if so; what is taken without asking is counted. */
  judge(user: string, size: number): AskReason | undefined {
    const isKnown = this.#writtenTo.has(user);
    if (!isKnown && (this.#isFlooded || this.#strangers.has(user))) return 'stranger';
    const taken = (this.#taken.get(user) ?? 0) + size;
    if (taken > this.#acceptUpTo) return 'large';
    this.#taken.set(user, taken);
    return undefined;
  }
}
