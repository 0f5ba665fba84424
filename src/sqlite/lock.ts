// A lock that ends with the process that holds it, however the process ends: a lock of the operating system on a small
// file, made through SQLite, because Node has none. So no stale lock remains, and of two processes at the same moment
// exactly one gets the lock. A file beside it has the holder's process id, for people only: nothing depends on it.

import { readFile, rm, writeFile } from 'node:fs/promises';
import { createMissing } from './create.ts';
import { loadEngine, problemOf } from './engine.ts';

export interface Lock {
  release(): Promise<void>;
}

export type Locked =
  | { readonly kind: 'held'; readonly lock: Lock }
  /** Another process has it. `pid` is its id, if known. */
  | { readonly kind: 'busy'; readonly pid: number | undefined };

/** Takes the lock at `path` (with the endings `.lock` and `.pid`), without waiting. */
export async function takeLock(path: string): Promise<Locked> {
  const connect = await loadEngine();
  createMissing(`${path}.lock`);
  const database = connect(`${path}.lock`, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (problemOf(error) !== 'busy') throw error;
    return { kind: 'busy', pid: await holder(path) };
  }
  await writeFile(`${path}.pid`, `${process.pid}\n`, { mode: 0o600 });
  const release = async () => {
    // It is for people only, and the file system may have become read-only.
    await rm(`${path}.pid`, { force: true }).catch(() => {});
    database.close();
  };
  return { kind: 'held', lock: { release } };
}

async function holder(path: string): Promise<number | undefined> {
  const text = await readFile(`${path}.pid`, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}
