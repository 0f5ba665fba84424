// The rows of the small tables: each is written with a checksum of its values, which is verified when it is read. SQLite
// only checks the form of pages, so it does not notice a byte that the disk has changed inside a name or a key. Every
// write to these tables goes through this file.

import type { Database, SqlValue, Statement } from '../../../sqlite/engine.ts';
import { SqliteProblem } from '../../../sqlite/problem.ts';
import { Row } from '../../../sqlite/rows.ts';
import { lastOfLog } from '../last-of-log.ts';
import { rowChecksumOf } from '../seal.ts';

export const sealedTables = [
  'accounts',
  'devices',
  'device_starts',
  'account_links',
  'chat_groups',
  'members',
  'bans',
  'address_bans',
  'logs',
  'cursors',
  'streams',
  'invited',
  'blocks',
  'invites',
  'quotas',
  'counters',
  'log_ends',
  'runs',
  'log_marks',
  'key_packages',
  'last_resorts',
  'sealed_groups',
  'sealed_leaves',
  'rosters',
  'group_lines',
  'group_infos',
  'tree_parts',
  'kept_files',
  'directory',
  'expiring',
  'group_rules',
] as const;

export type SealedTable = (typeof sealedTables)[number];

export type RowValues = Readonly<Record<string, SqlValue>>;

/** Counters whose presence is all that they say. */
const marks: ReadonlySet<SqlValue | undefined> = new Set(['restored', 'unsealed', 'probe']);

/** For a row that was damaged before it was changed. No row has this checksum. */
const neverRight = -1;

/** Whether a row, with all its columns, is as it was written. A file of an older helo has no checksums to tell. */
export function isWhole(table: SealedTable, values: RowValues): boolean {
  if (!('checksum' in values)) return true;
  if (table === 'counters' && marks.has(values['name'])) return true;
  return values['checksum'] === rowChecksumOf(table, sealedIn(values));
}

/** Whether the number and the name in a row of `accounts` are as they were written. */
export function isNamed(values: RowValues): boolean {
  return values['name_checksum'] === nameChecksum(values);
}

/** A damaged row in words: its first two values, as they are now. */
export function rowInWords(values: RowValues): string {
  const [first, second] = Object.values(values);
  return `a row (${String(first)} ${String(second)}) is not as it was written`.replaceAll(
    /[^ -~]/g,
    '?',
  );
}

/** The row of an account without its key, as after a reset: nobody logs in without a code from the operator. */
export function locked(values: RowValues): RowValues {
  return { ...values, device: null };
}

/** Computes the checksums of rows without one. Must be called in a transaction. */
export function sealNew(database: Database, table: SealedTable): void {
  const found = database.prepare(`SELECT * FROM ${table} WHERE checksum IS NULL`).all();
  for (const values of found) putSealed(database, table, values as RowValues);
}

/** Computes the checksums of all rows that an older helo has written. Must be called in a transaction. */
export function sealAll(database: Database): void {
  const unsealed = "FROM counters WHERE name = 'unsealed'";
  if (database.prepare(`SELECT 1 ${unsealed}`).get() === undefined) return;
  for (const table of sealedTables) sealNew(database, table);
  database.exec(`DELETE ${unsealed}`);
}

/** Writes a row with all its columns and a new checksum. */
export function putSealed(database: Database, table: SealedTable, values: RowValues): void {
  const names = Object.keys(values);
  const sealed: RowValues = {
    ...values,
    ...('name_checksum' in values && { name_checksum: nameChecksum(values) }),
    checksum: rowChecksumOf(table, sealedIn(values)),
  };
  database
    .prepare(
      `INSERT OR REPLACE INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`,
    )
    .run(...names.map((name) => sealed[name] ?? null));
}

/** A number in `counters`; undefined if there is none. Throws a SqliteProblem if it is damaged. */
export function counterIn(database: Database, name: string): number | undefined {
  const values = database.prepare('SELECT * FROM counters WHERE name = ?').get(name);
  if (values === undefined) return undefined;
  if (isWhole('counters', values as RowValues)) return new Row('counters', values).integer('value');
  throw new SqliteProblem('damaged', `counters: ${rowInWords(values as RowValues)}`);
}

/** Writes rows with statements that are prepared once each. */
export class SealedRows {
  readonly #database: Database;
  readonly #puts = new Map<SealedTable, Statement>();
  readonly #raise;
  readonly #log;
  readonly #ended;
  readonly #putLog;

  constructor(database: Database) {
    this.#database = database;
    this.#raise = database.prepare(
      `INSERT INTO counters VALUES (?, ?, ?) ON CONFLICT (name)
       DO UPDATE SET value = excluded.value, checksum = excluded.checksum
       WHERE excluded.value > value`,
    );
    this.#putLog = database.prepare('INSERT OR REPLACE INTO logs VALUES (?, ?, ?, ?, ?)');
    this.#log = database.prepare('SELECT * FROM logs WHERE log = ?');
    this.#ended = database.prepare(`SELECT ${lastOfLog} AS ended FROM logs WHERE log = ?`);
  }

  /** Writes a row, and replaces the one with the same key. */
  put(table: SealedTable, ...values: readonly SqlValue[]): void {
    const sums = [rowChecksumOf(table, values)];
    if (table === 'accounts') sums.unshift(rowChecksumOf('names', values.slice(0, 2)));
    let put = this.#puts.get(table);
    if (put === undefined) {
      const places = [...values, ...sums].map(() => '?').join();
      put = this.#database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (${places})`);
      this.#puts.set(table, put);
    }
    put.run(...values, ...sums);
  }

  /** Sets a counter that only grows. */
  raise(name: 'account' | 'log', value: number): void {
    this.#raise.run(name, value, rowChecksumOf('counters', [name, value]));
  }

  /** Sets the end of a log to at least `last`, and its beginning to at least `first`. With `name`, a missing log is added. */
  raiseLog(log: number, first: number, last = 0, name?: string): void {
    const found = this.#log.get(log) as RowValues | undefined;
    if (found === undefined) {
      if (name !== undefined) this.put('logs', log, name, last, first);
      return;
    }
    const row = new Row('logs', found);
    const ended = new Row('logs', this.#ended.get(log)).integer('ended');
    const next = [
      log,
      name ?? row.text('name'),
      Math.max(last, ended),
      Math.max(first, row.integer('first')),
    ];
    // A damaged row stays damaged: its old values would get a right checksum.
    const checksum = isWhole('logs', found) ? rowChecksumOf('logs', next) : neverRight;
    this.#putLog.run(...next, checksum);
  }
}

function sealedIn(values: RowValues): SqlValue[] {
  return Object.entries(values).flatMap(([name, value]) =>
    name === 'checksum' || name === 'name_checksum' ? [] : [value],
  );
}

function nameChecksum({ account = null, name = null }: RowValues): number {
  return rowChecksumOf('names', [account, name]);
}
