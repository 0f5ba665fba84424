// The store's thread: executes calls in order. Waiting commits share one transaction and its flush, so a caller that
// does not wait for each is not limited to one flush per commit (measured: 3 to 8 thousand a second). If the shared one
// fails, each is tried alone, so that one failure does not affect others, and each answer is true for its own commit.

import { getHeapStatistics } from 'node:v8';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { invariant, unreachable } from '../../lib/invariant.ts';
import { StoreError } from '../../hub/store-port.ts';
import { SqliteProblem } from '../../sqlite/problem.ts';
import { StoreFile, type FileCommit } from './file.ts';
import {
  packSegments,
  unpackSegments,
  type StoreAct,
  type StoreCall,
  type StoreReply,
  type StoreReport,
  type StoreSettings,
} from './messages.ts';

/** Erased messages are taken off the disk altogether so soon behind the first of them, and then the next ones, in ms. */
const forgetMs = 2_000;

/** At most this many calls are answered together. */
const maxBatch = 64;

invariant(parentPort, 'this module is the beginning of a thread');
const server = parentPort;
const { path, maxBytes } = workerData as StoreSettings;

function report(report: StoreReport, blocks: readonly ArrayBuffer[] = []): void {
  server.postMessage(report, [...blocks]);
}

class Batch {
  readonly #file: StoreFile;
  readonly #replies: StoreReply[] = [];
  /** Bytes of segments that were read, to be transferred. */
  readonly #blocks: ArrayBuffer[] = [];
  #commits: { readonly id: number; readonly commit: FileCommit }[] = [];

  constructor(file: StoreFile) {
    this.#file = file;
  }

  add({ id, act }: StoreCall): void {
    if (act.type === 'commit') {
      const { changes, segments } = act;
      this.#commits.push({ id, commit: { changes, segments: unpackSegments(segments) } });
      return;
    }
    this.#commitWaiting();
    this.#answer(id, () => this.#carryOut(act));
  }

  finish(): void {
    this.#commitWaiting();
    const { used_heap_size: heapBytes } = getHeapStatistics();
    report({ type: 'replies', replies: this.#replies, heapBytes }, this.#blocks);
  }

  #commitWaiting(): void {
    const waiting = this.#commits;
    this.#commits = [];
    if (waiting.length > 1) {
      try {
        this.#file.commit(waiting.map(({ commit }) => commit));
        for (const { id } of waiting) this.#replies.push({ id, ok: true, value: undefined });
        return;
      } catch {
        // Nothing was stored. The tries below show which commit failed.
      }
    }
    for (const { id, commit } of waiting) this.#answer(id, () => this.#file.commit([commit]));
  }

  #answer(id: number, work: () => unknown): void {
    try {
      this.#replies.push({ id, ok: true, value: work() });
    } catch (error) {
      // Any other error is a bug of ours and ends the thread.
      if (!(error instanceof StoreError)) throw error;
      this.#replies.push({ id, ok: false, code: error.code, message: error.message });
    }
  }

  #carryOut(act: Exclude<StoreAct, { type: 'commit' }>): unknown {
    const file = this.#file;
    switch (act.type) {
      case 'load':
        return file.load();
      case 'read': {
        const segments = packSegments(file.read(act.range));
        this.#blocks.push(segments.bytes.buffer);
        return segments;
      }
      case 'trim':
        return file.trim(act.retention, act.now);
      case 'stockKeys':
        return file.stockKeys(act.account, act.device, act.packages, act.lastResort, act.replace);
      case 'takeKey':
        return file.takeKey(act.account, act.devices);
      case 'countKeys':
        return file.countKeys(act.account, act.device);
      case 'readGroupLines':
        return file.readGroupLines(act.log, act.after, act.maxLines, act.maxBytes);
      case 'readRoster':
        return file.readRoster(act.log);
      case 'readGroupInfos':
        return file.readGroupInfos(act.log);
      case 'readTree':
        return file.readTree(act.log, act.tree);
      case 'readLinks':
        return file.readLinks(act.account);
      case 'readDirectory':
        return file.readDirectory(act.from, act.limit);
      case 'settle':
        return undefined;
      case 'close':
        return file.close();
      default:
        return unreachable(act);
    }
  }
}

/** Takes erased messages off the disk, not more often than that: it costs a write of all that was written lately. */
class Forgetting {
  readonly #file: StoreFile;
  #isPlanned = false;

  constructor(file: StoreFile) {
    this.#file = file;
  }

  plan(): void {
    if (this.#isPlanned || !this.#file.hasErased) return;
    this.#isPlanned = true;
    setTimeout(() => this.#forget(), forgetMs).unref();
  }

  #forget(): void {
    this.#isPlanned = false;
    try {
      if (this.#file.hasErased) this.#file.forget();
    } catch (error) {
      // The disk fails, and the next commit says so.
      if (!(error instanceof StoreError)) throw error;
    }
    this.plan();
  }
}

function serve(file: StoreFile): void {
  const forgetting = new Forgetting(file);
  server.on('message', (first: StoreCall) => {
    const batch = new Batch(file);
    batch.add(first);
    for (let calls = 1; calls < maxBatch; calls++) {
      const next = receiveMessageOnPort(server);
      if (next === undefined) break;
      batch.add(next.message as StoreCall);
    }
    batch.finish();
    forgetting.plan();
  });
}

try {
  serve(await StoreFile.open(path, maxBytes));
  report({ type: 'opened' });
} catch (error) {
  if (!(error instanceof SqliteProblem)) throw error;
  const { code, message, hint } = error;
  report({ type: 'refused', code, message, hint });
}
