// Pins in memory: a maximum of kept ones, and strangers beside them.
import type { KnownChain, Pin, PinStore } from '../../../src/client/encryption/trust/pin-store.ts';

export class MemoryPins implements PinStore {
  readonly kept = new Map<string, Pin>();
  readonly strangers = new Map<string, Pin>();
  readonly chains = new Map<string, KnownChain>();
  max = Infinity;

  clear(): void {
    this.kept.clear();
    this.strangers.clear();
    this.chains.clear();
  }

  async get(user: string): Promise<Pin | undefined> {
    return this.kept.get(user) ?? this.strangers.get(user);
  }

  async put(user: string, { key, verified }: Pin): Promise<'full' | undefined> {
    if (!this.kept.has(user) && this.kept.size >= this.max) return 'full';
    this.kept.set(user, { key, verified });
    this.strangers.delete(user);
    return undefined;
  }

  async note(user: string, key: Uint8Array): Promise<void> {
    if (this.strangers.has(user)) return;
    this.strangers.set(user, { key, verified: false, isStranger: true });
  }

  async chain(user: string): Promise<KnownChain | undefined> {
    return this.chains.get(user);
  }

  async putChain(user: string, known: KnownChain): Promise<void> {
    this.chains.set(user, known);
  }
}
