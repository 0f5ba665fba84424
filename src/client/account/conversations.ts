// The conversations of an account on this device: the cursor of each, what the server says of it, how much is unread.
// Owns the records' numbers; fetches, writes and emits nothing.
//
// Nothing that the server says about its logs deletes anything here: a replaced log is a new epoch of the
// conversation, beside the earlier ones (log-change.ts).

import {
  conversationOf,
  placeOf,
  type ConversationName,
  type Place,
} from '../../wire/extended/names.ts';
import type { ExtendedEventOf, KeptConversation } from '../../wire/extended/events.ts';
import type { GroupName, Username } from '../../wire/text.ts';
import type { ClientChange, ConversationRecord } from '../store/store-port.ts';
import {
  changeOfLog,
  isLostLog,
  unknownLog,
  type LogChange,
  type Standing,
} from './inbox/log-change.ts';
import { KnownMessages } from './inbox/known-messages.ts';
import { firstSight } from './limits.ts';

/** One conversation as views see it. */
export interface ConversationView {
  readonly name: ConversationName;
  readonly place: Place;
  /** Whether this account is in it now. Otherwise only its history is left. */
  readonly isIn: boolean;
  /** Whether the server stores its messages, for people who are offline. */
  readonly isKept: boolean;
  /** Whether it is a sealed group: its messages are readable by its members alone. */
  readonly isSealed: boolean;
  readonly admin: Username | undefined;
  /** Of an open group, as the server says: what it is about, and who is an owner beside the admin, or a moderator. */
  readonly topic?: string | undefined;
  readonly owners?: readonly string[] | undefined;
  readonly moderators?: readonly string[] | undefined;
  /** Unseen messages of others. */
  readonly unread: number;
  /** The last message that this device has, and the last that the person has seen. */
  readonly cursor: number;
  readonly read: number;
}

export class Conversation implements ConversationView {
  readonly name: ConversationName;
  readonly place: Place;
  /** As on the disk, or as it was when the server described another log. Only the inbox changes it, in its turn. */
  record: ConversationRecord;
  /** The last message that the person has seen, on any device: it may be still to come here. The record follows. */
  seen: number;
  /** Before the first login of this client: as the server said last. */
  isIn: boolean;
  isKept = true;
  isSealed = false;
  /** The server says that it is to be sealed, and that nobody has done so: the lobby. */
  isToBeSealed = false;
  admin: Username | undefined;
  topic: string | undefined;
  owners: readonly string[] | undefined;
  moderators: readonly string[] | undefined;
  unread = 0;
  /** The first number that this account may read at the server; 0 if unknown. */
  first = 0;
  /** The last message that was received for the inbox. The record follows. */
  handed: number;
  /** The log that `handed` belongs to. */
  log: number;
  readonly known = new KnownMessages();
  /** How many changes of the log are still to be carried out. Until then the record is about the earlier log. */
  changing = 0;

  readonly #isIgnored: (name: string) => boolean;

  constructor(
    place: Place,
    record: ConversationRecord,
    isIgnored: (name: string) => boolean = () => false,
  ) {
    this.#isIgnored = isIgnored;
    this.name = record.name;
    this.place = place;
    this.record = record;
    this.seen = record.read;
    this.handed = record.cursor;
    this.log = record.log;
    this.isIn = record.isIn === true;
  }

  /** From now on numbers belong to the log after `change`, which is still to be carried out. */
  expect(change: LogChange): void {
    this.log = change.log;
    this.changing += 1;
    if (change.kind !== 'named') this.handed = change.start;
  }

  get cursor(): number {
    return this.record.cursor;
  }

  get read(): number {
    return this.seen;
  }

  /** A message of `from`, somebody else, has come, with the number `seq`: another device may have shown it already. */
  countUnread(seq: number | undefined, from: string | undefined): void {
    if (this.hides(from)) return;
    if (seq === undefined || seq > this.seen) this.unread += 1;
  }

  /** Whether the person does not want to read here what that one says. */
  hides(from: string | undefined): boolean {
    return from !== undefined && this.place.kind !== 'direct' && this.#isIgnored(from);
  }

  /** The other person of a conversation of two people. */
  get peer(): Username | undefined {
    return this.place.kind === 'direct' ? this.place.user : undefined;
  }

  /** Whether it is the account's own, for its devices. Its peer is the account itself. */
  get isOwn(): boolean {
    return this.place.kind === 'direct' && this.name === `@${this.place.user}`;
  }
}

/** What to do about a conversation that the server describes. */
export interface Described {
  readonly conversation: Conversation;
  /** To be carried out after everything that came before it. Undefined for nothing. */
  readonly change: LogChange | undefined;
}

export class Conversations {
  readonly #me: Username;
  readonly #startsNow: boolean;
  readonly #all = new Map<ConversationName, Conversation>();

