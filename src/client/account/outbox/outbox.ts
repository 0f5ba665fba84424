// Messages of this account that the server has not stored yet: sent in the order of their numbers, many at a time, and
// retried after each reconnect with the same numbers until they are answered. A server that has one already says so,
// and does not deliver it again. Owns when something is sent. outbox-book.ts has the numbers, and private messages
// arrive encrypted.

import { invariant } from '../../../lib/invariant.ts';
import { formatMessageId, type Place } from '../../../wire/extended/names.ts';
import type { RequestInput } from '../../../wire/extended/requests.ts';
import type { LineText, Username } from '../../../wire/text.ts';
import { isAmendment, isKeptFile, textOf, ttlOf, type OutboxContent } from '../../content.ts';
import { keptFileId } from '../account-kept-files.ts';
import type { OutboxDraft } from '../../encryption/stored/engine.ts';
import type { RandomBytes, Timers } from '../../ports.ts';
import type { RequestAnswer, PendingRequests, RequestFailure } from '../../pending-requests.ts';
import type {
  ClientChange,
  ClientRecords,
  CommitFields,
  GroupEnvelope,
  HistoryRecord,
  OutboxRecord,
  SealedRecord,
} from '../../store/store-port.ts';
import type { StoreWriter } from '../store-writer.ts';
import { maxUnderWay, maxUnderWayBytes, storeRetryMs } from '../limits.ts';
import { encodeOpenContent } from '../inbox/open-content.ts';
import { isCommit, OutboxBook, type OutboxEntry } from './outbox-book.ts';

export type { OutboxEntry } from './outbox-book.ts';

/** A refusal that sending again would not change. */
export type SendFailure = Exclude<RequestFailure, { readonly code: 'gone' }>;

/** The server's answer for a stored message. */
export interface StoredReply {
  readonly seq?: number | undefined;
  readonly at?: number | undefined;
  /** Whether it had been stored before. */
  readonly repeated?: boolean | undefined;
  /** Of a commit: the server wants the tree behind it. */
  readonly wantTree?: true | undefined;
}

export interface OutboxPorts {
  readonly writer: StoreWriter;
  readonly random: RandomBytes;
  readonly timers: Timers;
  /** The server has stored it. The receiver of this writes its removal from the outbox (`settle`). */
  readonly stored: (entry: OutboxEntry, answer: StoredReply) => void;
  /** It will not be sent. Its removal is written in the same way. */
  readonly refused: (entry: OutboxEntry, failure: SendFailure) => void;
  /** It was encrypted for a device that this person no longer has. Resolves when the engine knows that. */
  readonly deviceChanged: (entry: OutboxEntry) => Promise<void>;
  /**
   * A sealed group has gone on, or a private conversation has a room by now: it is encrypted again, once this device has
   * processed the log up to `last`.
   */
  readonly stale: (entry: OutboxEntry, last: number) => void;
  /** Another program uses a copy of this store. Runs `leave` when nothing else runs, and writes its changes. */
  readonly twin: (leave: () => readonly ClientChange[]) => Promise<void>;
  /** Runs `act` when nothing is being encrypted: what was refused goes before what comes after it. */
  readonly alone: (act: () => Promise<void>) => Promise<void>;
  /** There is something for a person that is not encrypted yet. */
  readonly drafted: (user: Username) => void;
  /** The same for a sealed group. */
  readonly draftedIn: (place: Place) => void;
  /** There is more room, or less on its way. */
  readonly moved: () => void;
}

/** What blocks the messages behind a refused one, until everything on its way is answered. */
interface Trouble {
  expected: number | undefined;
  freed: number | undefined;
  pauseMs: number | undefined;
  /** What is encrypted again. */
  readonly outdated: OutboxEntry[];
  /** Those of them that were for a device which that person no longer has. */
  readonly otherDevice: OutboxEntry[];
  isTwin: boolean;
}

