// Flood control: who may continue, and who must wait. Counts the usage of connections and addresses and computes the
// wait. The caller does the throttling. Knows no users and no commands.

import type { Clock } from '../clock.ts';
import type { FloodLimits } from './flood-limits.ts';
import { addressName, AddressUsages, type AddressUsage } from './address-usage.ts';
import { Meter } from './meter.ts';
import { debtMs, fullBucket, maxDebtMs, use } from './rate.ts';

const loopback = addressName('::1');

/** This part of a server's connections is reserved for addresses that do not have as many already. */
const keptPart = 0.1;

/**
 * Bytes of unfinished lines for one address: a thousand of the longest lines, although a single unfinished one is rare.
 * Without this limit a single machine can fill the memory with connections that never end a line.
 */
export const maxUnfinishedBytes = 64 * 1024 * 1024;

export class FloodControl {
  readonly limits: FloodLimits;
  readonly clock: Clock;
  readonly usages: AddressUsages;
  readonly #maxConnections: number;
  #door = fullBucket;

  constructor(limits: FloodLimits, maxConnections: number, clock: Clock) {
    this.limits = limits;
    this.clock = clock;
    this.usages = new AddressUsages(clock);
    this.#maxConnections = maxConnections;
  }

  /**
   * Counts a new connection from `address`. Returns how long it must wait for admission, in milliseconds. Undefined if
   * it must be turned away.
   */
  arrive(address: string): number | undefined {
    const now = this.clock.now();
    const own = this.#arriveFromAddress(address, now);
    if (own === undefined) return undefined;
    const { door } = this.limits;
    const wait = debtMs(this.#door, door, now);
    this.#door = use(this.#door, door, 1, now);
    return Math.max(own, wait);
  }

  #arriveFromAddress(address: string, now: number): number | undefined {
    const limits = this.limits.address;
    if (limits === undefined) return 0;
    const usage = this.usages.of(address);
    if (this.#hasTakenEnough(usage)) return undefined;
    const wait = debtMs(usage.arrivals, limits.connections, now);
    // One more would shorten the wait of those after it, because a debt is capped.
    if (wait > maxDebtMs - 1000 / limits.connections.perSecond) return undefined;
    usage.arrivals = use(usage.arrivals, limits.connections, 1, now);
    return wait;
  }

  /** Whether the remaining connections are reserved for others. A full server has its own reply. */
  #hasTakenEnough({ name, connections }: AddressUsage): boolean {
    const kept = Math.floor(this.#maxConnections * keptPart);
    const left = this.#maxConnections - this.usages.connections;
    // Connections from this machine must not be kept out: they may come through a proxy with many people behind it.
    return left > 0 && left <= kept && connections >= kept && !isLoopback(name);
  }

  /** A connection from `address` was admitted. */
  enter(address: string): Allowance {
    const usage = this.limits.address && this.usages.of(address);
    return new Allowance(this, usage);
  }

  /** Stands for an address. Undefined if it does not identify a person. */
  addressNameOf(address: string): string | undefined {
    if (this.limits.address === undefined || address === '') return undefined;
    const name = addressName(address);
    return isLoopback(name) ? undefined : name;
  }

  /** Stops the timer. */
  close(): void {
    this.usages.close();
  }
}

/** The limits of one connection, with its usage. */
export class Allowance {
  readonly #flood: FloodControl;
  /** Undefined if addresses are not counted. */
  readonly #usage: AddressUsage | undefined;
  readonly #talk = new Meter();
  /** Bytes of its unfinished line. */
  #unfinished = 0;

  constructor(flood: FloodControl, usage: AddressUsage | undefined) {
    this.#flood = flood;
    this.#usage = usage;
    if (usage !== undefined) flood.usages.enter(usage);
  }

  /** Counts a line that cost `bytes`. Returns how long to wait before the next one, in milliseconds. */
  takeLine(bytes: number): number {
    const { limits, clock } = this.#flood;
    const now = clock.now();
    const own = this.#talk.takeLine(bytes, limits.connection, now);
    if (limits.address === undefined || this.#usage === undefined) return own;
    return Math.max(own, this.#usage.talk.takeLine(bytes, limits.address, now));
  }

  /** Counts a login. Returns how long its address must wait for it, in milliseconds; 0 for not at all. */
  takeLogin(): number {
    const { limits, clock } = this.#flood;
    if (limits.address === undefined || this.#usage === undefined) return 0;
    const now = clock.now();
    const wait = debtMs(this.#usage.logins, limits.address.logins, now);
    if (wait === 0) {
      this.#usage.logins = use(this.#usage.logins, limits.address.logins, 1, now);
    }
    return wait;
  }

  /** Counts the bytes of an unfinished line. Returns whether its address may hold more of them. */
  hold(bytes: number): boolean {
    const more = bytes - this.#unfinished;
    if (more === 0 || this.#usage === undefined) return true;
    this.#unfinished = bytes;
    this.#usage.unfinished += more;
    return more < 0 || this.#usage.unfinished <= maxUnfinishedBytes;
  }

  /** The connection has closed. */
  leave(): void {
    this.hold(0);
    if (this.#usage !== undefined) this.#flood.usages.leave(this.#usage);
  }
}

function isLoopback(name: string): boolean {
  return name.startsWith('127.') || name === loopback;
}
