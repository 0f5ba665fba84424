// The server's store in a SQLite file. Owns the lock on the file and the thread that uses it, so that a slow disk
// does not delay the chat. Knows nothing of tables.

import { Worker } from 'node:worker_threads';
import type {
  AccountId,
  DirectoryRecord,
  GroupInfoRecord,
  LogId,
  Records,
} from '../../hub/records.ts';
import {
  StoreError,
  type Attachment,
  type Commit,
  type GroupLines,
  type LogRange,
  type Retention,
  type Segment,
  type Store,
  type StoreCheck,
  type TakenKey,
  type TrimResult,
} from '../../hub/store-port.ts';
import { problemOf } from '../../sqlite/engine.ts';
import type { RosterItem } from '../../wire/extended/events.ts';
import { takeLock, type Lock } from '../../sqlite/lock.ts';
import { SqliteProblem } from '../../sqlite/problem.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import type { BackupOrder } from './backup/backup.ts';
import { isDamage } from './log-reader.ts';
import {
  packSegments,
  unpackSegments,
  type PackedSegments,
  type StoreAct,
  type StoreCall,
  type StoreReport,
  type StoreSettings,
} from './messages.ts';

export interface StoreOptions {
  /** The maximum size of the file. Undefined for no limit but the disk's. */
  readonly maxBytes?: number | undefined;
}

/**
 * Opens the store in the file at `path`, and makes it if it is missing. Its folder must exist. Rejects with a
 * SqliteProblem: `busy` if another server has it, `newer` if a newer helo wrote it, and so on.
 */
