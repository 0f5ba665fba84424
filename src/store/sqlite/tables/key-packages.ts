// Key packages that devices left for people who write to them while they are offline. Each is given out once. Only the
// last resort is given out repeatedly.

import type { AccountId } from '../../../hub/records.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import { isWhole, SealedRows, type RowValues } from './sealed-rows.ts';

export class KeyTable {
  readonly #rows: SealedRows;
  readonly #lastId;
  readonly #oldest;
  readonly #remove;
  readonly #lastResort;
  readonly #count;
  readonly #clear;
  readonly #clearLastResort;

  constructor(database: Database) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#rows = new SealedRows(database);
    this.#lastId = prepare('SELECT coalesce(max(id), 0) AS id FROM key_packages');
    this.#oldest = prepare('SELECT * FROM key_packages WHERE account = ? ORDER BY id LIMIT 1');
    this.#remove = prepare('DELETE FROM key_packages WHERE id = ?');
    this.#lastResort = prepare('SELECT * FROM last_resorts WHERE account = ?');
    this.#count = prepare('SELECT count(*) AS stock FROM key_packages WHERE account = ?');
    this.#clear = prepare('DELETE FROM key_packages WHERE account = ?');
    this.#clearLastResort = prepare('DELETE FROM last_resorts WHERE account = ?');
  }

  /** As Store.stockKeys, inside the caller's transaction. */
  stock(
    account: AccountId,
    packages: readonly string[],
    lastResort: string | undefined,
    replace: boolean,
  ): number {
    if (replace) {
      this.#clear.run(account);
      this.#clearLastResort.run(account);
    }
    let id = new Row('key_packages', this.#lastId.get()).integer('id');
    for (const keyPackage of packages) {
      this.#rows.put('key_packages', ++id, account, keyPackage);
    }
    if (lastResort !== undefined) this.#rows.put('last_resorts', account, lastResort);
    return this.count(account);
  }

  /** As Store.takeKey, inside the caller's transaction. */
  take(account: AccountId): { readonly package: string; readonly stock: number } | undefined {
    // A damaged one is deleted.
    for (let oldest = this.#oldest.get(account); oldest !== undefined;) {
      const row = new Row('key_packages', oldest);
      this.#remove.run(row.integer('id'));
      if (isWhole('key_packages', oldest as RowValues)) {
        return { package: row.text('package'), stock: this.count(account) };
      }
      oldest = this.#oldest.get(account);
    }
    const lastResort = this.#lastResort.get(account);
    if (lastResort === undefined || !isWhole('last_resorts', lastResort as RowValues)) {
      return undefined;
    }
    return { package: new Row('last_resorts', lastResort).text('package'), stock: 0 };
  }

  /** As Store.countKeys. */
  count(account: AccountId): number {
    return new Row('key_packages', this.#count.get(account)).integer('stock');
  }
}
