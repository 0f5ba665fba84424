// Messages of this account that the server has not stored yet: sent in the order of their numbers, many at a time,
// and retried after each reconnect with the same numbers until they are answered. A server that has one already says
// so, and does not deliver it again. Owns when something is sent; outbox-book.ts has the numbers, and private
// messages arrive encrypted.

import { invariant } from '../../../lib/invariant.ts';
import { formatMessageId, type Place } from '../../../wire/extended/names.ts';
import type { LineText, Username } from '../../../wire/text.ts';
import type { Content } from '../../content.ts';
import type { OutboxDraft } from '../../encryption/stored/engine.ts';
import type { RandomBytes, Timers } from '../../ports.ts';
import type { RequestAnswer, PendingRequests, RequestFailure } from '../../pending-requests.ts';
import type {
  ClientChange,
  ClientRecords,
  HistoryRecord,
  SealedRecord,
} from '../../store/store-port.ts';
import type { StoreWriter } from '../store-writer.ts';
import { maxUnderWay, maxUnderWayBytes, storeRetryMs } from '../limits.ts';
import { OutboxBook, type OutboxEntry } from './outbox-book.ts';

export type { OutboxEntry } from './outbox-book.ts';

/** A refusal by the server that sending again would not change. */
export type SendFailure = Exclude<RequestFailure, { readonly code: 'gone' }>;

/** What the server says of a message that it has stored. */
export interface StoredReply {
  readonly seq?: number | undefined;
  readonly at?: number | undefined;
  /** It had it before. */
  readonly repeated?: boolean | undefined;
}

export interface OutboxPorts {
  readonly writer: StoreWriter;
  readonly random: RandomBytes;
  readonly timers: Timers;
  /** The server has stored it. Whoever hears this writes that it leaves the outbox (`settle`). */
  readonly stored: (entry: OutboxEntry, answer: StoredReply) => void;
  /** It will not be sent. The same. */
  readonly refused: (entry: OutboxEntry, failure: SendFailure) => void;
  /** It was encrypted for a device that is that person's no more. Resolves when that is known where one encrypts. */
  readonly deviceChanged: (entry: OutboxEntry) => Promise<void>;
  /** Somebody else works with a copy of this store. Carries out `leave` when nothing else does, and writes what it gives. */
  readonly twin: (leave: () => readonly ClientChange[]) => Promise<void>;
  /** There is something for a person that is not encrypted yet. */
  readonly drafted: (user: Username) => void;
  /** There is room, or less is on its way. */
  readonly moved: () => void;
}

/** What stands in the way of the messages behind a refused one, until all that is on its way is answered. */
interface Trouble {
  expected: number | undefined;
  freed: number | undefined;
  pauseMs: number | undefined;
  readonly outdated: OutboxEntry[];
  isTwin: boolean;
}

export class Outbox {
  readonly book: OutboxBook;
  readonly #ports: OutboxPorts;
  /** Those that were said and are not on the disk yet: where it fails, nothing else has them. */
  readonly #unkept = new Set<OutboxEntry>();
  /**
   * Whether the server is known to know the stream. Of one that it does not know it takes any number as the first: until
   * it has taken one, a second on its way could overtake a first that was turned away, which would then count as said.
   */
  #isStreamKnown = false;
  #requests: PendingRequests | undefined;
  /** Those to be sent next, in the order of their numbers. */
  #queue: OutboxEntry[] = [];
  #underWay = 0;
  #underWayBytes = 0;
  #trouble: Trouble | undefined;
  #isSettling = false;
  /** Somebody else numbers in the stream, and it is still this one's. */
  #hasTwin = false;
  #cancelPause: (() => void) | undefined;
  #behind: { readonly after: number; readonly act: () => void }[] = [];

  constructor(
    ports: OutboxPorts,
    records: Pick<ClientRecords, 'outbox' | 'stream'>,
    placeOf: (text: string) => Place | undefined,
  ) {
    this.#ports = ports;
    this.book = new OutboxBook(records, placeOf, ports.random);
  }

  /** Takes a message. `message` is what the history shows of it, from the same moment on. */
  say(place: Place, { localId, content }: OutboxDraft, message: HistoryRecord | undefined): void {
    const entry = this.book.add(place, localId, content);
    const changes = this.book.changesOf(entry);
    if (message !== undefined) changes.push({ type: 'message', message });
    this.#unkept.add(entry);
    void this.#write(changes, [entry]);
  }

  /** Takes something for a person that is written together with other things. Call `written` then. */
  draft(
    user: Username,
    { localId, content }: OutboxDraft,
  ): { readonly changes: readonly ClientChange[]; readonly entry: OutboxEntry } {
    const entry = this.book.add({ kind: 'direct', user }, localId, content);
    return { entry, changes: this.book.changesOf(entry) };
  }

