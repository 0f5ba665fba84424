// An account as one client has it, over all its connections: what it has said, what it has yet to hear, its keys, and
// the model that views draw. Puts the parts of this folder together and owns nothing else; the connection's life and
// version 1 are chat-client.ts.
//
// What comes from the server and what goes to it passes through one queue: encryption allows one step at a time. Each
// step is on the disk before anything of it is told or sent. If the disk says no, the client ends (`failed`): what is
// on it is whole, and the next start goes on from there.

import { ok, type Result } from '../../lib/result.ts';
import type {
  ExtendedEvent,
  ExtendedEventOf,
  KeptConversation,
} from '../../wire/extended/events.ts';
import {
  formatPlace,
  parsePlace,
  type ConversationName,
  type Place,
} from '../../wire/extended/names.ts';
import { formatMessageId } from '../../wire/extended/names.ts';
import { formatRequest } from '../../wire/extended/requests.ts';
import type { Username } from '../../wire/text.ts';
import type { ClientEvent } from '../client-event.ts';
import { refuseCommand, type CommandRefusal } from '../command-refusal.ts';
import { DirectEngine, isSilent, newTextId, type DirectPorts } from '../direct/engine.ts';
import type { Clock, RandomBytes, Timers } from '../ports.ts';
import { SerialQueue } from '../private/serial-queue.ts';
import { RequestDesk } from '../request-desk.ts';
import type { ClientChange, ClientRecords, ClientStore, HistoryRecord } from '../store-port.ts';
import { CatchUp, type Said } from './catch-up.ts';
import { Conversations, type Conversation, type ConversationView } from './conversations.ts';
import { DirectPost } from './direct-post.ts';
import { DirectReader } from './direct-reader.ts';
import { Earlier } from './earlier.ts';
import { Inbox } from './inbox.ts';
import { Journal } from './journal.ts';
import { KeyStock } from './key-stock.ts';
import { maxUnreadCounted, outboxMark, stockLow, tidyEveryMs } from './limits.ts';
import { Outbox, type Entry, type SendFailure } from './outbox.ts';
import { Receipts } from './receipts.ts';
import { isNewStore, restoredFrom, type Restored } from './restored.ts';

/** What is kept on the device for an account, opened and read. */
export interface AccountKeeping {
  readonly store: ClientStore;
  readonly records: ClientRecords;
  /** Nothing of what was said before this start is of interest: for a store that is gone afterwards. */
  readonly startsNow: boolean;
}

export interface AccountPorts {
  readonly me: Username;
  readonly keeping: AccountKeeping;
  /** For private messages with accounts; undefined where they are for another connection. */
  readonly direct: DirectPorts | undefined;
  readonly timers: Timers;
  readonly now: Clock;
  readonly random: RandomBytes;
  readonly tell: (event: ClientEvent) => void;
  /** Takes a private text to somebody who has no account. */
  readonly toGuest: (user: Username, localId: string, text: string) => void;
  /** More has come than could be worked on, or no longer: the connection is to be read, or not. */
  readonly full: (isFull: boolean) => void;
  /** Something could not be kept. Nothing more is done. */
  readonly failed: (cause: unknown) => void;
}

/** Everything of one login. */
interface Login {
  readonly desk: RequestDesk;
  readonly write: (line: string) => void;
  readonly catchUp: CatchUp;
}

/** Of a text that waited in an older copy of the store: it is better asked about than said twice. */
const maybeSaid = {
  code: 'maybe-said',
  reason:
    'it waited in an older copy of this data directory and may have been said since; say it again if it is missing',
};

export class AccountSide {
  readonly #ports: AccountPorts;
  readonly #journal: Journal;
  readonly #queue: SerialQueue;
  readonly #conversations: Conversations;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #receipts: Receipts;
  readonly #earlier: Earlier;
  readonly #engine: DirectEngine | undefined;
  readonly #post: DirectPost | undefined;
  readonly #stock: KeyStock | undefined;
  /** Names that are known to have an account. */
  readonly #accounts = new Set<Username>();
  #login: Login | undefined;
  /** Nothing in the store was ever kept there before this run. */
  readonly #isNewStore: boolean;
  /** The server has said at a login whether the store is what this device had last. */
  #isJudged = false;
  #isBroken = false;
  #tidiedAt: number | undefined;
  /** Messages that came late since the login. */
  #missed = 0;
  #waiting: (() => void)[] = [];

