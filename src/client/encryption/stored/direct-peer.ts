// What is known of a person beyond the records, until the program ends: the state of their key, whether a new session
// is wanted, and which of their messages to request again. If it is forgotten, all of it is found out again.
import type { KeyStanding } from '../trust/key-events.ts';
import { RateLimit } from '../queue/rate-limit.ts';
import type { Trust } from '../trust/trust.ts';
import * as limits from './limits.ts';

export type BlockedWhy =
  | 'key-changed' // until the person trusts or distrusts the new key
  | 'key-refused' // the server gave a key that this protocol or the person does not accept
  | 'no-key' // the server has none
  | 'pin-unreadable'; // the remembered key cannot be read, and nothing is encrypted for a guessed key

export interface Blocked {
  readonly kind: 'blocked';
  readonly why: BlockedWhy;
  readonly detail: string;
}

export class DirectPeer {
  readonly trust: Trust;
  /**
   * `wanted`: the other side has lost the current session. `needed`: it belongs to a device that they no longer have.
   */
  fresh: 'no' | 'wanted' | 'needed' = 'no';
  /** When a key for a new session was last requested. */
  rotateAskedAtMs = -Infinity;
  readonly #unread = new Set<number>();
  readonly #asks: RateLimit;
  readonly #answers: RateLimit;
  readonly #freshes: RateLimit;
  #wait: { readonly blocked: Blocked; readonly untilMs: number } | undefined;

  constructor(trust: Trust, nowMs: number) {
    this.trust = trust;
    this.#asks = new RateLimit(limits.askBurst, limits.askEveryMs, nowMs);
    this.#answers = new RateLimit(limits.againBurst, limits.againEveryMs, nowMs);
    this.#freshes = new RateLimit(limits.freshBurst, limits.freshEveryMs, nowMs);
  }

  /**
   * The state of `key`. Pins the first one, and reports new and changed ones. If it cannot be compared, it is not
   * trusted.
   */
  async judge(key: Uint8Array): Promise<KeyStanding | 'pin-unreadable'> {
    try {
      return await this.trust.judge(key);
    } catch {
      return 'pin-unreadable';
    }
  }

  /** The keys to write to. Undefined if none is known. */
  async usableKeys(): Promise<readonly Uint8Array[] | Blocked | undefined> {
    if (this.trust.isBlocked) return blocked('key-changed');
    try {
      return await this.trust.usableKeys();
    } catch {
      return blocked('pin-unreadable');
    }
  }

  /** No key is available: the server is not asked again for a while. */
  wait(why: Blocked, nowMs: number): Blocked {
    this.#wait = { blocked: why, untilMs: nowMs + limits.keyRetryMs };
    return why;
  }

  waitsFor(nowMs: number): Blocked | undefined {
    return this.retryAt(nowMs) === undefined ? undefined : this.#wait?.blocked;
  }

  /** When a key should be requested again. */
  retryAt(nowMs: number): number | undefined {
    const leftMs = (this.#wait?.untilMs ?? nowMs) - nowMs;
    // If the clock was set back, the wait is over.
    return leftMs > 0 && leftMs <= limits.keyRetryMs ? this.#wait?.untilMs : undefined;
  }

  /** There is a session to write in. */
  settled(): void {
    this.fresh = 'no';
    this.#wait = undefined;
  }

  /** The person has decided about a key. */
  decided(): void {
    this.#wait = undefined;
  }

  /** The message `number` could not be read, and should be requested again. False if the limit is reached. */
  note(number: number, nowMs: number): boolean {
    if (this.trust.isBlocked || !this.#asks.take(nowMs)) return false;
    this.#unread.add(number);
    return true;
  }

  /** One of the two sides has lost the current session. */
  wantFresh(nowMs: number): void {
    if (this.fresh === 'no' && this.#freshes.take(nowMs)) this.fresh = 'wanted';
  }

  /** Takes the numbers to request, ascending. */
  takeUnread(): number[] {
    const numbers = [...this.#unread].sort((a, b) => a - b);
    this.#unread.clear();
    return numbers;
  }

  /** Those of `numbers` that may be sent again now. */
  mayAnswer(numbers: readonly number[], nowMs: number): number[] {
    return numbers.filter(() => this.#answers.take(nowMs));
  }
}

const details: Readonly<Record<BlockedWhy, string>> = {
  'key-changed': 'this person has another key than before: trust or distrust it first',
  'key-refused': 'the server gave a key that is not accepted',
  'no-key': 'this person has left no key at the server to write to them with',
  'pin-unreadable': 'the remembered key of this person cannot be read',
};

/** Why nothing can be encrypted. */
export function blocked(why: BlockedWhy, detail: string = details[why]): Blocked {
  return { kind: 'blocked', why, detail };
}
