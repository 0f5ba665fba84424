// Who is writing, and who has read how far, as this account says it to others and hears it of them [13.14]. In rooms it is
// sealed (docs/E2EE.md 18). Owns what is told, how often, and to whom the person allows it; whoever does not tell how far
// they have read is not told. What is said here is never a message: it is lost where there is no connection.

import { encodeBase64url } from '../../lib/base64url.ts';
import type { ExtendedEvent, ExtendedEventOf } from '../../wire/extended/events.ts';
import { formatPlace, type ConversationName, type Place } from '../../wire/extended/names.ts';
import { formatRequest } from '../../wire/extended/requests.ts';
import type { Username } from '../../wire/text.ts';
import type { Conversation, Conversations } from '../account/conversations.ts';
import type { ClientEvent } from '../client-event.ts';
import type { GroupEngine } from '../encryption/group/engine.ts';
import type { OpenedSignal, SealedSignal } from '../encryption/group/signalling.ts';
import type { RandomBytes, Timers, WallClock } from '../ports.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';
import {
  maxMarksWaiting,
  maxMarkTries,
  maxPeopleByDefault,
  maxSkewMs,
  maxToldAnew,
  readBookMs,
  signalEveryMs,
} from './limits.ts';
import { ReadBook } from './read-book.ts';
import { decodeSignalBody, encodeSignalBody, type SignalBody } from './signal-body.ts';
import { SignalWishes, type SignalWishesPorts, type WishSubject } from './signal-wishes.ts';
import { Typists } from './typists.ts';

type Heard = ExtendedEventOf<'SIGNAL'> | ExtendedEventOf<'MARK'>;

export interface AccountSignalsPorts {
  readonly me: Username;
  readonly own: SignalWishesPorts['own'];
  readonly values: readonly KeptValue[];
  /** Resolves when it is on the disk. */
  readonly write: (change: () => ClientChange) => Promise<void>;
  readonly conversations: Pick<Conversations, 'get' | 'all' | 'nameOf'>;
  /** Undefined where nothing is sealed for groups here. */
  readonly engine: Pick<GroupEngine, 'isSealed' | 'sealSignal' | 'openSignal'> | undefined;
  /** Whether what is said to somebody goes by a room. To be asked where the engine is free. */
  readonly hasRoom: (user: Username) => Promise<boolean>;
  /** Whether nothing is to be sealed before the person has decided about the server. */
  readonly isHeld: () => Promise<boolean>;
  /** Runs a task when the engine is free. */
  readonly work: (task: () => Promise<void>) => void;
  /** How many accounts are in a group; undefined if that is not known. */
  readonly sizeOf: (conversation: Conversation) => number | undefined;
  /** Whether the server of this connection passes signals on. */
  readonly isServed: () => boolean;
  /** Whether a person reads here: a program that hears everything has read nothing. */
  readonly isPerson: () => boolean;
  readonly random: RandomBytes;
  readonly now: WallClock;
  readonly timers: Timers;
  readonly emit: (event: ClientEvent) => void;
}

/** What this connection has told of a conversation. */
interface Told {
  seq: number;
  /** Until more may be told. */
  cancel: (() => void) | undefined;
  isDue: boolean;
  /** How often it could not be sealed, one after the other. */
  tries: number;
}

export class AccountSignals {
  readonly wishes: SignalWishes;
  readonly #ports: AccountSignalsPorts;
  readonly #typists: Typists;
  readonly #readBook: ReadBook;
  readonly #told = new Map<Conversation, Told>();
  /** When it was last said that this person is writing. */
  readonly #typedAt = new Map<Conversation, number>();
  /** Of commits that are still to be processed, by conversation and person. */
  readonly #waiting = new Map<Conversation, Map<Username, ExtendedEventOf<'MARK'>>>();
  /** The clocks of others' devices when they last said something, by conversation and key. */
  readonly #heardAt = new Map<string, number>();
  /** Where this program says that it reads, though nobody does. */
  readonly #programs = new Set<Conversation>();
  #write: ((line: string) => void) | undefined;
  #looked: ConversationName | undefined;
  #lastAt = 0;
  /** The server's run: it has the marks of its own run alone. Undefined where it does not say. */
  #run: number | undefined;
  /** The run in which all marks were told. */
  #toldRun: number | undefined;
  #cancelKeeping: (() => void) | undefined;
  #isClosed = false;

