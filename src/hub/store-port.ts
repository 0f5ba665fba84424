// The port of the store. A commit is stored as a whole or not at all, also after a power cut. Adapters: src/store
// (SQLite; memory for tests). One writer: calls are executed in order.

import type { RosterItem } from '../wire/extended/events.ts';
import type {
  AccountId,
  Change,
  DirectoryRecord,
  GroupInfoRecord,
  LogId,
  Records,
} from './records.ts';

/**
 * The messages that one conversation got in one turn: their lines as delivery sends them, in order, each with its line
 * end. `first` is the number of the first line, and `count` the number of lines. There are no gaps.
 */
export interface Segment {
  readonly log: LogId;
  readonly first: number;
  readonly count: number;
  /**
   * When it was stored, by the server's age clock, in milliseconds. Its age is the time that has passed on that clock.
   */
  readonly at: number;
  readonly bytes: Uint8Array;
  /**
   * The content under these numbers cannot be read any more. Some of the numbers may never have been used. There are no
   * bytes then.
   */
  readonly isDamaged?: boolean;
}

/** What one turn wants stored. Changes are applied in order, before the segments are appended. */
export interface Commit {
  readonly changes: readonly Change[];
  readonly segments: readonly Segment[];
}

/**
 * Why the store could not do it: `full` (disk, quota), `failed` (an error of the disk or of the file), `damaged` (the
 * content of the file is not what was written).
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: 'full' | 'failed' | 'damaged' | 'closed';

  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Which part of a log to read. */
export interface LogRange {
  readonly log: LogId;
  /** Only messages after this number. */
  readonly after: number;
  /** Only messages before this number. */
  readonly before: number;
  /** The end to begin at. Segments come in ascending order either way. */
  readonly from: 'start' | 'end';
  /** Reading stops after the segment that reaches one of these limits. */
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** How long messages are stored. Undefined for no limit. Applies to each log separately. */
export interface Retention {
  readonly maxAgeMs: number | undefined;
  /** By numbers: of a log with 1,000 messages, a `maxCount` of 100 keeps the segments that end after 900. */
  readonly maxCount: number | undefined;
  /** For conversations of more than two people. The last message stays, whatever its size. */
  readonly maxBytes?: number | undefined;
  /** Instead of `maxAgeMs` for conversations of two people, whose texts only wait to be fetched. */
  readonly directMaxAgeMs?: number | undefined;
}

/** A log from which old messages were deleted. */
export interface Trimmed {
  readonly log: LogId;
  readonly first: number;
  /** How many were deleted. */
  readonly messages: number;
}

/** A message whose time was over, and that was erased. */
export interface ExpiredLine {
  readonly log: LogId;
  readonly seq: number;
}

/** What one call of trim has deleted. */
export interface TrimResult {
  readonly trimmed: readonly Trimmed[];
  readonly expired: readonly ExpiredLine[];
  readonly more: boolean;
}

/** A place in the store whose content is not as it was written. */
export interface StoreDamage {
  readonly table: string;
  readonly what: string;
  /** If messages are damaged: the log, the name of its conversation, and their numbers. */
  readonly log?: LogId;
  readonly name?: string;
  readonly first?: number;
  readonly last?: number;
}

/** How much of the store belongs to one conversation or one writer. */
export interface UsageRow {
  readonly name: string;
  readonly messages: number;
  readonly bytes: number;
}

/** Who uses how much of the store, the largest first. Only the largest if there are many. */
export interface StoreUsage {
  readonly conversations: readonly UsageRow[];
  readonly writers: readonly UsageRow[];
  /** How many kept files there are of each account, and how large they are. */
  readonly files: readonly FileUsageRow[];
  /** The same of blobs. */
  readonly blobs: readonly FileUsageRow[];
}

/** How much the kept files, or the blobs, of one account take. */
export interface FileUsageRow {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
}

/** The result of a check. */
export interface StoreCheck {
  readonly damages: readonly StoreDamage[];
  /** The messages that were checked and are intact, and their bytes. */
  readonly messages: number;
  readonly bytes: number;
  /** Undefined after a quick check. */
  readonly usage?: StoreUsage | undefined;
}

/** A small file that is part of a backup. */
export interface Attachment {
  /** A relative path, with slashes. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Lines of a sealed group's log. */
export interface GroupLines {
  /** Binary strings with their line ends. */
  readonly lines: readonly string[];
  /** The numbers, between them, of lines that are not as they were written any more. */
  readonly damaged: readonly number[];
  readonly more: boolean;
}

/** A key package that is given out, of which device, and how many that has left. */
export interface TakenKey {
  readonly device: string;
  readonly package: string;
  readonly stock: number;
}

export interface Store {
  /** The heap of the store's thread at its last answer. Undefined without a thread. */
  readonly heapBytes?: number | undefined;
  /** Everything that the hub starts with. */
  load(): Promise<Records>;
  /**
   * Stores all of `commit`, or rejects with a StoreError and stores none of it. Resolves when it is on the disk. An
   * empty commit writes too, so that it shows whether the store works. Segments of a log that does not exist are
   * skipped.
   */
  commit(commit: Commit): Promise<void>;
  /** The segments that hold messages of `range`, in order. The first and the last may hold others too. */
  read(range: LogRange): Promise<readonly Segment[]>;
  /**
   * Deletes messages beyond `retention`, in whole segments, and erases those whose own time is over, a bounded part in
   * each call. Call again while `more`. `now` is by the clock of the segments' times.
   */
  trim(retention: Retention, now: number): Promise<TrimResult>;

