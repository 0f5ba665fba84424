// Whether a key is the one by which a name is known. The first key for a name is pinned and announced. A different one
// later causes a warning and blocks sending until the person decides. Pins of people to whom the person writes, or
// about whom they have decided, are never evicted. Others may be forgotten, so that strangers cannot exhaust the store.
// If such a pin has no room, nothing is sent: otherwise the next login would accept any key as the first.
import { equalBytes } from '../../../lib/bytes.ts';
import type { KeyStanding } from './key-events.ts';
import type { KeyEvent } from './key-events.ts';
import type { Pin, PinStore } from './pin-store.ts';

export class Trust {
  readonly #user: string;
  readonly #store: PinStore;
  readonly #emit: (event: KeyEvent) => void;
  // A pin of this login counts even if it could not be stored.
  #pin: Pin | undefined;
  #changedTo: Uint8Array | undefined;
  #refused: Uint8Array | undefined;
  /** Whether the person writes to this one. */
  #isWanted = false;
  /** Whether there was no room for the pin. */
  #isUnkept = false;

  constructor(user: string, store: PinStore, emit: (event: KeyEvent) => void) {
    this.#user = user;
    this.#store = store;
    this.#emit = emit;
  }

  /** The person writes to this one, or sends them something: from now on their pin must not be evicted. */
  wanted(): void {
    this.#isWanted = true;
  }

  /** The state of `key`. Pins it if it is the first, and announces it if it is new or changed. */
  async judge(key: Uint8Array): Promise<KeyStanding> {
    const pin = await this.pin();
    if (pin === undefined) {
      if (this.#isWanted) await this.#put({ key, verified: false });
      else await this.#note(key);
      this.#emit({ type: 'key-new', user: this.#user });
      return 'pinned';
    }
    if (equalBytes(pin.key, key)) return pin.verified ? 'verified' : 'pinned';
    if (!isKey(this.#changedTo, key) && !isKey(this.#refused, key)) {
      this.#changedTo = key;
      this.#emit({ type: 'key-changed', user: this.#user, wasVerified: pin.verified });
    }
    return 'changed';
  }

  /** The state of `key`, without pinning or announcing it. */
  async standingOf(key: Uint8Array): Promise<KeyStanding> {
    const pin = await this.pin();
    if (pin === undefined || !equalBytes(pin.key, key)) return 'changed';
    return pin.verified ? 'verified' : 'pinned';
  }

  /** The key to write to. Undefined while there is none, or a changed one waits for a decision. */
  async usableKey(): Promise<Uint8Array | undefined> {
    if (this.isBlocked) return undefined;
    const pin = await this.pin();
    if (pin?.isStranger === true && this.#isWanted)
      await this.#put({ key: pin.key, verified: false });
    return this.isBlocked ? undefined : pin?.key;
  }

  /** Whether a changed key waits for a decision, or there is no room for a pin. Then nothing may be sent. */
  get isBlocked(): boolean {
    return this.#changedTo !== undefined || this.#isUnkept;
  }

  /** The changed key if one waits for a decision, otherwise the pinned one. */
  async keyInQuestion(): Promise<Pin | undefined> {
    if (this.#changedTo !== undefined) return { key: this.#changedTo, verified: false };
    return this.pin();
  }

  /** The person accepts the key in question, or (`verified`) has compared its safety number. */
  async accept(verified: boolean): Promise<boolean> {
    const inQuestion = await this.keyInQuestion();
    if (inQuestion === undefined) return false;
    this.#changedTo = undefined;
    await this.#put({ key: inQuestion.key, verified: verified || inQuestion.verified });
    return true;
  }

  /** The person keeps the pinned key: the changed one is not used, and not announced again. */
  keepPinned(): boolean {
    if (this.#changedTo === undefined) return false;
    this.#refused = this.#changedTo;
    this.#changedTo = undefined;
    return true;
  }

  async pin(): Promise<Pin | undefined> {
    if (this.#pin === undefined) {
      const stored = await this.#store.get(this.#user);
      // Another caller at the same moment may have pinned one meanwhile: that one counts.
      this.#pin ??= stored;
    }
    return this.#pin;
  }

  async #put(pin: Pin): Promise<void> {
    this.#pin = pin;
    try {
      const stored = await this.#store.put(this.#user, pin);
      this.#isUnkept = stored === 'full';
      if (this.#isUnkept) this.#notStored(undefined);
    } catch (cause) {
      this.#notStored(cause);
    }
  }

  async #note(key: Uint8Array): Promise<void> {
    this.#pin = { key, verified: false, isStranger: true };
    try {
      await this.#store.note(this.#user, key);
    } catch (cause) {
      this.#notStored(cause);
    }
  }

  #notStored(cause: unknown): void {
    this.#emit({ type: 'pin-not-stored', user: this.#user, cause, isFull: this.#isUnkept });
  }
}

function isKey(known: Uint8Array | undefined, key: Uint8Array): boolean {
  return known !== undefined && equalBytes(known, key);
}
