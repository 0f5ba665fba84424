// The content of the outbox, and the numbers of this device's stream: each message gets one before it is first sent,
// and keeps it as long as the server may have it. Owns order, caps and numbers. Sends and writes nothing.
//
// One stream serves a store as long as it exists, so that the server's last number reveals a restored older copy of the
// store. Until the server has reported it once in this run, nothing is numbered and nothing is passed on for
// encryption.

import { encodeBase64url } from '../../../lib/base64url.ts';
import { formatPlace, type MessageId, type Place } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import { encodeContent, type Content, type OutboxContent } from '../../content.ts';
import type { OutboxDraft } from '../../encryption/stored/engine.ts';
import type { RandomBytes } from '../../ports.ts';
import type {
  ClientChange,
  ClientRecords,
  CommitFields,
  GroupEnvelope,
  OutboxRecord,
  SealedRecord,
} from '../../store/store-port.ts';
import { maxOutboxBytes, maxOutboxMessages } from '../limits.ts';

/** How far an entry is at the server. */
export type SendProgress =
  /** It was not sent, or not answered before the connection ended. */
  | 'waiting'
  | 'under-way'
  /** The server has another message under its number: another program uses the same stream. */
  | 'foreign'
  /** The server has stored or refused it. Its removal must still be written. */
  | 'answered';

export interface OutboxEntry {
  record: OutboxRecord;
  readonly place: Place;
  readonly bytes: number;
  /** Whether `record` is on the disk. */
  isWritten: boolean;
  progress: SendProgress;
  /** Whether it was in the store when this run began. */
  isOld: boolean;
  /** The number under which it was last sent in this run. */
  sentAs?: number;
  /** A commit: the server wants the tree behind it. */
  wantsTree?: boolean;
  /** Its id at the server, if that is from an earlier stream. */
  saidAs?: MessageId;
}

/** What is known about numbers after a refusal. */
export interface Gap {
  /** The number that the server expects. */
  readonly expected: number | undefined;
  /** The lowest number of a message that is free again. */
  readonly freed: number | undefined;
}

export class OutboxBook {
  readonly #random: RandomBytes;
  readonly #isSealed: (place: Place) => boolean;
  /** In the order in which they were written. */
  readonly #entries = new Map<string, OutboxEntry>();
  #bytes = 0;
  #lastOrder = 0;
  /** Whether the store had a stream when this run began. */
  readonly #isStreamStored: boolean;
  #stream: { readonly stream: string; lastNumber: number };
  /** The highest number of the stream that the server certainly has. */
  #confirmed: number;
  /** Whether the server has reported the last number of the stream. */
  #isCounting = false;

