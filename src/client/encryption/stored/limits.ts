// Every cap and every wait of private conversations between accounts, with what happens at it. A hostile server can
// exhaust any of these and gains no more than by dropping messages.
import { maxPlaintextBytes } from '../../../e2ee/padding.ts';

const day = 24 * 3_600_000;

/** Before the text of a frame that says something again: version, kind, number, id. */
const longestFrameHead = 2 + 8 + 16;
/** The longest text in bytes of UTF-8; with its Welcome beside it, it fits a line of 64 KiB. Refused above. */
export const maxDirectTextBytes = maxPlaintextBytes - longestFrameHead;

/** People with sessions; beyond, those whose newest session is the oldest are forgotten (not their pin). */
export const maxPeople = 1000;
/** Sessions kept for reading with one person; beyond, the one whose Welcome is the oldest goes. */
export const maxSessions = 4;
/** A session that another has followed is kept for so long, for what was sealed in it and not yet sent. */
export const supersededSessionMs = 7 * day;

/** A session is followed by a fresh one after so many own texts or so long. */
export const rotateAfterTexts = 100;
export const rotateAfterMs = day;
/** When there was no key for that, the next try is so much later. Writing goes on meanwhile. */
export const rotateRetryMs = 5 * 60_000;

/** After a key that could not be had or used, the server is not asked for another one for so long. */
export const keyRetryMs = 60_000;

/** Own single-use packages whose private parts are kept; beyond, the oldest go. */
export const maxPackages = 256;
/**
 * Single-use packages are good for 30 days, and what was sealed with one may wait a week in somebody's outbox. What
 * waits at the server is read before anything is thrown away.
 */
export const packageLifeMs = 38 * day;
/** A last resort is replaced after so long, or when so many have used it. The one before it is kept for as long again. */
export const lastResortMs = 7 * day;
export const lastResortWorn = 128;
/** Sessions entered by one last resort; beyond, further Welcomes for it are not read. */
export const maxLastResortUses = 256;

/** Messages that could not be read and are asked for again, of one person: so many, then one in that time. */
export const askBurst = 256;
export const askEveryMs = 60_000;
/** Messages that are sent again to one person: so many, then one in that time. */
export const againBurst = 512;
export const againEveryMs = 60_000;
/** Fresh sessions made because messages could not be read, with one person: so many, then one in that time. */
export const freshBurst = 4;
export const freshEveryMs = 10 * 60_000;
/** The other side takes a moment to notice a fresh session: until then no further one is made. */
export const freshSettleMs = 30_000;
