// What this account has said and the server has not stored yet. Each message gets a number of this device's stream
// before it is sent the first time, and goes out with that number again and again until it is answered: a server that
// has it already says so, and says it to nobody a second time. Owns the numbers and their order; encrypts nothing.

import { encodeBase64url } from '../../lib/base64url.ts';
import { encodeUtf8 } from '../../lib/bytes.ts';
import { formatMessageId, formatPlace, type Place } from '../../wire/extended/names.ts';
import type { LineText, Username } from '../../wire/text.ts';
import type { RandomBytes, Timers } from '../ports.ts';
import type { Answer, RequestDesk, RequestFailure } from '../request-desk.ts';
import type { ClientChange, HistoryRecord, OutboxRecord, SealedRecord } from '../store-port.ts';
import type { Journal } from './journal.ts';
import {
  maxOutboxBytes,
  maxOutboxMessages,
  maxUnderWay,
  maxUnderWayBytes,
  storeRetryMs,
} from './limits.ts';

/** A refusal by the server that sending again would not change. */
export type SendFailure = Exclude<RequestFailure, { readonly code: 'gone' }>;

export interface Entry {
  record: OutboxRecord;
  readonly place: Place;
  readonly bytes: number;
  /** As `record` has it, on the disk. */
  isWritten: boolean;
  isUnderWay: boolean;
  /** The server has stored or refused it; that it leaves is still to be written. */
  isAnswered: boolean;
}

export interface OutboxPorts {
  readonly journal: Journal;
  readonly random: RandomBytes;
  readonly timers: Timers;
  /** The server has stored it. Whoever hears this writes that it leaves the outbox (`settle`). */
  readonly stored: (
    entry: Entry,
    answer: { readonly seq?: number | undefined; readonly at?: number | undefined },
  ) => void;
  /** It will not be sent. The same. */
  readonly refused: (entry: Entry, failure: SendFailure) => void;
  /** It was encrypted for a device that is that person's no more. Resolves when that is known where one encrypts. */
  readonly deviceChanged: (entry: Entry) => Promise<void>;
  /** There is something for a person that is not encrypted yet. */
  readonly drafted: (user: Username) => void;
  /** There is room, or less is on its way. */
  readonly moved: () => void;
}

/** What stands in the way of the messages behind a refused one, until all that is on its way is answered. */
interface Trouble {
  /** The number that the server waits for. */
  expected: number | undefined;
  /** The lowest number that was given to a message and is free again. */
  freed: number | undefined;
  pauseMs: number | undefined;
  readonly outdated: Entry[];
}

export class Outbox {
  readonly #ports: OutboxPorts;
  /** In the order in which they were said. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #lastOrder = 0;
  #stream: { readonly stream: string; lastNumber: number };
  /** The highest number of the stream that the server is known to have. */
  #confirmed = 0;
  /**
   * Whether the server is known to know the stream. Of one that it does not know it takes any number as the first: until
   * it has taken one, a second on its way could overtake a first that was turned away, which would then count as said.
   */
  #isStreamKnown = false;
  #desk: RequestDesk | undefined;
  /** Those to be sent next, in the order of their numbers. */
  #queue: Entry[] = [];
  #underWay = 0;
  #underWayBytes = 0;
  #trouble: Trouble | undefined;
  #isSettling = false;
  #cancelPause: (() => void) | undefined;
  #behind: { readonly after: number; readonly act: () => void }[] = [];