  /** It is encrypted: the changes to write. Call `written` then. */
  seal(entry: OutboxEntry, sealed: SealedRecord): readonly ClientChange[] {
    this.book.seal(entry, sealed);
    return this.book.changesOf(entry);
  }

  /** These are on the disk as they are. */
  written(entries: readonly OutboxEntry[]): void {
    for (const entry of entries) {
      this.#unkept.delete(entry);
      entry.isWritten = true;
      if (this.book.get(entry.record.localId) === undefined) continue;
      if (entry.record.number !== undefined) this.#queue.push(entry);
      else if (entry.place.kind === 'direct') this.#ports.drafted(entry.place.user);
    }
    this.#pump();
  }

  /** What was said and is not on the disk, in the order in which it was said. */
  get unkept(): readonly OutboxEntry[] {
    return [...this.#unkept];
  }

  /** It leaves the outbox: the change to write. */
  settle(entry: OutboxEntry): ClientChange {
    this.#queue = this.#queue.filter((other) => other !== entry);
    const removed = this.book.remove(entry);
    this.#ports.moved();
    return removed;
  }

  /** Calls `act` when everything that was said in the lobby and in groups so far is on its way: what comes next is behind it. */
  behind(act: () => void): void {
    this.#behind.push({ after: this.book.lastOrder, act });
    this.#goOn();
  }

  /**
   * Logged in: everything goes out. `knowsStreams`: the server has said how far it has the stream of this device, and
   * nothing speaks against going on with it.
   */
  login(requests: PendingRequests, knowsStreams: boolean): void {
    this.#requests = requests;
    this.#isStreamKnown = false;
    if (this.book.isCounting) this.#goOnWith();
    else void this.#count(this.book.count(knowsStreams));
  }

  /** What was taken before the first login has numbers now. Nothing goes out before they are on the disk. */
  async #count(changes: readonly ClientChange[]): Promise<void> {
    this.#isSettling = true;
    try {
      await this.#ports.writer.write(changes);
    } catch {
      // The store writer has told it: this client ends.
      return;
    } finally {
      this.#isSettling = false;
    }
    this.#goOnWith();
  }

