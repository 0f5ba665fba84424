// Every cap and every wait of live private conversations, with what happens at it. A hostile server can exhaust any
// of these and gains no more than by dropping lines.
import { maxPlaintextBytes } from '../../../e2ee/padding.ts';
import { frameHeadBytes, textIdBytes } from './frame/live-frame.ts';

/** The longest text in bytes of UTF-8; with its Welcome beside it, it fits a line of 64 KiB. Refused above. */
export const maxTextBytes = maxPlaintextBytes - frameHeadBytes - textIdBytes;

/** People spoken with; beyond, the conversation that is idle for longest is forgotten (not its pin). */
export const maxConversations = 256;
/** Texts to one person that are not delivered yet; beyond, `send` refuses. */
export const maxQueuedTexts = 256;
/** Bytes of all undelivered texts together; beyond, `send` refuses. */
export const maxQueuedBytes = 8 * 1024 * 1024;
/** Sessions kept per person, for lines that come late; beyond, the least useful is forgotten. */
export const maxSessions = 4;
/** Bytes of lines that wait to be worked on; beyond, further ones are dropped as if lost on the way. */
export const maxWaitingBytes = 8 * 1024 * 1024;

/** No receipt for so long after sending: the session is made anew. */
export const receiptTimeoutMs = 5_000;
/** A text is sent so many times at most; then it is reported as not delivered. */
export const maxSends = 4;
/** Receipts are gathered for so long, or until so many wait. */
export const receiptDelayMs = 100;
export const maxReceipts = 32;
/** Sessions for which receipts are due at the same time; beyond, none are noted and the texts come again. */
export const maxReceiptSessions = 8;

/** No answer to a key request for so long: the person cannot encrypt, or is not there. */
export const keyAnswerTimeoutMs = 5_000;
/** Key requests to one person: so many at once, then one in that time. */
export const handshakeBurst = 6;
export const handshakeEveryMs = 5_000;
/** Handshakes begun because lines could not be read (which others can bring about), over all people. */
export const recoveryBurst = 16;
export const recoveryEveryMs = 1_000;

/** Key packages handed out and not used yet: how long, how many per asker, how many in all. */
export const keyPackageLifeMs = 5 * 60_000;
export const maxKeyPackagesPerAsker = 8;
export const maxKeyPackages = 256;
/** Making one costs 2 to 3 ms of CPU: so many at once per asker and in all, then one in that time. */
export const keyPackageBurstPerAsker = 8;
export const keyPackageEveryMsPerAsker = 2_000;
export const keyPackageBurst = 64;
export const keyPackageEveryMs = 50;

/** A line of an unknown session waits so long for its Welcome; at most so many, of one person and in all. */
export const heldLineMs = 500;
export const maxHeldLinesPerPeer = 8;
export const maxHeldLines = 64;
/** Lines that could not be read and are asked for again: how many at once, and how long until it is said. */
export const maxUnreadLines = 32;
export const recoveryTimeoutMs = 10_000;

/**
 * A session is followed by a fresh one after so many own texts or so long. Rotation by a commit inside the
 * group would need somebody to order commits, and version 1's server does not.
 */
export const rotateAfterTexts = 100;
export const rotateAfterMs = 24 * 3_600_000;
/** When a rotation got no answer, the next try is so much later. */
export const rotateRetryMs = 5 * 60_000;

/** How long a line sent may still be the one that "no such user!" answers. */
export const missingUserMs = 10_000;
export const maxRecentLines = 256;
