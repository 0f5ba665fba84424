// The history of this device as a file, and a file into it: what a view or a command asks for.
import type { Result } from '../../lib/result.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import { itemOf, readerOf } from '../timeline/history-items.ts';
import type { HistoryRange } from '../store/store-port.ts';
import { exportLine } from '../wording/export-line.ts';
import type { ExportFormat } from './export-format.ts';
import { isExported, type ExportSource } from './export-source.ts';
import type { ImportReport, ImportTarget, ReadExport } from './import-run.ts';

const pageSize = 200;

export class Archive {
  readonly #source: ExportSource;
  readonly #target: ImportTarget;

  constructor(source: ExportSource, target: ImportTarget) {
    this.#source = source;
    this.#target = target;
  }

  /** Whether there is anything of that conversation. */
  has(name: ConversationName): boolean {
    return this.#source.records().some((record) => record.name === name);
  }

  /** One conversation, or all of them, in pieces of a page each. */
  write(format: ExportFormat, only?: ConversationName): AsyncIterable<string> {
    return format === 'json' ? this.#json(only) : this.#text(only);
  }

  /** The error says which line is wrong, and why, for people. */
  async take(read: ReadExport): Promise<Result<ImportReport, string>> {
    // Rarely asked for: a page loads it only then.
    const { importExport } = await import('./import-run.ts');
    return importExport(read, this.#target);
  }

  async *#json(only: ConversationName | undefined): AsyncIterable<string> {
    const { exportJson } = await import('./export-run.ts');
    yield* exportJson(this.#source, only);
  }

  async *#text(only: ConversationName | undefined): AsyncIterable<string> {
    const { me, records, historyRange } = this.#source;
    const reader = readerOf(me);
    for (const { name } of records()) {
      if (name === `@${me}` || (only !== undefined && name !== only)) continue;
      if (only === undefined) yield `== ${name}\n`;
      let next: HistoryRange = { kind: 'first' };
      for (;;) {
        const page = await historyRange(name, next, pageSize);
        const last = page.at(-1);
        if (last === undefined) break;
        yield page
          .filter(isExported)
          .map((record) => `${exportLine(itemOf(record, reader))}\n`)
          .join('');
        next = { kind: 'after', message: last };
      }
    }
  }
}

export function importWords({ messages, left, conversations }: ImportReport): string {
  const of = conversations === 1 ? 'one conversation' : `${conversations} conversations`;
  const rest = left === 0 ? '' : `; ${left} that cannot be taken are left out`;
  return `${messages} messages of ${of} were read: what was not here is here now, marked as imported${rest}`;
}

export const nothingToExport = 'Nothing is kept for guests, and nothing can be taken.';
