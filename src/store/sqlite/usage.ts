// How much storage each conversation and each writer uses, counted from the messages and the
// records of kept files when the operator asks. Nothing is
// counted while people write.

import type { Records } from '../../hub/records.ts';
import type { FileUsageRow, StoreUsage, UsageRow } from '../../hub/store-port.ts';
import { parseExtendedEvent } from '../../wire/extended/events.ts';

/** At most this many of each kind are reported, the largest first. */
const maxRows = 100;

/** All guests are one writer: anybody can have their names. No account has this name. */
const guests = '(guests)';

export class UsageTally {
  readonly #conversations = new Map<string, UsageRow>();
  readonly #writers = new Map<string, UsageRow>();
  readonly #files = new Map<string, FileUsageRow>();
  readonly #blobs = new Map<string, FileUsageRow>();

  /** Counts the lines of a segment. */
  add(conversation: string, bytes: Uint8Array): void {
    for (const line of Buffer.from(bytes).toString('latin1').split('\n')) {
      if (line === '') continue;
      const event = parseExtendedEvent(line);
      const from = event?.verb === 'MSG' ? (event.guest === true ? guests : event.from) : undefined;
      count(this.#conversations, conversation, line.length + 1);
      if (from !== undefined) count(this.#writers, from, line.length + 1);
    }
  }

  /** Counts the kept files and the blobs. */
  addFiles({ accounts, keptFiles }: Pick<Records, 'accounts' | 'keptFiles'>): void {
    const names = new Map(accounts.map(({ id, name }) => [id, name]));
    for (const { owner, bytes, blob } of keptFiles) {
      const name = names.get(owner);
      if (name === undefined) continue;
      const rows = blob === undefined ? this.#files : this.#blobs;
      const before = rows.get(name) ?? { name, files: 0, bytes: 0 };
      rows.set(name, { name, files: before.files + 1, bytes: before.bytes + bytes });
    }
  }

  report(): StoreUsage {
    return {
      conversations: largest(this.#conversations),
      writers: largest(this.#writers),
      files: largest(this.#files),
      blobs: largest(this.#blobs),
    };
  }
}

function count(rows: Map<string, UsageRow>, name: string, bytes: number): void {
  const before = rows.get(name);
  rows.set(name, {
    name,
    messages: (before?.messages ?? 0) + 1,
    bytes: (before?.bytes ?? 0) + bytes,
  });
}

function largest<Row extends { readonly bytes: number }>(rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows.values()].sort((one, other) => other.bytes - one.bytes).slice(0, maxRows);
}
