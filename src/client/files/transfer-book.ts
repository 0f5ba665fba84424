// All transfers of a login, by id: running ones, recently ended ones, and remembered answers to earlier ones. Owns
// the caps, and what is loaded and forgotten; knows nothing of how a transfer progresses.

import { err, ok, type Result } from '../../lib/result.ts';
import { formatPlace, type Place } from '../../wire/extended/names.ts';
import { placeOfPeer } from './file-peer.ts';
import { parseUsername, type Username } from '../../wire/text.ts';
import type { Incoming } from './incoming.ts';
import * as limits from './limits.ts';
import type { Outgoing } from './outgoing.ts';
import type { TransferStore } from './ports.ts';
import type { IncomingRecord, OutgoingRecord, SettledRecord, TransferRecord } from './records.ts';
import type { SourceFile } from './source.ts';

/** Why a transfer cannot be accepted, declined or cancelled. */
export type ChoiceRefusal =
  /** There is none with that number, or none that waits for it. */
  | 'none'
  /** There are several: a number is needed. */
  | 'several'
  /** The key of the offer is not trusted here. */
  | 'key-changed';

type AnyTransfer = Outgoing | Incoming;

/** What to do with records of earlier logins. */
export interface RecordReaders {
  readonly outgoing: (to: Place, record: OutgoingRecord) => Outgoing;
  /** Undefined where this login can do nothing about it: another one may. */
  readonly incoming: (peer: Username, record: IncomingRecord) => Incoming | undefined;
  /** It is over, and the server may not know. Resolves to whether it does now. */
  readonly untold: (record: IncomingRecord) => Promise<boolean>;
  /** Nothing of it may stay on the disk. */
  readonly forget: (id: string) => void;
  readonly failed: (cause: unknown) => void;
}

export class TransferBook {
  readonly #store: TransferStore;
  readonly outgoing = new Map<string, Outgoing>();
  readonly incoming = new Map<string, Incoming>();
  readonly #settled = new Map<string, SettledRecord>();
  /** Records that were too old by the clock when they were read, and are not resumed. */
  #outdated: readonly TransferRecord[] = [];

