// The state of everybody's key, shared by both engines: private messages between accounts, and the live ones that
// guests and files use. So a person's decision about a key holds for both.
import type { KeyEvent, KeyStanding } from './key-events.ts';
import type { PinStore } from './pin-store.ts';
import { Trust, type TrustSource } from './trust.ts';

/** People whose state is remembered. Beyond that, those used longest ago are forgotten first (not their pin). */
const maxPeople = 4096;

/** The chains of accounts, from the server. */
export interface ChainSource extends TrustSource {
  readonly ownRoot: () => Promise<Uint8Array>;
}

export class TrustBook {
  readonly #pins: PinStore;
  readonly #emit: (event: KeyEvent) => void;
  readonly #people = new Map<string, Trust>();
  #chainsOf: ChainSource | undefined;

  /** `emit` gets `key-new`, `key-changed`, `devices-changed` and `pin-not-stored`. */
  constructor(pins: PinStore, emit: (event: KeyEvent) => void) {
    this.#pins = pins;
    this.#emit = emit;
  }

  /** Where chains are kept. */
  get chains(): Pick<PinStore, 'chain' | 'putChain'> {
    return this.#pins;
  }

  /** From now on a key that is not the pinned one is looked for in the chain that `source` finds. */
  findsChains(source: ChainSource): void {
    this.#chainsOf = source;
  }

  /** The key by which others know this account; undefined where that is the device's own. */
  async ownRoot(): Promise<Uint8Array | undefined> {
    return this.#chainsOf?.ownRoot();
  }

  of(user: string): Trust {
    const trust =
      this.#people.get(user) ??
      new Trust(user, this.#pins, this.#emit, {
        find: async (name) => this.#chainsOf?.find(name),
        isTheirs: async (name, key) => (await this.#chainsOf?.isTheirs(name, key)) !== false,
        explained: (name) => this.#chainsOf?.explained(name),
      });
    this.#people.delete(user);
    this.#people.set(user, trust);
    if (this.#people.size > maxPeople) {
      // A person who waits for a decision stays blocked.
      const idle = [...this.#people].find(([, other]) => !other.isBlocked);
      if (idle !== undefined) this.#people.delete(idle[0]);
    }
    return trust;
  }

  /**
   * The state of the key of a member of a sealed group. Undefined of somebody whose key this person has never had to do
   * with: the group's roster vouches for it.
   */
  async standingOfMember(user: string, key: Uint8Array): Promise<KeyStanding | undefined> {
    const trust = this.of(user);
    return (await trust.pin()) === undefined ? undefined : trust.standingOf(key);
  }
}