export class Outbox {
  readonly book: OutboxBook;
  readonly #ports: OutboxPorts;
  /** Entries that are not on the disk yet: if writing fails, they exist nowhere else. */
  readonly #unkept = new Set<OutboxEntry>();
  /**
   * Whether the server knows the stream. In an unknown stream a server accepts any number as the first. Until it has
   * accepted one, a second message on its way could overtake a refused first one, which would then count as stored.
   */
  #isStreamKnown = false;
  #requests: PendingRequests | undefined;
  /** Entries to be sent next, in the order of their numbers. */
  #queue: OutboxEntry[] = [];
  #underWay = 0;
  #underWayBytes = 0;
  #trouble: Trouble | undefined;
  #isSettling = false;
  /** Another program uses this stream, which was not left yet. */
  #hasTwin = false;
  #cancelPause: (() => void) | undefined;
  #behind: { readonly after: number; readonly act: () => void }[] = [];

  constructor(
    ports: OutboxPorts,
    records: Pick<ClientRecords, 'outbox' | 'stream'>,
    placeOf: (text: string) => Place | undefined,
    isSealed: (place: Place) => boolean = () => false,
  ) {
    this.#ports = ports;
    this.book = new OutboxBook(records, placeOf, ports.random, isSealed);
  }

  /** Adds a message. `message` is its message in the history, from the same moment on. */
  say(place: Place, draft: OutboxDraft, message: HistoryRecord | undefined): void {
    const entry = this.book.add(place, draft);
    const changes = this.book.changesOf(entry);
    if (message !== undefined) changes.push({ type: 'message', message });
    this.#unkept.add(entry);
    void this.#write(changes, [entry]);
  }

  /** Adds an entry for a person that is written together with other changes. Call `written` after that. */
  draft(
    user: Username,
    draft: OutboxDraft,
  ): { readonly changes: readonly ClientChange[]; readonly entry: OutboxEntry } {
    const entry = this.book.add({ kind: 'direct', user }, draft);
    return { entry, changes: this.book.changesOf(entry) };
  }

  /** It is encrypted for a sealed group. `onlyFor`: the key of the other one of a private conversation. The same. */
  sealForGroup(
    entry: OutboxEntry,
    group: GroupEnvelope,
    onlyFor?: string,
  ): readonly ClientChange[] {
    this.book.sealForGroup(entry, group, onlyFor);
    return this.book.changesOf(entry);
  }

  /** Adds a commit of a sealed group: the changes to write, with those of the group. Call `written` after that. */
  commit(
    place: Place,
    localId: string,
    fields: CommitFields,
  ): { readonly changes: readonly ClientChange[]; readonly entry: OutboxEntry } {
    const entry = this.book.addCommit(place, localId, fields);
    return { entry, changes: this.book.changesOf(entry) };
  }