  constructor(store: TransferStore) {
    this.#store = {
      load: () => store.load(),
      put: (record) => {
        if (record.kind === 'settled') this.#noteSettled(record);
        return store.put(record);
      },
      remove: (record) => store.remove(record),
    };
  }

  /** The store, for transfers. Ends that are stored in it are also recorded here. */
  get store(): TransferStore {
    return this.#store;
  }

  get all(): readonly AnyTransfer[] {
    return [...this.outgoing.values(), ...this.incoming.values()];
  }

  of(peer: Username): readonly AnyTransfer[] {
    return this.all.filter((transfer) => transfer.peer === peer);
  }

  add(transfer: AnyTransfer): void {
    const book: Map<string, AnyTransfer> = isIncoming(transfer) ? this.incoming : this.outgoing;
    book.set(transfer.id, transfer);
    // Ends are kept for a while, to be shown.
    const over = [...book.values()].filter(({ isOver }) => isOver);
    for (const old of over.slice(0, Math.max(0, over.length - limits.maxShownEnds))) {
      book.delete(old.id);
    }
  }

  /** The unfinished transfer of that file to that place. */
  sending(to: Place, source: SourceFile): Outgoing | undefined {
    const where = formatPlace(to);
    const ofPeer = [...this.outgoing.values()].filter((other) => formatPlace(other.to) === where);
    return ofPeer.find((other) => !other.isOver && other.isOf(source));
  }

  get hasRoomToSend(): boolean {
    return openOf(this.outgoing).length < limits.maxOutgoing;
  }

  hasRoomFrom(peer: Username): boolean {
    const open = openOf(this.incoming);
    const ofPeer = open.filter((other) => other.peer === peer);
    return open.length < limits.maxIncoming && ofPeer.length < limits.maxIncomingPerPeer;
  }

  /** How the transfer `id` of `peer` ended, if that is remembered. */
  settled(peer: Username, id: string): SettledRecord['outcome'] | undefined {
    const settled = this.#settled.get(id);
    return settled?.peer === peer ? settled.outcome : undefined;
  }

  /** The transfer that `number` means. Without one, the only one that `fits`. */
  choose<T extends AnyTransfer>(
    all: readonly T[],
    number: number | undefined,
    fits: (transfer: T) => boolean,
  ): Result<T, ChoiceRefusal> {
    const fitting = all.filter((transfer) => transfer.shown !== undefined && fits(transfer));
    const meant = fitting.filter(
      (transfer) => number === undefined || transfer.shown?.number === number,
    );
    const [first, ...others] = meant;
    if (first === undefined) return err('none');
    return others.length > 0 ? err('several') : ok(first);
  }

  /** Reads the records, oldest first, and resumes those that are not too old. */
  async load(readers: RecordReaders, nowMs: number): Promise<void> {
    const { outgoing, incoming, forget, failed } = readers;
    let records: readonly TransferRecord[] = [];
    try {
      records = await this.#store.load();
    } catch (cause) {
      failed(cause);
    }
    // Ends first: they show which of the others should have been removed.
    const isEnd = ({ kind }: TransferRecord): number => (kind === 'settled' ? 0 : 1);
    const ordered = records.toSorted((a, b) => isEnd(a) - isEnd(b) || a.savedAtMs - b.savedAtMs);
    for (const record of ordered) {
      const peer = parseUsername(record.peer);
      const to = placeOfPeer(record.peer);
      const isDone = record.kind === 'incoming' && this.#settled.has(record.id);
      if (isDone && record.kept !== undefined) void this.#tell(record, readers);
      else if (to === undefined || isDone) this.#forget(record, forget);
      else if (isOutdated(record, nowMs)) this.#outdated = [...this.#outdated, record];
      else if (record.kind === 'settled') this.#noteSettled(record);
      else if (record.kind === 'outgoing') this.add(outgoing(to, record));
      else if (peer === undefined) this.#forget(record, forget);
      else {
        const transfer = incoming(peer, record);
        if (transfer !== undefined) this.add(transfer);
      }
    }
  }

  async #tell(record: IncomingRecord, { untold, forget }: RecordReaders): Promise<void> {
    if (await untold(record)) this.#forget(record, forget);
  }

  get hasOutdated(): boolean {
    return this.#outdated.length > 0;
  }

  /** Forgets what was too old when it was read and still is, once the clock is known to be right. */
  forgetOutdated(forget: RecordReaders['forget'], nowMs: number): void {
    for (const record of this.#outdated) {
      if (isOutdated(record, nowMs)) this.#forget(record, forget);
    }
    this.#outdated = [];
  }

  #forget(record: TransferRecord, forget: RecordReaders['forget']): void {
    if (record.kind === 'incoming') forget(record.id);
    this.#drop(record);
  }

  #noteSettled(record: SettledRecord): void {
    this.#settled.set(record.id, record);
    const [oldest] = this.#settled.values();
    if (this.#settled.size <= limits.maxSettled || oldest === undefined) return;
    this.#settled.delete(oldest.id);
    this.#drop(oldest);
  }

  #drop(record: TransferRecord): void {
    this.#store.remove(record).catch(() => {
      // The next read of the records tries again.
    });
  }
}

function isOutdated(record: TransferRecord, nowMs: number): boolean {
  const isKept = record.kind === 'incoming' && record.kept !== undefined;
  const maxAgeMs = isKept ? limits.maxKeptRecordAgeMs : limits.maxRecordAgeMs;
  return record.savedAtMs < nowMs - maxAgeMs;
}

function openOf<T extends AnyTransfer>(book: ReadonlyMap<string, T>): T[] {
  return [...book.values()].filter(({ isOver }) => !isOver);
}

function isIncoming(transfer: AnyTransfer): transfer is Incoming {
  return transfer.direction === 'incoming';
}
