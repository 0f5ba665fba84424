// Key packages that were given out and wait for their Welcome: new for each request, for one requester, used once,
// wiped after a few minutes. Limited per requester and in total, because every request costs CPU and memory.
import { encodeBase64url } from '../../../lib/base64url.ts';
import type { Device } from '../../../e2ee/device.ts';
import {
  createKeyPackage,
  forgetKeyPackage,
  type PendingKeyPackage,
} from '../../../e2ee/key-package.ts';
import type { Suite } from '../../../e2ee/suite.ts';
import * as limits from './limits.ts';
import { RateLimit } from '../queue/rate-limit.ts';

interface Issued {
  readonly asker: string;
  readonly expiresAtMs: number;
  readonly keyPackage: PendingKeyPackage;
}

export class IssuedKeyPackages {
  readonly #suite: Suite;
  readonly #device: Device;
  readonly #me: string;
  readonly #issued = new Map<string, Issued>();
  readonly #askers = new Map<string, RateLimit>();
  readonly #limit: RateLimit;

  constructor(suite: Suite, device: Device, me: string, nowMs: number) {
    this.#suite = suite;
    this.#device = device;
    this.#me = me;
    this.#limit = new RateLimit(limits.keyPackageBurst, limits.keyPackageEveryMs, nowMs);
  }

  /** A new key package for `asker` as a token, or undefined if they asked too often. */
  async issue(asker: string, nowMs: number): Promise<string | undefined> {
    this.expire(nowMs);
    if (!this.#mayAsk(asker, nowMs)) return undefined;
    const keyPackage = await createKeyPackage(this.#suite, this.#device, this.#me, nowMs);
    const expiresAtMs = nowMs + limits.keyPackageLifeMs;
    this.#issued.set(keyPackage.reference, { asker, expiresAtMs, keyPackage });
    this.#evict(asker);
    return encodeBase64url(keyPackage.bytes);
  }

  /** The package that a Welcome names, with its requester. */
  find(reference: string): { asker: string; keyPackage: PendingKeyPackage } | undefined {
    return this.#issued.get(reference);
  }

  /** Forgets a package that was used, or must not be used any more. */
  drop(reference: string): void {
    const issued = this.#issued.get(reference);
    if (issued === undefined) return;
    forgetKeyPackage(issued.keyPackage);
    this.#issued.delete(reference);
  }

  /** Wipes expired packages. */
  expire(nowMs: number): void {
    for (const [reference, issued] of this.#issued) {
      if (issued.expiresAtMs <= nowMs) this.drop(reference);
    }
  }

  /** Wipes everything. */
  clear(): void {
    for (const reference of this.#issued.keys()) this.drop(reference);
  }

  #mayAsk(asker: string, nowMs: number): boolean {
    let own = this.#askers.get(asker);
    if (own === undefined) {
      for (const [name, limit] of this.#askers) if (limit.isFull(nowMs)) this.#askers.delete(name);
      // So many requesters at once are a flood: only the common limit applies then.
      if (this.#askers.size >= limits.maxConversations) return false;
      own = new RateLimit(limits.keyPackageBurstPerAsker, limits.keyPackageEveryMsPerAsker, nowMs);
      this.#askers.set(asker, own);
    }
    return own.take(nowMs) && this.#limit.take(nowMs);
  }

  #evict(asker: string): void {
    const own = [...this.#issued].filter(([, issued]) => issued.asker === asker);
    const [oldest] = own.length > limits.maxKeyPackagesPerAsker ? own : this.#issued;
    const tooMany =
      own.length > limits.maxKeyPackagesPerAsker || this.#issued.size > limits.maxKeyPackages;
    if (tooMany && oldest !== undefined) this.drop(oldest[0]);
  }
}
