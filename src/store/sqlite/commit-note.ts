// How many commits the database has seen, noted outside of it: a database whose last commits are missing (a lost or cut
// write-ahead log, an older file in its place) looks intact, and would reuse numbers that people have seen already.
//
// The note beside the database is written after each commit and never flushed: so it is never ahead of the disk,
// survives a killed program, and costs next to nothing. After a power cut it may be behind, which proves nothing. If it
// cannot be read or written, nothing is compared.

import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Database } from '../../sqlite/engine.ts';
import { counterIn, SealedRows } from './tables/sealed-rows.ts';

const digits = 16;

export class CommitNote {
  /** Whether the database knows of fewer commits than the note. */
  readonly isBehind: boolean;
  readonly #file: number | undefined;
  readonly #rows: SealedRows;
  #counted: number;

  /** For the database at `path`. */
  constructor(path: string, database: Database) {
    this.#file = openNote(`${path}.commits`);
    const counted = counterIn(database, 'commit') ?? 0;
    const noted = this.#file === undefined ? 0 : noteIn(this.#file);
    this.isBehind = counted < noted;
    this.#counted = Math.max(counted, noted);
    this.#rows = new SealedRows(database);
  }

  /** Counts one more, in the counted transaction itself. */
  count(): void {
    this.#counted += 1;
    this.#rows.put('counters', 'commit', this.#counted);
  }

  /** Writes the note: the transaction is on the disk. */
  keep(): void {
    if (this.#file === undefined) return;
    try {
      writeSync(this.#file, `${String(this.#counted).padStart(digits, '0')}\n`, 0);
    } catch {
      // The commit stands without the note.
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

function openNote(path: string): number | undefined {
  for (const flags of ['r+', 'wx+']) {
    try {
      return openSync(path, flags, 0o600);
    } catch {
      // The note is missing, or cannot be opened.
    }
  }
  return undefined;
}

/** 0 if there is no note yet. */
function noteIn(file: number): number {
  const bytes = Buffer.alloc(digits);
  try {
    const read = readSync(file, bytes, 0, digits, 0);
    const text = bytes.toString('latin1', 0, read);
    return /^\d{16}$/.test(text) ? Number(text) : 0;
  } catch {
    return 0;
  }
}
