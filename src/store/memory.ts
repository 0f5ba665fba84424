// A store in memory, for tests: it keeps the promises of the port without a disk. Bytes are copied on the way in and
// out, as on the way to a disk.

import type {
  AccountId,
  Change,
  DirectoryRecord,
  GroupInfoRecord,
  LogId,
  Records,
} from '../hub/records.ts';
import {
  StoreError,
  type Commit,
  type GroupLines,
  type LogRange,
  type Retention,
  type Segment,
  type Store,
  type StoreCheck,
  type TakenKey,
  type ExpiredLine,
  type Trimmed,
  type TrimResult,
} from '../hub/store-port.ts';
import type { RosterItem } from '../wire/extended/events.ts';
import { withoutMessage } from './erased-segment.ts';
import { withGroupLines } from './group-lines.ts';
import { MemoryRecords } from './memory-records.ts';
import { MemorySealed } from './memory-sealed.ts';
import { retentionOf } from './retention.ts';

interface Stock {
  readonly packages: string[];
  lastResort: string | undefined;
}

/** One call of trim deletes at most this many segments. */
const trimLimit = 250;

export class MemoryStore implements Store {
  readonly #records = new MemoryRecords();
  readonly #sealed = new MemorySealed();
  readonly #segments = new Map<LogId, Segment[]>();
  /** `log seq` */
  readonly #expiring = new Map<string, ExpiredLine & { readonly ends: number }>();
  readonly #stocks = new Map<AccountId, Map<string, Stock>>();
  #isClosed = false;

  async load(): Promise<Records> {
    this.#checkOpen();
    return this.#records.all();
  }

