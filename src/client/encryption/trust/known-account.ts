// The chain of a person's account as this device has seen it, beside their pin: which keys are their devices, and whether
// the person has heard of them. Nothing of it is taken away again but by the recovery key. Kept for people whose pin is.

import { equalBytes } from '../../../lib/bytes.ts';
import {
  isDeviceOf,
  relateChains,
  type AccountChain,
} from '../../../wire/statements/account-chain.ts';
import { deviceChanges, type DeviceChange } from './device-news.ts';
import type { KnownChain, Pin, PinStore } from './pin-store.ts';

export class KnownAccount {
  readonly #user: string;
  readonly #store: Pick<PinStore, 'chain' | 'putChain'>;
  #known: KnownChain | undefined;

  constructor(user: string, store: Pick<PinStore, 'chain' | 'putChain'>) {
    this.#user = user;
    this.#store = store;
  }

  /** What is kept of it. Rejects where that is damaged. */
  async load({ key }: Pin): Promise<void> {
    if (this.#known !== undefined) return;
    const known = await this.#store.chain(this.#user);
    // Of an account that was known by another key before.
    if (known !== undefined && equalBytes(known.chain.rootKey, key)) this.#known ??= known;
  }

  /** Of the account with the root `root`. */
  chain(root: Uint8Array): AccountChain | undefined {
    const { chain } = this.#known ?? {};
    return chain !== undefined && equalBytes(chain.rootKey, root) ? chain : undefined;
  }

  /** Whether `key` is a device of the account with the root `root`. */
  has(root: Uint8Array, key: Uint8Array): boolean {
    const chain = this.chain(root);
    return chain === undefined ? equalBytes(root, key) : isDeviceOf(chain, key);
  }

  hadRevoked(root: Uint8Array, key: Uint8Array): boolean {
    return this.chain(root)?.revoked.some((device) => equalBytes(device.key, key)) === true;
  }

  /** The keys of its devices. */
  keys(root: Uint8Array): readonly Uint8Array[] {
    const chain = this.chain(root);
    return chain === undefined ? [root] : chain.devices.map(({ key }) => key);
  }

  /** Whether it has devices of which a person who had compared the key has not taken note. */
  get isHeld(): boolean {
    return this.#known !== undefined && this.#known.accepted < this.#known.chain.steps.length;
  }

  /**
   * A chain that hangs from the pinned root is shown, and has `device`. What is new in it; undefined where it contradicts
   * what is known.
   */
  async meet(
    chain: AccountChain,
    { key, verified, isStranger }: Pin,
    device: Uint8Array,
  ): Promise<readonly DeviceChange[] | undefined> {
    const before = this.chain(key) ?? rootOf(chain);
    const relation = relateChains(before, chain);
    if (relation === 'split' || relation === 'other-root') return undefined;
    if (relation === 'same' || relation === 'behind') return [];
    // Only the recovery key decides between two sides: here it has signed the known one.
    if (relation === 'loses') return isDeviceOf(before, device) ? [] : undefined;
    const changes = deviceChanges(before, chain);
    const isMore = changes.some(({ kind }) => kind === 'added');
    const accepted = Math.min(this.#known?.accepted ?? before.steps.length, before.steps.length);
    const holds = this.isHeld || (verified && isMore);
    this.#known = { chain, accepted: holds ? accepted : chain.steps.length };
    if (isStranger !== true) await this.#store.putChain(this.#user, this.#known);
    return changes;
  }

  /** The person knows of all devices that the account with the root `root` has. */
  async accept(root: Uint8Array): Promise<void> {
    const chain = this.chain(root);
    this.#known = chain && { chain, accepted: chain.steps.length };
    if (this.#known !== undefined) await this.#store.putChain(this.#user, this.#known);
  }
}

/** The account as it was with its first device alone. */
function rootOf(chain: AccountChain): AccountChain {
  return {
    ...chain,
    devices: [{ key: chain.rootKey }],
    revoked: [],
    steps: chain.steps.slice(0, 1),
  };
}