export async function openStore(path: string, { maxBytes }: StoreOptions = {}): Promise<Store> {
  const lock = await lockFor(path);
  try {
    return await SqliteStore.start({ path, maxBytes }, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The lock that everybody who changes the file at `path` must hold. Rejects with a SqliteProblem. */
export async function lockFor(path: string): Promise<Lock> {
  let locked;
  try {
    locked = await takeLock(path);
  } catch (error) {
    throw new SqliteProblem(
      'failed',
      `${path} cannot be locked: ${systemReason(error)}`,
      'Name another data directory, or give this user the right to write there.',
      { cause: error },
    );
  }
  if (locked.kind === 'held') return locked.lock;
  const by = locked.pid === undefined ? 'another server' : `another server (process ${locked.pid})`;
  throw new SqliteProblem(
    'busy',
    `${path} is in use by ${by}`,
    'Stop it first, or name another data directory.',
  );
}

/**
 * The maximum heap of the store's thread, in MiB. Beyond it the thread ends, and nothing more is stored. About 10 are
 * usual. It needs most at the start, when it reads every row of the small tables: about 200 bytes each.
 */
const maxHeapMiB = 1024;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

class SqliteStore implements Store {
  readonly #path: string;
  readonly #lock: Lock;
  readonly #thread: Worker;
  readonly #calls = new Map<number, Waiting>();
  readonly #backups = new Set<Promise<void>>();
  #lastId = 0;
  #heapBytes: number | undefined;
  #closing: Promise<void> | undefined;
  #state: 'open' | 'closed' | 'crashed' = 'open';

  private constructor(path: string, lock: Lock, thread: Worker) {
    this.#path = path;
    this.#lock = lock;
    this.#thread = thread;
    thread.on('message', (report: StoreReport) => this.#report(report));
    thread.on('error', () => this.#crashed());
    thread.on('exit', () => this.#crashed());
  }

  static async start(settings: StoreSettings, lock: Lock): Promise<SqliteStore> {
    const thread = new Worker(new URL('thread.js', import.meta.url), {
      name: 'store',
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMiB },
      workerData: settings,
    });
    const opened = await new Promise<StoreReport>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
    });
    if (opened.type !== 'refused') return new SqliteStore(settings.path, lock, thread);
    await thread.terminate();
    throw new SqliteProblem(opened.code, opened.message, opened.hint);
  }

  async load(): Promise<Records> {
    return (await this.#call({ type: 'load' })) as Records;
  }

  async commit({ changes, segments }: Commit): Promise<void> {
    const packed = packSegments(segments);
    await this.#call({ type: 'commit', changes, segments: packed }, [packed.bytes.buffer]);
  }

  async read(range: LogRange): Promise<readonly Segment[]> {
    return unpackSegments((await this.#call({ type: 'read', range })) as PackedSegments);
  }

  async trim(retention: Retention, now: number): Promise<TrimResult> {
    return (await this.#call({ type: 'trim', retention, now })) as TrimResult;
  }

  async stockKeys(
    account: AccountId,
    device: string,
    packages: readonly string[],
    lastResort: string | undefined,
    replace: boolean,
  ): Promise<number> {
    const act = { type: 'stockKeys', account, device, packages, lastResort, replace } as const;
    return (await this.#call(act)) as number;
  }

  async takeKey(account: AccountId, devices: readonly string[]): Promise<TakenKey | undefined> {
    return (await this.#call({ type: 'takeKey', account, devices })) as TakenKey | undefined;
  }

  async readLinks(account: AccountId): Promise<readonly string[]> {
    return (await this.#call({ type: 'readLinks', account })) as readonly string[];
  }

  async readDirectory(from: number, limit: number): Promise<readonly DirectoryRecord[]> {
    const act = { type: 'readDirectory', from, limit } as const;
    return (await this.#call(act)) as readonly DirectoryRecord[];
  }

  async countKeys(account: AccountId, device: string): Promise<number> {
    return (await this.#call({ type: 'countKeys', account, device })) as number;
  }

  async readGroupLines(
    log: LogId,
    after: number,
    maxLines: number,
    maxBytes: number,
  ): Promise<GroupLines> {
    const act = { type: 'readGroupLines', log, after, maxLines, maxBytes } as const;
    return (await this.#call(act)) as GroupLines;
  }

  async readRoster(log: LogId): Promise<readonly RosterItem[]> {
    return (await this.#call({ type: 'readRoster', log })) as readonly RosterItem[];
  }

  async readGroupInfos(log: LogId): Promise<readonly GroupInfoRecord[]> {
    return (await this.#call({ type: 'readGroupInfos', log })) as readonly GroupInfoRecord[];
  }

  async readTree(log: LogId, tree: number): Promise<readonly string[]> {
    return (await this.#call({ type: 'readTree', log, tree })) as readonly string[];
  }

  async backup(
    path: string,
    attachments: readonly Attachment[] = [],
    evenDamaged = false,
  ): Promise<void> {
    // The copy includes what was committed before.
    await this.#call({ type: 'settle' });
    const backup = copy({ path: this.#path, target: path, attachments, evenDamaged });
    this.#backups.add(backup);
    try {
      await backup;
    } finally {
      this.#backups.delete(backup);
    }
  }

  async check(isQuick: boolean): Promise<StoreCheck> {
    await this.#call({ type: 'settle' });
    try {
      return await lookAt(this.#path, isQuick);
    } catch (error) {
      throw new StoreError('failed', error instanceof Error ? error.message : '', { cause: error });
    }
  }

  get heapBytes(): number | undefined {
    return this.#heapBytes;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#backups);
    const closing = this.#call({ type: 'close' });
    this.#state = 'closed';
    // A crashed thread has closed the file by its end.
    await closing.catch(() => {});
    await this.#thread.terminate();
    await this.#lock.release();
  }

  #call(act: StoreAct, blocks: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#state !== 'open') return Promise.reject(unavailable(this.#state));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#thread.postMessage({ id, act } satisfies StoreCall, [...blocks]);
    });
  }

  #report(report: StoreReport): void {
    if (report.type !== 'replies') return;
    this.#heapBytes = report.heapBytes;
    for (const reply of report.replies) {
      const waiting = this.#calls.get(reply.id);
      this.#calls.delete(reply.id);
      if (reply.ok) waiting?.resolve(reply.value);
      else waiting?.reject(new StoreError(reply.code, reply.message));
    }
  }

  #crashed(): void {
    if (this.#state === 'open') this.#state = 'crashed';
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { reject } of calls) reject(unavailable(this.#state));
  }
}

function unavailable(state: 'open' | 'closed' | 'crashed'): StoreError {
  return state === 'closed'
    ? new StoreError('closed', 'the store is closed')
    : new StoreError('failed', 'the thread of the store has ended');
}

function copy(order: BackupOrder): Promise<void> {
  const { target } = order;
  const thread = new Worker(new URL('backup/backup-thread.js', import.meta.url), {
    name: 'backup',
    workerData: order,
  });
  return new Promise((resolve, reject) => {
    thread.once('error', (error) => {
      if (isDamage(error)) {
        const known = error.name === 'SqliteProblem' ? error.message : 'the database is damaged';
        reject(new StoreError('damaged', known, { cause: error }));
        return;
      }
      const code = systemCode(error);
      const full = code === 'ENOSPC' || code === 'EDQUOT' || problemOf(error) === 'full';
      reject(
        new StoreError(
          full ? 'full' : 'failed',
          `${target} cannot be written: ${full ? 'the disk is full' : systemReason(error)}`,
          { cause: error },
        ),
      );
    });
    thread.once('exit', () => resolve());
  });
}

/** Checks the database at `path` in a thread of its own. Rejects with its error. */
export function lookAt(path: string, isQuick: boolean): Promise<StoreCheck> {
  const thread = new Worker(new URL('check/check-thread.js', import.meta.url), {
    name: 'check',
    workerData: { path, isQuick },
  });
  return new Promise((resolve, reject) => {
    let found: StoreCheck | undefined;
    thread.once('message', (check: StoreCheck) => (found = check));
    thread.once('error', reject);
    // Only after it has closed the file: a process must not end while one of its threads closes a file.
    thread.once('exit', () => {
      if (found !== undefined) resolve(found);
      else reject(new Error('the thread of the check has ended'));
    });
  });
}
