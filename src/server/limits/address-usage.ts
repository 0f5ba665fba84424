// Usage by address: all connections from it share one set of buckets. An address is an IPv4 address, or the /64 of an
// IPv6 one, because that is the least that anybody gets, and all of it is theirs.
//
// Kept while there are connections from the address, and then until the buckets are full again, because a full bucket
// has nothing to remember. The number kept is capped: of addresses without connections, the one unused for longest is
// forgotten first.

import { isIPv4, isIPv6 } from 'node:net';
import { normalAddress } from '../transport/address.ts';
import type { Clock } from '../clock.ts';
import { Meter } from './meter.ts';
import { fullBucket } from './rate.ts';

/** How many addresses without connections are remembered. */
export const maxRemembered = 100_000;

/** How often addresses with full buckets are forgotten, in milliseconds. */
const forgetIntervalMs = 10_000;

/** What one address has used. */
export class AddressUsage {
  readonly name: string;
  /** Connections that are open. */
  connections = 0;
  /** Bytes of unfinished lines. */
  unfinished = 0;
  readonly talk = new Meter();
  /** The bucket of new connections. */
  arrivals = fullBucket;
  logins = fullBucket;

  constructor(name: string) {
    this.name = name;
  }

  /** The time from which on there is nothing to remember. */
  get fullAt(): number {
    return Math.max(this.talk.fullAt, this.arrivals, this.logins);
  }
}

export class AddressUsages {
  readonly #clock: Clock;
  readonly #all = new Map<string, AddressUsage>();
  /** Addresses without connections, the one without for longest first. */
  readonly #left = new Set<AddressUsage>();
  #connections = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#all.size;
  }

  /** How many connections are open, from all addresses. */
  get connections(): number {
    return this.#connections;
  }

  /** The usage of an address. */
  of(address: string): AddressUsage {
    const name = addressName(address);
    const known = this.#all.get(name);
    if (known !== undefined) return known;
    const usage = new AddressUsage(name);
    this.#all.set(name, usage);
    this.#remember(usage);
    return usage;
  }

  /** A connection from this address has opened. */
  enter(usage: AddressUsage): void {
    this.#connections++;
    usage.connections++;
    this.#left.delete(usage);
    // It may have been forgotten since the caller got it.
    this.#all.set(usage.name, usage);
  }

  /** A connection from this address has closed. */
  leave(usage: AddressUsage): void {
    this.#connections--;
    usage.connections--;
    if (usage.connections === 0) this.#remember(usage);
  }

  /** Stops the timer. */
  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #remember(usage: AddressUsage): void {
    this.#left.add(usage);
    if (this.#left.size > maxRemembered) {
      const [longest] = this.#left;
      if (longest !== undefined) this.#forget(longest);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#left.size === 0) return;
    this.#cancelTimer ??= this.#clock.after(forgetIntervalMs, () => {
      this.#cancelTimer = undefined;
      const now = this.#clock.now();
      for (const usage of this.#left) if (usage.fullAt <= now) this.#forget(usage);
      this.#schedule();
    });
  }

  #forget(usage: AddressUsage): void {
    this.#left.delete(usage);
    this.#all.delete(usage.name);
  }
}

/** The canonical form of an address, or of what stands for one. Undefined if it is not an address. */
export function parseAddress(text: string): string | undefined {
  const address = normalAddress(text.replace(/(?<=::)\/64$/, ''));
  if (isIPv4(address)) return address;
  if (!isIPv6(address) || address.includes('%')) return undefined;
  return ipv4In(new URL(`http://[${address}]`).hostname.slice(1, -1));
}

/** An IPv4 address that stands in an IPv6 one, `::ffff:c000:207`, in dots; any other as it is. */
function ipv4In(address: string): string {
  const [, ...groups] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address) ?? [];
  if (groups.length === 0) return address;
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((value) => [value >> 8, value & 0xff])
    .join('.');
}

/** What stands for an address: the address itself, or the first four groups of an IPv6 one. */
export function addressName(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':');
    // An IPv4 address at the end counts as two groups.
    const written = groups.length + last.length + (tail.includes('.') ? 1 : 0);
    groups.push(...Array.from({ length: 8 - written }, () => '0'), ...last);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
