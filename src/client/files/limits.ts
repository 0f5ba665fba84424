// Every cap and every wait of file transfers, with what happens at it.

/** Files that move at the same time in one direction; further ones wait their turn. A server takes 16 a person. */
export const maxMoving = 8;
/** Files that this user sends and that are not done; beyond, `offer` refuses. */
export const maxOutgoing = 64;
/** Files that others offer or send and that are not done; beyond, an offer is declined as by a busy person. */
export const maxIncoming = 64;
export const maxIncomingPerPeer = 16;
/** Answers remembered for files that came or were declined; beyond, the oldest are forgotten. */
export const maxSettled = 256;
/** What was interrupted is remembered for a week; then what is here of it is deleted. */
export const maxRecordAgeMs = 7 * 24 * 3_600_000;

/** Bytes taken from one person without asking, until this user accepts something of theirs by hand: 100 MB. */
export const defaultAcceptUpTo = 100_000_000;

/** The longest name in a description, in bytes of UTF-8. A longer one is cut by its sender. */
export const maxNameBytes = 255;

/** A FILE_TRANS whose description has not come waits so long for it [7.11]; so many at once, others are told at once. */
export const announcementWaitMs = 5_000;
export const maxAnnouncements = 32;

/** For the server to answer READY_FOR_FILE with a port [7.11]. */
export const portTimeoutMs = 10_000;
/** For the receiver to say where the content is to begin, once the port is open. */
export const acceptTimeoutMs = 15_000;
/** For the receiver to answer an announcement in some way. */
export const answerTimeoutMs = 60_000;
/** For the receiver to come back, once it has said that it is busy, or reads what it has: again for each such word. */
export const pendingTimeoutMs = 30 * 60_000;
/** Before a receiver says that it reads what it has: most files are read by then. */
export const readingNoticeMs = 2_000;
/** For the receiver to confirm, once all has been sent and the server has told how it ended. */
export const confirmTimeoutMs = 15_000;
/** For the receiver to say why, where the server has told that nothing was delivered. */
export const reasonTimeoutMs = 3_000;

/** What was interrupted is tried again after these times, and then after the last one each time. */
export const retryDelaysMs = [1_000, 5_000, 30_000, 120_000, 600_000] as const;
/** So many attempts without a single byte more; then it waits until the other person is heard from. */
export const maxIdleAttempts = 8;

/** Attempts that the other person brings about are so far apart at least. */
export const leastRetryGapMs = 5_000;

/** Progress is told so often at most. */
export const progressEveryMs = 200;
/** Speed is that of the last seconds. */
export const speedWindowMs = 5_000;

/** Where the server has no port, or no room for one more transfer, it is asked again after this. */
export const portRetryMs = 5_000;

/** A list of users answers for so long: a crowded server's list is long, and is not asked for often. */
export const rosterAgeMs = 1_000;
export const rosterTimeoutMs = 10_000;

/** Ends that /files still shows. */
export const maxShownEnds = 20;

/** People whom this user has written to; beyond, the one longest ago is asked about like a stranger. */
export const maxAcquaintances = 10_000;