  constructor(
    ports: OutboxPorts,
    records: readonly OutboxRecord[],
    stream: { readonly stream: string; readonly lastNumber: number } | undefined,
    placeOf: (text: string) => Place | undefined,
  ) {
    this.#ports = ports;
    for (const record of records) {
      const place = placeOf(record.place);
      if (place !== undefined) this.#add(record, place).isWritten = true;
    }
    // A stream is gone on with where something is numbered in it. Otherwise a new one begins, so that a data
    // directory that was put back from a copy never gives a number twice.
    const goesOn = records.some(({ number }) => number !== undefined);
    this.#stream =
      goesOn && stream !== undefined ? { ...stream } : { stream: this.#newStream(), lastNumber: 0 };
  }

  get size(): number {
    return this.#entries.size;
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  get(localId: string): Entry | undefined {
    return this.#entries.get(localId);
  }

  /** Whether the stream is this device's. */
  isOwnStream(stream: string): boolean {
    return stream === this.#stream.stream;
  }

  byNumber(number: number): Entry | undefined {
    return this.entries.find(({ record }) => record.number === number);
  }

  /** Whether `text` can be taken on top of what waits. */
  hasRoomFor(text: string): boolean {
    return (
      this.#entries.size < maxOutboxMessages &&
      this.#bytes + encodeUtf8(text).length <= maxOutboxBytes
    );
  }

  /**
   * Takes a text. To the lobby or a group it has its number at once; to a person it waits to be encrypted. `message` is
   * what the history shows of it, from the same moment on.
   */
  say(place: Place, localId: string, text: string, message: HistoryRecord | undefined): void {
    this.#lastOrder += 1;
    const record = {
      localId,
      order: this.#lastOrder,
      place: formatPlace(place),
      text,
      number: place.kind === 'direct' ? undefined : this.#nextNumber(),
      sealed: undefined,
    };
    const entry = this.#add(record, place);
    const changes: ClientChange[] = [{ type: 'outbox', entry: record }];
    if (record.number !== undefined) changes.push(this.#streamChange());
    if (message !== undefined) changes.push({ type: 'message', message });
    void this.#write(changes, [entry]);
  }

  /** As `say`, for what is written together with other things: the changes to write. Call `written` then. */
  draft(
    place: Place,
    localId: string,
    text: string,
  ): { readonly changes: readonly ClientChange[]; readonly entry: Entry } {
    this.#lastOrder += 1;
    const record = {
      localId,
      order: this.#lastOrder,
      place: formatPlace(place),
      text,
      number: undefined,
      sealed: undefined,
    };
    const entry = this.#add(record, place);
    return { entry, changes: [{ type: 'outbox', entry: record }] };
  }

  /** What waits to be encrypted for `user`, in its order. */
  draftsFor(user: Username): readonly Entry[] {
    return this.entries.filter(
      ({ place, record, isWritten }) =>
        isWritten && place.kind === 'direct' && place.user === user && record.sealed === undefined,
    );
  }

  /** Everybody for whom something waits to be encrypted. */
  get addressees(): ReadonlySet<Username> {
    const users = new Set<Username>();
    for (const { place, record } of this.#entries.values()) {
      if (place.kind === 'direct' && record.sealed === undefined) users.add(place.user);
    }
    return users;
  }

  /** It is encrypted: the changes to write. Call `written` then. */
  seal(entry: Entry, sealed: SealedRecord): readonly ClientChange[] {
    entry.record = { ...entry.record, sealed, number: this.#nextNumber() };
    entry.isWritten = false;
    return [{ type: 'outbox', entry: entry.record }, this.#streamChange()];
  }

  /** These are on the disk as they are. */
  written(entries: readonly Entry[]): void {
    for (const entry of entries) {
      entry.isWritten = true;
      if (!this.#entries.has(entry.record.localId)) continue;
      if (entry.record.number !== undefined) this.#queue.push(entry);
      else if (entry.place.kind === 'direct') this.#ports.drafted(entry.place.user);
    }
    this.#pump();
  }

  /** It leaves the outbox: the change to write. */
  settle(entry: Entry): ClientChange {
    this.#entries.delete(entry.record.localId);
    this.#queue = this.#queue.filter((other) => other !== entry);
    this.#bytes -= entry.bytes;
    this.#ports.moved();
    return { type: 'outbox-removed', localId: entry.record.localId };
  }

  /** Calls `act` when everything that was said in the lobby and in groups so far is on its way: what comes next is behind it. */
  behind(act: () => void): void {
    this.#behind.push({ after: this.#lastOrder, act });
    this.#goOn();
  }

  /** Logged in: everything that has a number goes out. */
  login(desk: RequestDesk): void {
    this.#desk = desk;
    this.#isStreamKnown = false;
    this.#requeue();
    for (const user of this.addressees) this.#ports.drafted(user);
    this.#pump();
  }

  /** The connection is gone. What was on its way may have arrived or not, and goes again as it is. */
  logout(): void {
    this.#desk = undefined;
    this.#behind = [];
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    // Without the answers of those behind it is not known which of them were taken.
    if (this.#trouble !== undefined && !this.#isSettling) {
      const { outdated } = this.#trouble;
      this.#trouble = outdated.length > 0 ? noTrouble(outdated) : undefined;
    }
  }

  #add(record: OutboxRecord, place: Place): Entry {
    const bytes = encodeUtf8(record.text).length;
    const entry = { record, place, bytes, isWritten: false, isUnderWay: false, isAnswered: false };
    this.#entries.set(record.localId, entry);
    this.#bytes += bytes;
    this.#lastOrder = Math.max(this.#lastOrder, record.order);
    return entry;
  }

  #nextNumber(): number {
    this.#stream.lastNumber += 1;
    return this.#stream.lastNumber;
  }

  #newStream(): string {
    return encodeBase64url(this.#ports.random(16));
  }

  #streamChange(): ClientChange {
    return { type: 'stream', ...this.#stream };
  }

  async #write(changes: readonly ClientChange[], entries: readonly Entry[]): Promise<void> {
    try {
      await this.#ports.journal.write(changes);
    } catch {
      // The journal has told it: this client ends.
      return;
    }
    this.written(entries);
  }

  #requeue(): void {
    this.#queue = this.entries
      .filter(
        ({ record, isWritten, isUnderWay, isAnswered }) =>
          isWritten && !isUnderWay && !isAnswered && record.number !== undefined,
      )
      .sort((one, other) => (one.record.number ?? 0) - (other.record.number ?? 0));
  }

  #pump(): void {
    for (let desk = this.#freeDesk(); desk !== undefined; desk = this.#freeDesk()) {
      const entry = this.#queue.shift();
      if (entry === undefined) break;
      this.#send(desk, entry);
    }
    this.#goOn();
  }

  /** Where the next message can be sent to, if one may be. */
  #freeDesk(): RequestDesk | undefined {
    const isHeld = this.#trouble !== undefined || this.#cancelPause !== undefined;
    const most = this.#isStreamKnown ? maxUnderWay : 1;
    const isFull = this.#underWay >= most || this.#underWayBytes >= maxUnderWayBytes;
    return isHeld || isFull ? undefined : this.#desk;
  }

