// Every cap and every wait of an account's conversations on this device, with its effect.

import { maxStockPackages } from '../../wire/extended/requests.ts';

/** Messages, and their bytes, that wait to be stored by the server. Beyond that, sending is refused. */
export const maxOutboxMessages = 1000;
export const maxOutboxBytes = 8 * 1024 * 1024;
/** From here on a program that sends much is asked to wait (`ready`). */
export const outboxMark = 500;

/** Of them, what the devices of the account say to each other, as long as it is not sealed. Beyond that, it is not said. */
export const maxOwnNotes = 200;
export const maxOwnNotesBytes = 2 * 1024 * 1024;

/** Messages, and their bytes, that are on their way to the server unanswered. The next ones wait. */
export const maxUnderWay = 64;
export const maxUnderWayBytes = 256 * 1024;
/** A server that could not store something is asked again after this time, unless it names one itself. */
export const storeRetryMs = 2_000;

/** The messages that one HISTORY requests. */
export const historyPage = 200;
/**
 * How many messages are fetched of a lobby or group that this device sees for the first time. Earlier ones stay at the
 * server.
 */
export const firstSight = 1000;
/**
 * Live messages of a conversation that wait for the missed ones before them. Beyond that, they are dropped and fetched
 * afterwards.
 */
export const maxHeldLive = 2000;
export const maxHeldLiveBytes = 8 * 1024 * 1024;

/** Messages that are decrypted and written together. */
export const maxInboxBatch = 200;
/**
 * Messages of others in the lobby and in groups are written and reported at once this many times, then once in this
 * time, until there are fewer. This many messages do not wait.
 */
export const paceBurst = 25;
export const paceMs = 40;
export const maxPaced = 64;
/** Messages of another device's history that are written together: the screen waits for so many. */
export const importBatch = 256;
/** If more than this wait, the connection is not read, until half as many wait. */
export const inboxMark = 2000;
/** Own messages of one conversation that a restored server has lost and that are offered again. */
export const maxOfferedAgain = 1000;
/** Own messages without a number that are remembered until the log gives it. */
export const maxUnnumbered = 1000;
/** Own private messages to one person whose delivery is reported. Older ones are only updated in the history. */
export const maxUndelivered = 1000;
/** How far the person has read is told to the other devices once in this time, for each conversation. */
export const readNoteMs = 5_000;
/** What is being written is told to the other devices once in this time, all places together. */
export const draftNoteMs = 5_000;
/** Places of which a draft is known on all devices; of longer texts than this, in characters, it is not told. */
export const maxDrafts = 64;
export const maxSharedDraftLength = 8_000;
/** Conversations of which it is remembered that they are muted, or not any more. */
export const maxMutes = 500;
/** Conversations of which the rule is remembered, or that they have none any more. */
export const maxRules = 500;
/** People who are ignored at once; and names about which it is remembered that they are, or not any more. */
export const maxIgnored = 200;
export const maxIgnoreDecisions = 1000;
/** Of how many people the keys are told to a device that is new. */
export const maxSharedPeople = 1000;
/** Receipts and read marks are gathered for this time. */
export const receiptDelayMs = 200;
/** Unread messages are counted up to this number at the start; there may be more. */
export const maxUnreadCounted = 1000;

/** What is gathered to enter a sealed group. A server that says more says nothing of use. */
export const maxRosterItems = 20_000;
export const maxCommitLines = 20_000;
/** All of it, in characters. */
export const maxMaterialSize = 64 * 1024 * 1024;
/** An entry that others overtake is tried again so many times. */
export const maxJoinTries = 20;
/** A link that another device overtakes is signed again so many times. */
export const maxLinkTries = 5;
/** A key that is not known waits so long for the chain of its account, and counts as a changed one then. */
export const lookUpMs = 10_000;

/** Whether the client of somebody takes part in rooms for two is asked at most once in this time, where it did not. */
export const roomRetryMs = 3_600_000;

/** How many key packages should be at the server. Refilled below `stockLow`. The first few are sent at once. */
export const stockTarget = 50;
export const stockLow = 20;
export const firstStock = 5;
/** In one line. */
export const stockBatch = maxStockPackages;
/** How often unused key packages are deleted. */
export const tidyEveryMs = 24 * 3_600_000;

/** Private texts that are encrypted and written together. */
export const maxSealBatch = 16;
/** A key that was not available is requested again after this time at least. */
export const keyRetryMs = 5_000;
/** Earlier epochs with which a new log is compared. */
export const maxAlike = 16;
