// The server's messages in conversations, on their way to the disk and then to the person: decrypted, written
// together with the used-up keys and the cursor, emitted once. Processes everything in order, one batch after the
// other; a batch is one write.

import { formatMessageId, formatPlace, parseMessageId } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import type {
  ClientEvent,
  OwnAmendment,
  OwnContent,
  OwnMessage,
  ReceivedMessage,
} from '../../client-event.ts';
import { currentOf } from '../../amending/current.ts';
import { isAmendment, isKeptFile, isMessage, type AmendmentContent } from '../../content.ts';
import type { KeptNews, NoteNews } from '../../files/notes/note-news.ts';
import type { DirectEngine } from '../../encryption/stored/engine.ts';
import type { HashSha256, WallClock, Timers } from '../../ports.ts';
import type { ClientStore, ConversationRecord, HistoryRecord } from '../../store/store-port.ts';
import { filedAs, markOf, received, recordIn, type InboxBatch } from './batch.ts';
import type { LogMessage } from './catch-up.ts';
import { isOfBefore, takeEarlier } from './compare.ts';
import { takePiece, type ImportedPiece } from './imported.ts';
import { noticedIn, type Conversation } from '../conversations.ts';
import { saidAsAdmin, messageAt, takeAmendment } from './amending.ts';
import { damageWords, type DamagedRange, type PageItem } from './damage.ts';
import { Deliveries } from './deliveries.ts';
import type { Expiry } from '../../expiring/expiry.ts';
import type { Erasures } from '../erasures.ts';
import { isGroupLine, type GroupReader } from '../groups/group-reader.ts';
import { isCommit } from '../outbox/outbox-book.ts';
import { amendmentOf } from '../outbox/own-entries.ts';
import type { DirectReader } from './direct-reader.ts';
import type { StoreWriter } from '../store-writer.ts';
import type { LogChange } from './log-change.ts';
import type { LostAmendments } from './lost-amendments.ts';
import { inboxMark, maxInboxBatch, maxPaced, maxUnnumbered } from '../limits.ts';
import type { OutboxEntry, Outbox, SendFailure } from '../outbox/outbox.ts';
import { beginEpoch, whereIs } from './new-epoch.ts';
import { erasedMark, openContentOf, openIdOf } from './open-content.ts';
import { WritePacer } from './write-pacer.ts';
import type { Receipts } from './receipts.ts';

/** Something that must be written and reported. */
export type InboxItem =
  | {
      readonly kind: 'said';
      readonly conversation: Conversation;
      readonly message: LogMessage;
      readonly isLate: boolean;
    }
  /** The server cannot return these any more. */
  | { readonly kind: 'damaged'; readonly conversation: Conversation; readonly damage: DamagedRange }
  /** The server has stored an own message. `isNext`: everything before it in the log was received. */
  | {
      readonly kind: 'stored';
      readonly conversation: Conversation;
      readonly entry: OutboxEntry;
      readonly seq: number | undefined;
      readonly at: number | undefined;
      readonly isNext: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly conversation: Conversation;
      readonly entry: OutboxEntry;
      readonly failure: SendFailure;
    }
  /**
   * The server has described the log of a conversation, and it has changed. `keepsGroup`: what this device has of the sealed
   * group is of that log already.
   */
  | {
      readonly kind: 'described';
      readonly conversation: Conversation;
      readonly change: LogChange;
      readonly keepsGroup?: boolean;
    }
  /** The server was started anew, and its log is certainly the one of before up to `sure` only. */
  | { readonly kind: 'sure'; readonly conversation: Conversation; readonly sure: number }
  /** The server describes a conversation as the sealed group `groupId` (in hex), or, without one, as no sealed group. */
  | {
      readonly kind: 'sealed';
      readonly conversation: Conversation;
      readonly groupId: string | undefined;
    }
  /** The person takes part in the open group that has the name of a sealed one. */
  | { readonly kind: 'opened'; readonly conversation: Conversation }
  /** This account has come into a group, or is out of it. */
  | { readonly kind: 'moved'; readonly conversation: Conversation; readonly isIn: boolean }
  /** The changes of the server's logs come before this: from now on everything is from these runs of the server. */
  | { readonly kind: 'ran'; readonly runs: readonly number[] }
  /** A page of messages from before everything that is here. `written` is told whether it is on the disk. */
  | {
      readonly kind: 'earlier';
      readonly conversation: Conversation;
      readonly pieces: readonly PageItem[];
      readonly written: (isWritten: boolean) => void;
    }
  /** Messages that another device of this account has, of a piece of its history. */
  | ({ readonly kind: 'imported'; readonly conversation: Conversation } & ImportedPiece)
  /** The person has seen something: the record must say so. */
  | { readonly kind: 'seen'; readonly conversation: Conversation }
  /** Something that another device has told, or a file: written with what came. */
  | {
      readonly kind: 'told';
      readonly conversation?: undefined;
      readonly take: (batch: InboxBatch) => Promise<void>;
    }
  /** The other person's device has everything up to `seq`. */
  | { readonly kind: 'delivered'; readonly conversation: Conversation; readonly seq: number };

