// Key packages that devices left for people who write to them while they are offline. Each is given out once. Only the
// last resort is given out repeatedly.

import type { AccountId } from '../../../hub/records.ts';
import type { TakenKey } from '../../../hub/store-port.ts';
import type { Database } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import { isWhole, SealedRows, type RowValues } from './sealed-rows.ts';

const owned = 'account = ? AND device = ?';

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
    this.#oldest = prepare(`SELECT * FROM key_packages WHERE ${owned} ORDER BY id LIMIT 1`);
    this.#remove = prepare('DELETE FROM key_packages WHERE id = ?');
    this.#lastResort = prepare(`SELECT * FROM last_resorts WHERE ${owned}`);
    this.#count = prepare(`SELECT count(*) AS stock FROM key_packages WHERE ${owned}`);
    this.#clear = prepare(`DELETE FROM key_packages WHERE ${owned}`);
    this.#clearLastResort = prepare(`DELETE FROM last_resorts WHERE ${owned}`);
  }

  /** As Store.stockKeys, inside the caller's transaction. */
  stock(
    account: AccountId,
    device: string,
    packages: readonly string[],
    lastResort: string | undefined,
    replace: boolean,
  ): number {
    if (replace) {
      this.#clear.run(account, device);
      this.#clearLastResort.run(account, device);
    }
    let id = new Row('key_packages', this.#lastId.get()).integer('id');
    for (const keyPackage of packages) {
      this.#rows.put('key_packages', ++id, account, device, keyPackage);
    }
    if (lastResort !== undefined) {
      this.#rows.put('last_resorts', account, device, lastResort);
    }
    return this.count(account, device);
  }

  /** As Store.takeKey, inside the caller's transaction. */
  take(account: AccountId, devices: readonly string[]): TakenKey | undefined {
    for (const device of devices) {
      const taken = this.#takeOf(account, device);
      if (taken !== undefined) return { device, ...taken };
    }
    return undefined;
  }

  #takeOf(account: AccountId, device: string): Omit<TakenKey, 'device'> | undefined {
    // A damaged one is deleted.
    for (let oldest = this.#oldest.get(account, device); oldest !== undefined;) {
      const row = new Row('key_packages', oldest);
      this.#remove.run(row.integer('id'));
      if (isWhole('key_packages', oldest as RowValues)) {
        return { package: row.text('package'), stock: this.count(account, device) };
      }
      oldest = this.#oldest.get(account, device);
    }
    const lastResort = this.#lastResort.get(account, device);
    if (lastResort === undefined || !isWhole('last_resorts', lastResort as RowValues)) {
      return undefined;
    }
    return { package: new Row('last_resorts', lastResort).text('package'), stock: 0 };
  }

  /** As Store.countKeys. */
  count(account: AccountId, device: string): number {
    return new Row('key_packages', this.#count.get(account, device)).integer('stock');
  }
}
