// Whether a key is the one by which a name is known. The first key for a name is pinned and announced. A different one
// later causes a warning and blocks sending until the person decides. Pins of people to whom the person writes, or
// about whom they have decided, are never evicted. Others may be forgotten, so that strangers cannot exhaust the store.
// If such a pin has no room, nothing is sent: otherwise the next login would accept any key as the first.
//
// The pinned key is the root of an account, and stands for all devices that its chain has (known-account.ts). A device
// that the chain does not have is another key.
import { equalBytes } from '../../../lib/bytes.ts';
import type { KeyStanding } from './key-events.ts';
import type { KeyEvent } from './key-events.ts';
import { KnownAccount } from './known-account.ts';
import type { AccountChain } from '../../../wire/statements/account-chain.ts';
import type { Pin, PinStore } from './pin-store.ts';

/** What the server says of people's devices. */
export interface TrustSource {
  /** Fetches the chain of a person as their server has it, checked; undefined where there is none now. */
  readonly find: (user: string) => Promise<AccountChain | undefined>;
  /** Whether a key that somebody is met with for the first time is one of their devices, as far as anybody says. */
  readonly isTheirs: (user: string, key: Uint8Array) => Promise<boolean>;
  /** A key that waited for a decision is, or was, one of their devices: what was held goes on. */
  readonly explained: (user: string) => void;
}

