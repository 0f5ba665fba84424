// How much one connection and one address may do. The limits are generous: no person notices them, nor a bot that sends
// a hundred messages a second, nor a class of two hundred behind one address. Documented in docs/OPERATIONS.md; a test
// compares it with this table.

import type { Rate } from './rate.ts';

/** The limits of sending. */
export interface TalkLimits {
  /** Lines sent. */
  readonly lines: Rate;
  /**
   * Bytes of lines, of their answers, and of what they deliver to one person; of what an audience gets, a hundredth.
   */
  readonly bytes: Rate;
}

/** The limits of an address: all connections from it together. */
export interface AddressLimits extends TalkLimits {
  readonly connections: Rate;
  readonly logins: Rate;
}

export interface FloodLimits {
  readonly connection: TalkLimits;
  /** Admitted connections, from anywhere. */
  readonly door: Rate;
  /** Undefined if addresses identify nobody, as behind a proxy. */
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
  // 10,000 connections that arrive at once through one address are admitted within ten seconds.
  connections: { perSecond: 500, burst: 5000 },
  // More than connections, so that every admitted connection can log in.
  logins: { perSecond: 1000, burst: 10_000 },
};

// A quarter of a processor: in a storm of 10,000, other people's messages still arrive within milliseconds. Without
// this limit thousands of logins came in one turn of the event loop, which took a third of a second.
const door: Rate = { perSecond: 2000, burst: 100 };

export const floodModes = ['default', 'connection', 'off'] as const;
export type FloodMode = (typeof floodModes)[number];

/** The limits of each mode. None with `off`. */
export const floodLimits: Readonly<Record<FloodMode, FloodLimits | undefined>> = {
  default: { connection, door, address },
  connection: { connection, door, address: undefined },
  off: undefined,
};

/** Bytes for an audience count this many times less than bytes for one person: they are written as one block. */
export const audienceDiscount = 100;
