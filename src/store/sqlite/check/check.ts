// Looks for damage in a database, through its own connection, while others use it. Compares pages with each other, rows
// with their allowed values, segments with their checksums and with the segments after them. It compares within one
// state: later messages and deletions are no damage.

import type { LogId } from '../../../hub/records.ts';
import type { StoreDamage, StoreCheck } from '../../../hub/store-port.ts';
import { codeOf, type Database } from '../../../sqlite/engine.ts';
import { inOneState } from '../../../sqlite/database.ts';
import { SqliteProblem } from '../../../sqlite/problem.ts';
import { Row } from '../../../sqlite/rows.ts';
import { loadRecords } from '../load.ts';
import { isWhole, rowInWords, type RowValues } from '../tables/sealed-rows.ts';
import { UsageTally } from '../usage.ts';
import { LogReader, isDamage } from '../log-reader.ts';

/** At most this many places are reported. */
const maxDamages = 100;

const page = { maxMessages: 10_000, maxBytes: 4 * 1024 * 1024 };

/** The check at the start of a server: the newest segments of each log, for at most this long, in milliseconds. */
const quickMs = 500;

/** Checks all of `database`, or, with `isQuick`, the small tables and what was written last. */
export function checkDatabase(database: Database, isQuick: boolean): StoreCheck {
  const check = new Check(database);
  if (!isQuick) {
    check.pages();
    check.rowsReadAlone();
  }
  check.records();
  check.logs(isQuick);
  return check.report(isQuick);
}

/** Tables that are not read at the start. */
const readAlone = [
  'key_packages',
  'last_resorts',
  'group_lines',
  'group_infos',
  'tree_parts',
] as const;

class Check {
  readonly #database: Database;
  readonly #damages: StoreDamage[] = [];
  readonly #usage = new UsageTally();
  #messages = 0;
  #bytes = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  report(isQuick: boolean): StoreCheck {
    const usage = isQuick ? undefined : this.#usage.report();
    return { damages: this.#damages, messages: this.#messages, bytes: this.#bytes, usage };
  }

  pages(): void {
    this.#attempt('pages', () => {
      const found = this.#database.prepare(`PRAGMA integrity_check(${maxDamages})`).all();
      for (const values of found) {
        const what = new Row('integrity_check', values).text('integrity_check');
        if (what !== 'ok') this.#add({ table: 'pages', what });
      }
    });
  }

  records(): void {
    this.#attempt('records', () =>
      inOneState(this.#database, () =>
        this.#usage.addFiles(loadRecords(this.#database, (damage) => this.#add(damage))),
      ),
    );
  }

  /** Rows that are read when they are asked for. */
  rowsReadAlone(): void {
    for (const table of readAlone) {
      this.#attempt(table, () => {
        for (const values of this.#database.prepare(`SELECT * FROM ${table}`).iterate()) {
          const row = values as RowValues;
          if (!isWhole(table, row)) this.#add({ table, what: rowInWords(row) });
        }
      });
    }
  }

  logs(isQuick: boolean): void {
    this.#attempt('logs', () => {
      const reader = new LogReader(this.#database);
      const endsAt = performance.now() + quickMs;
      for (const values of this.#database.prepare('SELECT log, name FROM logs').all()) {
        const row = new Row('logs', values);
        const [log, name] = [row.integer('log') as LogId, row.text('name')];
        this.#attempt(name, () => this.#log(reader, log, name, isQuick));
        if (isQuick && performance.now() > endsAt) return;
      }
    });
  }

  #log(reader: LogReader, log: LogId, name: string, isQuick: boolean): void {
    const from = isQuick ? 'end' : 'start';
    for (let after = 0; ;) {
      const before = Number.MAX_SAFE_INTEGER;
      // One page at a time: while a state is read, the write-ahead log only grows.
      const segments = inOneState(this.#database, () =>
        reader.read({ log, after, before, from, ...page }),
      );
      let [messages, size] = [0, 0];
      for (const { first, count, bytes, isDamaged } of segments) {
        const last = first + count - 1;
        if (isDamaged === true) {
          const what = 'messages that cannot be read any more';
          this.#add({ table: 'segments', what, log, name, first, last });
        } else {
          messages += count;
          size += bytes.byteLength;
          if (!isQuick) this.#usage.add(name, bytes);
        }
      }
      this.#messages += messages;
      this.#bytes += size;
      const last = segments.at(-1);
      // After a page that is not full there are only messages that arrive now, without end while people write.
      const isFull = messages >= page.maxMessages || size >= page.maxBytes;
      if (last === undefined || isQuick || !isFull) return;
      after = last.first + last.count - 1;
    }
  }

  #attempt(table: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      const what =
        error instanceof SqliteProblem ? error.message : `cannot be read (${codeOf(error)})`;
      this.#add({ table, what });
    }
  }

  #add(damage: StoreDamage): void {
    if (this.#damages.length < maxDamages) this.#damages.push(damage);
  }
}

/** The first finding, in words. */
export function damageInWords({ damages }: StoreCheck): string {
  const [first, ...others] = damages;
  if (first === undefined) return 'nothing is damaged';
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  return `${placeInWords(first)}: ${first.what}${more}`;
}

function placeInWords({ table, name, first, last }: StoreDamage): string {
  return name === undefined ? table : `${name}, ${first} to ${last}`;
}