export interface InboxPorts {
  readonly me: Username;
  readonly now: WallClock;
  readonly timers: Timers;
  /** Undefined if private messages are not for this connection. */
  readonly engine: Pick<DirectEngine, 'stored' | 'logRestarted' | 'knownDevice'> | undefined;
  readonly reader: DirectReader | undefined;
  /** Undefined if sealed groups are not for this connection. */
  readonly groups: GroupReader | undefined;
  readonly store: Pick<ClientStore, 'numbered' | 'ownBehind' | 'ownMessages'>;
  readonly outbox: Outbox;
  readonly writer: StoreWriter;
  readonly receipts: Receipts;
  readonly work: (task: () => Promise<void>) => void;
  readonly erasures: Pick<Erasures, 'add' | 'ask' | 'forget'>;
  readonly lostAmendments?: Pick<LostAmendments, 'find'> | undefined;
  readonly expiry: Pick<Expiry, 'prepare'>;
  /** Of a group, as this device knows it now. */
  readonly isAdmin: (conversation: Conversation, user: Username) => Promise<boolean>;
  /** Without it what the server can read has no ids by which others could mean it. */
  readonly sha256?: HashSha256 | undefined;
  readonly messageOf: (entry: OutboxEntry) => HistoryRecord;
  readonly emit: (event: ClientEvent) => void;
  readonly note: (news: NoteNews) => void;
  /** A message about a kept file is about to be written. Resolves when nothing else is needed to ask about the file. */
  readonly willBeSaid: (news: KeptNews) => Promise<void>;
  /** More waits than may, or no longer: the connection must not be read, or may be. */
  readonly full: (isFull: boolean) => void;
}

export class Inbox {
  readonly #ports: InboxPorts;
  readonly #pacer: WritePacer;
  #items: InboxItem[] = [];
  #waiting: (() => void)[] = [];
  #isScheduled = false;
  #isFull = false;
  /** Repeats for which the server gave no number, by their ids. */
  readonly #unnumbered = new Map<string, HistoryRecord | OwnAmendment>();
  readonly #deliveries = new Deliveries<OwnContent>();
  /** Of notes about files, by their ids. */
  readonly #noteDeliveries = new Deliveries<string>();

  constructor(ports: InboxPorts) {
    this.#ports = ports;
    const { now, timers } = ports;
    this.#pacer = new WritePacer({ now, timers, act: () => this.#schedule() });
  }

