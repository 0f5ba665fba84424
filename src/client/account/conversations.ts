// The conversations of an account as this device knows them: how far it has each, what the server says of it, how much
// is unread. Owns the records' numbers; fetches, writes and tells nothing.

import {
  conversationOf,
  parseConversation,
  type ConversationName,
  type Place,
} from '../../wire/extended/names.ts';
import type { KeptConversation } from '../../wire/extended/events.ts';
import type { GroupName, Username } from '../../wire/text.ts';
import type { ClientChange, ConversationRecord } from '../store-port.ts';
import { firstSight } from './limits.ts';

/** One conversation as views see it. */
export interface ConversationView {
  readonly name: ConversationName;
  readonly place: Place;
  /** Whether this account is in it now; otherwise only its history is left. */
  readonly isIn: boolean;
  /** Whether the server keeps what is said, for those who are away. */
  readonly isKept: boolean;
  readonly admin: Username | undefined;
  /** Messages of others that the person has not seen. */
  readonly unread: number;
  /** The last message that this device has, and the last that the person has seen. */
  readonly cursor: number;
  readonly read: number;
}

export class Conversation implements ConversationView {
  readonly name: ConversationName;
  readonly place: Place;
  record: ConversationRecord;
  isIn = false;
  isKept = true;
  admin: Username | undefined;
  unread = 0;
  /** The first number that this account may read at the server; 0 for not known. */
  first = 0;
  /** The last message that was taken to be worked on; the record follows. */
  handed: number;

  constructor(place: Place, record: ConversationRecord) {
    this.name = record.name;
    this.place = place;
    this.record = record;
    this.handed = record.cursor;
  }

  get cursor(): number {
    return this.record.cursor;
  }

  get read(): number {
    return this.record.read;
  }

  /** The other person of a conversation of two. */
  get peer(): Username | undefined {
    return this.place.kind === 'direct' ? this.place.user : undefined;
  }
}

/** What has to be done about a conversation that the server describes. */
export interface Described {
  readonly conversation: Conversation;
  readonly changes: readonly ClientChange[];
  /** Numbers of this device that count no longer: the log is another one (0), or goes on after `last`. */
  readonly restartedAt: number | undefined;
}

/** A log of which only the name is known yet. */
export const unknownLog = 0;

export class Conversations {
  readonly #me: Username;
  readonly #startsNow: boolean;
  readonly #all = new Map<ConversationName, Conversation>();

  /** `startsNow`: nothing of what was said before is of interest. */
  constructor(me: Username, records: readonly ConversationRecord[], startsNow: boolean) {
    this.#me = me;
    this.#startsNow = startsNow;
    for (const record of records) this.#add(record);
  }

  get all(): readonly Conversation[] {
    return [...this.#all.values()];
  }

  get(name: ConversationName): Conversation | undefined {
    return this.#all.get(name);
  }

  /** The conversation that `place` means to this account. */
  nameOf(place: Place): ConversationName {
    return conversationOf(this.#me, place);
  }

  /** The one of that name, made where it was not known; undefined where it can be none of this account. */
  reach(name: ConversationName): Conversation | undefined {
    return this.#all.get(name) ?? this.#add({ name, log: unknownLog, cursor: 0, read: 0 });
  }

  /** The server says how a conversation stands. */
  describe(kept: KeptConversation): Described | undefined {
    const known = this.#all.get(kept.in);
    const record = known?.record;
    const isSame = record !== undefined && (record.log === kept.log || record.log === unknownLog);
    const changes: ClientChange[] = [];
    let restartedAt: number | undefined;
    let conversation = known;
    if (conversation === undefined || record === undefined || !isSame) {
      const start = this.#start(kept);
      const fresh = { name: kept.in, log: kept.log, cursor: start, read: start };
      if (known !== undefined) {
        changes.push({ type: 'conversation-removed', name: kept.in });
        restartedAt = 0;
      }
      conversation = this.#add(fresh);
      changes.push({ type: 'conversation', conversation: fresh });
    } else if (record.cursor > kept.last) {
      // The server was put back to an earlier state: its numbers go on from there.
      restartedAt = kept.last;
      conversation.record = {
        ...record,
        cursor: kept.last,
        read: Math.min(record.read, kept.last),
      };
      conversation.handed = kept.last;
      changes.push({ type: 'conversation', conversation: conversation.record });
    } else if (record.log !== kept.log) {
      conversation.record = { ...record, log: kept.log };
      changes.push({ type: 'conversation', conversation: conversation.record });
    }
    if (conversation === undefined) return undefined;
    conversation.isIn = true;
    conversation.isKept = kept.kept;
    conversation.admin = kept.admin;
    conversation.first = kept.first;
    return { conversation, changes, restartedAt };
  }

  /**
   * This device has acknowledged private messages that it does not have any more: what the server has thrown away since
   * is passed over, so that the numbers here are those of a device that had it.
   */
  skipLost(described: readonly KeptConversation[]): ClientChange[] {
    return described.flatMap(({ in: name, log, first, got = 0 }): ClientChange[] => {
      const conversation = this.#all.get(name);
      if (conversation === undefined || conversation.record.log !== log) return [];
      const lost = Math.min(got, first - 1);
      if (lost <= conversation.cursor) return [];
      conversation.record = { ...conversation.record, cursor: lost };
      conversation.handed = lost;
      return [{ type: 'conversation', conversation: conversation.record }];
    });
  }

  /** Before a login says which ones this account is in. */
  leaveAll(): void {
    for (const conversation of this.#all.values()) conversation.isIn = false;
  }

  left(name: ConversationName): void {
    const conversation = this.#all.get(name);
    if (conversation !== undefined) conversation.isIn = false;
  }

  groupOf(conversation: Conversation): GroupName | undefined {
    return conversation.place.kind === 'group' ? conversation.place.group : undefined;
  }

  /** Where this device begins with a log that it has nothing of. */
  #start({ in: name, first, last }: KeptConversation): number {
    if (this.#startsNow) return last;
    // Private messages wait at the server for this very device, and for no other.
    return name.startsWith('@') ? first - 1 : Math.max(first - 1, last - firstSight);
  }

  #add(record: ConversationRecord): Conversation | undefined {
    const place = this.#placeOf(record.name);
    if (place === undefined) return undefined;
    const conversation = new Conversation(place, record);
    this.#all.set(record.name, conversation);
    return conversation;
  }

  #placeOf(name: ConversationName): Place | undefined {
    const parsed = parseConversation(name);
    if (parsed?.kind !== 'direct') return parsed;
    const [one, other] = parsed.people;
    if (one === this.#me) return { kind: 'direct', user: other };
    return other === this.#me ? { kind: 'direct', user: one } : undefined;
  }
}