  async commit({ changes, segments }: Commit): Promise<void> {
    this.#checkOpen();
    for (const change of changes) {
      this.#records.apply(change);
      if (isOfLog(change, (log) => this.#records.hasLog(log))) this.#sealed.apply(change);
      if (change.type === 'log-removed') this.#segments.delete(change.log);
      if (change.type === 'log-trimmed') this.#takeOut(change.log, change.first);
      if (change.type === 'line-erased') {
        this.#erase(change.log, change.seq);
        this.#expiring.delete(`${change.log} ${change.seq}`);
      }
      if (change.type === 'line-expiring' && this.#records.hasLog(change.log))
        this.#expiring.set(`${change.log} ${change.seq}`, change);
      if (change.type === 'log-removed') {
        for (const [key, { log }] of this.#expiring)
          if (log === change.log) this.#expiring.delete(key);
      }
      if (change.type === 'account-removed') this.#stocks.delete(change.id);
      if (change.type === 'account-reset') this.#stocks.delete(change.account);
      if (change.type === 'device-removed') this.#stocks.get(change.account)?.delete(change.device);
    }
    for (const segment of withGroupLines(changes, segments)) {
      if (!this.#records.reach(segment.log, endOf(segment))) continue;
      const log = this.#segments.get(segment.log) ?? [];
      log.push(copyOf(segment));
      this.#segments.set(segment.log, log);
    }
  }

  async read(range: LogRange): Promise<readonly Segment[]> {
    this.#checkOpen();
    const { log, after, before, from, maxMessages, maxBytes } = range;
    const inRange = (this.#segments.get(log) ?? []).filter(
      (segment) => endOf(segment) > after && segment.first < before,
    );
    if (from === 'end') inRange.reverse();
    const found: Segment[] = [];
    let [messages, size] = [0, 0];
    for (const segment of inRange) {
      if (messages >= maxMessages || size >= maxBytes) break;
      found.push(copyOf(segment));
      messages += Math.min(endOf(segment), before - 1) - Math.max(segment.first, after + 1) + 1;
      size += segment.bytes.byteLength;
    }
    return from === 'end' ? found.reverse() : found;
  }

  async trim(retention: Retention, now: number): Promise<TrimResult> {
    this.#checkOpen();
    const expired: ExpiredLine[] = [];
    for (const [key, { log, seq, ends }] of this.#expiring) {
      if (ends > now) continue;
      this.#expiring.delete(key);
      this.#erase(log, seq, true);
      expired.push({ log, seq });
    }
    this.#sealed.trim(now);
    const trimmed: Trimmed[] = [];
    let room = trimLimit;
    for (const { log, name, last } of this.#records.all().logs) {
      const held = retentionOf(name, retention);
      const { maxAgeMs = Infinity, maxCount = Infinity, maxBytes = Infinity } = held;
      const segments = this.#segments.get(log) ?? [];
      let left = segments.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
      const kept = segments.findIndex((segment) => {
        const isTooMuch = left > maxBytes && endOf(segment) < last;
        left -= segment.bytes.byteLength;
        return !isTooMuch && segment.at >= now - maxAgeMs && endOf(segment) > last - maxCount;
      });
      const old = kept === -1 ? segments.length : kept;
      const taken = segments.slice(0, Math.min(old, room));
      room -= taken.length;
      if (taken.length === 0) continue;
      const first = segments[taken.length]?.first ?? last + 1;
      this.#records.apply({ type: 'log-trimmed', log, first });
      this.#takeOut(log, first);
      const messages = taken.reduce((sum, { count }) => sum + count, 0);
      trimmed.push({ log, first, messages });
    }
    return { trimmed, expired, more: room === 0 };
  }

  async stockKeys(
    account: AccountId,
    device: string,
    packages: readonly string[],
    lastResort: string | undefined,
    replace: boolean,
  ): Promise<number> {
    this.#checkOpen();
    const stocks = this.#stocks.get(account) ?? new Map<string, Stock>();
    const before = replace ? undefined : stocks.get(device);
    const stock: Stock = {
      packages: [...(before?.packages ?? []), ...packages],
      lastResort: lastResort ?? before?.lastResort,
    };
    this.#stocks.set(account, stocks.set(device, stock));
    return stock.packages.length;
  }

  async takeKey(account: AccountId, devices: readonly string[]): Promise<TakenKey | undefined> {
    this.#checkOpen();
    for (const device of devices) {
      const stock = this.#stocks.get(account)?.get(device);
      const taken = stock?.packages.shift() ?? stock?.lastResort;
      if (taken !== undefined) {
        return { device, package: taken, stock: stock?.packages.length ?? 0 };
      }
    }
    return undefined;
  }

  async countKeys(account: AccountId, device: string): Promise<number> {
    this.#checkOpen();
    return this.#stocks.get(account)?.get(device)?.packages.length ?? 0;
  }

  async readGroupLines(
    log: LogId,
    after: number,
    maxLines: number,
    maxBytes: number,
  ): Promise<GroupLines> {
    this.#checkOpen();
    return this.#sealed.readLines(log, after, maxLines, maxBytes);
  }

  async readRoster(log: LogId): Promise<readonly RosterItem[]> {
    this.#checkOpen();
    return this.#records.rosterOf(log);
  }

  async readGroupInfos(log: LogId): Promise<readonly GroupInfoRecord[]> {
    this.#checkOpen();
    return this.#sealed.readInfos(log);
  }

  async readTree(log: LogId, tree: number): Promise<readonly string[]> {
    this.#checkOpen();
    return this.#sealed.readTree(log, tree);
  }

  async readLinks(account: AccountId): Promise<readonly string[]> {
    this.#checkOpen();
    return this.#records.linksOf(account);
  }

  async readDirectory(from: number, limit: number): Promise<readonly DirectoryRecord[]> {
    this.#checkOpen();
    return this.#records.directoryFrom(from, limit);
  }

  async backup(): Promise<void> {
    throw new StoreError('failed', 'what is only in memory has no backup');
  }

  async check(): Promise<StoreCheck> {
    return { damages: [], messages: 0, bytes: 0 };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #takeOut(log: LogId, first: number): void {
    const segments = this.#segments.get(log) ?? [];
    this.#segments.set(
      log,
      segments.filter((segment) => endOf(segment) >= first),
    );
  }

  #erase(log: LogId, seq: number, isExpired = false): void {
    const segments = this.#segments.get(log) ?? [];
    for (const [index, segment] of segments.entries()) {
      const bytes = withoutMessage(segment, seq, isExpired);
      if (bytes !== undefined) segments[index] = { ...segment, bytes };
    }
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new StoreError('closed', 'the store is closed');
  }
}

function endOf({ first, count }: Segment): number {
  return first + count - 1;
}

function copyOf(segment: Segment): Segment {
  return { ...segment, bytes: segment.bytes.slice() };
}

/** What is said of a log that is gone is left out. */
function isOfLog(change: Change, hasLog: (log: LogId) => boolean): boolean {
  switch (change.type) {
    case 'group-line':
      return hasLog(change.line.log);
    case 'group-info':
      return hasLog(change.info.log);
    case 'tree-part':
      return hasLog(change.part.log);
    default:
      return true;
  }
}
