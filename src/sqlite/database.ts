// Opens the SQLite files of helo: for their owner only, with the settings under which a commit survives a power cut,
// and migrated to the schema of this program by numbered migrations. Does not know what the tables mean.

import { statSync } from 'node:fs';
import { copyDatabase } from './copy.ts';
import { createMissing, flushFolderOf } from './create.ts';
import { codeOf, loadEngine, problemOf, type Database, type SqlFunction } from './engine.ts';
import { SqliteProblem } from './problem.ts';
import { Row } from './rows.ts';

export interface DatabaseSchema {
  /** Marks the file as helo's own (`PRAGMA application_id`). */
  readonly applicationId: number;
  /** How errors call it. */
  readonly title: string;
  /**
   * The first makes version 1 of an empty file, the next makes version 2 of that, and so on. Only appended to, never
   * changed.
   */
  readonly migrations: readonly string[];
  /** Functions for its triggers and migrations, by name. */
  readonly functions?: Readonly<Record<string, SqlFunction>>;
}

export interface OpenOptions {
  /** Overwrites deleted data with zeros. The write-ahead log may still have it: see `emptyWriteAheadLog`. */
  readonly overwriteDeleted?: boolean;
  /** The maximum size of the file. Undefined for no limit but the disk's. */
  readonly maxBytes?: number | undefined;
}

const pageBytes = 4096;

/** How long a statement waits for a lock of another connection, in milliseconds. */
const lockTimeoutMs = 5_000;

/** How much of a file each connection caches, in KiB. Set here, so that it does not depend on the engine. */
const cacheKiB = 2000;

/**
 * Opens the file at `path`, and makes it if it is missing. An older one is copied to `path.before-N` and migrated to
 * version N. Rejects with a SqliteProblem.
 */
export async function openDatabase(
  path: string,
  schema: DatabaseSchema,
  { overwriteDeleted = false, maxBytes }: OpenOptions = {},
): Promise<Database> {
  let database: Database | undefined;
  try {
    const connect = await loadEngine();
    createMissing(path);
    const opened = connect(path, { timeout: lockTimeoutMs });
    database = opened;
    const version = checkedVersion(database, path, schema);
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ${overwriteDeleted ? 'ON' : 'OFF'};
      PRAGMA cache_size = ${-cacheKiB};
      PRAGMA journal_size_limit = ${64 * 1024 * 1024};
    `);
    if (maxBytes !== undefined) {
      database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageBytes))}`);
    }
    for (const [name, made] of Object.entries(schema.functions ?? {})) {
      database.function(name, { deterministic: true }, made);
    }
    await migrate(database, path, schema, version);
    // A program that was killed has left it, perhaps with what had been erased since.
    quietly(() => emptyWriteAheadLog(opened));
    await flushFolderOf(path);
    return database;
  } catch (error) {
    database?.close();
    throw asProblem(error, path, schema);
  }
}

/**
 * Closes what `openDatabase` opened, after writing all of it into the file itself. (With the package, the side files
 * remain until its prepared statements are garbage collected. After this they hold nothing.)
 */
