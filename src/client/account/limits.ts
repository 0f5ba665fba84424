// Every cap and every wait of an account's conversations on this device, with what happens at it.

import { maxStockPackages } from '../../wire/extended/requests.ts';

/** Messages, and bytes of them, that wait to be stored by the server; beyond, saying something is refused. */
export const maxOutboxMessages = 1000;
export const maxOutboxBytes = 8 * 1024 * 1024;
/** Who sends much is asked to wait from here on (`ready`). */
export const outboxMark = 500;

/** Messages, and bytes of them, that are on their way to the server unanswered; the next ones wait. */
export const maxUnderWay = 64;
export const maxUnderWayBytes = 256 * 1024;
/** A server that could not store something is asked again after so long, unless it names a time itself. */
export const storeRetryMs = 2_000;

/** Messages that one HISTORY asks for. */
export const historyPage = 200;
/** Of a lobby or group that this device sees for the first time so many messages are fetched; the rest stays there. */
export const firstSight = 1000;
/**
 * Live messages of a conversation that wait until what was missed before them is there; beyond, they are let go and
 * fetched after it.
 */
export const maxHeldLive = 2000;
export const maxHeldLiveBytes = 8 * 1024 * 1024;

/** Messages that are opened and written together. */
export const maxInboxBatch = 200;
/**
 * What others say in the lobby and in groups is written and told at once so many times, and then once in so many
 * milliseconds, until there is less of it; so many messages do not wait.
 */
export const paceBurst = 25;
export const paceMs = 40;
export const maxPaced = 64;
/** Over so many that wait for that, the connection is not read any more, until there are half as many. */
export const inboxMark = 2000;
/** Own messages of one conversation that a server has lost which was put back, and that are offered again. */
export const maxOfferedAgain = 1000;
/** Own messages without a number that are remembered until the log says it. */
export const maxUnnumbered = 1000;
/** Own private messages of one person of which it is told when they are delivered; of older ones the history knows. */
export const maxUndelivered = 1000;
/** Receipts and read marks are gathered for so long. */
export const receiptDelayMs = 200;
/** Unread messages are counted so far at the start; there may be more. */
export const maxUnreadCounted = 1000;

/** Key packages that should lie at the server; refilled below `stockLow`. The first few are there at once. */
export const stockTarget = 50;
export const stockLow = 20;
export const firstStock = 5;
/** Of one line. */
export const stockBatch = maxStockPackages;
/** Key packages are cleared out so often. */
export const tidyEveryMs = 24 * 3_600_000;

/** Private texts that are encrypted and written together. */
export const maxSealBatch = 16;
/** A key that nobody could give is asked for again after so long at least. */
export const keyRetryMs = 5_000;
/** Epochs before that a log which has begun is compared with. */
export const maxAlike = 16;
