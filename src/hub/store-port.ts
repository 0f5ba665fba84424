// The port of the store. What is written together is stored together or not at all, also after a power cut. Adapters:
// src/store (SQLite; memory for tests). One writer: calls are executed in order.

import type { AccountId, Change, LogId, Records } from './records.ts';

/**
 * What one conversation got in one turn: its lines as delivery sends them, one behind the other, each with its line
 * end. `first` is the number of the first line, and `count` how many there are; numbers have no gap inside.
 */
export interface Segment {
  readonly log: LogId;
  readonly first: number;
  readonly count: number;
  /** When it was kept, by the server's age clock, in milliseconds: its age is the time that has passed on that clock. */
  readonly at: number;
  readonly bytes: Uint8Array;
  /**
   * What was kept under these numbers can't be read any more, as it was written; some of them may never have been given
   * out. There are no bytes then.
   */
  readonly isDamaged?: boolean;
}

/** What is to be kept of one turn. Changes are carried out in their order, before the segments are appended. */
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
  /** Only messages behind this number. */
  readonly after: number;
  /** Only messages before this number. */
  readonly before: number;
  /** From which end. Segments come in rising order either way. */
  readonly from: 'start' | 'end';
  /** Reading ends with the segment that reaches one of these. */
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** How long things are kept; undefined for no bound. Applies to each log by itself. */
export interface Retention {
  readonly maxAgeMs: number | undefined;
  /** By their numbers: of a log up to 1,000, a `maxCount` of 100 leaves what ends behind 900. */
  readonly maxCount: number | undefined;
  /** Of what many hear. What was said last stays, however long it is. */
  readonly maxBytes?: number | undefined;
  /** In place of `maxAgeMs` for conversations of two people, whose texts only wait to be fetched. */
  readonly directMaxAgeMs?: number | undefined;
}

/** A log from which old messages were taken out. */
export interface Trimmed {
  readonly log: LogId;
  readonly first: number;
  /** How many were taken out. */
  readonly messages: number;
}

/** A place in the store where something is not as it was written. */
export interface StoreDamage {
  readonly table: string;
  readonly what: string;
  /** Of messages: the log, the name of its conversation, and their numbers. */
  readonly log?: LogId;
  readonly name?: string;
  readonly first?: number;
  readonly last?: number;
}

/** How much of what is kept is in one conversation, or of one writer. */
export interface UsageRow {
  readonly name: string;
  readonly messages: number;
  readonly bytes: number;
}

/** Who takes how much of what is kept, the largest first; not all of them where there are many. */
export interface StoreUsage {
  readonly conversations: readonly UsageRow[];
  readonly writers: readonly UsageRow[];
}

/** What a look at the store has found. */
export interface StoreCheck {
  readonly damages: readonly StoreDamage[];
  /** That were looked at and are whole, and how many bytes they have. */
  readonly messages: number;
  readonly bytes: number;
  /** Undefined after a quick look. */
  readonly usage?: StoreUsage | undefined;
}

/** A small file that goes with a backup. */
export interface Attachment {
  /** A relative path, with slashes. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Store {
  /** What the heap of its own thread held when it last answered; undefined without one. */
  readonly heapBytes?: number | undefined;
  /** Everything that the hub starts with. */
  load(): Promise<Records>;
  /**
   * Keeps all of `commit`, or rejects with a StoreError and keeps none of it. Resolves when it is on the disk. An empty
   * one writes as well, so that it tells whether the store works. Segments of a log that is not there are left out.
   */
  commit(commit: Commit): Promise<void>;
  /** The segments that hold messages of `range`, in order. The first and the last may hold others, too. */
  read(range: LogRange): Promise<readonly Segment[]>;
  /**
   * Takes out what is older or more than `retention` allows, a bounded part of it in one call, in whole segments.
   * Call again while `more`. `now`: by the clock that segments are stamped with.
   */
  trim(
    retention: Retention,
    now: number,
  ): Promise<{ readonly trimmed: readonly Trimmed[]; readonly more: boolean }>;

  /** Leaves key packages of an account's device, after throwing away earlier ones where `replace`. Returns the stock. */
  stockKeys(
    account: AccountId,
    packages: readonly string[],
    lastResort: string | undefined,
    replace: boolean,
  ): Promise<number>;
  /** Takes one out for good, or gives the last resort where there is no other, or undefined where there is none. */
  takeKey(
    account: AccountId,
  ): Promise<{ readonly package: string; readonly stock: number } | undefined>;
  /** How many there are, without the last resort. */
  countKeys(account: AccountId): Promise<number>;

  /**
   * Writes a copy of everything to a new file at `path`, with `attachments` inside, while the store goes on working.
   * Rejects with a StoreError where there is a file, and leaves it alone; and where something is damaged, unless
   * `evenDamaged`: then what is whole is copied.
   */
  backup(path: string, attachments?: readonly Attachment[], evenDamaged?: boolean): Promise<void>;
  /** Looks for damage: everywhere, or, where `isQuick`, for a moment at what was written last. Nobody waits for it. */
  check(isQuick: boolean): Promise<StoreCheck>;
  /** Finishes what was asked for and lets go of the file. */
  close(): Promise<void>;
}
