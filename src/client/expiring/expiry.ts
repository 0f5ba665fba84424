// Messages that disappear, on this device: which timer holds where, what is said under it, when each message ends, and its
// end. What is about to be written gets its end here; the time of what others said begins when the person reads it. The
// stores do the wiping (ended.ts), the age is the clock (age.ts).
import { isExpirySeconds, longestLifeMs, type ExpirySeconds } from '../../wire/expiry.ts';
import { formatPlace, type ConversationName, type Place } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { Conversations } from '../account/conversations.ts';
import { recordIn, type InboxBatch } from '../account/inbox/batch.ts';
import type { JsonValue } from '../account/own/own-note.ts';
import type { ClientEvent } from '../client-event.ts';
import { ttlOf, type SpokenContent } from '../content.ts';
import type { Timers, WallClock } from '../ports.ts';
import type {
  ClientChange,
  ClientStore,
  HistoryRecord,
  KeptValue,
  OutboxRecord,
  PlacedRecord,
} from '../store/store-port.ts';
import { Age } from './age.ts';
import type { ToldTimer } from './told-timer.ts';
import { ConversationTimers } from './conversation-timers.ts';

export interface ExpiryPorts {
  readonly me: Username;
  readonly values: readonly KeptValue[];
  readonly store: Pick<ClientStore, 'expiring' | 'nextEnd'>;
  readonly conversations: Pick<Conversations, 'get' | 'nameOf'>;
  /** What waits to be sent, in its order. */
  readonly waiting: () => readonly { readonly record: OutboxRecord }[];
  readonly write: (changes: readonly ClientChange[]) => Promise<void>;
  /** Runs a task when nothing else is written. */
  readonly work: (task: () => Promise<void>) => void;
  readonly now: WallClock;
  readonly timers: Timers;
  readonly emit: (event: ClientEvent) => void;
}

/** Time counts in such steps while the program runs. What ends is gone so much later at most. */
const tickMs = 30_000;
/** So often the age is stored while it counts. What a kill loses counts at the next login. */
const ticksAStore = 20;

export class Expiry {
  readonly #ports: ExpiryPorts;
  readonly #age: Age;
  readonly #timers: ConversationTimers;
  /** Where everything that disappears was read. */
  readonly #read = new Set<ConversationName>();
  /** When the next message ends. */
  #next: number | undefined;
  #cancel: (() => void) | undefined;
  #ticks = 0;
  #isClosed = false;

  constructor(ports: ExpiryPorts) {
    this.#ports = ports;
    this.#age = new Age(ports.values, ports.now);
    this.#timers = new ConversationTimers(ports.values);
    ports.work(() => this.#look());
  }

  /** After which time disappears what is said in a conversation; 0 if it stays. */
  timerOf(name: ConversationName): ExpirySeconds | 0 {
    return this.#timers.of(name);
  }

  /** The same with the message that has set it. Undefined where nothing disappears. */
  setOf(name: ConversationName): ToldTimer | undefined {
    return this.#timers.setOf(name);
  }

  /** What is said at a place now: with its time, where a timer holds, or is about to. */
  timed<Content extends SpokenContent>(place: Place, content: Content): Content {
    if (content.kind !== 'text' && content.kind !== 'said' && content.kind !== 'file')
      return content;
    const where = formatPlace(place);
    const set = this.#ports
      .waiting()
      .findLast(({ record }) => record.place === where && record.content.kind === 'timer');
    const seconds =
      set?.record.content.kind === 'timer'
        ? set.record.content.seconds
        : this.#timers.of(this.#ports.conversations.nameOf(place));
    return isExpirySeconds(seconds) ? { ...content, ttl: seconds } : content;
  }

  /** Logged in. `server`: its time, where it says it. */
  login(server: number | undefined): void {
    if (server === undefined) return;
    this.#age.login(server);
    this.#ports.work(async () => {
      if (this.#next === undefined) return;
      await this.#ports.write([this.#age.change]);
      await this.#look();
    });
  }

