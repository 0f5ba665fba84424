// How much one connection and one address may do. Generous: no person notices, nor a bot that sends a hundred
// messages a second, nor a class of two hundred behind one address. Documented in docs/OPERATIONS.md; a test compares
// it with this table.

import type { Rate } from './rate.ts';

/** What talking costs. */
export interface TalkLimits {
  /** Lines sent. */
  readonly lines: Rate;
  /**
   * Bytes of lines sent, of the answers to them, and of what they pass on to one person; of what an audience
   * hears, a hundredth.
   */
  readonly bytes: Rate;
}

/** What an address may do: all connections from it together. */
export interface AddressLimits extends TalkLimits {
  readonly connections: Rate;
  readonly logins: Rate;
}

export interface FloodLimits {
  readonly connection: TalkLimits;
  /** Connections let in, from wherever they come. */
  readonly door: Rate;
  /** Undefined where addresses tell nothing, as behind a proxy. */
  readonly address: AddressLimits | undefined;
}

const KiB = 1024;
const MiB = 1024 * KiB;

const connection: TalkLimits = {
  lines: { perSecond: 200, burst: 1000 },
  bytes: { perSecond: 512 * KiB, burst: 4 * MiB },
};

const address: AddressLimits = {
  lines: { perSecond: 4000, burst: 20_000 },
  bytes: { perSecond: 8 * MiB, burst: 64 * MiB },
  // 10,000 who come at once through one address are in after ten seconds.
  connections: { perSecond: 500, burst: 5000 },
  // More than connections, so that whoever was let in can log in.
  logins: { perSecond: 1000, burst: 10_000 },
};

// A quarter of a processor: in a storm of 10,000 the others' messages go on arriving within milliseconds, where
// without it thousands of logins came in one turn of the event loop and took a third of a second.
const door: Rate = { perSecond: 2000, burst: 100 };

export const floodModes = ['default', 'connection', 'off'] as const;
export type FloodMode = (typeof floodModes)[number];

/** The limits of each mode; none at all with `off`. */
export const floodLimits: Readonly<Record<FloodMode, FloodLimits | undefined>> = {
  default: { connection, door, address },
  connection: { connection, door, address: undefined },
  off: undefined,
};

/** Bytes that an audience hears count this many times less than bytes for one: they are written as one. */
export const audienceDiscount = 100;
