// Takes what was deleted out of the file for good. SQLite overwrites deleted rows with zeros; but the index of words only
// marks them until its parts are merged, the write-ahead log has the pages as they were, and copies from before a migration
// have everything. What is still to be done is in the file itself (`chores`), so that a killed program does it later.
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { emptyWriteAheadLog, inTransaction } from '../../../sqlite/database.ts';
import type { Database } from '../../../sqlite/engine.ts';

/** From the first deletion on: others come soon. */
const waitMs = 2_000;
/** Pages of the index that are merged at once: some milliseconds. */
const stepPages = 256;
/** The most time at the end of the program. The rest is done at the next start. */
const lastMs = 2_000;

export class Purge {
  readonly #path: string;
  readonly #database: Database;
  readonly #isDue;
  #timer: NodeJS.Timeout | undefined;
  #hasBegun = false;

  constructor(path: string, database: Database) {
    this.#path = path;
    this.#database = database;
    this.#isDue = database.prepare("SELECT 1 FROM chores WHERE name = 'purge'");
    this.look();
  }

  /** Something may have been deleted. */
  look(): void {
    if (this.#timer === undefined && this.#isDue.get() !== undefined) this.#later(waitMs);
  }

  /** Does what is left, as far as there is time. Nothing is done after it. */
  close(): void {
    clearTimeout(this.#timer);
    if (this.#isDue.get() === undefined) return;
    const end = performance.now() + lastMs;
    while (!this.#tried() && performance.now() < end);
  }

  #later(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#tried()) this.#later(0);
    }, ms);
    this.#timer.unref();
  }

  /** Returns whether there is nothing more to do now. */
  #tried(): boolean {
    try {
      return this.#step();
    } catch {
      // The disk may be full: the chore is still there, and the next deletion or start tries again.
      return true;
    }
  }

  /** Returns whether all is done. */
  #step(): boolean {
    const before = this.#totalChanges();
    // A negative number begins to merge everything, a positive one goes on with it.
    const pages = this.#hasBegun ? stepPages : -stepPages;
    this.#hasBegun = true;
    this.#database.exec(
      `INSERT INTO message_index (message_index, rank) VALUES ('merge', ${pages})`,
    );
    if (this.#totalChanges() - before >= 2) return false;
    this.#hasBegun = false;
    this.#removeCopies();
    inTransaction(this.#database, () =>
      this.#database.exec("DELETE FROM chores WHERE name = 'purge'"),
    );
    emptyWriteAheadLog(this.#database);
    return true;
  }

  #totalChanges(): number {
    const row = this.#database.prepare('SELECT total_changes() AS changes').get();
    return Number((row as { readonly changes: number | bigint }).changes);
  }

  /** Of before a migration, and of a store that was merged into this one. */
  #removeCopies(): void {
    const name = basename(this.#path);
    for (const other of readdirSync(dirname(this.#path))) {
      const isCopy = other.startsWith(`${name}.before-`) || other === `${name}.merged`;
      if (isCopy) rmSync(join(dirname(this.#path), other), { force: true });
    }
  }
}