  constructor(ports: AccountSignalsPorts) {
    this.#ports = ports;
    const { own, values, write, now, timers } = ports;
    const changed = (subject: WishSubject): void => this.#wished(subject);
    this.wishes = new SignalWishes({ own, values, write, now, changed });
    this.#readBook = new ReadBook(values);
    const toldRun = values.find(({ name }) => name === toldRunName)?.value;
    this.#toldRun = toldRun === undefined ? undefined : Number(toldRun);
    this.#typists = new Typists(timers, (name) => {
      ports.emit({ type: 'typing', conversation: name, names: this.#typists.in(name) });
    });
  }

  // ---- what the person wants --------------------------------------------------------------------------------

  /** Whether others hear that this person is writing, and the other way round. */
  get tellsTyping(): boolean {
    return this.wishes.of('typing') ?? true;
  }

  /** Whether others of a conversation hear how far this person has read there, and the other way round. */
  tellsReading(name: ConversationName): boolean {
    const decided = this.wishes.of(name);
    if (decided !== undefined) return decided;
    const conversation = this.#ports.conversations.get(name);
    if (this.wishes.of('receipts') !== true || conversation === undefined) return false;
    return (this.#sizeOf(conversation) ?? Infinity) <= maxPeopleByDefault;
  }

  #sizeOf(conversation: Conversation): number | undefined {
    if (conversation.peer !== undefined) return 2;
    return conversation.place.kind === 'lobby' ? undefined : this.#ports.sizeOf(conversation);
  }

  #wished(subject: WishSubject): void {
    this.#ports.emit({ type: 'signals' });
    if (subject === 'typing') {
      if (!this.tellsTyping) this.#typists.clear();
      return;
    }
    for (const [conversation, { cancel }] of this.#told) {
      if (subject !== 'receipts' && subject !== conversation.name) continue;
      cancel?.();
      this.#told.delete(conversation);
    }
    if (this.#looked !== undefined) this.lookAt(this.#looked);
  }

  // ---- what is shown ----------------------------------------------------------------------------------------

  typingIn(name: ConversationName): readonly Username[] {
    return this.tellsTyping ? this.#typists.in(name) : [];
  }

  /** Who has read an own message, as far as they have said. */
  readersOf(name: ConversationName, seq: number): readonly Username[] {
    const conversation = this.#ports.conversations.get(name);
    if (conversation === undefined || !this.tellsReading(name)) return [];
    return this.#readBook.readers(name, conversation.log, seq);
  }

  // ---- what is told -----------------------------------------------------------------------------------------