  #goOnWith(): void {
    this.#requeue();
    this.#pump();
  }

  /** The server has more of the stream than this device gave: what waits is settled first, then another one begins. */
  twinFound(): void {
    this.#hasTwin = true;
  }

  /** The connection is gone. What was on its way may have arrived or not, and goes again as it is. */
  logout(): void {
    this.#requests = undefined;
    this.#behind = [];
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    // Without the answers of those behind it is not known which of them were taken.
    if (this.#trouble !== undefined && !this.#isSettling) {
      const { outdated, isTwin } = this.#trouble;
      if (isTwin) this.#hasTwin = true;
      this.#trouble = outdated.length > 0 ? noTrouble(outdated) : undefined;
    }
  }

  async #write(changes: readonly ClientChange[], entries: readonly OutboxEntry[]): Promise<void> {
    try {
      await this.#ports.writer.write(changes);
    } catch {
      // The store writer has told it: this client ends.
      return;
    }
    this.written(entries);
  }

  #requeue(): void {
    this.#queue = this.book.numbered.filter(
      ({ isWritten, progress }) => isWritten && progress === 'waiting',
    );
    for (const user of this.book.addressees) this.#ports.drafted(user);
  }

  #pump(): void {
    for (
      let requests = this.#freeRequests();
      requests !== undefined;
      requests = this.#freeRequests()
    ) {
      const entry = this.#queue.shift();
      if (entry === undefined) break;
      this.#send(requests, entry);
    }
    if (this.#hasTwin && this.#requests && this.#underWay === 0 && this.#queue.length === 0) {
      this.#trouble ??= noTrouble([]);
      this.#trouble.isTwin = true;
      void this.#settleOrder(this.#trouble);
    }
    this.#goOn();
  }

  /** Where the next message can be sent to, if one may be. */
  #freeRequests(): PendingRequests | undefined {
    const isHeld =
      this.#isSettling || this.#trouble !== undefined || this.#cancelPause !== undefined;
    const most = this.#isStreamKnown ? maxUnderWay : 1;
    const isFull = this.#underWay >= most || this.#underWayBytes >= maxUnderWayBytes;
    return isHeld || isFull ? undefined : this.#requests;
  }

  #send(requests: PendingRequests, entry: OutboxEntry): void {
    const { place, content, number = 0, sealed } = entry.record;
    const id = formatMessageId({ stream: this.book.stream, number });
    const body =
      sealed === undefined
        ? { text: clearTextOf(content) }
        : {
            sealed: sealed.message,
            device: sealed.device,
            ...(sealed.welcome !== undefined && { welcome: sealed.welcome }),
          };
    const isFirst = !entry.isOld && entry.sentAs !== number;
    entry.sentAs = number;
    entry.progress = 'under-way';
    this.#underWay += 1;
    this.#underWayBytes += entry.bytes;
    requests.ask('SEND', { in: place, id, ...body }, (answer) => {
      if (entry.progress === 'under-way') entry.progress = 'waiting';
      this.#underWay -= 1;
      this.#underWayBytes -= entry.bytes;
      if (isOfTwin(answer, isFirst)) this.#foreign(entry);
      else this.#answered(entry, number, answer);
      this.#goOnAfter();
    });
  }

  #answered(entry: OutboxEntry, number: number, answer: RequestAnswer<'SEND'>): void {
    if (answer.ok) {
      entry.progress = 'answered';
      this.#isStreamKnown = true;
      this.book.confirm(number);
      this.#ports.stored(entry, answer.value);
    } else if (answer.error.code !== 'gone') {
      this.#failed(entry, number, answer.error);
    }
  }

  #goOnAfter(): void {
    if (this.#trouble !== undefined && this.#underWay === 0) void this.#settleOrder(this.#trouble);
    else this.#pump();
  }

  /** The server has something else under the number of `entry`, which nobody has heard. */
  #foreign(entry: OutboxEntry): void {
    entry.progress = 'foreign';
    this.#trouble ??= noTrouble([]);
    this.#trouble.isTwin = true;
  }

  #failed(entry: OutboxEntry, number: number, failure: SendFailure): void {
    const trouble = (this.#trouble ??= noTrouble([]));
    switch (failure.code) {
      case 'out-of-order':
        trouble.expected ??= failure.expected;
        return;
      case 'store-failed':
        trouble.pauseMs = failure.retryMs ?? storeRetryMs;
        return;
      case 'device-changed':
        trouble.outdated.push(entry);
        trouble.freed = Math.min(trouble.freed ?? number, number);
        return;
      default:
        entry.progress = 'answered';
        trouble.freed = Math.min(trouble.freed ?? number, number);
        this.#ports.refused(entry, failure);
    }
  }

  /** All is answered: what was refused leaves gaps, which are closed before anything more is sent. */
  async #settleOrder(trouble: Trouble): Promise<void> {
    if (this.#isSettling) return;
    this.#isSettling = true;
    try {
      for (const entry of trouble.outdated) await this.#ports.deviceChanged(entry);
      if (trouble.isTwin) {
        await this.#ports.twin(() => this.book.leaveStream());
        this.#hasTwin = false;
        this.#isStreamKnown = false;
        // Their numbers are of the stream that was left.
        trouble.expected = undefined;
        trouble.freed = undefined;
      }
      const unsealed = trouble.outdated.flatMap((entry) => this.book.unseal(entry));
      const stream = this.book.stream;
      const { changes, isMuddled } = this.book.close(trouble);
      if (this.book.stream !== stream) this.#isStreamKnown = false;
      // Such a server is not asked at once again.
      if (isMuddled) trouble.pauseMs ??= storeRetryMs;
      await this.#ports.writer.write([...unsealed, ...changes]);
    } catch {
      // The store writer has told it: this client ends.
      return;
    } finally {
      this.#isSettling = false;
      this.#trouble = undefined;
    }
    this.#requeue();
    if (trouble.pauseMs === undefined) this.#pump();
    else this.#pause(trouble.pauseMs);
  }

  #pause(ms: number): void {
    this.#cancelPause = this.#ports.timers.after(ms, () => {
      this.#cancelPause = undefined;
      this.#pump();
    });
  }

  #goOn(): void {
    if (this.#behind.length === 0) return;
    const unsent = this.book.entries.filter(
      ({ place, progress }) =>
        place.kind !== 'direct' && (progress === 'waiting' || progress === 'foreign'),
    );
    const oldest = Math.min(...unsent.map(({ record }) => record.order));
    const ready = this.#behind.filter(({ after }) => after < oldest);
    this.#behind = this.#behind.filter(({ after }) => after >= oldest);
    for (const { act } of ready) act();
  }
}

function noTrouble(outdated: OutboxEntry[]): Trouble {
  return { expected: undefined, freed: undefined, pauseMs: undefined, outdated, isTwin: false };
}

/** What goes out without encryption is text. */
function clearTextOf(content: Content): LineText {
  invariant(content.kind === 'text', 'only texts go out in the clear');
  return content.text as LineText;
}

/** Whether the answer is about a message of somebody else who numbers in the same stream. `isFirst`: it was never sent before. */
function isOfTwin(answer: RequestAnswer<'SEND'>, isFirst: boolean): boolean {
  if (answer.ok) return isFirst && answer.value.repeated === true;
  return answer.error.code !== 'gone' && answer.error.taken === true;
}