  /** It is encrypted: returns the changes to write. Call `written` after that. */
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
      else if (this.book.needsSealing(entry.place)) this.#ports.draftedIn(entry.place);
    }
    this.#pump();
  }

  /** Entries that are not on the disk, in the order in which they were written. */
  get unkept(): readonly OutboxEntry[] {
    return [...this.#unkept];
  }

  /** It leaves the outbox: returns the change to write. */
  settle(entry: OutboxEntry): ClientChange {
    this.#queue = this.#queue.filter((other) => other !== entry);
    const removed = this.book.remove(entry);
    this.#ports.moved();
    return removed;
  }

  /**
   * Calls `act` when all earlier messages to the lobby and to groups are on their way, so that what `act` sends comes
   * after them.
   */
  behind(act: () => void): void {
    this.#behind.push({ after: this.book.lastOrder, act });
    this.#goOn();
  }

  /**
   * Logged in: everything is sent. `knowsStreams`: the server has reported the last number of this device's stream, and
   * it can be continued.
   */
  login(requests: PendingRequests, knowsStreams: boolean): void {
    this.#requests = requests;
    this.#isStreamKnown = false;
    if (this.book.isCounting) this.#goOnWith();
    else void this.#count(this.book.count(knowsStreams));
  }

  /** Messages from before the first login get numbers now. Nothing is sent before these are on the disk. */
  async #count(changes: readonly ClientChange[]): Promise<void> {
    this.#isSettling = true;
    try {
      await this.#ports.writer.write(changes);
    } catch {
      // The store writer has reported it: this client ends.
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

  /**
   * Another program has used a copy of this store: the server has a higher number of the stream than this device gave, or
   * knows a start that was not made here. Waiting entries are settled first, then another stream begins.
   */
  twinFound(): void {
    this.#hasTwin = true;
    this.#pump();
  }

  /** The connection has ended. What was on its way may have arrived or not, and is sent again as it is. */
  logout(): void {
    this.#requests = undefined;
    this.#behind = [];
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    // Without the answers to the messages after it, nobody knows which of them were accepted.
    if (this.#trouble !== undefined && !this.#isSettling) {
      const { outdated, otherDevice, isTwin } = this.#trouble;
      if (isTwin) this.#hasTwin = true;
      this.#trouble = outdated.length > 0 ? { ...noTrouble(), outdated, otherDevice } : undefined;
    }
  }

  async #write(changes: readonly ClientChange[], entries: readonly OutboxEntry[]): Promise<void> {
    try {
      await this.#ports.writer.write(changes);
    } catch {
      // The store writer has reported it: this client ends.
      return;
    }
    this.written(entries);
  }

  #requeue(): void {
    this.#queue = this.book.numbered.filter(
      ({ isWritten, progress }) => isWritten && progress === 'waiting',
    );
    for (const user of this.book.addressees) this.#ports.drafted(user);
    for (const { place, record } of this.book.entries) {
      const waits = record.number === undefined && place.kind !== 'direct';
      if (waits && this.book.needsSealing(place)) this.#ports.draftedIn(place);
    }
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
      this.#trouble ??= noTrouble();
      this.#trouble.isTwin = true;
      void this.#settleOrder(this.#trouble);
    }
    this.#goOn();
  }

  /** The connection's requests, if the next message may be sent. */
  #freeRequests(): PendingRequests | undefined {
    const isHeld =
      this.#isSettling || this.#trouble !== undefined || this.#cancelPause !== undefined;
    const most = this.#isStreamKnown ? maxUnderWay : 1;
    const isFull = this.#underWay >= most || this.#underWayBytes >= maxUnderWayBytes;
    return isHeld || isFull ? undefined : this.#requests;
  }

  #send(requests: PendingRequests, entry: OutboxEntry): void {
    const { place, number = 0, group } = entry.record;
    const id = formatMessageId({ stream: this.book.stream, number });
    const isFirst = !entry.isOld && entry.sentAs !== number;
    entry.sentAs = number;
    entry.progress = 'under-way';
    this.#underWay += 1;
    this.#underWayBytes += entry.bytes;
    const answered = (answer: RequestAnswer<'SEND' | 'COMMIT'>) => {
      if (entry.progress === 'under-way') entry.progress = 'waiting';
      this.#underWay -= 1;
      this.#underWayBytes -= entry.bytes;
      if (isOfTwin(answer, isFirst)) this.#foreign(entry);
      else this.#answered(entry, number, answer);
      this.#goOnAfter();
    };
    if (group?.kind === 'commit') {
      requests.ask('COMMIT', { ...group.fields, in: place, id }, answered);
    } else requests.ask('SEND', { in: place, id, ...bodyOf(entry.record) }, answered);
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

  /** The server has another message under the number of `entry`. Nobody has seen `entry`. */
  #foreign(entry: OutboxEntry): void {
    entry.progress = 'foreign';
    this.#trouble ??= noTrouble();
    this.#trouble.isTwin = true;
  }

  #failed(entry: OutboxEntry, number: number, failure: SendFailure): void {
    const trouble = (this.#trouble ??= noTrouble());
    switch (failure.code) {
      case 'out-of-order':
        trouble.expected ??= failure.expected;
        return;
      case 'store-failed':
        trouble.pauseMs = failure.retryMs ?? storeRetryMs;
        return;
      case 'is-sealed':
      case 'stale':
        if (isCommit(entry)) break;
        this.#ports.stale(entry, failure.last ?? 0);
        sealAnew(entry, number, trouble);
        return;
      // The server has lost the room of a private conversation, and says so as well.
      case 'not-sealed':
        if (isCommit(entry) || entry.place.kind !== 'direct') break;
        sealAnew(entry, number, trouble);
        trouble.pauseMs ??= storeRetryMs;
        return;
      case 'device-changed':
        sealAnew(entry, number, trouble);
        trouble.otherDevice.push(entry);
        return;
      default:
    }
    entry.progress = 'answered';
    trouble.freed = Math.min(trouble.freed ?? number, number);
    this.#ports.refused(entry, failure);
  }

  /** Everything is answered: refused messages leave gaps, which are closed before anything more is sent. */
  async #settleOrder(trouble: Trouble): Promise<void> {
    if (this.#isSettling) return;
    this.#isSettling = true;
    try {
      for (const entry of trouble.otherDevice) await this.#ports.deviceChanged(entry);
      if (trouble.isTwin) {
        await this.#ports.twin(() => this.book.leaveStream());
        this.#hasTwin = false;
        this.#isStreamKnown = false;
        // Their numbers are from the stream that was left.
        trouble.expected = undefined;
        trouble.freed = undefined;
      }
      await this.#ports.alone(() => this.#close(trouble));
    } catch {
      // The store writer has reported it: this client ends.
      return;
    } finally {
      this.#isSettling = false;
      this.#trouble = undefined;
    }
    this.#requeue();
    if (trouble.pauseMs === undefined) this.#pump();
    else this.#pause(trouble.pauseMs);
  }

  async #close(trouble: Trouble): Promise<void> {
    const unsealed = trouble.outdated.flatMap((entry) => this.book.unseal(entry));
    const stream = this.book.stream;
    const { changes, isMuddled } = this.book.close(trouble);
    if (this.book.stream !== stream) this.#isStreamKnown = false;
    // Such a server is not asked again at once.
    if (isMuddled) trouble.pauseMs ??= storeRetryMs;
    await this.#ports.writer.write([...unsealed, ...changes]);
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
        !this.book.needsSealing(place) && (progress === 'waiting' || progress === 'foreign'),
    );
    const oldest = Math.min(...unsent.map(({ record }) => record.order));
    const ready = this.#behind.filter(({ after }) => after < oldest);
    this.#behind = this.#behind.filter(({ after }) => after >= oldest);
    for (const { act } of ready) act();
  }
}

