// Turns of those who want to commit to one sealed group at the same time: each gets a moment of its own, so that they do
// not all try again at once. 500 who begin together need 999 attempts and 40 seconds; without turns they need 125,250
// attempts. Turns are not stored: after a restart everybody is told anew.

import type { AccountId } from '../../records.ts';

/** The time from one turn to the next, in milliseconds. It grows while people come too late for their turns. */
export const shortestTurnMs = 80;
const longestTurnMs = 2000;

/** Somebody who is not there so long after the beginning of their turn loses it, in milliseconds. */
export const turnGraceMs = 2000;

/** So many turns are given out; who comes later is told to wait for this long, in milliseconds. */
const maxTurns = 1000;
const longestWaitMs = 120_000;

export class Turns {
  /** When the turn of each begins, the earliest first. */
  readonly #turns = new Map<AccountId, number>();
  #turnMs = shortestTurnMs;

  /**
   * Whether somebody may commit at `now`: their turn has begun, or nobody else waits. So whoever
   * has just committed lets those who wait go first.
   */
  mayCommit(account: AccountId, now: number): boolean {
    this.#drop(now);
    const turn = this.#turns.get(account);
    const othersWait = this.#turns.size > (turn === undefined ? 0 : 1);
    return turn === undefined ? !othersWait : turn <= now || !othersWait;
  }

  /** Somebody has committed. */
  committed(account: AccountId): void {
    if (this.#turns.delete(account)) {
      this.#turnMs = Math.max(shortestTurnMs, this.#turnMs * 0.75);
    }
  }

  /** How long somebody whose commit came too early or too late is to wait, in milliseconds. */
  wait(account: AccountId, now: number): number {
    this.#drop(now);
    const known = this.#turns.get(account);
    if (known !== undefined && known > now) return known - now;
    // They came in their turn, and others were faster all the same: all turns are too short.
    if (known !== undefined) this.#turnMs = Math.min(longestTurnMs, this.#turnMs * 2);
    this.#turns.delete(account);
    if (this.#turns.size >= maxTurns) return longestWaitMs;
    const last = [...this.#turns.values()].at(-1) ?? now;
    const turn = Math.max(now, last) + this.#turnMs;
    this.#turns.set(account, turn);
    return Math.ceil(turn - now);
  }

  #drop(now: number): void {
    for (const [account, turn] of this.#turns) {
      // Or the clock was set back.
      if (turn + turnGraceMs > now && turn - now <= longestWaitMs + longestTurnMs) return;
      this.#turns.delete(account);
    }
  }
}
