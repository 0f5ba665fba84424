// The entries of the directory, in order and without a gap: a list that lacks one would have another hash, and clients
// would take the server for a liar.

import type { DirectoryRecord } from '../../../hub/records.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import type { DirectoryWord } from '../../../wire/statements/directory.ts';
import { isWhole, SealedRows, type RowValues } from './sealed-rows.ts';

export class DirectoryTable {
  readonly #select;

  constructor(database: Database) {
    this.#select = database.prepare('SELECT * FROM directory WHERE n >= ? ORDER BY n LIMIT ?');
  }

  /** As Store.readDirectory. */
  from(from: number, limit: number): readonly DirectoryRecord[] {
    const entries: DirectoryRecord[] = [];
    for (const values of this.#select.all(from, limit)) {
      const row = new Row('directory', values);
      const n = row.integer('n');
      if (n !== from + entries.length || !isWhole('directory', values as RowValues)) break;
      entries.push({ n, name: row.text('name'), what: row.text('what') });
    }
    return entries;
  }
}

/** How many entries there are. */
export function directorySize(database: Database): number {
  const values = database.prepare('SELECT coalesce(max(n) + 1, 0) AS size FROM directory').get();
  return new Row('directory', values).integer('size');
}

/**
 * Enters that the server was put back to an older state, and has been in `run` since. It cannot wait for devices that say
 * so: one that knows no later run than the backup has may have seen more entries. Must be called in a transaction.
 */
export function enterPutBack(database: Database, run: number): void {
  const what: DirectoryWord = 'put-back';
  new SealedRows(database).put('directory', directorySize(database), String(run), what);
}
