// How many connections speak HTTP at the moment, of one address and of all. Those that have become WebSockets do not
// count: they have limits of their own.

import { addressName } from '../limits/address-usage.ts';
import { isLoopbackAddress } from '../transport/address.ts';

/** A browser has six at most, for some seconds. */
const most = 1024;
const mostOfOne = 128;

export class ConnectionCount {
  #all = 0;
  readonly #byAddress = new Map<string, number>();

  /** Counts a connection. Returns a function for its end; undefined if it is one too many. */
  enter(address: string): (() => void) | undefined {
    const name = addressName(address);
    const own = this.#byAddress.get(name) ?? 0;
    // This machine's own connections may be those of a proxy, with many people behind it.
    if (this.#all >= most || (own >= mostOfOne && !isLoopbackAddress(address))) return undefined;
    this.#all++;
    this.#byAddress.set(name, own + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#all--;
      const left = (this.#byAddress.get(name) ?? 1) - 1;
      if (left === 0) this.#byAddress.delete(name);
      else this.#byAddress.set(name, left);
    };
  }
}