export function closeDatabase(database: Database): void {
  quietly(() => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  database.close();
}

/**
 * Writes all of the write-ahead log into the file and cuts it to nothing: it holds what was deleted, as it was before.
 * Waits for nobody. Returns false where another connection is using it: then it is as it was, or partly written.
 */
export function emptyWriteAheadLog(database: Database): boolean {
  database.exec('PRAGMA busy_timeout = 0');
  try {
    const row = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
    return new Row('wal_checkpoint', row).integer('busy') === 0;
  } finally {
    database.exec(`PRAGMA busy_timeout = ${lockTimeoutMs}`);
  }
}

/** For the write-ahead log: what is committed and not in the file yet is read from there. */
function quietly(work: () => unknown): void {
  try {
    work();
  } catch {
    // The next one may work.
  }
}

/** Opens a finished file, for instance a backup, for reading. Rejects with a SqliteProblem. */
export async function openToRead(
  path: string,
  schema: DatabaseSchema,
): Promise<{ readonly database: Database; readonly version: number }> {
  let database: Database | undefined;
  try {
    statSync(path);
    database = (await loadEngine())(path, { timeout: lockTimeoutMs, readOnly: true });
    const version = checkedVersion(database, path, schema);
    if (version === 0) throw foreign(path, schema);
    return { database, version };
  } catch (error) {
    database?.close();
    throw asProblem(error, path, schema);
  }
}

/** Checks every page and index of an open file against each other. Throws a SqliteProblem. */
export function checkIntegrity(database: Database, path: string, schema: DatabaseSchema): void {
  const row = new Row('integrity_check', database.prepare('PRAGMA integrity_check(1)').get());
  if (row.text('integrity_check') === 'ok') return;
  throw damagedFile(path, schema);
}

/** The number that `pragma` reads from the file. */
export function pragmaNumber(database: Database, pragma: string): number {
  return new Row(pragma, database.prepare(`PRAGMA ${pragma}`).get()).integer(pragma);
}

/** Runs `work` in a transaction: all of it takes effect, or nothing if it throws. */
export function inTransaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // Some errors end the transaction themselves (a full disk).
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Lets several statements read the same state while other connections write. */
export function inOneState<T>(database: Database, work: () => T): T {
  database.exec('BEGIN');
  try {
    return work();
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
}

function checkedVersion(database: Database, path: string, schema: DatabaseSchema): number {
  const version = pragmaNumber(database, 'user_version');
  const id = pragmaNumber(database, 'application_id');
  const tables = new Row(
    'sqlite_schema',
    database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get(),
  ).integer('tables');
  const isNew = version === 0 && id === 0 && tables === 0;
  if (!isNew && id !== schema.applicationId) throw foreign(path, schema);
  const known = schema.migrations.length;
  if (version <= known) return version;
  throw new SqliteProblem(
    'newer',
    `${path} was written by a newer helo: it is version ${version} of ${schema.title}, and this helo knows versions up to ${known}`,
    `Use a helo that knows version ${version}; nothing was changed.`,
  );
}

async function migrate(
  database: Database,
  path: string,
  schema: DatabaseSchema,
  from: number,
): Promise<void> {
  const to = schema.migrations.length;
  if (from === to) return;
  if (from > 0) await copyDatabase(database, `${path}.before-${to}`, 'replace');
  for (const [index, migration] of schema.migrations.entries()) {
    if (index < from) continue;
    inTransaction(database, () => {
      database.exec(migration);
      database.exec(`PRAGMA user_version = ${index + 1}`);
      database.exec(`PRAGMA application_id = ${schema.applicationId}`);
    });
  }
}

/** The SqliteProblem for an error with the file at `path`. */
export function asProblem(error: unknown, path: string, schema: DatabaseSchema): SqliteProblem {
  if (error instanceof SqliteProblem) return error;
  const code = problemOf(error);
  if (code === 'foreign') return foreign(path, schema);
  if (code === 'damaged') return damagedFile(path, schema);
  return new SqliteProblem(
    code,
    `${path} cannot be opened: ${code === 'full' ? 'the disk is full' : codeOf(error)}`,
    undefined,
    { cause: error },
  );
}

function foreign(path: string, schema: DatabaseSchema): SqliteProblem {
  return new SqliteProblem(
    'foreign',
    `${path} is not ${schema.title}`,
    'Move it away, or name another data directory.',
  );
}

/** The SqliteProblem of a file whose content is not what was written. */
export function damagedFile(path: string, schema: DatabaseSchema): SqliteProblem {
  return new SqliteProblem(
    'damaged',
    `${path}, ${schema.title}, is damaged`,
    'Keep a copy of it, and restore a backup.',
  );
}