  /** The person is writing something at a place. To be called as often as one likes. */
  typing(place: Place): void {
    const { conversations, now } = this.#ports;
    const conversation = conversations.get(conversations.nameOf(place));
    if (conversation === undefined || !this.tellsTyping || !this.#isOpen(conversation)) return;
    const sentAt = this.#typedAt.get(conversation);
    const sinceMs = sentAt === undefined ? Infinity : now() - sentAt;
    // A clock that was set back says nothing.
    if (sinceMs >= 0 && sinceMs < signalEveryMs) return;
    this.#typedAt.set(conversation, now());
    this.#say(conversation, { kind: 'typing', at: this.#at() }, () => {
      // It may be possible a moment later.
      this.#typedAt.delete(conversation);
    });
  }

  /** The person looks at a conversation: from here on they tell there how far they have read, and hear of the others. */
  lookAt(name: ConversationName): void {
    this.#looked = name;
    const conversation = this.#ports.conversations.get(name);
    if (conversation !== undefined && !this.#told.has(conversation)) this.#tell(conversation);
  }

  /** A program says that all of a conversation was read, and goes on saying so. */
  reads(name: ConversationName): void {
    const conversation = this.#ports.conversations.get(name);
    if (conversation === undefined) return;
    this.#programs.add(conversation);
    this.moved(conversation);
  }

  /** The person has seen more of a conversation. */
  moved(conversation: Conversation): void {
    const told = this.#told.get(conversation);
    if (told?.cancel === undefined) this.#tell(conversation);
    else told.isDue = true;
  }

  /** The state of a room is another one: what was told before is told again, because nobody else can read it any more. */
  changed(conversation: Conversation): void {
    const waiting = this.#waiting.get(conversation);
    this.#waiting.delete(conversation);
    for (const mark of waiting?.values() ?? []) this.receive(mark);
    const told = this.#told.get(conversation);
    if (told === undefined) return;
    told.seq = -1;
    if (told.cancel === undefined) this.#tell(conversation);
    else told.isDue = true;
  }

  #tell(conversation: Conversation): void {
    const { name, log } = conversation;
    const isReader = this.#ports.isPerson() || this.#programs.has(conversation);
    if (!this.#isOpen(conversation) || !isReader || !this.tellsReading(name)) return;
    const told = this.#told.get(conversation) ?? {
      seq: -1,
      cancel: undefined,
      isDue: false,
      tries: 0,
    };
    const seq = position(conversation);
    if (log <= 0 || seq <= told.seq) return;
    this.#told.set(conversation, told);
    told.seq = seq;
    told.isDue = false;
    told.cancel = this.#ports.timers.after(signalEveryMs, () => {
      told.cancel = undefined;
      if (told.isDue && this.#told.get(conversation) === told) this.#tell(conversation);
    });
    this.#say(conversation, { kind: 'read', at: this.#at(), log, seq }, () => {
      told.seq = -1;
      told.tries += 1;
      told.isDue = told.tries < maxMarkTries;
    });
  }

  #isOpen(conversation: Conversation): boolean {
    const { isIn, isOwn, isKept, peer } = conversation;
    const isThere = peer !== undefined || isIn;
    return this.#write !== undefined && this.#ports.isServed() && !isOwn && isThere && isKept;
  }

  /** `failed`: it could not be sealed now. */
  #say(conversation: Conversation, body: SignalBody, failed: () => void): void {
    const { place, name, peer } = conversation;
    const { engine, hasRoom, isHeld, random, work } = this.#ports;
    const verb = body.kind === 'typing' ? 'SIGNAL' : 'MARK';
    const where = { in: formatPlace(place) };
    const isSealed = engine?.isSealed(name) === true || conversation.isToBeSealed;
    if (peer === undefined && !isSealed) {
      const seq = body.kind === 'read' ? { seq: body.seq } : {};
      this.#write?.(formatRequest(verb, { ...where, ...seq }));
      return;
    }
    work(async () => {
      // A session of two devices has neither.
      const isRoom = peer === undefined || (await hasRoom(peer));
      if (engine === undefined) return;
      const sealed =
        !isRoom || (await isHeld())
          ? undefined
          : await engine.sealSignal(name, encodeSignalBody(body), random(nonceBytes));
      if (sealed === undefined) failed();
      else this.#write?.(formatRequest(verb, { ...where, ...sealed }));
    });
  }

  /** Grows from signal to signal, so that none counts twice. */
  #at(): number {
    this.#lastAt = Math.max(this.#ports.now(), this.#lastAt + 1);
    return this.#lastAt;
  }

  // ---- what is heard ----------------------------------------------------------------------------------------

  /** `run`: of the server, where it says it. */
  login(write: (line: string) => void, run?: number): void {
    this.#write = write;
    this.#run = run;
    this.#heardAt.clear();
    this.#forgetTold();
  }

  logout(): void {
    this.#write = undefined;
    this.#typists.clear();
    this.#waiting.clear();
    this.#forgetTold();
  }

  /** Everything that was missed is here: the person looks at something already. */
  caughtUp(): void {
    if (this.#looked !== undefined) this.lookAt(this.#looked);
    this.#tellServer();
  }

  /** A server that was started anew has no marks any more: those who are here later are to hear this account's from it. */
  #tellServer(): void {
    const { conversations, isPerson, isServed } = this.#ports;
    if (!isServed() || (this.#run !== undefined && this.#run === this.#toldRun)) return;
    const read = conversations.all.filter((one) => position(one) > 0 && !this.#told.has(one));
    const told = read.filter((one) => isPerson() || this.#programs.has(one));
    for (const conversation of told.slice(0, maxToldAnew)) this.#tell(conversation);
    this.#toldRun = this.#run;
    if (!isPerson() || this.#run === undefined) return;
    const value = String(this.#run);
    // What can't be stored ends this client.
    void this.#ports
      .write(() => ({ type: 'kept-value', name: toldRunName, value }))
      .catch(() => {});
  }

  /** Whether an event is one of these. */
  receive(event: ExtendedEvent): boolean {
    if (event.verb !== 'SIGNAL' && event.verb !== 'MARK') return false;
    const conversation = this.#ports.conversations.get(event.in);
    const isWanted = event.verb === 'SIGNAL' ? this.tellsTyping : this.tellsReading(event.in);
    if (conversation === undefined || event.from === this.#ports.me || !isWanted) return true;
    const { sealed, on } = event;
    const isSealed =
      conversation.peer !== undefined || this.#ports.engine?.isSealed(event.in) === true;
    if (sealed !== undefined && on !== undefined) this.#open(conversation, event, { sealed, on });
    // In a sealed conversation nothing is said in the open.
    else if (!isSealed) this.#heard(conversation, event, undefined);
    return true;
  }

  /** A message of somebody has come: they are not writing it any more. */
  said(name: ConversationName, from: Username | undefined): void {
    if (from !== undefined) this.#typists.ended(name, from);
  }

  #open(conversation: Conversation, event: Heard, sealed: SealedSignal): void {
    const { engine, work } = this.#ports;
    work(async () => {
      const opened = await engine?.openSignal(conversation.name, sealed);
      if (opened === 'later') {
        if (event.verb === 'MARK') this.#wait(conversation, event);
      } else if (opened?.from === event.from) this.#heard(conversation, event, opened);
    });
  }

  #wait(conversation: Conversation, event: ExtendedEventOf<'MARK'>): void {
    const waiting = this.#waiting.get(conversation) ?? new Map<Username, ExtendedEventOf<'MARK'>>();
    if (waiting.size >= maxMarksWaiting && !waiting.has(event.from)) return;
    this.#waiting.set(conversation, waiting);
    waiting.set(event.from, event);
  }

  #heard(conversation: Conversation, event: Heard, opened: OpenedSignal | undefined): void {
    const { name, log } = conversation;
    const body = opened && decodeSignalBody(opened.body);
    if (opened !== undefined && (body === undefined || !this.#isNew(name, opened, body))) return;
    if (event.verb === 'SIGNAL') {
      if (body === undefined || body.kind === 'typing') this.#typists.heard(name, event.from);
      return;
    }
    const mark = body ?? { kind: 'read', log, seq: event.seq ?? 0 };
    if (mark.kind !== 'read' || mark.log !== log) return;
    if (!this.#readBook.mark(name, log, event.from, mark.seq)) return;
    this.#keepLater();
    this.#ports.emit({ type: 'read', conversation: name, user: event.from, seq: mark.seq });
  }

  /** Signals of a device come in their order; an earlier one again is none. How far somebody has read only grows anyway. */
  #isNew(name: ConversationName, { device }: OpenedSignal, { kind, at }: SignalBody): boolean {
    if (kind === 'read') return true;
    const key = `${name} ${encodeBase64url(device)}`;
    const isRecent = Math.abs(this.#ports.now() - at) <= maxSkewMs;
    if (!isRecent || at <= (this.#heardAt.get(key) ?? 0)) return false;
    this.#heardAt.delete(key);
    this.#heardAt.set(key, at);
    const [oldest] = this.#heardAt.keys();
    if (this.#heardAt.size > maxClocks && oldest !== undefined) this.#heardAt.delete(oldest);
    return true;
  }

  #keepLater(): void {
    if (this.#isClosed) return;
    this.#cancelKeeping ??= this.#ports.timers.after(readBookMs, () => void this.#keep());
  }

  async #keep(): Promise<void> {
    this.#cancelKeeping?.();
    this.#cancelKeeping = undefined;
    // What can't be stored ends this client.
    await this.#ports.write(() => this.#readBook.value).catch(() => {});
  }

  /** Writes what others have said of their reading, if that is due. */
  async flush(): Promise<void> {
    if (this.#cancelKeeping !== undefined) await this.#keep();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelKeeping?.();
  }

  #forgetTold(): void {
    for (const { cancel } of this.#told.values()) cancel?.();
    this.#told.clear();
    this.#typedAt.clear();
  }
}

const nonceBytes = 12;
const toldRunName = 'marks-told';
/** Of so many devices it is remembered when they said something last. */
const maxClocks = 4_096;

/** Up to where everything was seen: own messages behind it count as seen, if nothing else is unread. */
function position({ seen, cursor, unread }: Conversation): number {
  return unread === 0 ? Math.max(seen, cursor) : seen;
}
