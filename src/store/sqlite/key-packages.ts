// Key packages that devices left for people who write to them while they are offline. Each is given out once. Only the
// last resort is given out repeatedly.

import type { AccountId } from '../../hub/records.ts';
import type { Database } from '../../sqlite/engine.ts';
import { Row } from '../../sqlite/rows.ts';

export class KeyTable {
  readonly #add;
  readonly #setLastResort;
  readonly #oldest;
  readonly #remove;
  readonly #lastResort;
  readonly #count;
  readonly #clear;
  readonly #clearLastResort;

  constructor(database: Database) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#add = prepare('INSERT INTO key_packages (account, package) VALUES (?, ?)');
    this.#setLastResort = prepare('INSERT OR REPLACE INTO last_resorts VALUES (?, ?)');
    this.#oldest = prepare(
      'SELECT id, package FROM key_packages WHERE account = ? ORDER BY id LIMIT 1',
    );
    this.#remove = prepare('DELETE FROM key_packages WHERE id = ?');
    this.#lastResort = prepare('SELECT package FROM last_resorts WHERE account = ?');
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
    for (const keyPackage of packages) this.#add.run(account, keyPackage);
    if (lastResort !== undefined) this.#setLastResort.run(account, lastResort);
    return this.count(account);
  }

  /** As Store.takeKey, inside the caller's transaction. */
  take(account: AccountId): { readonly package: string; readonly stock: number } | undefined {
    const oldest = this.#oldest.get(account);
    if (oldest !== undefined) {
      const row = new Row('key_packages', oldest);
      this.#remove.run(row.integer('id'));
      return { package: row.text('package'), stock: this.count(account) };
    }
    const lastResort = this.#lastResort.get(account);
    if (lastResort === undefined) return undefined;
    return { package: new Row('last_resorts', lastResort).text('package'), stock: 0 };
  }

  /** As Store.countKeys. */
  count(account: AccountId): number {
    return new Row('key_packages', this.#count.get(account)).integer('stock');
  }
}
