// Copies the intact parts of a damaged database to a new file: readable rows, and segments that are as they were
// written. What is missing in a log becomes a gap, as after a failure of the disk.

import { createNew } from '../../../sqlite/create.ts';
import { inOneState, inTransaction } from '../../../sqlite/database.ts';
import { loadEngine, type Database } from '../../../sqlite/engine.ts';
import type { LogId } from '../../../hub/records.ts';
import { Row } from '../../../sqlite/rows.ts';
import {
  isNamed,
  isWhole,
  locked,
  putSealed,
  sealedTables,
  SealedRows,
  type SealedTable,
  type RowValues,
} from '../tables/sealed-rows.ts';
import { LogReader, isDamage } from '../log-reader.ts';
import { schema } from '../schema.ts';
import { SegmentTable } from '../segments.ts';

const page = { from: 'start', maxMessages: 10_000, maxBytes: 4 * 1024 * 1024 } as const;

/** Writes the intact part of `damaged` to a new file at `path`. */
export async function salvage(damaged: Database, path: string): Promise<void> {
  createNew(path);
  const copy = (await loadEngine())(path, { timeout: 0 });
  try {
    copy.exec('PRAGMA journal_mode = MEMORY');
    inTransaction(copy, () => {
      for (const migration of schema.migrations) copy.exec(migration);
      copy.exec(`PRAGMA user_version = ${schema.migrations.length}`);
      copy.exec(`PRAGMA application_id = ${schema.applicationId}`);
      inOneState(damaged, () => {
        for (const table of sealedTables) copyRows(damaged, copy, table);
        copyLogs(damaged, copy);
        keepNumbers(copy);
      });
    });
  } finally {
    copy.close();
  }
}

function copyRows(from: Database, to: Database, table: SealedTable): void {
  try {
    for (const found of from.prepare(`SELECT * FROM ${table}`).iterate()) {
      const values = found as RowValues;
      if (isWhole(table, values)) putSealed(to, table, values);
      // Its name stays taken, and nobody logs in before a reset.
      else if (table === 'accounts' && isNamed(values)) putSealed(to, table, locked(values));
    }
  } catch (error) {
    // Continues as far as rows can be read.
    if (!isDamage(error)) throw error;
  }
}

/** A number that is in use is not given out again, also where its counter is lost. */
function keepNumbers(copy: Database): void {
  const rows = new SealedRows(copy);
  for (const [name, table] of [
    ['account', 'accounts'],
    ['log', 'logs'],
  ] as const) {
    const found = copy.prepare(`SELECT max(${name}) AS last FROM ${table}`).get();
    rows.raise(name, new Row(table, found).optionalInteger('last') ?? 0);
  }
}

function copyLogs(from: Database, to: Database): void {
  const reader = new LogReader(from);
  const segments = new SegmentTable(to);
  for (const values of to.prepare('SELECT log FROM logs').all()) {
    const log = new Row('logs', values).integer('log') as LogId;
    for (let after = 0; ;) {
      const found = reader.read({ log, after, before: Number.MAX_SAFE_INTEGER, ...page });
      for (const segment of found) if (segment.isDamaged !== true) segments.append(segment);
      const last = found.at(-1);
      if (last === undefined) break;
      after = last.first + last.count - 1;
    }
  }
}