  readonly #isIgnored: (name: string) => boolean;

  /** `startsNow`: public messages from before this device was there are skipped. `isIgnored`: whom the person ignores. */
  constructor(
    me: Username,
    records: readonly ConversationRecord[],
    startsNow: boolean,
    isIgnored: (name: string) => boolean = () => false,
  ) {
    this.#isIgnored = isIgnored;
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

  /** The conversation that `place` is for this account. */
  nameOf(place: Place): ConversationName {
    return conversationOf(this.#me, place);
  }

  /** The conversation of that name, made if it was unknown. Undefined if it cannot be one of this account. */
  reach(name: ConversationName): Conversation | undefined {
    return this.#all.get(name) ?? this.#add(fresh(name, unknownLog, 0));
  }

  /** The rules of an open group have changed. */
  rules({ in: name, topic, owners, moderators }: ExtendedEventOf<'RULES'>): void {
    const conversation = this.#all.get(name);
    if (conversation === undefined || conversation.isSealed) return;
    conversation.topic = topic;
    conversation.owners = owners;
    conversation.moderators = moderators;
  }

  /** The server describes a conversation. Later numbers belong to its log; the record follows in its turn. */
  describe(kept: KeptConversation, standing = asBefore): Described | undefined {
    const known = this.#all.get(kept.in);
    const start = this.#start(kept);
    const conversation = known ?? this.#add(fresh(kept.in, kept.log, start));
    if (conversation === undefined) return undefined;
    const change: LogChange | undefined =
      known === undefined
        ? { kind: 'named', log: kept.log }
        : changeOfLog(known, kept, start, standing);
    if (change !== undefined) conversation.expect(change);
    conversation.isIn = true;
    conversation.isKept = kept.kept;
    conversation.admin = kept.admin;
    conversation.topic = kept.topic;
    conversation.owners = kept.owners;
    conversation.moderators = kept.moderators;
    conversation.isToBeSealed = kept.sealed === true && kept.groupId === undefined;
    conversation.first = kept.first;
    return { conversation, change };
  }

  /**
   * Conversations that a restored server does not describe, because it has lost them: those of two people, all of them
   * (`isPutBack`) or those with logs of these numbers; and groups with such logs that this account was in. Undelivered
   * messages to a removed account are sent again as well, and refused.
   */
  missing(
    described: readonly KeptConversation[],
    newLogs: Standing['newLogs'],
    isPutBack: boolean,
  ): Described[] {
    const known = new Set(described.map(({ in: name }) => name));
    const isLost = ({ peer, place, record, log }: Conversation): boolean => {
      if (peer !== undefined && isPutBack) return true;
      // A group that is not described may have been left or ended as well: only its log tells.
      const isMember = peer !== undefined || (place.kind === 'group' && record.isIn === true);
      return isMember && isLostLog(log, newLogs);
    };
    return this.all
      .filter(({ name, log }) => log !== unknownLog && !known.has(name))
      .filter(isLost)
      .map((conversation) => {
        const change = { kind: 'put-back', log: unknownLog, start: 0, common: 0 } as const;
        conversation.expect(change);
        return { conversation, change };
      });
  }

  /** Groups of which the records say something else than the server does about whether this account is in. */
  get moved(): readonly Conversation[] {
    return this.all.filter(
      ({ place, record, isIn }) => place.kind === 'group' && (record.isIn ?? false) !== isIn,
    );
  }

  /**
   * This device has acknowledged private messages that it no longer has. What the server has deleted since is skipped,
   * so that the numbers here are those of a device that had it.
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

  /** Before a login says which conversations this account is in. */
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

  /** Where this device begins with a log of which it has nothing. */
  #start({ in: name, first, last }: KeptConversation): number {
    // Private messages wait at the server for this device only.
    if (name.startsWith('@')) return first - 1;
    return this.#startsNow ? last : Math.max(first - 1, last - firstSight);
  }

  #add(record: ConversationRecord): Conversation | undefined {
    const place = placeOf(this.#me, record.name);
    if (place === undefined) return undefined;
    const conversation = new Conversation(place, record, this.#isIgnored);
    this.#all.set(record.name, conversation);
    return conversation;
  }
}

/** Where a notice about a conversation belongs. */
export function noticedIn(place: Place): { readonly group?: GroupName; readonly isLobby?: true } {
  if (place.kind === 'lobby') return { isLobby: true };
  return place.kind === 'group' ? { group: place.group } : {};
}

/** In a login that continues, nothing is said about it. */
const asBefore: Standing = { isParted: false, newLogs: undefined };

/** A conversation of which nothing is here. */
function fresh(name: ConversationName, log: number, cursor: number): ConversationRecord {
  return { name, log, epoch: 0, earlier: [], cursor, read: cursor };
}