  /** Adds items in order. Resolves when they are written and reported. */
  enqueue(items: readonly InboxItem[]): Promise<void> {
    this.#items.push(...items);
    this.#weigh();
    const done = new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#items.length < maxPaced && items.every((item) => this.#isPatient(item))) {
      this.#pacer.request();
    } else {
      this.#schedule();
    }
    return done;
  }

  /** Handles what waits. */
  hurry(): void {
    this.#pacer.hurry();
  }

  /** Whether nobody waits for it: public messages of others. */
  #isPatient(item: InboxItem): boolean {
    if (item.kind !== 'said') return false;
    return item.conversation.peer === undefined && item.message.from !== this.#ports.me;
  }

  /** The server has stored an own message under `id`: when it comes in the log, its number is written with it. */
  awaitNumber(id: string, message: HistoryRecord | OwnAmendment): void {
    this.#unnumbered.set(id, message);
    const [oldest] = this.#unnumbered.keys();
    if (this.#unnumbered.size > maxUnnumbered && oldest !== undefined) {
      this.#unnumbered.delete(oldest);
    }
  }

  #weigh(): void {
    const isFull = this.#items.length > (this.#isFull ? inboxMark / 2 : inboxMark);
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#ports.full(isFull);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#ports.work(() => this.#workOff());
  }

  /** A change of a conversation itself is written alone, between what came before it and what came after. */
  #batchLength(): number {
    const [first] = this.#items;
    if (first !== undefined && standsAlone(first)) return 1;
    const next = this.#items.slice(0, maxInboxBatch).findIndex(standsAlone);
    return next === -1 ? maxInboxBatch : next;
  }

  async #workOff(): Promise<void> {
    this.#isScheduled = false;
    const items = this.#items.splice(0, this.#batchLength());
    const waiting = this.#items.length === 0 ? this.#waiting.splice(0) : [];
    if (this.#items.length > 0) this.#schedule();
    this.#weigh();
    const batch: InboxBatch = {
      changes: [],
      events: [],
      notes: [],
      drafts: [],
      records: new Map(),
      touched: new Set(),
      groups: new Set(),
      standings: new Map(),
      isDelivered: (conversation, seq) => this.#deliveries.has(conversation, seq),
      afterwards: [],
    };
    const written = (isWritten: boolean) => {
      for (const item of items) if (item.kind === 'earlier') item.written(isWritten);
    };
    try {
      for (const item of items) await this.#item(item, batch);
      this.#ports.reader?.ask(batch);
      for (const news of batch.notes) {
        if (news.type === 'kept-file') await this.#ports.willBeSaid(news);
      }
      await this.#write(batch);
    } catch (cause) {
      written(false);
      throw cause;
    }
    written(true);
    this.#ports.outbox.written(batch.drafts);
    for (const event of batch.events) this.#ports.emit(event);
    for (const act of batch.afterwards) act();
    for (const group of batch.groups) this.#ports.groups?.changed(group);
    for (const news of batch.notes) this.#ports.note(news);
    for (const resolve of waiting) resolve();
  }

  /**
   * The one place where records of conversations are written: each together with the messages up to its cursor, so that
   * the cursor never passes a missing message. Read marks are added to every batch.
   */
  async #write(batch: InboxBatch): Promise<void> {
    const { writer, receipts } = this.#ports;
    const { changes, records } = batch;
    for (const conversation of receipts.takeSeen()) {
      records.set(conversation, recordIn(batch, conversation));
    }
    for (const [conversation, record] of records)
      records.set(conversation, seenIn(conversation, record));
    this.#ports.expiry.prepare(batch);
    if (changes.length + records.size === 0) return;
    // The conversation must be written before its messages.
    const conversations = [...records.values()].map(
      (conversation) => ({ type: 'conversation', conversation }) as const,
    );
    await writer.write([...conversations, ...changes]);
    for (const [conversation, record] of records) {
      if (conversation.record.epoch !== record.epoch) conversation.seen = record.read;
      conversation.record = record;
    }
    for (const conversation of batch.touched) this.#acknowledge(conversation);
  }

  #acknowledge(conversation: Conversation): void {
    const { engine, receipts } = this.#ports;
    // Messages that were on their way when the log changed belong to the earlier log.
    const isOfNow = conversation.changing === 0;
    if (conversation.peer !== undefined && engine !== undefined && isOfNow) {
      receipts.stored(conversation, conversation.cursor);
    }
  }

  async #item(item: InboxItem, batch: InboxBatch): Promise<void> {
    switch (item.kind) {
      case 'said':
        await this.#said(item.conversation, item.message, item.isLate, batch);
        return;
      case 'damaged':
        await this.#damaged(item.conversation, item.damage, batch);
        return;
      case 'stored':
        if (isCommit(item.entry)) {
          await this.#ports.groups?.stepDone(item.conversation, item.entry, item.seq, batch);
          return;
        }
        if (
          item.isNext &&
          item.seq !== undefined &&
          item.seq > recordIn(batch, item.conversation).cursor
        ) {
          this.#advance(item.conversation, item.seq, batch);
        }
        await this.#stored(item.conversation, item.entry, item.seq, item.at, batch);
        return;
      case 'refused':
        if (isCommit(item.entry)) {
          await this.#ports.groups?.stepRefused(item.conversation, item.entry, item.failure, batch);
          // A group that could not be founded: nothing that was written for it goes to an open one.
          if (!this.#ports.outbox.book.needsSealing(item.conversation.place)) {
            const text = `the group could not be sealed: ${item.failure.text}`;
            this.#refuseAll(item.conversation, text, batch, true);
          }
          return;
        }
        this.#refused(
          item.conversation,
          item.entry,
          this.#ports.groups?.whyRefused(item.conversation, item.failure) ?? item.failure,
          batch,
        );
        return;
      case 'described':
        await this.#described(item, batch);
        return;
      case 'sure':
        await this.#lostBehind(item.conversation, item.sure, batch);
        return;
      case 'moved': {
        const { conversation, isIn } = item;
        batch.records.set(conversation, { ...recordIn(batch, conversation), isIn });
        return;
      }
      case 'sealed':
        if (item.groupId === undefined) await this.#unsealed(item.conversation, false, batch);
        else await this.#ports.groups?.described(item.conversation, item.groupId, batch);
        return;
      case 'opened':
        await this.#unsealed(item.conversation, true, batch);
        return;
      case 'ran':
        batch.changes.push({ type: 'runs', runs: item.runs });
        return;
      case 'earlier':
        await takeEarlier(this.#ports, item.conversation, item.pieces, batch);
        return;
      case 'imported':
        takePiece(item.conversation, item, batch);
        return;
      case 'told':
        await item.take(batch);
        return;
      case 'seen':
        // Every batch writes that.
        return;
      case 'delivered':
        batch.changes.push({
          type: 'delivered',
          conversation: item.conversation.name,
          seq: item.seq,
        });
        batch.events.push({
          type: 'delivered',
          conversation: item.conversation.name,
          seq: item.seq,
        });
        for (const { own, seq } of this.#deliveries.reach(item.conversation, item.seq))
          batch.events.push(ownEvent(this.#ports.me, own, { state: 'delivered', seq }));
        for (const { own: id } of this.#noteDeliveries.reach(item.conversation, item.seq))
          batch.notes.push({ type: 'own-note', id, fate: 'delivered' });
    }
  }

  /** In its turn, with the record of that time: earlier items may have moved the cursor meanwhile. */
  async #described(
    { conversation, change, keepsGroup }: Extract<InboxItem, { kind: 'described' }>,
    batch: InboxBatch,
  ): Promise<void> {
    conversation.changing -= 1;
    if (change.kind === 'named') {
      batch.records.set(conversation, { ...recordIn(batch, conversation), log: change.log });
      return;
    }
    await this.#beginEpoch(conversation, change, batch);
    if (keepsGroup === true) return;
    // Of a log that may be another one altogether nothing is sure.
    const common = change.kind === 'put-back' ? change.common : 0;
    await this.#ports.groups?.putBack(conversation, common, batch);
  }

  /**
   * Own messages can be further than all that was received: while the rest is being fetched. If the server has lost such
   * ones, another epoch begins.
   */
  async #lostBehind(conversation: Conversation, sure: number, batch: InboxBatch): Promise<void> {
    this.#deliveries.restart(conversation);
    const { log, cursor: start } = recordIn(batch, conversation);
    const lost = await this.#ports.store.ownBehind(conversation.name, sure, 1);
    if (lost.length === 0 || start > sure) return;
    const change = { kind: 'put-back', log, start, common: sure } as const;
    await this.#beginEpoch(conversation, change, batch);
    await this.#ports.groups?.putBack(conversation, sure, batch);
  }

  async #beginEpoch(
    conversation: Conversation,
    change: Exclude<LogChange, { readonly kind: 'named' }>,
    batch: InboxBatch,
  ): Promise<void> {
    if (change.kind === 'put-back')
      await this.#ports.lostAmendments?.find(conversation, change.common, batch);
    await beginEpoch(this.#ports, conversation, change, batch);
    batch.changes.push(...this.#ports.erasures.forget(conversation.place));
    const { peer } = conversation;
    if (peer === undefined) return;
    const until = change.kind === 'other' ? 0 : change.start;
    batch.changes.push(...(this.#ports.engine?.logRestarted(peer, until) ?? []));
    // From the earlier log, and useless in this one.
    this.#deliveries.forget(conversation);
    this.#noteDeliveries.forget(conversation);
    if (change.kind === 'put-back') batch.touched.add(conversation);
  }

  async #said(
    conversation: Conversation,
    said: LogMessage,
    isLate: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    const { seq } = said;
    if (seq !== undefined) {
      if (seq <= recordIn(batch, conversation).cursor) return;
      const isKnown = await isOfBefore(this.#ports, conversation, said, batch);
      this.#advance(conversation, seq, batch);
      if (isKnown) return;
    }
    if (said.erased === true) {
      await this.#erased(conversation, said, batch);
      return;
    }
    if (await this.#ports.groups?.ownStep(conversation, said, batch)) return;
    if (said.from === this.#ports.me && (await this.#isKnown(conversation, said, batch))) return;
    const { groups } = this.#ports;
    if ((await groups?.takes(conversation, said)) === true) {
      await groups?.read(conversation, said, isLate, batch);
    } else if (conversation.peer !== undefined) {
      // A line of a room that is none here says nothing that could be shown.
      if (isGroupLine(said)) return;
      await this.#ports.reader?.read(conversation, conversation.peer, said, isLate, batch);
      // Without a text it is of a sealed group that is none here: nothing that could be shown.
    } else if (said.text !== undefined) await this.#open(conversation, said, isLate, batch);
  }

  /** It was deleted before this device had it. What is here already stays: no server takes it. */
  async #erased(conversation: Conversation, said: LogMessage, batch: InboxBatch): Promise<void> {
    // Of what has disappeared nothing stays, nor is it missed.
    if (conversation.isOwn || said.expired === true) return;
    batch.changes.push({
      type: 'message',
      message: await erasedMark(this.#ports, conversation, said),
    });
  }

  /** Whether it is an own message of this device: then it is in the history already, or is added here. */
  async #isKnown(
    conversation: Conversation,
    said: LogMessage,
    batch: InboxBatch,
  ): Promise<boolean> {
    const { outbox } = this.#ports;
    const { id, seq, at } = said;
    const own = id === undefined ? undefined : parseMessageId(id);
    // An own private message from elsewhere cannot be read here, unless it was said in the room of the two.
    const isElsewhere = conversation.peer !== undefined && !isGroupLine(said);
    if (id === undefined || own === undefined) return isElsewhere;
    const late = this.#unnumbered.get(id);
    if (late !== undefined) {
      this.#unnumbered.delete(id);
      if ('place' in late) await this.#amended(conversation, late, seq, at, batch);
      else this.#numbered(conversation, { ...late, seq, at }, batch);
      return true;
    }
    if (own.stream !== outbox.book.stream) return isElsewhere;
    const entry = outbox.book.byNumber(own.number);
    if (entry !== undefined) await this.#stored(conversation, entry, seq, at, batch);
    return true;
  }

  /** An own message that was stored without its number has it now. */
  #numbered(conversation: Conversation, message: HistoryRecord, batch: InboxBatch): void {
    const { localId, seq, content } = message;
    const { peer, place } = conversation;
    const own = { localId: localId ?? '', place, content };
    const isDelivered = peer !== undefined && this.#isDelivered(conversation, own, seq);
    const state = isDelivered ? 'delivered' : message.state;
    batch.changes.push({ type: 'message', message: { ...message, state } });
    if (isDelivered) batch.events.push(ownEvent(this.#ports.me, own, { state: 'delivered', seq }));
  }

  /** A mark takes its place. Own messages among them are here anyway. */
  async #damaged(
    conversation: Conversation,
    { first, ...others }: DamagedRange,
    batch: InboxBatch,
  ): Promise<void> {
    const { reader, now } = this.#ports;
    const { cursor } = recordIn(batch, conversation);
    const damage = { ...others, first: Math.max(first, cursor + 1) };
    if (damage.last <= cursor) return;
    this.#advance(conversation, damage.last, batch);
    const { name, peer, isOwn } = conversation;
    if (isOwn) return;
    let text: string | undefined;
    if (peer !== undefined && reader !== undefined) {
      text = await reader.damaged(conversation, peer, damage, batch);
    } else {
      batch.changes.push({ type: 'message', message: markOf(conversation, damage, now()) });
      conversation.countUnread(damage.last, undefined);
      text = damageWords(damage, ` ${whereIs(conversation)}`);
    }
    if (text === undefined) return;
    batch.events.push({ type: 'damaged', conversation: name, seq: damage.first, text });
  }

  /** A public message. */
  async #open(
    conversation: Conversation,
    said: LogMessage,
    isLate: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    const { from, text = '', seq, at, guest } = said;
    const { me } = this.#ports;
    const content = openContentOf(said);
    if (isAmendment(content)) {
      const asAdmin = await saidAsAdmin(this.#ports, conversation, from, content);
      const line = { seq, at, from, guest, asAdmin, isLate };
      await takeAmendment(this.#ports, conversation, line, content, batch);
      if (from === me) await this.#eraseVoid(conversation, content, seq, batch);
      return;
    }
    if (seq !== undefined) {
      const message = {
        ...received(conversation, said),
        content,
        encrypted: false,
        ...(await openIdOf(this.#ports, said.id)),
      };
      batch.changes.push({ type: 'message', message });
      if (from !== me) conversation.countUnread(seq, from);
    }
    if (from === undefined) {
      batch.events.push({ type: 'group-notice', text, ...noticedIn(conversation.place) });
      return;
    }
    const filed = filedAs(this.#ports.me, conversation, said, isLate);
    const { place } = conversation;
    const what: ReceivedMessage =
      place.kind === 'group'
        ? { place: 'group', group: place.group, from, content, encrypted: false, filed }
        : { place: 'lobby', from, content, encrypted: false, filed };
    batch.events.push({ type: 'message', message: what });
  }

  /** What this account has said of an earlier message is in the log. */
  async #amended(
    conversation: Conversation,
    amendment: OwnAmendment,
    seq: number | undefined,
    at = this.#ports.now(),
    batch: InboxBatch,
  ): Promise<void> {
    const { me } = this.#ports;
    const { content } = amendment;
    const asAdmin = await saidAsAdmin(this.#ports, conversation, me, content);
    const line = { seq, at, from: me, guest: false, asAdmin, isLate: false };
    if (content.kind === 'delete') await this.#erase(conversation, content.target.seq, batch);
    await takeAmendment(this.#ports, conversation, line, content, batch);
    await this.#eraseVoid(conversation, content, seq, batch);
  }

  /** An own edit that came behind a deletion, which another device has made: the server is to forget that as well. */
  async #eraseVoid(
    conversation: Conversation,
    { kind, target }: AmendmentContent,
    seq: number | undefined,
    batch: InboxBatch,
  ): Promise<void> {
    if (kind !== 'edit' || seq === undefined) return;
    const { erasures, store } = this.#ports;
    const about = await messageAt(store, conversation, target.seq, batch);
    if (about === undefined || currentOf(about).deletion === undefined) return;
    const { place } = conversation;
    batch.changes.push(erasures.add(place, [seq]));
    batch.afterwards.push(() => erasures.ask(place, [seq]));
  }

  /** The server is to forget what this account has deleted, and the edits of it. */
  async #erase(conversation: Conversation, seq: number, batch: InboxBatch): Promise<void> {
    const { erasures, me, store } = this.#ports;
    const about = await messageAt(store, conversation, seq, batch);
    const edits = about?.amended?.edits.map((edit) => edit.seq) ?? [];
    const file = about?.from === me && isKeptFile(about.content) ? [about.content.upload] : [];
    const all = [seq, ...edits, ...file];
    const { place } = conversation;
    batch.changes.push(erasures.add(place, all));
    batch.afterwards.push(() => erasures.ask(place, all));
  }

  async #stored(
    conversation: Conversation,
    entry: OutboxEntry,
    seq: number | undefined,
    at: number | undefined,
    batch: InboxBatch,
  ): Promise<void> {
    const { engine, outbox } = this.#ports;
    const { record, place } = entry;
    // The same report may come twice: as an answer, and from the log.
    if (outbox.book.get(record.localId) === undefined) return;
    batch.changes.push(outbox.settle(entry));
    if (place.kind === 'direct' && record.sealed !== undefined) {
      batch.changes.push(...(engine?.stored(place.user, record.sealed, seq) ?? []));
    }
    const { localId, content } = record;
    if (content.kind === 'file-note') this.#noteStored(conversation, localId, seq, batch);
    const id = outbox.book.idOf(entry);
    const amendment = amendmentOf(entry);
    if (amendment !== undefined) {
      await this.#amended(conversation, amendment, seq, at, batch);
      if (seq === undefined && id !== undefined) this.awaitNumber(formatMessageId(id), amendment);
      batch.events.push({ type: 'own-amendment', amendment, state: 'stored' });
    }
    if (!isMessage(content)) return;
    const waiting = this.#ports.messageOf(entry);
    const own = { localId, place, content };
    // After a lost answer, the other side may have reported it before the server gives the number.
    const isDelivered = place.kind === 'direct' && this.#isDelivered(conversation, own, seq);
    const state = isDelivered ? ('delivered' as const) : ('stored' as const);
    // A group may be sealed since.
    const encrypted = place.kind === 'direct' || record.group !== undefined;
    const openly =
      encrypted || id === undefined ? {} : await openIdOf(this.#ports, formatMessageId(id));
    const message = { ...waiting, encrypted, seq, at: at ?? waiting.at, state, ...openly };
    batch.changes.push({ type: 'message', message });
    if (seq === undefined && id !== undefined) this.awaitNumber(formatMessageId(id), message);
    const { me } = this.#ports;
    batch.events.push(ownEvent(me, own, { state: 'stored', encrypted, seq, at: message.at }));
    if (isDelivered) batch.events.push(ownEvent(me, own, { state, seq }));
    if (place.kind === 'lobby') batch.events.push({ type: 'broadcast-sent', content });
  }

  /** Where the server keeps nothing, it has passed the note on. */
  #noteStored(
    conversation: Conversation,
    id: string,
    seq: number | undefined,
    batch: InboxBatch,
  ): void {
    batch.notes.push({ type: 'own-note', id, fate: 'stored' });
    if (seq !== undefined && !this.#noteDeliveries.numbered(conversation, id, seq)) return;
    batch.notes.push({ type: 'own-note', id, fate: 'delivered' });
  }

  /** An own private message has its number. Returns whether the other side's device has it already. */
  #isDelivered(conversation: Conversation, own: OwnContent, seq: number | undefined): boolean {
    return seq !== undefined && this.#deliveries.numbered(conversation, own, seq);
  }

  #refused(
    conversation: Conversation,
    entry: OutboxEntry,
    failure: SendFailure,
    batch: InboxBatch,
  ): void {
    const { outbox, messageOf } = this.#ports;
    if (outbox.book.get(entry.record.localId) === undefined) return;
    batch.changes.push(outbox.settle(entry));
    const { localId, content } = entry.record;
    if (content.kind === 'file-note') {
      const reason = 'no-receipt';
      batch.notes.push({ type: 'own-note', id: localId, fate: 'not-delivered', reason });
    }
    const amendment = amendmentOf(entry);
    if (amendment !== undefined) {
      const reason = failure.text;
      batch.events.push({ type: 'own-amendment', amendment, state: 'refused', reason });
    }
    if (!isMessage(content)) return;
    const { code, text } = failure;
    const message = { ...messageOf(entry), state: 'refused' as const, reason: text };
    if (conversation.isKept) batch.changes.push({ type: 'message', message });
    const own = { localId, place: entry.place, content };
    const { encrypted } = message;
    const fate = { state: 'refused', encrypted, code, reason: text } as const;
    batch.events.push(ownEvent(this.#ports.me, own, fate));
  }

  /** What was written for a sealed group is not sent to an open one: it comes back in the same write. */
  async #unsealed(
    conversation: Conversation,
    isDecided: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    const text = await this.#ports.groups?.unsealed(conversation, isDecided, batch);
    const needsSealing = this.#ports.outbox.book.needsSealing(conversation.place);
    // Until the person has decided, what was sealed has its answer from the server.
    if (text !== undefined) this.#refuseAll(conversation, text, batch, needsSealing);
  }

  #refuseAll(
    conversation: Conversation,
    text: string,
    batch: InboxBatch,
    draftsOnly: boolean,
  ): void {
    const failure = { code: 'not-sealed', text, expected: undefined, retryMs: undefined } as const;
    const place = formatPlace(conversation.place);
    for (const entry of this.#ports.outbox.book.entries) {
      const { place: where, number } = entry.record;
      if (where !== place || isCommit(entry) || (draftsOnly && number !== undefined)) continue;
      this.#refused(conversation, entry, failure, batch);
    }
  }

  #advance(conversation: Conversation, seq: number, batch: InboxBatch): void {
    batch.records.set(conversation, { ...recordIn(batch, conversation), cursor: seq });
    batch.touched.add(conversation);
  }
}

/** Whether an item changes the log of a conversation, or may, or is much to write: it is a batch of its own. */
function standsAlone({ kind }: InboxItem): boolean {
  return kind === 'described' || kind === 'sure' || kind === 'imported';
}

/** A record with the read mark. In another log nothing was seen. */
function seenIn(conversation: Conversation, record: ConversationRecord): ConversationRecord {
  if (record.epoch !== conversation.record.epoch) return record;
  return { ...record, read: conversation.seen };
}

type OwnFate = Omit<OwnMessage, keyof OwnContent | 'from' | 'encrypted'> & {
  /** Of a message to a group or to the lobby. */
  readonly encrypted?: boolean;
};

/** The event for a changed state of an own message. */
function ownEvent(from: Username, own: OwnContent, fate: OwnFate): ClientEvent {
  const { encrypted = own.place.kind === 'direct' } = fate;
  return { type: 'own', message: { ...own, from, ...fate, encrypted } };
}