  #send(desk: RequestDesk, entry: Entry): void {
    const { place, text, number = 0, sealed } = entry.record;
    const id = formatMessageId({ stream: this.#stream.stream, number });
    const content =
      sealed === undefined
        ? { text: text as LineText }
        : {
            sealed: sealed.message,
            device: sealed.device,
            ...(sealed.welcome !== undefined && { welcome: sealed.welcome }),
          };
    entry.isUnderWay = true;
    this.#underWay += 1;
    this.#underWayBytes += entry.bytes;
    desk.ask('SEND', { in: place, id, ...content }, (answer) => {
      entry.isUnderWay = false;
      this.#underWay -= 1;
      this.#underWayBytes -= entry.bytes;
      this.#answered(entry, number, answer);
    });
  }

  #answered(entry: Entry, number: number, answer: Answer<'SEND'>): void {
    if (answer.ok) {
      entry.isAnswered = true;
      this.#isStreamKnown = true;
      this.#confirmed = Math.max(this.#confirmed, number);
      this.#ports.stored(entry, answer.value);
    } else if (answer.error.code !== 'gone') {
      this.#failed(entry, number, answer.error);
    }
    if (this.#trouble !== undefined && this.#underWay === 0) void this.#settleOrder(this.#trouble);
    else this.#pump();
  }

  #failed(entry: Entry, number: number, failure: SendFailure): void {
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
        entry.isAnswered = true;
        trouble.freed = Math.min(trouble.freed ?? number, number);
        this.#ports.refused(entry, failure);
    }
  }

  /**
   * All is answered: numbers of refused messages are not used up, so those behind take them. A server that waits for a
   * number that it had confirmed was put back to an earlier state: then a new stream begins, so that nobody takes one
   * message for another.
   */
  async #settleOrder(trouble: Trouble): Promise<void> {
    if (this.#isSettling) return;
    this.#isSettling = true;
    try {
      for (const entry of trouble.outdated) await this.#ports.deviceChanged(entry);
      const changes = this.#renumber(trouble);
      await this.#ports.journal.write(changes);
    } catch {
      // The journal has told it: this client ends.
      return;
    } finally {
      this.#isSettling = false;
      this.#trouble = undefined;
    }
    this.#requeue();
    for (const user of this.addressees) this.#ports.drafted(user);
    if (trouble.pauseMs === undefined) this.#pump();
    else this.#pause(trouble.pauseMs);
  }

  #renumber(trouble: Trouble): ClientChange[] {
    const changes: ClientChange[] = [];
    for (const outdated of trouble.outdated) {
      for (const entry of this.entries) {
        // All that is encrypted for that device is as useless.
        if (entry.record.place !== outdated.record.place || entry.record.sealed === undefined)
          continue;
        entry.record = { ...entry.record, sealed: undefined, number: undefined };
        changes.push({ type: 'outbox', entry: entry.record });
      }
    }
    const left = this.entries
      .filter(({ record, isAnswered }) => record.number !== undefined && !isAnswered)
      .sort((one, other) => (one.record.number ?? 0) - (other.record.number ?? 0));
    const lowest = left[0]?.record.number;
    const { expected, freed } = trouble;
    let next = expected ?? (freed === undefined ? undefined : Math.max(freed, this.#confirmed + 1));
    if (next === undefined) return changes;
    if (lowest !== undefined && next >= lowest) {
      // Nothing is to be moved; a server that says so all the same is not asked at once again.
      if (next > lowest) trouble.pauseMs ??= storeRetryMs;
      return changes;
    }
    if (next <= this.#confirmed) {
      this.#stream = { stream: this.#newStream(), lastNumber: 0 };
      this.#confirmed = 0;
      this.#isStreamKnown = false;
      next = 1;
    }
    for (const entry of left) {
      entry.record = { ...entry.record, number: next };
      changes.push({ type: 'outbox', entry: entry.record });
      next += 1;
    }
    this.#stream.lastNumber = next - 1;
    changes.push(this.#streamChange());
    return changes;
  }

  #pause(ms: number): void {
    this.#cancelPause = this.#ports.timers.after(ms, () => {
      this.#cancelPause = undefined;
      this.#pump();
    });
  }

  #goOn(): void {
    if (this.#behind.length === 0) return;
    const unsent = this.entries.filter(
      ({ place, isUnderWay, isAnswered }) => place.kind !== 'direct' && !isUnderWay && !isAnswered,
    );
    const oldest = Math.min(...unsent.map(({ record }) => record.order));
    const ready = this.#behind.filter(({ after }) => after < oldest);
    this.#behind = this.#behind.filter(({ after }) => after >= oldest);
    for (const { act } of ready) act();
  }
}

function noTrouble(outdated: Entry[]): Trouble {
  return { expected: undefined, freed: undefined, pauseMs: undefined, outdated };
}
