// Opens the SQLite files of helo: for their owner only, with the settings under which a commit survives a power cut,
// and migrated to the schema of this program by numbered migrations. Does not know what the tables mean.

import { statSync } from 'node:fs';
import { copyDatabase } from './copy.ts';
import { createMissing, flushFolderOf } from './create.ts';
import { codeOf, loadEngine, problemOf, type Database, type SqlFunction } from './engine.ts';
import { SqliteProblem } from './problem.ts';
import { Row } from './rows.ts';

export interface DatabaseSchema {
  /** Says in the file's head whose it is (`PRAGMA application_id`). */
  readonly applicationId: number;
  /** What it is called in errors. */
  readonly title: string;
  /** The first makes version 1 of an empty file, the next version 2 of that, and so on. Never changed, only added to. */
  readonly migrations: readonly string[];
  /** Functions that its triggers and migrations use, by name. */
  readonly functions?: Readonly<Record<string, SqlFunction>>;
}

export interface OpenOptions {
  /** Write zeros over what is deleted, for files that hold keys. */
  readonly overwriteDeleted?: boolean;
  /** The file grows no longer than this; undefined for no bound but the disk's. */
  readonly maxBytes?: number | undefined;
}

const pageBytes = 4096;

/** What one connection keeps of a file's pages in memory, in KiB. Said here, so that it does not hang on the engine. */
const cacheKiB = 2000;

/**
 * Opens the file at `path`, and makes it where it is missing. An older one is copied to `path.before-N` and migrated
 * to version N. Rejects with a SqliteProblem.
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
    database = connect(path, { timeout: 5_000 });
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
    await flushFolderOf(path);
    return database;
  } catch (error) {
    database?.close();
    throw asProblem(error, path, schema);
  }
}

/**
 * Closes what `openDatabase` has opened, after writing all of it into the file itself. (With the package the side files
 * stay until its prepared statements are collected; after this there is nothing in them.)
 */
export function closeDatabase(database: Database): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // What is committed is in the write-ahead log, and is found there.
  }
  database.close();
}

/** Opens a finished file, a backup for instance, to be read. Rejects with a SqliteProblem. */
export async function openToRead(
  path: string,
  schema: DatabaseSchema,
): Promise<{ readonly database: Database; readonly version: number }> {
  let database: Database | undefined;
  try {
    statSync(path);
    database = (await loadEngine())(path, { timeout: 5_000, readOnly: true });
    const version = checkedVersion(database, path, schema);
    if (version === 0) throw foreign(path, schema);
    return { database, version };
  } catch (error) {
    database?.close();
    throw asProblem(error, path, schema);
  }
}

/** Holds every page and index of an open file against the others. Throws a SqliteProblem. */
export function checkIntegrity(database: Database, path: string, schema: DatabaseSchema): void {
  const row = new Row('integrity_check', database.prepare('PRAGMA integrity_check(1)').get());
  if (row.text('integrity_check') === 'ok') return;
  throw damaged(path, schema);
}

/** The number in the file that `pragma` names. */
export function pragmaNumber(database: Database, pragma: string): number {
  return new Row(pragma, database.prepare(`PRAGMA ${pragma}`).get()).integer(pragma);
}

/** Carries out `work` in a transaction: all of it, or none where it throws. */
export function inTransaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // Some errors end the transaction by themselves (a full disk).
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Reads by several statements what was there at one moment, while other connections write. */
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

/** An error at the file at `path`, in words. */
export function asProblem(error: unknown, path: string, schema: DatabaseSchema): SqliteProblem {
  if (error instanceof SqliteProblem) return error;
  const code = problemOf(error);
  if (code === 'foreign') return foreign(path, schema);
  if (code === 'damaged') return damaged(path, schema);
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

function damaged(path: string, schema: DatabaseSchema): SqliteProblem {
  return new SqliteProblem(
    'damaged',
    `${path}, ${schema.title}, is damaged`,
    'Keep a copy of it, and restore a backup.',
  );
}