/** The entry is a draft again, and its number is free. */
function sealAnew(entry: OutboxEntry, number: number, trouble: Trouble): void {
  trouble.outdated.push(entry);
  trouble.freed = Math.min(trouble.freed ?? number, number);
}

function noTrouble(): Trouble {
  const nothing = { expected: undefined, freed: undefined, pauseMs: undefined };
  return { ...nothing, outdated: [], otherDevice: [], isTwin: false };
}

/** What a SEND carries. */
function bodyOf({ content, sealed, group, plain }: OutboxRecord): Partial<RequestInput<'SEND'>> {
  const ttl = ttlOf(content);
  const file = {
    ...(isKeptFile(content) && { file: keptFileId(content.upload) }),
    ...(ttl !== undefined && { ttl }),
  };
  if (group?.kind === 'message') {
    return { sealed: group.message, seen: group.seen, on: group.on, ...file };
  }
  if (sealed === undefined) return openBodyOf(content, plain);
  const { message, device, welcome } = sealed;
  return { sealed: message, device, ...(welcome !== undefined && { welcome }), ...file };
}

/** What is sent without encryption is a text, or has one beside it. */
function openBodyOf(
  content: OutboxContent,
  plain = textOf(content),
): Partial<RequestInput<'SEND'>> {
  if (content.kind === 'text') return { text: content.text };
  invariant(content.kind === 'said' || isAmendment(content), 'nothing else goes out in the clear');
  const text = plain.replaceAll('\n', ' ') as LineText;
  return { text, content: encodeOpenContent(content) };
}

/**
 * Whether the answer is about a message of another program with the same stream. `isFirst`: it was never sent before.
 */
function isOfTwin(answer: RequestAnswer<'SEND'>, isFirst: boolean): boolean {
  if (answer.ok) return isFirst && answer.value.repeated === true;
  return answer.error.code !== 'gone' && answer.error.taken === true;
}
