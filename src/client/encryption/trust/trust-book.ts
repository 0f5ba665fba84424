// The state of everybody's key, shared by both engines: private messages between accounts, and the live ones that
// guests and files use. A person's decision about a key then holds for both.
import type { KeyEvent } from './key-events.ts';
import type { PinStore } from './pin-store.ts';
import { Trust } from './trust.ts';

/** People whose standing is remembered; beyond, those go first who were asked for longest ago (not their pin). */
const maxPeople = 4096;

export class TrustBook {
  readonly #pins: PinStore;
  readonly #emit: (event: KeyEvent) => void;
  readonly #people = new Map<string, Trust>();

  /** `tell` takes `key-new`, `key-changed` and `pin-not-stored`. */
  constructor(pins: PinStore, emit: (event: KeyEvent) => void) {
    this.#pins = pins;
    this.#emit = emit;
  }

  of(user: string): Trust {
    const trust = this.#people.get(user) ?? new Trust(user, this.#pins, this.#emit);
    this.#people.delete(user);
    this.#people.set(user, trust);
    if (this.#people.size > maxPeople) {
      // Who waits for a decision stays blocked.
      const idle = [...this.#people].find(([, other]) => !other.isBlocked);
      if (idle !== undefined) this.#people.delete(idle[0]);
    }
    return trust;
  }
}