  /** What a batch is about to write: messages get their ends, timers are set, and what was read begins. */
  prepare(batch: InboxBatch): void {
    let hasChanged = false;
    for (const [index, change] of batch.changes.entries()) {
      if (change.type !== 'message') continue;
      const message = this.#ending(change.message, batch);
      if (message !== change.message) {
        batch.changes[index] = { type: 'message', message };
        hasChanged = true;
      }
      this.#setBy(message, batch);
    }
    hasChanged = this.#begin(batch) || hasChanged;
    if (!hasChanged) return;
    batch.changes.push(this.#age.change);
    batch.afterwards.push(() => this.#schedule());
  }

  /** All timers, for a device of the account that knows none. */
  get all(): readonly (readonly [ConversationName, JsonValue])[] {
    return this.#timers.all;
  }

  /** Another device knows a timer. */
  take(name: string, timer: unknown, batch: InboxBatch): void {
    if (!this.#timers.take(name, timer)) return;
    batch.changes.push(this.#timers.change);
    batch.afterwards.push(() => this.#ports.emit({ type: 'conversations' }));
  }

  /** Stores how much time has counted. Nothing is done after it. */
  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    if (this.#next !== undefined) this.#ports.work(() => this.#ports.write([this.#age.change]));
  }

  #ending(message: HistoryRecord, batch: InboxBatch): HistoryRecord {
    const ttl = ttlOf(message.content);
    const { conversation: name, seq, state } = message;
    // What waits was not said yet.
    if (ttl === undefined || message.ends !== undefined || state === 'waiting') return message;
    if (this.#next === undefined) this.#age.idle();
    const conversation = this.#ports.conversations.get(name);
    const { read } = conversation === undefined ? { read: 0 } : recordIn(batch, conversation);
    const isBegun = message.from === this.#ports.me || (seq !== undefined && seq <= read);
    const longest = this.#age.now + longestLifeMs(ttl) - this.#age.since(message.at);
    const ends = isBegun ? Math.min(longest, this.#age.latest + ttl * 1000) : longest;
    if (!isBegun) this.#read.delete(name);
    this.#next = Math.min(this.#next ?? ends, ends);
    return { ...message, ends, ...(isBegun && { begun: true }) };
  }

  /** Under a key that is not trusted nobody sets a timer. */
  #setBy(message: HistoryRecord, batch: InboxBatch): void {
    const { content, conversation: name, at, seq, key, unreadable } = message;
    if (content.kind !== 'timer' || seq === undefined) return;
    if (key === 'changed' || unreadable !== undefined) return;
    if (!this.#timers.set(name, content.seconds, at, seq)) return;
    batch.changes.push(this.#timers.change);
    const conversation = this.#ports.conversations.get(name);
    if (conversation === undefined) return;
    const { seconds } = content;
    const { place } = conversation;
    batch.events.push({ type: 'timer', conversation: name, place, seconds, by: message.from });
  }

  /** The person has read more of some conversations. */
  #begin(batch: InboxBatch): boolean {
    let hasBegun = false;
    for (const [conversation, record] of batch.records) {
      const { name } = conversation;
      const isMore = record.read > conversation.record.read;
      if (!isMore || this.#read.has(name) || record.epoch !== conversation.record.epoch) continue;
      const { latest: age } = this.#age;
      batch.changes.push({ type: 'expiry-begun', conversation: name, seq: record.read, age });
      if (record.read >= record.cursor) this.#read.add(name);
      hasBegun ||= this.#next !== undefined;
      batch.afterwards.push(() => this.#ports.work(() => this.#look()));
    }
    return hasBegun;
  }

  /** Ends what is over, and finds what is next. */
  async #look(): Promise<void> {
    const { store, write } = this.#ports;
    const until = this.#age.now;
    const over = await store.expiring(until);
    if (over.length > 0) {
      await write([{ type: 'expired', until }, this.#age.change]);
      this.#told(over);
    }
    this.#next = await store.nextEnd();
    this.#schedule();
  }

  #told(over: readonly PlacedRecord[]): void {
    for (const name of new Set(over.map(({ conversation }) => conversation))) {
      const messages = over.filter((one) => one.conversation === name);
      const conversation = this.#ports.conversations.get(name);
      if (conversation === undefined) continue;
      const { place, seen } = conversation;
      const unread = messages.filter(
        ({ seq = 0, from }) => seq > seen && from !== this.#ports.me,
      ).length;
      conversation.unread = Math.max(0, conversation.unread - unread);
      const left = conversation.unread;
      this.#ports.emit({ type: 'expired', conversation: name, place, messages, unread: left });
    }
  }

  #schedule(): void {
    if (this.#isClosed || this.#cancel !== undefined || this.#next === undefined) return;
    const ms = Math.min(tickMs, Math.max(0, this.#next - this.#age.now));
    this.#cancel = this.#ports.timers.after(ms, () => {
      this.#cancel = undefined;
      this.#age.pass(ms);
      this.#ticked();
    });
  }

  #ticked(): void {
    const { work, write } = this.#ports;
    this.#ticks += 1;
    if (this.#next !== undefined && this.#age.now >= this.#next) {
      work(() => this.#look());
      return;
    }
    if (this.#ticks % ticksAStore === 0) work(() => write([this.#age.change]));
    this.#schedule();
  }
}
