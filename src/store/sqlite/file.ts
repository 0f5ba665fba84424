// The database as the thread uses it: one call after the other, each as a whole or not at all.

import { statSync } from 'node:fs';
import type {
  AccountId,
  Change,
  DirectoryRecord,
  GroupInfoRecord,
  LogId,
  PutBack,
  Records,
} from '../../hub/records.ts';
import {
  StoreError,
  type GroupLines,
  type LogRange,
  type Retention,
  type Segment,
  type TakenKey,
  type TrimResult,
} from '../../hub/store-port.ts';
import {
  asProblem,
  closeDatabase,
  damagedFile,
  emptyWriteAheadLog,
  inTransaction,
  openDatabase,
} from '../../sqlite/database.ts';
import type { RosterItem } from '../../wire/extended/events.ts';
import { withGroupLines } from '../group-lines.ts';
import { codeOf, isForOtherTables, problemOf, type Database } from '../../sqlite/engine.ts';
import { SqliteProblem } from '../../sqlite/problem.ts';
import { ChangeWriter } from './changes.ts';
import { LinkTable } from './tables/account-links.ts';
import { DirectoryTable, enterPutBack } from './tables/directory-rows.ts';
import { CommitNote } from './commit-note.ts';
import { beginGeneration, isMarkedRestored } from './generation.ts';
import { KeyTable } from './tables/key-packages.ts';
import { loadRecords } from './load.ts';
import { beginRun } from './runs.ts';
import { schema } from './schema.ts';
import { sealAll } from './tables/sealed-rows.ts';
import { LogReader, isDamage } from './log-reader.ts';
import { ExpiringLines } from './tables/expiring-lines.ts';
import { GroupTables } from './tables/group-tables.ts';
import { SegmentTable } from './segments.ts';

export interface FileCommit {
  readonly changes: readonly Change[];
  readonly segments: readonly Segment[];
}

export class StoreFile {
  readonly #path: string;
  readonly #inode: number;
  readonly #database: Database;
  readonly #groups: GroupTables;
  readonly #changes: ChangeWriter;
  readonly #segments: SegmentTable;
  readonly #reader: LogReader;
  readonly #expiring: ExpiringLines;
  readonly #keys: KeyTable;
  readonly #links: LinkTable;
  readonly #directory: DirectoryTable;
  readonly #note: CommitNote;
  readonly #putBack: PutBack | undefined;
  readonly #isRunKept: boolean;

  private constructor(path: string, database: Database, note: CommitNote) {
    this.#path = path;
    this.#inode = statSync(path).ino;
    this.#database = database;
    this.#groups = new GroupTables(database);
    this.#segments = new SegmentTable(database);
    this.#changes = new ChangeWriter(database, this.#groups, this.#segments);
    this.#reader = new LogReader(database);
    this.#expiring = new ExpiringLines(database);
    this.#keys = new KeyTable(database);
    this.#links = new LinkTable(database);
    this.#directory = new DirectoryTable(database);
    this.#note = note;
    this.#putBack = isMarkedRestored(database) ? 'restored' : note.isBehind ? 'cut' : undefined;
    const isPutBack = this.#putBack !== undefined;
    this.#isRunKept = this.#begin(isPutBack);
  }

  /** Returns whether a run has begun. */
  #begin(isPutBack: boolean): boolean {
    try {
      inTransaction(this.#database, () => {
        if (isPutBack) beginGeneration(this.#database);
        const run = beginRun(this.#database);
        if (isPutBack) enterPutBack(this.#database, run);
        this.#note.count();
      });
    } catch (error) {
      // Nothing more is stored, so nothing can be lost: devices continue with the runs that they know.
      if (!isPutBack && problemOf(error) === 'full') return false;
      throw error;
    }
    this.#note.keep();
    return true;
  }

  /** Rejects with a SqliteProblem. All other methods throw a StoreError. */
  static async open(path: string, maxBytes: number | undefined): Promise<StoreFile> {
    const database = await openDatabase(path, schema, { maxBytes, overwriteDeleted: true });
    try {
      inTransaction(database, () => sealAll(database));
      return new StoreFile(path, database, new CommitNote(path, database));
    } catch (error) {
      database.close();
      throw isForOtherTables(error) ? damagedFile(path, schema) : asProblem(error, path, schema);
    }
  }

  load(): Records {
    const putBack = this.#putBack;
    return this.#attempt(() => {
      const records = loadRecords(this.#database);
      return { ...records, putBack, ...(!this.#isRunKept && { runs: [] }) };
    });
  }

  /**
   * Applies `commits` in one transaction. An empty one probes whether the disk accepts writes, so it writes as well.
   */
  commit(commits: readonly FileCommit[]): void {
    this.#write(() => {
      for (const { changes, segments } of commits) {
        for (const change of changes) this.#changes.apply(change);
        for (const segment of withGroupLines(changes, segments)) this.#segments.append(segment);
        if (changes.length === 0 && segments.length === 0) this.#touch();
      }
    });
  }

