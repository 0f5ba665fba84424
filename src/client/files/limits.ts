// Every cap and every wait of file transfers, with its effect.

/** Files that move at the same time in one direction. Further ones wait their turn. A server allows 16 per person. */
export const maxMoving = 8;
/** Unfinished files that this user sends. Beyond that, `offer` refuses. */
export const maxOutgoing = 64;
/** Unfinished files that others offer or send. Beyond that, an offer is declined as busy. */
export const maxIncoming = 64;
export const maxIncomingPerPeer = 16;
/** Remembered answers for files that were received or declined. Beyond that, the oldest are forgotten. */
export const maxSettled = 256;
/** An interrupted transfer is remembered for a week. Then its partial file is deleted. */
export const maxRecordAgeMs = 7 * 24 * 3_600_000;
/** One that the server keeps, for longer than most servers keep it: whoever asks for it then is told that it is gone. */
export const maxKeptRecordAgeMs = 30 * 24 * 3_600_000;

/** Bytes accepted from one person without asking, until this user accepts a file of theirs by hand: 100 MB. */
export const defaultAcceptUpTo = 100_000_000;

/** The longest name in a description, in bytes of UTF-8. A longer one is cut by its sender. */
export const maxNameBytes = 255;

/**
 * How long a FILE_TRANS without a description waits for it [7.11], and how many may wait. Others are reported at once.
 */
export const announcementWaitMs = 5_000;
export const maxAnnouncements = 32;

/** For the receiver's client to have a description that the server keeps for it; then they are away. */
export const keptNoteMs = 5_000;
/** For the server's answer to READY_FOR_FILE, with a port [7.11]. */
export const portTimeoutMs = 10_000;
/** For the receiver's answer where the content should begin, once the port is open. */
export const acceptTimeoutMs = 15_000;
/** For any answer of the receiver to an announcement. */
export const answerTimeoutMs = 60_000;
/** For the receiver's return, after it said that it is busy, or is reading its part: again after each such note. */
export const pendingTimeoutMs = 30 * 60_000;
/** Before a receiver says that it is reading its part: most files are read by then. */
export const readingNoticeMs = 2_000;
/** For the receiver's confirmation, after everything was sent and the server has reported the end. */
export const confirmTimeoutMs = 15_000;
/** For the receiver's reason, after the server has reported that nothing was delivered. */
export const reasonTimeoutMs = 3_000;

/** An interrupted transfer is retried after these times, then after the last one each time. */
export const retryDelaysMs = [1_000, 5_000, 30_000, 120_000, 600_000] as const;
/** After this many attempts without progress it waits until the other person sends something. */
export const maxIdleAttempts = 8;

/** The least time between attempts that the other person causes. */
export const leastRetryGapMs = 5_000;

/** Progress is reported at most this often. */
export const progressEveryMs = 200;
/** Speed is measured over the last seconds. */
export const speedWindowMs = 5_000;

/** If the server has no port, or no room for one more transfer, it is asked again after this. */
export const portRetryMs = 5_000;

/** How long a list of users is valid: a crowded server's list is long, and not requested often. */
export const rosterAgeMs = 1_000;
export const rosterTimeoutMs = 10_000;

/** The ends that /files still shows. */
export const maxShownEnds = 20;

/** People to whom this user has written. Beyond that, the oldest one counts as a stranger. */
export const maxAcquaintances = 10_000;
