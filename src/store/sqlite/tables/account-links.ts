// The links of accounts' chains. The hub only knows how many there are; they are read for those who ask for them.

import type { AccountId } from '../../../hub/records.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import { isWhole, type RowValues } from './sealed-rows.ts';

export class LinkTable {
  readonly #select;

  constructor(database: Database) {
    this.#select = database.prepare('SELECT * FROM account_links WHERE account = ? ORDER BY n');
  }

  /** As Store.readLinks. Damaged ones are left out. */
  of(account: AccountId): readonly string[] {
    return this.#select
      .all(account)
      .filter((row) => isWhole('account_links', row as RowValues))
      .map((row) => new Row('account_links', row).text('link'));
  }
}
