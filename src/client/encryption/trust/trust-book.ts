// The state of everybody's key, shared by both engines: private messages between accounts, and the live ones that
// guests and files use. So a person's decision about a key holds for both.
import { equalBytes } from '../../../lib/bytes.ts';
import type { KeyEvent, KeyStanding } from './key-events.ts';
import type { PinStore } from './pin-store.ts';
import { Trust } from './trust.ts';

/** People whose state is remembered. Beyond that, those used longest ago are forgotten first (not their pin). */
const maxPeople = 4096;

export class TrustBook {
  readonly #pins: PinStore;
  readonly #emit: (event: KeyEvent) => void;
  readonly #people = new Map<string, Trust>();

  /** `emit` gets `key-new`, `key-changed` and `pin-not-stored`. */
  constructor(pins: PinStore, emit: (event: KeyEvent) => void) {
    this.#pins = pins;
    this.#emit = emit;
  }

  /** Where chains are kept. */
  get chains(): Pick<PinStore, 'chain' | 'putChain'> {
    return this.#pins;
  }

  of(user: string): Trust {
    const trust = this.#people.get(user) ?? new Trust(user, this.#pins, this.#emit);
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
    const pin = await this.of(user).pin();
    if (pin === undefined) return undefined;
    if (!equalBytes(pin.key, key)) return 'changed';
    return pin.verified ? 'verified' : 'pinned';
  }
}