/** A person's decision about the key of somebody, as their devices tell it each other. */
export interface KeyDecision {
  readonly key: Uint8Array;
  readonly verified: boolean;
  /** The devices of that account, as far as the deciding device knows them. */
  readonly devices: readonly Uint8Array[];
  /** Another key that was not taken. */
  readonly refused?: Uint8Array | undefined;
}

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
  readonly #account: KnownAccount;
  readonly #source: TrustSource | undefined;

  constructor(
    user: string,
    store: PinStore,
    emit: (event: KeyEvent) => void,
    source?: TrustSource,
  ) {
    this.#user = user;
    this.#store = store;
    this.#emit = emit;
    this.#source = source;
    this.#account = new KnownAccount(user, store);
  }

  /** The person writes to this one, or sends them something: from now on their pin must not be evicted. */
  wanted(): void {
    this.#isWanted = true;
  }

  /** The state of `key`. Pins it if it is the first, and announces it if it is new or changed. */
  async judge(key: Uint8Array): Promise<KeyStanding> {
    const pin = await this.pin();
    if (pin === undefined && (await this.#source?.isTheirs(this.#user, key)) === false) {
      this.#changedTo = key;
      return 'changed';
    }
    if (pin === undefined) {
      if (this.#isWanted) await this.#put({ key, verified: false });
      else await this.#note(key);
      this.#emit({ type: 'key-new', user: this.#user });
      return 'pinned';
    }
    if (this.#account.has(pin.key, key)) return this.#standing(pin, key);
    // That it is one no more was said when it was revoked.
    const isTold = isKey(this.#changedTo, key) || isKey(this.#refused, key);
    if (isTold || this.#account.hadRevoked(pin.key, key)) return 'changed';
    const chain = await this.#source?.find(this.#user);
    if (chain !== undefined && (await this.meet(chain, key))) {
      const met = (await this.pin()) ?? pin;
      if (this.#account.has(met.key, key)) return this.#standing(met, key);
    }
    this.#changedTo = key;
    this.#emit({ type: 'key-changed', user: this.#user, wasVerified: pin.verified });
    return 'changed';
  }

  /** A device that the person has not heard of yet has not been compared either. */
  #standing({ key: root, verified }: Pin, key: Uint8Array): KeyStanding {
    return verified && (equalBytes(root, key) || !this.#account.isHeld) ? 'verified' : 'pinned';
  }

  /** The state of `key`, without pinning or announcing it. */
  async standingOf(key: Uint8Array): Promise<KeyStanding> {
    const pin = await this.pin();
    if (pin === undefined || !this.#account.has(pin.key, key)) return 'changed';
    return this.#standing(pin, key);
  }

  /** The keys to write to, of each device. Undefined while there is none, or something waits for a decision. */
  async usableKeys(): Promise<readonly Uint8Array[] | undefined> {
    if (this.isBlocked) return undefined;
    const pin = await this.pin();
    if (pin?.isStranger === true && this.#isWanted)
      await this.#put({ key: pin.key, verified: false });
    return this.isBlocked || pin === undefined ? undefined : this.#account.keys(pin.key);
  }

  /**
   * The chain of an account of this name, whose signatures were checked, and that has `device`. Answers whether it is the
   * account that is pinned. What is new in it is announced; where the person had compared the key, nothing is sent to a
   * new device before they have taken it. A key that counted as a changed one, because the chain was not here, is explained.
   */
  async meet(chain: AccountChain, device = chain.rootKey): Promise<boolean> {
    let pin = await this.pin();
    if (pin === undefined) return false;
    if (!equalBytes(pin.key, chain.rootKey)) {
      // First seen at a later device, which has signed that it is one of that account. Nobody can have compared it: the
      // number is that of the root.
      const keys = [...chain.devices, ...chain.revoked].map(({ key }) => key);
      const isOfIt = keys.some((key) => isKey(pin?.key, key));
      if (!isOfIt || pin.verified) return false;
      pin = { ...pin, key: chain.rootKey };
      if (pin.isStranger === true) this.#pin = pin;
      else await this.#put(pin);
    }
    try {
      const changes = await this.#account.meet(chain, pin, device);
      if (changes === undefined) return false;
      if (changes.length > 0) {
        const { isHeld } = this.#account;
        this.#emit({ type: 'devices-changed', user: this.#user, changes, isHeld });
      }
    } catch (cause) {
      this.#notStored(cause);
    }
    const asked = this.#changedTo;
    if (
      asked !== undefined &&
      (this.#account.has(pin.key, asked) || this.#account.hadRevoked(pin.key, asked))
    ) {
      this.#changedTo = undefined;
      this.#source?.explained(this.#user);
    }
    return true;
  }

  /** Asks the server for the chain, where the person wants to know or to decide about it. */
  async refresh(): Promise<void> {
    if ((await this.pin()) === undefined || this.#changedTo !== undefined) return;
    const chain = await this.#source?.find(this.#user);
    if (chain !== undefined) await this.meet(chain);
  }

  /**
   * Whether a changed key, or a new device of somebody whose key was compared, waits for a decision, or there is no room
   * for a pin. Then nothing may be sent.
   */
  get isBlocked(): boolean {
    return this.#changedTo !== undefined || this.#isUnkept || this.#account.isHeld;
  }

  /** The chain that is known of the account. */
  async account(): Promise<AccountChain | undefined> {
    const pin = await this.pin();
    return pin && this.#account.chain(pin.key);
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
    const pin = { key: inQuestion.key, verified: verified || inQuestion.verified };
    await this.#put(pin);
    await this.#account.accept(pin.key);
    return true;
  }

  /** The person keeps the pinned key: the changed one is not used, and not announced again. */
  keepPinned(): boolean {
    if (this.#changedTo === undefined) return false;
    this.#refused = this.#changedTo;
    this.#changedTo = undefined;
    return true;
  }

  /** What this device knows of the key, for another one of its account; undefined of strangers. */
  async decision(): Promise<KeyDecision | undefined> {
    const pin = await this.pin();
    if (pin === undefined || pin.isStranger === true) return undefined;
    const { key, verified } = pin;
    return { key, verified, devices: this.#account.keys(key), refused: this.#refused };
  }

  /**
   * Another device of this account has decided so. It holds here where this device sees the same key, or none. Answers
   * whether anything is different by that.
   */
  async takeOver({ key, verified, devices, refused }: KeyDecision): Promise<boolean> {
    const isRefused = refused !== undefined && isKey(this.#changedTo, refused) && this.keepPinned();
    const inQuestion = await this.keyInQuestion();
    if (inQuestion === undefined) {
      await this.#put({ key, verified });
      return true;
    }
    if (!equalBytes(inQuestion.key, key)) return isRefused;
    const knows = this.#account
      .keys(key)
      .every((device) => devices.some((one) => equalBytes(one, device)));
    const isAccepted = knows && this.#account.isHeld;
    const isMore = verified && !inQuestion.verified;
    if (this.#changedTo === undefined && !isMore && !isAccepted) return isRefused;
    this.#changedTo = undefined;
    await this.#put({ key, verified: verified || inQuestion.verified });
    if (knows) await this.#account.accept(key);
    return true;
  }

  async pin(): Promise<Pin | undefined> {
    if (this.#pin === undefined) {
      const stored = await this.#store.get(this.#user);
      if (stored !== undefined && stored.isStranger !== true) await this.#account.load(stored);
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
