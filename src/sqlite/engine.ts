// SQLite itself: the one built into Node if there is one, otherwise the package with the same interface. Owns how it is
// loaded and what its errors mean. Rows are unknown until they are decoded (rows.ts).

import { systemProblem, type ProblemCode } from './problem.ts';

/** What SQLite accepts and returns. */
export type SqlValue = number | string | Uint8Array | null;

/** A pure function of one value. */
export type SqlFunction = (value: SqlValue) => SqlValue;

export interface Statement {
  run(...values: readonly SqlValue[]): { readonly changes: number | bigint };
  get(...values: readonly SqlValue[]): unknown;
  all(...values: readonly SqlValue[]): unknown[];
  iterate(...values: readonly SqlValue[]): IterableIterator<unknown>;
}

export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  /** Makes a function available to SQL under that name. */
  function(name: string, options: { readonly deterministic: true }, made: SqlFunction): void;
  close(): void;
  readonly isTransaction: boolean;
}

export interface ConnectionOptions {
  readonly readOnly?: boolean;
  /** How long to wait for a lock of another connection, in milliseconds. */
  readonly timeout: number;
}

/** Opens a connection to the file at `path`, and makes the file if it is missing. Throws errors for `problemOf`. */
export type Engine = (path: string, options: ConnectionOptions) => Database;

let engine: Promise<Engine> | undefined;

/** The engine of this process. */
export function loadEngine(): Promise<Engine> {
  engine ??= load();
  return engine;
}

type Connect = new (path: string, options: object) => Database;

/** Node has SQLite from 22 on, but all of this interface only from 24 on. */
const firstNodeWithSqlite = 24;

async function load(): Promise<Engine> {
  const builtIn = Number(process.versions.node.split('.')[0]) >= firstNodeWithSqlite;
  // Not a literal: the compiler knows only the modules of the oldest Node that helo runs on.
  const name: string = builtIn ? 'node:sqlite' : '@photostructure/sqlite';
  const module = (await import(name)) as { readonly DatabaseSync: Connect };
  return (path, options) =>
    new module.DatabaseSync(path, { ...options, enableForeignKeyConstraints: false });
}

/** The primary result codes of SQLite that helo distinguishes. */
const meanings: Readonly<Record<number, ProblemCode>> = {
  5: 'busy', // SQLITE_BUSY
  11: 'damaged', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  19: 'damaged', // SQLITE_CONSTRAINT: rows that helo writes never violate one
  26: 'foreign', // SQLITE_NOTADB
};

/** Error numbers of the system, on Linux and macOS: no space, quota exceeded, file too large. */
const noRoom = new Set([28, 122, 69, 27]);

/** What an error of the engine means. */
export function problemOf(error: unknown): ProblemCode {
  const { errcode, systemErrno } = (error instanceof Error ? error : {}) as {
    readonly errcode?: unknown;
    readonly systemErrno?: unknown;
  };
  if (typeof systemErrno === 'number' && noRoom.has(systemErrno)) return 'full';
  // The upper bits are details that are not needed here.
  return (typeof errcode === 'number' ? meanings[errcode & 0xff] : undefined) ?? 'failed';
}

/** Whether SQLite does not understand a statement. Those of helo are fixed: the tables are not those that it made. */
export function isForOtherTables(error: unknown): boolean {
  const errcode = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof errcode === 'number' && (errcode & 0xff) === 1;
}

/** SQLite's code, for the log. Its texts could contain file names. */
export function codeOf(error: unknown): string {
  const errcode = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof errcode === 'number' ? `SQLite error ${errcode}` : systemProblem(error);
}