  /** Whether something was erased that `forget` is still to take off the disk. */
  get hasErased(): boolean {
    return this.#changes.hasErased;
  }

  /**
   * Empties the write-ahead log, in which erased messages still stand. Not while a backup is written or the file is
   * checked: `hasErased` stays then.
   */
  forget(): void {
    this.#changes.hasErased = !this.#attempt(() => emptyWriteAheadLog(this.#database));
  }

  read(range: LogRange): Segment[] {
    return this.#attempt(() => this.#reader.read(range));
  }

  trim(retention: Retention, now: number): TrimResult {
    return this.#write(() => {
      this.#segments.sealSome();
      const { expired, more } = this.#expiring.take(now);
      for (const { log, seq } of expired) this.#segments.erase(log, seq, true);
      if (expired.length > 0) this.#changes.hasErased = true;
      // Before the logs that they are of are forgotten.
      if (more || this.#groups.trim(now)) return { trimmed: [], expired, more: true };
      return { ...this.#segments.trim(retention, now), expired };
    });
  }

  stockKeys(
    account: AccountId,
    device: string,
    packages: readonly string[],
    lastResort: string | undefined,
    replace: boolean,
  ): number {
    return this.#write(() => this.#keys.stock(account, device, packages, lastResort, replace));
  }

  takeKey(account: AccountId, devices: readonly string[]): TakenKey | undefined {
    return this.#write(() => this.#keys.take(account, devices));
  }

  countKeys(account: AccountId, device: string): number {
    return this.#attempt(() => this.#keys.count(account, device));
  }

  readGroupLines(log: LogId, after: number, maxLines: number, maxBytes: number): GroupLines {
    return this.#attempt(() => this.#groups.readLines(log, after, maxLines, maxBytes));
  }

  readRoster(log: LogId): readonly RosterItem[] {
    return this.#attempt(() => this.#groups.readRoster(log));
  }

  readGroupInfos(log: LogId): readonly GroupInfoRecord[] {
    return this.#attempt(() => this.#groups.readInfos(log));
  }

  readTree(log: LogId, tree: number): readonly string[] {
    return this.#attempt(() => this.#groups.readTree(log, tree));
  }

  readLinks(account: AccountId): readonly string[] {
    return this.#attempt(() => this.#links.of(account));
  }

  readDirectory(from: number, limit: number): readonly DirectoryRecord[] {
    return this.#attempt(() => this.#directory.from(from, limit));
  }

  close(): void {
    this.#changes.hasErased = false;
    closeDatabase(this.#database);
    this.#note.close();
  }

  #touch(): void {
    this.#database.exec(
      `INSERT INTO counters (name, value) VALUES ('probe', 1)
       ON CONFLICT (name) DO UPDATE SET value = value + 1`,
    );
  }

  #write<T>(work: () => T): T {
    return this.#attempt(() => {
      // The system keeps writing to a file that was deleted or replaced, as if it would last.
      if (statSync(this.#path, { throwIfNoEntry: false })?.ino !== this.#inode) {
        throw new StoreError('failed', 'the database file is no longer in its place');
      }
      let isDone = false;
      try {
        const result = inTransaction(this.#database, () => {
          this.#note.count();
          return work();
        });
        isDone = true;
        this.#note.keep();
        return result;
      } finally {
        if (!isDone) this.#segments.forgetTails();
      }
    });
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof StoreError) throw error;
      if (isDamage(error)) {
        const place = error instanceof SqliteProblem ? error.message : 'pages do not fit together';
        const message = `${this.#path}, a server's database, is damaged: ${place}`;
        throw new StoreError('damaged', message, { cause: error });
      }
      if (error instanceof SqliteProblem) {
        throw new StoreError('failed', error.message, { cause: error });
      }
      throw problemOf(error) === 'full'
        ? new StoreError('full', 'the disk is full', { cause: error })
        : new StoreError('failed', codeOf(error), { cause: error });
    }
  }
}
