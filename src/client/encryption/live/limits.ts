// Every cap and every wait of live private conversations, with its effect. A hostile server can exhaust any of these
// and gains no more than by dropping lines.
import { maxPlaintextBytes } from '../../../e2ee/padded-sizes.ts';
import { frameHeadBytes, textIdBytes } from './frame/frame-sizes.ts';

/**
 * The longest text in bytes of UTF-8: with its Welcome beside it, it fits a line of 64 KiB. Longer texts are refused.
 */
export const maxTextBytes = maxPlaintextBytes - frameHeadBytes - textIdBytes;

/** People with a conversation. Beyond that, the conversation idle for longest is forgotten (not its pin). */
export const maxConversations = 256;
/** Undelivered texts to one person. Beyond that, `send` refuses. */
export const maxQueuedTexts = 256;
/** Bytes of all undelivered texts together. Beyond that, `send` refuses. */
export const maxQueuedBytes = 8 * 1024 * 1024;
/** Sessions per person, for late lines. Beyond that, the least useful is forgotten. */
export const maxSessions = 4;
/** Bytes of lines that wait to be handled. Beyond that, further ones are dropped as if lost on the way. */
export const maxWaitingBytes = 8 * 1024 * 1024;

/** If there is no receipt for this long after sending, a new session is made. */
export const receiptTimeoutMs = 5_000;
/** A text is sent at most this often. Then it is reported as not delivered. */
export const maxSends = 4;
/** Receipts are gathered for this long, or until this many wait. */
export const receiptDelayMs = 100;
export const maxReceipts = 32;
/** Sessions with receipts due at the same time. Beyond that, none are recorded, and the texts come again. */
export const maxReceiptSessions = 8;

/** If a key request has no answer for this long, the person cannot encrypt, or is offline. */
export const keyAnswerTimeoutMs = 5_000;
/** Key requests to one person: this many at once, then one in that time. */
export const handshakeBurst = 6;
export const handshakeEveryMs = 5_000;
/** Handshakes because of unreadable lines (which others can cause), over all people. */
export const recoveryBurst = 16;
export const recoveryEveryMs = 1_000;

/** Unused key packages that were given out: how long, how many per requester, how many in total. */
export const keyPackageLifeMs = 5 * 60_000;
export const maxKeyPackagesPerAsker = 8;
export const maxKeyPackages = 256;
/** Making one costs 2 to 3 ms of CPU: this many at once per requester and in total, then one in that time. */
export const keyPackageBurstPerAsker = 8;
export const keyPackageEveryMsPerAsker = 2_000;
export const keyPackageBurst = 64;
export const keyPackageEveryMs = 50;

/** How long a line of an unknown session waits for its Welcome, and how many may wait: of one person and in total. */
export const heldLineMs = 500;
export const maxHeldLinesPerPeer = 8;
export const maxHeldLines = 64;
/** Unreadable lines that are requested again: how many at once, and how long until the person is told. */
export const maxUnreadLines = 32;
export const recoveryTimeoutMs = 10_000;

/**
 * After this many own texts or this much time a new session follows. Rotation by a commit inside the group would need
 * somebody to order commits, and version 1's server does not.
 */
export const rotateAfterTexts = 100;
export const rotateAfterMs = 24 * 3_600_000;
/** If a rotation got no answer, the next try is this much later. */
export const rotateRetryMs = 5 * 60_000;

/** How long "no such user!" may refer to a sent line. */
export const missingUserMs = 10_000;
export const maxRecentLines = 256;
