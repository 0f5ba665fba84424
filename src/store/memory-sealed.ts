// What the store in memory has of sealed groups beside their rosters.

import type { Change, GroupInfoRecord, GroupLineRecord, LogId } from '../hub/records.ts';
import type { GroupLines } from '../hub/store-port.ts';
import { keptInfos, keptLinesMs } from './retention.ts';

export class MemorySealed {
  readonly #lines = new Map<LogId, GroupLineRecord[]>();
  readonly #infos = new Map<LogId, GroupInfoRecord[]>();
  readonly #trees = new Map<LogId, Map<number, string[]>>();

  /** Carries out a change of a log that is there. */
  apply(change: Change): void {
    switch (change.type) {
      case 'group-line': {
        const { line } = change;
        const others = (this.#lines.get(line.log) ?? []).filter(({ seq }) => seq !== line.seq);
        this.#lines.set(
          line.log,
          [...others, line].sort((a, b) => a.seq - b.seq),
        );
        return;
      }
      case 'group-info': {
        const { info } = change;
        const infos = [info, ...(this.#infos.get(info.log) ?? [])];
        this.#infos.set(info.log, infos.slice(0, keptInfos));
        return;
      }
      case 'tree-part': {
        const { log, tree, n, bytes } = change.part;
        const trees = this.#trees.get(log) ?? new Map<number, string[]>();
        const parts = trees.get(tree) ?? [];
        parts[n - 1] = bytes;
        this.#trees.set(log, trees.set(tree, parts));
        return;
      }
      case 'trees-kept': {
        const trees = this.#trees.get(change.log);
        for (const tree of trees?.keys() ?? []) {
          if (!change.trees.includes(tree)) trees?.delete(tree);
        }
        return;
      }
      case 'unsealed':
      case 'log-removed':
        for (const kept of [this.#lines, this.#infos, this.#trees]) kept.delete(change.log);
        return;
      default:
    }
  }

  readLines(log: LogId, after: number, maxLines: number, maxBytes: number): GroupLines {
    const behind = (this.#lines.get(log) ?? []).filter(({ seq }) => seq > after);
    const lines: string[] = [];
    let bytes = 0;
    for (const { line } of behind) {
      if (lines.length === maxLines || bytes >= maxBytes) break;
      lines.push(line);
      bytes += line.length;
    }
    return { lines, damaged: [], more: lines.length < behind.length };
  }

  readInfos(log: LogId): readonly GroupInfoRecord[] {
    return this.#infos.get(log) ?? [];
  }

  readTree(log: LogId, tree: number): readonly string[] {
    return this.#trees.get(log)?.get(tree) ?? [];
  }

  trim(now: number): void {
    for (const [log, lines] of this.#lines) {
      this.#lines.set(
        log,
        lines.filter(({ at }) => at >= now - keptLinesMs),
      );
    }
  }
}
