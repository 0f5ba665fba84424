// What is stored of sealed groups beside their messages: the lines of commits, which are kept longer than messages; the
// roster; GroupInfos and trees for those who enter. All of it is opaque here, and goes with its log. Rows have checksums.

import type { Change, GroupInfoRecord, GroupLineRecord, LogId } from '../../../hub/records.ts';
import type { GroupLines } from '../../../hub/store-port.ts';
import type { Database, Statement } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import type { RosterItem } from '../../../wire/extended/events.ts';
import { parseUsername } from '../../../wire/text.ts';
import { keptInfos, keptLinesMs } from '../../retention.ts';
import { asRosterItem, stateText, leavesText } from './group-rows.ts';
import { isWhole, SealedRows, type RowValues, type SealedTable } from './sealed-rows.ts';

/** So many lines are deleted by one call. */
const trimLimit = 200;

/** What goes with a log at once; its lines go little by little. */
const ofLog = ['sealed_groups', 'sealed_leaves', 'rosters', 'group_infos', 'tree_parts'] as const;

export class GroupTables {
  readonly #rows: SealedRows;
  readonly #log;
  readonly #lastInfo;
  readonly #dropInfos;
  readonly #trees;
  readonly #dropTree;
  readonly #lines;
  readonly #items;
  readonly #infos;
  readonly #parts;
  readonly #trimRemoved;
  readonly #trimOld;
  readonly #dropLines;
  readonly #removed: readonly Statement[];

  constructor(database: Database) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#rows = new SealedRows(database);
    this.#log = prepare('SELECT 1 FROM logs WHERE log = ?');
    this.#lastInfo = prepare('SELECT coalesce(max(n), 0) AS n FROM group_infos WHERE log = ?');
    this.#dropInfos = prepare('DELETE FROM group_infos WHERE log = ? AND n <= ?');
    this.#trees = prepare('SELECT DISTINCT tree FROM tree_parts WHERE log = ?');
    this.#dropTree = prepare('DELETE FROM tree_parts WHERE log = ? AND tree = ?');
    this.#lines = prepare(
      'SELECT * FROM group_lines WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?',
    );
    this.#items = prepare('SELECT * FROM rosters WHERE log = ? ORDER BY seq, place');
    this.#infos = prepare('SELECT * FROM group_infos WHERE log = ? ORDER BY n DESC');
    this.#parts = prepare('SELECT * FROM tree_parts WHERE log = ? AND tree = ? ORDER BY n');
    this.#trimRemoved = prepare(
      `DELETE FROM group_lines WHERE rowid IN (SELECT rowid FROM group_lines
         WHERE log IN (SELECT log FROM removed_logs) LIMIT ?)`,
    );
    this.#trimOld = prepare(
      `DELETE FROM group_lines WHERE rowid IN (SELECT rowid FROM group_lines
         WHERE said_at < ? ORDER BY said_at LIMIT ?)`,
    );
    this.#dropLines = prepare('DELETE FROM group_lines WHERE log = ?');
    this.#removed = ofLog.map((table) => prepare(`DELETE FROM ${table} WHERE log = ?`));
  }

  /** Carries out a change, inside the caller's transaction. Those of a log that is not there change nothing. */
  apply(change: Change): void {
    switch (change.type) {
      case 'sealed-group':
        this.#put('sealed_groups', change.sealed.log, stateText(change.sealed));
        return;
      case 'sealed-leaves':
        this.#put('sealed_leaves', change.log, leavesText(change.leaves));
        return;
      case 'group-line':
        this.#putLine(change.line);
        return;
      case 'group-info': {
        const { log, at, by, info } = change.info;
        const n = new Row('group_infos', this.#lastInfo.get(log)).integer('n') + 1;
        this.#put('group_infos', log, n, at, by, info);
        this.#dropInfos.run(log, n - keptInfos);
        return;
      }
      case 'tree-part': {
        const { log, tree, n, bytes } = change.part;
        this.#put('tree_parts', log, tree, n, bytes);
        return;
      }
      case 'trees-kept':
        for (const values of this.#trees.all(change.log)) {
          const tree = new Row('tree_parts', values).integer('tree');
          if (!change.trees.includes(tree)) this.#dropTree.run(change.log, tree);
        }
        return;
      case 'unsealed':
        this.#dropLines.run(change.log);
        for (const statement of this.#removed) statement.run(change.log);
        return;
      case 'log-removed':
        for (const statement of this.#removed) statement.run(change.log);
        return;
      default:
    }
  }

  #put(table: SealedTable, log: LogId, ...values: readonly (string | number)[]): void {
    if (this.#log.get(log) !== undefined) this.#rows.put(table, log, ...values);
  }

  #putLine({ log, seq, at, line, items }: GroupLineRecord): void {
    this.#put('group_lines', log, seq, at, line);
    for (const [place, item] of items.entries()) {
      this.#put('rosters', log, seq, place, JSON.stringify(item));
    }
  }

  /** As Store.readGroupLines. */
  readLines(log: LogId, after: number, maxLines: number, maxBytes: number): GroupLines {
    const lines: string[] = [];
    const damaged: number[] = [];
    let bytes = 0;
    for (const values of this.#lines.iterate(log, after, maxLines + 1)) {
      if (lines.length + damaged.length === maxLines || bytes >= maxBytes) {
        return { lines, damaged, more: true };
      }
      const row = new Row('group_lines', values);
      const line = row.text('line');
      bytes += line.length;
      if (isWhole('group_lines', values as RowValues)) lines.push(line);
      else damaged.push(row.integer('seq'));
    }
    return { lines, damaged, more: false };
  }

  readRoster(log: LogId): RosterItem[] {
    return wholeOf('rosters', this.#items.all(log)).map((row) => row.parsed('item', asRosterItem));
  }

  readInfos(log: LogId): GroupInfoRecord[] {
    return wholeOf('group_infos', this.#infos.all(log)).map((row) => ({
      log,
      at: row.integer('at'),
      by: row.parsed('writer', parseUsername),
      info: row.text('info'),
    }));
  }

  readTree(log: LogId, tree: number): string[] {
    return wholeOf('tree_parts', this.#parts.all(log, tree)).map((row) => row.text('bytes'));
  }

  /** Deletes lines that are too old or of removed logs, inside the caller's transaction. Returns whether there are more. */
  trim(now: number): boolean {
    const removed = Number(this.#trimRemoved.run(trimLimit).changes);
    const old = Number(this.#trimOld.run(now - keptLinesMs, trimLimit).changes);
    return removed === trimLimit || old === trimLimit;
  }
}

/** The rows that are as they were written. */
function wholeOf(table: SealedTable, rows: readonly unknown[]): readonly Row[] {
  return rows
    .filter((values) => isWhole(table, values as RowValues))
    .map((values) => new Row(table, values));
}
