// Every cap and every wait of private conversations between accounts, with its effect. A hostile server can exhaust any
// of these and gains no more than by dropping messages.
import { maxPlaintextBytes } from '../../../e2ee/padded-sizes.ts';

const day = 24 * 3_600_000;

/** What comes before the text in a frame that repeats a message: version, kind, number, id. */
const longestFrameHead = 2 + 8 + 16;
/**
 * The longest text in bytes of UTF-8: with its Welcome beside it, it fits a line of 64 KiB. Longer texts are refused.
 */
export const maxDirectTextBytes = maxPlaintextBytes - longestFrameHead;

/** People with sessions. Beyond that, those whose newest session is the oldest are forgotten (not their pin). */
export const maxPeople = 1000;
/** Sessions for reading with one person. Beyond that, the one with the oldest Welcome is deleted. */
export const maxSessions = 4;
/** How long a session is kept after a new one replaced it, for messages that were encrypted in it and not sent yet. */
export const supersededSessionMs = 7 * day;

/** A new session follows after this many own texts or this much time. */
export const rotateAfterTexts = 100;
export const rotateAfterMs = day;
/** If there was no key for a new session, the next try is this much later. Writing continues meanwhile. */
export const rotateRetryMs = 5 * 60_000;

/** How long to wait before asking the server again after a key that was missing or unusable. */
export const keyRetryMs = 60_000;

/** Own single-use packages whose private parts are stored. Beyond that, the oldest are deleted. */
export const maxPackages = 256;
/**
 * Single-use packages are valid for 30 days, and a message encrypted with one may wait a week in somebody's outbox.
 * Messages that wait at the server are read before anything is deleted.
 */
export const packageLifeMs = 38 * day;
/**
 * A last resort is replaced after this time, or after this many uses. The earlier one is kept for the same time again.
 */
export const lastResortMs = 7 * day;
export const lastResortWorn = 128;
/** Sessions joined with one last resort. Beyond that, further Welcomes for it are not read. */
export const maxLastResortUses = 256;

/** Requests for unreadable messages, per person: this many at once, then one in that time. */
export const askBurst = 256;
export const askEveryMs = 60_000;
/** Messages sent again, per person: this many at once, then one in that time. */
export const againBurst = 512;
export const againEveryMs = 60_000;
/** New sessions because of unreadable messages, per person: this many at once, then one in that time. */
export const freshBurst = 4;
export const freshEveryMs = 10 * 60_000;
/** The other side needs a moment to notice a new session: until then no further one is made. */
export const freshSettleMs = 30_000;
