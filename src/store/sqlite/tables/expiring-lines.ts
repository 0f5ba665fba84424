// Which messages are erased when the age clock says so. A row that is not as it was written erases nothing: nobody knows
// which message it named.
import type { LogId } from '../../../hub/records.ts';
import type { ExpiredLine } from '../../../hub/store-port.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import { isWhole, type RowValues } from './sealed-rows.ts';

/** One call takes out at most this many: each is a segment that is read and written anew. */
const expiredLimit = 100;

export class ExpiringLines {
  readonly #due;
  readonly #remove;

  constructor(database: Database) {
    this.#due = database.prepare('SELECT * FROM expiring WHERE ends <= ? ORDER BY ends LIMIT ?');
    this.#remove = database.prepare('DELETE FROM expiring WHERE log = ? AND seq = ?');
  }

  /** Takes out those whose time is over, inside the caller's transaction. Call again while `more`. */
  take(now: number): { readonly expired: readonly ExpiredLine[]; readonly more: boolean } {
    const due = this.#due.all(now, expiredLimit);
    const expired = due
      .filter((values) => isWhole('expiring', values as RowValues))
      .map((values) => {
        const row = new Row('expiring', values);
        return { log: row.integer('log') as LogId, seq: row.integer('seq') };
      });
    for (const { log, seq } of expired) this.#remove.run(log, seq);
    return { expired, more: due.length === expiredLimit && expired.length > 0 };
  }
}