  /**
   * Stores key packages of a device of an account; with `replace` it deletes the earlier ones first. Returns the stock.
   */
  stockKeys(
    account: AccountId,
    device: string,
    packages: readonly string[],
    lastResort: string | undefined,
    replace: boolean,
  ): Promise<number>;
  /**
   * Takes a key package out of the stock of the first of `devices` that has one. Without one, returns its last resort,
   * which stays, or undefined if none of them has one.
   */
  takeKey(account: AccountId, devices: readonly string[]): Promise<TakenKey | undefined>;
  /** How many key packages a device has left, without the last resort. */
  countKeys(account: AccountId, device: string): Promise<number>;

  /** The links of an account's chain, base64url, the root first. */
  readLinks(account: AccountId): Promise<readonly string[]>;
  /**
   * Entries of the directory from the number `from` on, at most `limit`, without a gap: it ends before one that is not as
   * it was written.
   */
  readDirectory(from: number, limit: number): Promise<readonly DirectoryRecord[]>;

  /**
   * Writes a copy of everything, with `attachments`, to a new file at `path`, while the store continues to work.
   * Rejects with a StoreError if the file exists, and does not change it. Rejects too if something is damaged; with
   * `evenDamaged` the intact part is copied instead.
   */
  backup(path: string, attachments?: readonly Attachment[], evenDamaged?: boolean): Promise<void>;
  /**
   * Looks for damage: everywhere, or, with `isQuick`, for a short time in what was written last. Nothing waits for it.
   */
  check(isQuick: boolean): Promise<StoreCheck>;
  /**
   * The lines of a sealed group's log that are no messages, behind the number `after`, in order; a bounded part of them.
   * They are kept for 400 days, however long messages are.
   */
  readGroupLines(
    log: LogId,
    after: number,
    maxLines: number,
    maxBytes: number,
  ): Promise<GroupLines>;
  /** All that bears on a sealed group's roster, in the order of its log. It is kept as long as the log. */
  readRoster(log: LogId): Promise<readonly RosterItem[]>;
  /** The last few GroupInfos of a sealed group, the latest first. */
  readGroupInfos(log: LogId): Promise<readonly GroupInfoRecord[]>;
  /** The parts of a tree of a sealed group, in order; none where there is no such tree. */
  readTree(log: LogId, tree: number): Promise<readonly string[]>;

  /** Finishes the pending calls and closes the file. */
  close(): Promise<void>;
}