  constructor(
    { outbox, stream }: Pick<ClientRecords, 'outbox' | 'stream'>,
    placeOf: (text: string) => Place | undefined,
    random: RandomBytes,
    isSealed: (place: Place) => boolean,
  ) {
    this.#random = random;
    this.#isSealed = isSealed;
    for (const record of outbox) {
      const place = placeOf(record.place);
      if (place === undefined) continue;
      const entry = this.#put(record, place);
      entry.isWritten = true;
      entry.isOld = true;
    }
    this.#isStreamStored = stream !== undefined;
    this.#stream = stream === undefined ? this.#newStream() : { ...stream };
    const lowest = this.numbered[0]?.record.number;
    this.#confirmed = lowest === undefined ? this.#stream.lastNumber : lowest - 1;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** In the order in which they were written. */
  get entries(): readonly OutboxEntry[] {
    return [...this.#entries.values()];
  }

  /** The order of the last message. */
  get lastOrder(): number {
    return this.#lastOrder;
  }

  get stream(): string {
    return this.#stream.stream;
  }

  /** The last number of a message. */
  get lastNumber(): number {
    return this.#stream.lastNumber;
  }

  /** Whether messages get numbers, and private ones may be encrypted. */
  get isCounting(): boolean {
    return this.#isCounting;
  }

  /** The id of a message that has a number. */
  idOf({ record, saidAs }: OutboxEntry): MessageId | undefined {
    const { number } = record;
    return saidAs ?? (number === undefined ? undefined : { stream: this.stream, number });
  }

  get(localId: string): OutboxEntry | undefined {
    return this.#entries.get(localId);
  }

  byNumber(number: number): OutboxEntry | undefined {
    return this.entries.find(({ record, saidAs }) => !saidAs && record.number === number);
  }

  /** Entries with a number and no answer, in the order of their numbers. */
  get numbered(): readonly OutboxEntry[] {
    return this.entries
      .filter(({ record, progress }) => record.number !== undefined && progress !== 'answered')
      .sort((one, other) => (one.record.number ?? 0) - (other.record.number ?? 0));
  }

  /** Entries that wait to be encrypted for `user`, in order. */
  draftsFor(user: Username): readonly OutboxEntry[] {
    if (!this.#isCounting) return [];
    return this.entries.filter(
      (entry) => entry.isWritten && isDraftFor(entry) && entry.record.place === `@${user}`,
    );
  }

  /** Entries that wait to be encrypted for a sealed group, in order. */
  draftsIn(group: Place): readonly OutboxEntry[] {
    if (!this.#isCounting) return [];
    const place = formatPlace(group);
    return this.entries.filter(
      ({ record, isWritten, progress }) =>
        isWritten &&
        record.place === place &&
        record.number === undefined &&
        progress !== 'answered' &&
        record.group === undefined,
    );
  }

  /** Whether messages there are encrypted: to a person, or to a sealed group. */
  needsSealing(place: Place): boolean {
    return place.kind === 'direct' || this.#isSealed(place);
  }

  /** Everybody for whom an entry waits to be encrypted. */
  get addressees(): ReadonlySet<Username> {
    const users = new Set<Username>();
    for (const entry of this.#entries.values()) {
      if (entry.place.kind === 'direct' && isDraftFor(entry)) users.add(entry.place.user);
    }
    return users;
  }

  /** Whether there is room for `content` beside the waiting entries. */
  hasRoomFor(content: Content): boolean {
    return (
      this.#entries.size < maxOutboxMessages && this.#bytes + bytesOf(content) <= maxOutboxBytes
    );
  }

  /**
   * The server and this device agree about the stream: entries so far get numbers. `knowsStreams`: whether the server
   * reports streams. A server that does not is sent nothing under numbers that it may know.
   */
  count(knowsStreams: boolean): ClientChange[] {
    if (this.#isCounting) return [];
    this.#isCounting = true;
    const stream = this.#stream;
    if (!knowsStreams && this.numbered.length === 0) {
      this.#stream = this.#newStream();
      this.#confirmed = 0;
    }
    // Every copy of the store from now on knows the stream.
    const isNew = !this.#isStreamStored || this.#stream !== stream;
    const changes = this.#numberDrafts();
    return isNew && changes.length === 0 ? [this.#streamChange()] : changes;
  }

  /**
   * The store is a restored older copy: of its stream the server has everything up to `taken`. Those entries are
   * `said`. Nobody can tell about entries without a number in the copy: `unsure`. Everything else gets numbers of a new
   * stream, and is encrypted again.
   */
  restart(taken: number): {
    readonly changes: ClientChange[];
    readonly said: readonly OutboxEntry[];
    readonly unsure: readonly OutboxEntry[];
  } {
    this.#isCounting = true;
    const changes = this.#keepAnswered();
    const said = this.numbered.filter(({ record }) => (record.number ?? 0) <= taken);
    const unsure = this.entries.filter(({ isOld, record }) => isOld && record.number === undefined);
    for (const entry of unsure) entry.progress = 'answered';
    for (const entry of said) {
      const { number = 0 } = entry.record;
      entry.saidAs = { stream: this.stream, number };
      entry.progress = 'answered';
    }
    for (const entry of this.numbered) {
      if (isCommit(entry)) {
        changes.push(this.remove(entry));
        continue;
      }
      entry.record = unsealed(entry.record);
      if (this.needsSealing(entry.place)) changes.push({ type: 'outbox', entry: entry.record });
    }
    this.#stream = this.#newStream();
    this.#confirmed = 0;
    return { said, unsure, changes: [...changes, ...this.#numberDrafts(), this.#streamChange()] };
  }

  /**
   * Another program uses the same stream: unanswered entries get numbers of a new one, and are encrypted again. Must be
   * called when nothing is on its way.
   */
  leaveStream(): ClientChange[] {
    const changes = this.#keepAnswered();
    for (const entry of this.numbered) {
      if (isCommit(entry)) {
        changes.push(this.remove(entry));
        continue;
      }
      entry.record = unsealed(entry.record);
      if (entry.progress === 'foreign') entry.progress = 'waiting';
      if (this.needsSealing(entry.place)) changes.push({ type: 'outbox', entry: entry.record });
    }
    this.#stream = this.#newStream();
    this.#confirmed = 0;
    return [...changes, ...this.#numberDrafts(), this.#streamChange()];
  }

  /**
   * What the server has answered, and what is not settled yet, stays what it is in the stream that ends: another entry may
   * have its number from now on. A commit is read in the log as those of others are, since rooms are entered anew.
   */
  #keepAnswered(): ClientChange[] {
    const changes: ClientChange[] = [];
    for (const entry of this.entries) {
      const { number } = entry.record;
      if (entry.progress !== 'answered' || number === undefined || entry.saidAs) continue;
      if (isCommit(entry)) changes.push(this.remove(entry));
      else entry.saidAs = { stream: this.stream, number };
    }
    return changes;
  }

  /** Adds a message. For the lobby or a group it gets its number at once. For a person it waits to be encrypted. */
  add(place: Place, { localId, content, onlyFor, plain }: OutboxDraft): OutboxEntry {
    const isNumbered = !this.needsSealing(place) && this.#isCounting;
    const record = {
      localId,
      order: this.#lastOrder + 1,
      place: formatPlace(place),
      content,
      number: isNumbered ? this.#nextNumber() : undefined,
      sealed: undefined,
      ...(onlyFor !== undefined && { onlyFor }),
      ...(plain !== undefined && { plain }),
    };
    return this.#put(record, place);
  }

  /** Adds a commit of a sealed group, which gets its number at once. */
  addCommit(place: Place, localId: string, fields: CommitFields): OutboxEntry {
    const record = {
      localId,
      order: this.#lastOrder + 1,
      place: formatPlace(place),
      content: { kind: 'group-step' },
      number: this.#nextNumber(),
      sealed: undefined,
      group: { kind: 'commit', fields },
    } as const;
    return this.#put(record, place);
  }

  /** It is encrypted for a group, and gets its number. */
  sealForGroup(entry: OutboxEntry, group: GroupEnvelope, onlyFor = entry.record.onlyFor): void {
    const said = onlyFor === undefined ? entry.record : { ...entry.record, onlyFor };
    entry.record = { ...said, group, number: this.#nextNumber() };
    entry.isWritten = false;
  }

  /** It is encrypted, and gets its number. */
  seal(entry: OutboxEntry, sealed: SealedRecord): void {
    entry.record = { ...entry.record, sealed, number: this.#nextNumber() };
    entry.isWritten = false;
  }

  /** The changes that store an entry as it is, with the last number. */
  changesOf({ record }: OutboxEntry): ClientChange[] {
    const kept: ClientChange = { type: 'outbox', entry: record };
    return record.number === undefined ? [kept] : [kept, this.#streamChange()];
  }

  remove({ record, bytes }: OutboxEntry): ClientChange {
    if (this.#entries.delete(record.localId)) this.#bytes -= bytes;
    return { type: 'outbox-removed', localId: record.localId };
  }

  /** The server has this number. */
  confirm(number: number): void {
    this.#confirmed = Math.max(this.#confirmed, number);
  }

  /**
   * Everything that is encrypted for the device of `outdated` is as useless as that: it waits to be encrypted again.
   */
  unseal(outdated: OutboxEntry): ClientChange[] {
    const changes: ClientChange[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.record.place !== outdated.record.place || !isUnsealable(entry)) continue;
      entry.record = unsealed(entry.record);
      changes.push({ type: 'outbox', entry: entry.record });
    }
    return changes;
  }

  /**
   * Closes the gap: numbers of refused messages are not used up, so later messages take them. If a server expects a
   * number that it had confirmed, it was restored to an earlier state: then a new stream begins, so that no message is
   * confused with another. `isMuddled`: what the server expects is impossible.
   */
  close({ expected, freed }: Gap): {
    readonly changes: ClientChange[];
    readonly isMuddled: boolean;
  } {
    const left = this.numbered;
    const lowest = left[0]?.record.number;
    let next = expected ?? (freed === undefined ? undefined : Math.max(freed, this.#confirmed + 1));
    if (next === undefined) return { changes: [], isMuddled: false };
    if (lowest !== undefined && next >= lowest) return { changes: [], isMuddled: next > lowest };
    if (next <= this.#confirmed) {
      this.#stream = this.#newStream();
      this.#confirmed = 0;
      next = 1;
    }
    const changes: ClientChange[] = [];
    for (const entry of left) {
      entry.record = { ...entry.record, number: next };
      changes.push({ type: 'outbox', entry: entry.record });
      next += 1;
    }
    this.#stream.lastNumber = next - 1;
    return { changes: [...changes, this.#streamChange()], isMuddled: false };
  }

  #put(record: OutboxRecord, place: Place): OutboxEntry {
    const bytes = bytesOf(record.content);
    const entry: OutboxEntry = {
      record,
      place,
      bytes,
      progress: 'waiting',
      isWritten: false,
      isOld: false,
    };
    this.#entries.set(record.localId, entry);
    this.#bytes += bytes;
    this.#lastOrder = Math.max(this.#lastOrder, record.order);
    return entry;
  }

  /** Public messages have waited without a number. */
  #numberDrafts(): ClientChange[] {
    const changes: ClientChange[] = [];
    for (const entry of this.#entries.values()) {
      if (
        this.needsSealing(entry.place) ||
        entry.progress === 'answered' ||
        entry.record.number !== undefined
      )
        continue;
      entry.record = { ...entry.record, number: this.#nextNumber() };
      changes.push({ type: 'outbox', entry: entry.record });
    }
    return changes.length === 0 ? [] : [...changes, this.#streamChange()];
  }

  #nextNumber(): number {
    this.#stream.lastNumber += 1;
    return this.#stream.lastNumber;
  }

  #newStream(): { readonly stream: string; lastNumber: number } {
    return { stream: encodeBase64url(this.#random(16)), lastNumber: 0 };
  }

  #streamChange(): ClientChange {
    return { type: 'stream', ...this.#stream };
  }
}

function bytesOf(content: OutboxContent): number {
  // Commits are bounded by their groups: one at a time each.
  if (content.kind === 'group-step') return 0;
  return encodeContent(content).bytes.length;
}

/** Whether an entry is a step of a sealed group. Nobody repeats one under another number: its state has gone on. */
export function isCommit({ record }: OutboxEntry): boolean {
  return record.group?.kind === 'commit';
}

/** Whether an entry waits to be encrypted for a person. */
function isDraftFor({ place, record }: OutboxEntry): boolean {
  return place.kind === 'direct' && record.sealed === undefined && record.group === undefined;
}

/** Whether what an entry holds can be encrypted again. */
function isUnsealable({ record, place }: OutboxEntry): boolean {
  if (record.group?.kind === 'commit') return false;
  return record.sealed !== undefined || record.group !== undefined || place.kind !== 'direct';
}

function unsealed(record: OutboxRecord): OutboxRecord {
  return { ...record, sealed: undefined, number: undefined, group: undefined };
}