  constructor(ports: AccountPorts) {
    const { keeping, me, timers, now, random, direct } = ports;
    const { records, store } = keeping;
    this.#ports = ports;
    this.#isNewStore = isNewStore(records);
    this.#journal = new Journal(store, (cause) => this.#broke(cause));
    this.#queue = new SerialQueue(0, (cause) => this.#fault(cause));
    this.#conversations = new Conversations(me, records.conversations, keeping.startsNow);
    this.#receipts = new Receipts({
      journal: this.#journal,
      timers,
      got: (conversation, seq) => this.#got(conversation, seq),
    });
    this.#earlier = new Earlier({ journal: this.#journal, store });
    const work = (task: () => Promise<void>) => this.#work(task);
    const messageOf = (entry: Entry) => this.#messageOf(entry);
    this.#outbox = new Outbox(
      {
        journal: this.#journal,
        random,
        timers,
        stored: (entry, answer) => this.#stored(entry, answer.seq, answer.at),
        refused: (entry, failure) => this.#refused(entry, failure),
        deviceChanged: (entry) => this.#deviceChanged(entry),
        drafted: (user) => this.#post?.post(user),
        moved: () => this.#moved(),
      },
      records,
      parsePlace,
    );
    this.#engine = direct && new DirectEngine(direct, records);
    const reading = { me, outbox: this.#outbox, store, random };
    this.#inbox = new Inbox({
      me,
      engine: this.#engine,
      reader: this.#engine && new DirectReader({ ...reading, engine: this.#engine }),
      outbox: this.#outbox,
      journal: this.#journal,
      receipts: this.#receipts,
      work,
      messageOf,
      tell: ports.tell,
      full: ports.full,
    });
    const engine = this.#engine;
    if (engine !== undefined) {
      this.#stock = new KeyStock(
        { engine, journal: this.#journal, work },
        records.packages.length === 0,
      );
      this.#post = new DirectPost({
        engine,
        outbox: this.#outbox,
        journal: this.#journal,
        timers,
        now,
        work,
        isAccount: (user) => this.#accounts.has(user),
        foundAccount: (user) => void this.#accounts.add(user),
        messageOf,
        toGuest: (user, { record }) => ports.toGuest(user, record.localId, record.text),
        refused: (entry, failure) => this.#refused(entry, failure),
        tell: (event) => ports.tell({ type: 'private', event }),
        moved: () => this.#moved(),
      });
    }
    for (const { peer } of records.sessions) this.#accounts.add(peer);
    for (const { peer } of this.#conversations.all)
      if (peer !== undefined) this.#accounts.add(peer);
    this.#work(() => this.#countUnread());
  }

  /** The stream that this device numbers its messages in. */
  get stream(): string {
    return this.#outbox.book.stream;
  }

  /** Own messages that the server does not have yet. */
  get unsent(): number {
    return this.#outbox.book.size;
  }

  /** Of those, the ones that do not wait for the person's word about a key, who may take any time. */
  get underWay(): number {
    const isHeld = ({ place }: Entry) =>
      place.kind === 'direct' && this.#post?.isHeld(place.user) === true;
    const waiting = this.#outbox.book.entries.filter((entry) => !isHeld(entry)).length;
    return waiting + (this.#post?.handing ?? 0);
  }

  /** Whether more may be said without waiting. */
  get hasRoom(): boolean {
    return this.#outbox.book.size < outboxMark;
  }

  get conversations(): readonly ConversationView[] {
    return this.#conversations.all;
  }

  // ---- the connection ---------------------------------------------------------------------------------------

  /** Logged in: what was missed is fetched, what waits is sent. `write` sends a line. */
  login(welcome: ExtendedEventOf<'WELCOME'>, write: (line: string) => void): void {
    const desk = new RequestDesk(write);
    const catchUp = new CatchUp({
      desk,
      timers: this.#ports.timers,
      take: (conversation, messages, isLate) => this.#take(conversation, messages, isLate),
      done: () => this.#caughtUp(),
    });
    const login = { desk, write, catchUp };
    this.#login = login;
    this.#missed = 0;
    const restored = this.#judge(welcome);
    if (restored !== undefined) this.#restore(restored, welcome);
    this.#conversations.leaveAll();
    // Private messages first: they wait for nobody else.
    const described = [...welcome.conversations].sort(
      (one, other) => Number(other.in.startsWith('@')) - Number(one.in.startsWith('@')),
    );
    for (const kept of described) this.#described(kept, catchUp);
    this.#post?.login(desk);
    this.#earlier.login(desk);
    // Behind what is done about a store that is an older copy: nothing is numbered or sealed before.
    this.#work(async () => {
      const knowsStreams = welcome.lastNumber !== undefined;
      if (this.#login === login) this.#outbox.login(desk, knowsStreams);
    });
    catchUp.start();
    this.#stock?.login(desk);
  }

  /** The connection is gone. */
  logout(): void {
    const login = this.#login;
    this.#login = undefined;
    this.#outbox.logout();
    this.#post?.logout();
    this.#earlier.logout();
    this.#stock?.logout();
    login?.catchUp.close();
    login?.desk.close();
    this.#moved();
  }

  /** The server said something. */
  heard(event: ExtendedEvent): void {
    const login = this.#login;
    if (login === undefined || login.desk.heard(event)) return;
    switch (event.verb) {
      case 'MSG':
        this.#said(event, login);
        return;
      case 'DELIVERED': {
        const conversation = this.#conversations.get(event.in);
        if (conversation === undefined || event.by === this.#ports.me) return;
        void this.#inbox.take([{ kind: 'delivered', conversation, seq: event.seq }]);
        return;
      }
      case 'STOCK_LOW':
        if (event.stock < stockLow) this.#stock?.fill();
        return;
      case 'JOINED':
        this.#described(event, login.catchUp);
        login.catchUp.start();
        this.#ports.tell({ type: 'conversations' });
        return;
      case 'LEFT':
        this.#conversations.left(event.in);
        this.#ports.tell({ type: 'conversations' });
        return;
      // Answers, which the desk has taken, and the login's own words.
      default:
    }
  }

  // ---- what a view asks for ---------------------------------------------------------------------------------

  /** Takes a text for the lobby, a group or a person. The id stands for it in the `own` events that follow. */
  say(place: Place, text: string): Result<string, CommandRefusal> {
    if (!this.#outbox.book.hasRoomFor(text)) return refuseCommand('outbox-full');
    const localId = newTextId(this.#ports.random);
    const conversation = this.#conversations.get(this.#conversations.nameOf(place));
    const isKnown = place.kind === 'direct' ? this.#accounts.has(place.user) : conversation?.isKept;
    const draft = { localId, place, text };
    const message = isKnown === true ? this.#message(draft) : undefined;
    this.#outbox.say(place, localId, text, message);
    this.#ports.tell({
      type: 'own',
      message: { ...draft, from: this.#ports.me, state: 'waiting' },
    });
    return ok(localId);
  }

  /** Calls `act` when what was said in the lobby and in groups so far is on its way. */
  behind(act: () => void): void {
    this.#outbox.behind(act);
  }

  /** Whether that name is known to have an account. */
  isAccount(user: Username): boolean {
    return this.#accounts.has(user);
  }

  /** The engine for what a person decides about keys; what was held goes on after `decided`. */
  get keys(): DirectEngine | undefined {
    return this.#engine;
  }

  decided(user: Username): void {
    this.#post?.post(user);
  }

  /** The person has seen everything of a conversation up to `upTo`, or all that is here. */
  read(name: ConversationName, upTo?: number): void {
    const conversation = this.#conversations.get(name);
    if (conversation !== undefined) this.#receipts.read(conversation, upTo);
  }

  /** The last `limit` messages before `before`, oldest first; what this device does not have comes from the server. */
  async history(
    name: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]> {
    const conversation = this.#conversations.get(name);
    return conversation === undefined ? [] : this.#earlier.page(conversation, before, limit);
  }

  /** The same, of what this device has. */
  kept(
    name: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]> {
    return this.#ports.keeping.store.history(name, before, limit);
  }

  /** The last `limit` messages whose words begin like each of `words`, newest first. */
  search(words: readonly string[], limit: number): Promise<readonly HistoryRecord[]> {
    return this.#ports.keeping.store.search(words, limit);
  }

  /** Who has an account, and who is here; undefined while there is no connection. */
  async people(): Promise<ExtendedEventOf<'PEOPLE'>['people'] | undefined> {
    const answer = await this.#login?.desk.asking('PEOPLE', {});
    return answer?.ok ? answer.value.people : undefined;
  }

  /** Resolves when the outbox has changed, or the connection has gone or come. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Works on everything that has come, and gives the receipts for it. */
  async flush(): Promise<void> {
    await this.#queue.idle();
    await this.#receipts.flush().catch(() => {
      // The journal has told it.
    });
  }

  /** Writes what is still to be written, and lets go of the store. */
  async close(): Promise<void> {
    await this.flush();
    this.logout();
    await this.#queue.idle();
    await this.#journal.idle();
    await this.#ports.keeping.store.close();
  }

  // ---- inside -----------------------------------------------------------------------------------------------

  /** What speaks for it that the store is an older copy; asked once in a run. */
  #judge(welcome: ExtendedEventOf<'WELCOME'>): Restored | undefined {
    if (this.#isJudged || this.#engine === undefined) return undefined;
    this.#isJudged = true;
    const reach = {
      me: this.#ports.me,
      lastNumber: this.#outbox.book.lastNumber,
      conversations: this.#conversations.all.map(({ record }) => record),
      isNew: this.#isNewStore,
    };
    return restoredFrom(reach, welcome);
  }

  /** In one write: sessions are sealed in no more, what was said is said, and the rest gets a new stream. */
  #restore({ taken, missing }: Restored, welcome: ExtendedEventOf<'WELCOME'>): void {
    this.#stock?.replace();
    const conversations = this.#conversations.skipLost(welcome.conversations);
    this.#work(async () => {
      const { changes, said, unsure } = this.#outbox.book.restart(taken);
      const fates = [
        ...said.map((entry) => ({ entry, fate: { state: 'stored' } as const })),
        ...unsure.map((entry) => ({ entry, fate: { state: 'refused', ...maybeSaid } as const })),
      ];
      await this.#journal.write([
        ...(this.#engine?.restoredFromCopy() ?? []),
        ...conversations,
        ...changes,
        ...fates.flatMap(({ entry, fate }) => this.#settled(entry, fate.state)),
      ]);
      this.#ports.tell({ type: 'restored', missing });
      for (const { entry, fate } of fates) {
        const { localId, text } = entry.record;
        const own = { localId, from: this.#ports.me, place: entry.place, text, ...fate };
        if (!isSilent(localId)) this.#ports.tell({ type: 'own', message: own });
      }
    });
  }

  /** It leaves the outbox without having been sent. What the server has gets its number from the log. */
  #settled(entry: Entry, state: 'stored' | 'refused'): ClientChange[] {
    const settled = this.#outbox.settle(entry);
    if (isSilent(entry.record.localId)) return [settled];
    const reason = state === 'refused' ? maybeSaid.reason : undefined;
    const message = { ...this.#messageOf(entry), state, reason };
    if (entry.saidAs) this.#inbox.awaitNumber(formatMessageId(entry.saidAs), message);
    return [settled, { type: 'message', message }];
  }

  #described(kept: KeptConversation, catchUp: CatchUp): void {
    if (kept.in.startsWith('@') && this.#engine === undefined) return;
    const described = this.#conversations.describe(kept);
    if (described === undefined) return;
    const { conversation, changes, restartedAt } = described;
    const { peer } = conversation;
    if (peer !== undefined) this.#accounts.add(peer);
    if (changes.length > 0) {
      void this.#inbox.take([{ kind: 'described', conversation, changes, restartedAt }]);
    }
    if (kept.kept && kept.last > conversation.handed) catchUp.add(conversation);
    if (peer !== undefined) {
      const { peerGot, got = 0 } = kept;
      if (peerGot !== undefined && peerGot > 0) {
        void this.#inbox.take([{ kind: 'delivered', conversation, seq: peerGot }]);
      }
      // A receipt that did not get there before the connection ended.
      if (conversation.cursor > got) this.#receipts.stored(conversation, conversation.cursor);
    }
  }

  #said(said: Said, { catchUp }: Login): void {
    const conversation = this.#conversations.reach(said.in);
    if (conversation === undefined) return;
    if (conversation.peer !== undefined) {
      if (this.#engine === undefined) return;
      this.#accounts.add(conversation.peer);
    }
    if (this.#earlier.heard(conversation, said)) return;
    if (!catchUp.heard(conversation, said)) void this.#take(conversation, [said], false);
  }

  #take(conversation: Conversation, messages: readonly Said[], isLate: boolean): Promise<void> {
    const items = messages
      .filter(({ seq }) => seq === undefined || seq > conversation.handed)
      .map((message) => ({ kind: 'said', conversation, message, isLate }) as const);
    const last = items.at(-1)?.message.seq;
    if (last !== undefined) conversation.handed = last;
    if (isLate)
      this.#missed += items.filter(({ message }) => message.from !== this.#ports.me).length;
    return this.#inbox.take(items);
  }

  #stored(entry: Entry, seq: number | undefined, at: number | undefined): void {
    const conversation = this.#conversations.reach(this.#conversations.nameOf(entry.place));
    if (conversation === undefined) return;
    const isBehind = this.#login?.catchUp.isBehind(conversation) ?? true;
    const isNext = !isBehind && seq !== undefined && seq > conversation.handed;
    if (isNext) conversation.handed = seq;
    void this.#inbox.take([{ kind: 'stored', conversation, entry, seq, at, isNext }]);
  }

  #refused(entry: Entry, failure: SendFailure): void {
    const conversation = this.#conversations.reach(this.#conversations.nameOf(entry.place));
    if (conversation === undefined) return;
    void this.#inbox.take([{ kind: 'refused', conversation, entry, failure }]);
  }

  /** Runs in the queue of the engine, whatever else is in it. */
  #deviceChanged({ place, record }: Entry): Promise<void> {
    const { sealed } = record;
    if (place.kind !== 'direct' || sealed === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#work(async () => {
        const done = this.#engine?.deviceChanged(place.user, sealed) ?? Promise.resolve();
        await done.then(resolve, reject);
      });
    });
  }

  #got(conversation: Conversation, seq: number): void {
    const fields = { in: formatPlace(conversation.place), seq };
    this.#login?.write(formatRequest('GOT', fields));
  }

  #caughtUp(): void {
    this.#ports.tell({ type: 'caught-up', missed: this.#missed });
    this.#missed = 0;
    const now = this.#ports.now();
    if (this.#tidiedAt !== undefined && now - this.#tidiedAt < tidyEveryMs) return;
    this.#tidiedAt = now;
    // Behind what was just taken: until that is read its keys are needed.
    this.#work(() => this.#journal.write(this.#engine?.tidy() ?? []));
  }

  async #countUnread(): Promise<void> {
    for (const conversation of this.#conversations.all) {
      const { name, cursor, read } = conversation;
      if (cursor <= read) continue;
      const last = await this.#ports.keeping.store.history(name, undefined, maxUnreadCounted);
      const unread = last.filter(({ seq, from }) => (seq ?? 0) > read && from !== this.#ports.me);
      conversation.unread += unread.length;
    }
  }

  #messageOf({ record, place }: Entry): HistoryRecord {
    return this.#message({ localId: record.localId, place, text: record.text });
  }

  #message({
    localId,
    place,
    text,
  }: {
    localId: string;
    place: Place;
    text: string;
  }): HistoryRecord {
    return {
      conversation: this.#conversations.nameOf(place),
      localId,
      seq: undefined,
      at: this.#ports.now(),
      from: this.#ports.me,
      guest: false,
      text,
      encrypted: place.kind === 'direct',
      key: undefined,
      unreadable: undefined,
      state: 'waiting',
      reason: undefined,
    };
  }

  #moved(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #work(task: () => Promise<void>): void {
    this.#queue.add(async () => {
      if (!this.#isBroken) await task();
    });
  }

  #broke(cause: unknown): void {
    this.#isBroken = true;
    this.#ports.failed(cause);
  }

  /** A write that failed is told once, by the journal; anything else here is a bug, after which nothing is certain. */
  #fault(cause: unknown): void {
    if (!this.#isBroken) this.#broke(cause);
  }
}
