// What a client stores on its device for one account at one server, behind a port: the history, the outbox, and the
// state of encryption. One write is stored as a whole or not at all, also after a power cut, so a message and the keys
// that it used up are never apart. Adapters: memory, and a file of mode 0600 (platform/node). One program at a time has
// it open.

import type { ConversationName } from '../../wire/extended/names.ts';
import type { RequestInput } from '../../wire/extended/requests.ts';
import type { Username } from '../../wire/text.ts';
import type { Amendment, Amendments } from '../amending/amendments.ts';
import type { Target } from '../amending/target.ts';
import type { MessageContent, OutboxContent } from '../content.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';

/** What this device has of a conversation. */
export interface ConversationRecord {
  readonly name: ConversationName;
  /** The server's number of the log that the numbers belong to. */
  readonly log: number;
  /** Grows with each log of that name that this device has known. Messages of earlier logs come before the others. */
  readonly epoch: number;
  /**
   * What the log was before the server was restored, the latest first, one epoch earlier each: the server's number for
   * it, and up to which number it is the same as the current log.
   */
  readonly earlier: readonly { readonly log: number; readonly last: number }[];
  /**
   * Set if the log may partly be the same as those of earlier epochs, and not all of it was compared
   * (inbox/compare.ts), the latest first as in `earlier`. After `last` it is another log; up to `sure` it is the one of
   * the epoch before.
   */
  readonly alike?: readonly {
    readonly log: number;
    readonly last: number;
    readonly sure: number;
  }[];
  /** The last stored message. Everything that was available before it is stored too. */
  readonly cursor: number;
  /** The last message that the person has seen. */
  readonly read: number;
  /** Of a group: whether this account was in it when the server spoke of it last. Unset where that is not known. */
  readonly isIn?: boolean;
}

/** The state of an own message: in the outbox, stored by the server, stored by the other's device, or refused. */
export type SendState = 'waiting' | 'stored' | 'delivered' | 'refused';

/** A message of the history. */
export interface HistoryRecord {
  readonly conversation: ConversationName;
  /** Only for own messages, from the beginning: random, in hex. */
  readonly localId: string | undefined;
  /**
   * Undefined until the server has stored it, if the server does not store the conversation, and if the current log has
   * no message or another one with the number.
   */
  readonly seq: number | undefined;
  /**
   * The epoch of its log, if that is not the current one (`ConversationRecord`). A message written with it goes to that
   * log, with its number there.
   */
  readonly epoch?: number | undefined;
  /** Milliseconds since 1970, by the server's clock once it has the message. */
  readonly at: number;
  /** Undefined if the server is the sender. */
  readonly from: Username | undefined;
  readonly guest: boolean;
  /** Unknown content is stored as it came. */
  readonly content: MessageContent;
  readonly encrypted: boolean;
  /** For another person's encrypted message. */
  readonly key: KeyStanding | undefined;
  /**
   * For another person's encrypted text: the id from its sender, who uses the same one if it is sent again. For any open
   * message: the one that others know it by (amending/target.ts). Older versions kept none of those.
   */
  readonly textId?: string | undefined;
  /** Of an own encrypted text: the device that it was encrypted for, in base64url. Older versions kept none. */
  readonly sealedFor?: string | undefined;
  /**
   * Why it cannot be read, if it cannot. `content` is then an empty text. Without `from` it stands for messages that
   * the server's disk has lost, and `seq` is the first of them.
   */
  readonly unreadable: string | undefined;
  /** For an own message. */
  readonly state: SendState | undefined;
  /** Why it was refused. */
  readonly reason: string | undefined;
  /** When it ends, by the account's age (expiring/age.ts), in milliseconds. Undefined: it stays. */
  readonly ends?: number | undefined;
  /** Of such a one: it was read here, or is an own one, and its time runs. */
  readonly begun?: true | undefined;
  /** It is from a file that a person has imported (client/export): nothing proves it. */
  readonly imported?: true | undefined;
  /**
   * What later messages said of it (amending/current.ts has what it is now). Only of what is read, and of what another
   * device has: writing a message changes nothing of it.
   */
  readonly amended?: Amendments | undefined;
}

/**
 * A message read from the history. `rowId` identifies its position there, and is only for calls of this port. It stays
 * the same when the message is replaced by one with the same `localId`.
 */
export interface PlacedRecord extends HistoryRecord {
  readonly rowId: number;
}

/** A message as another device can take it over: with its epoch, and the number that it stands behind; its own if it has one. */
export interface FiledRecord extends HistoryRecord {
  readonly epoch: number;
  readonly place: number;
}

/** A part of a conversation's history: what stands at `blockNumbers` consecutive numbers of one of its logs. */
export interface BlockAddress {
  readonly conversation: ConversationName;
  readonly epoch: number;
  /** From 0 on. */
  readonly block: number;
}

export interface StoredBlock extends BlockAddress {
  /** Another one whenever anything in the block has changed. Only for comparing. */
  readonly stamp: string;
  /** When its last message was said. */
  readonly newest: number;
}

export const blockNumbers = 1024;

/** A message to read on from: by its row id, if it still exists; otherwise by its number in the conversation's log. */
export interface HistoryAnchor {
  readonly rowId?: number | undefined;
  readonly seq?: number | undefined;
}

/** A range of a conversation's history: at one of its ends, beside a message, or from a time on. */
export type HistoryRange =
  | { readonly kind: 'first' }
  | { readonly kind: 'last' }
  | { readonly kind: 'before' | 'from' | 'after'; readonly message: HistoryAnchor }
  | { readonly kind: 'since'; readonly at: number };

/** A search: all conditions must be true. An empty search finds nothing. */
export interface HistoryQuery {
  /** Each is the beginning of a word of the message as it is now (word-search.ts). */
  readonly words: readonly string[];
  readonly conversation?: ConversationName | undefined;
  /** The sender, in any letter case. */
  readonly from?: string | undefined;
}

/** Why a search is impossible: nothing is stored, as for guests, or the store cannot search. */
export type SearchLack = 'nothing-kept' | 'cannot-search';

/** A message to be sent, in the order of `order`. It leaves the outbox when the server has stored it or refused it. */
export interface OutboxRecord {
  readonly localId: string;
  readonly order: number;
  /** `lobby`, `#group`, `@person`. */
  readonly place: string;
  readonly content: OutboxContent;
  /** Set before it is first sent. It is always sent again with the same number. */
  readonly number: number | undefined;
  /** For a private message, once it is encrypted. It is sent unchanged, and never encrypted a second time. */
  readonly sealed: SealedRecord | undefined;
  /** It was said before, to this device: it is encrypted for no other. */
  readonly onlyFor?: string | undefined;
  /** Of what is more than a text: what those read who know only texts, where it is not sealed. */
  readonly plain?: string | undefined;
  /** To a sealed group, once it is sealed; or a commit, which is sent as COMMIT. */
  readonly group?: GroupEnvelope | undefined;
}

/** What goes to a sealed group, sent unchanged. A message is never sealed a second time. */
export type GroupEnvelope =
  | {
      readonly kind: 'message';
      /** In base64url. */
      readonly message: string;
      readonly seen: number;
      readonly on: number;
    }
  | { readonly kind: 'commit'; readonly fields: CommitFields };

/** The fields of a COMMIT, without its place and its id. */
export type CommitFields = Omit<RequestInput<'COMMIT'>, 'label' | 'in' | 'id'>;

/** An encrypted message in the form for SEND, in base64url. */
export interface SealedRecord {
  readonly message: string;
  readonly welcome: string | undefined;
  /** The device that can read it. */
  readonly device: string;
}

/** An MLS session with somebody. `bytes` hold secrets. */
export interface SessionRecord {
  /** In hex. */
  readonly groupId: string;
  readonly peer: Username;
  /** The number of its Welcome in the log. Undefined while only this side knows the session. */
  readonly order: number | undefined;
  /** When it was made or joined, in milliseconds since 1970. */
  readonly madeAt: number;
  /** How many own texts were encrypted in it. */
  readonly ownTexts: number;
  readonly bytes: Uint8Array;
}

/** The private part of a key package that was left at the server. `bytes` hold secrets. */
export interface PackageRecord {
  /** Its KeyPackageRef in hex. */
  readonly reference: string;
  readonly lastResort: boolean;
  readonly madeAt: number;
  readonly bytes: Uint8Array;
}

/**
 * A part of a device's data of a sealed group. Parts have names, so that a message writes little. `bytes` hold secrets.
 */
export interface GroupPart {
  readonly conversation: ConversationName;
  readonly part: string;
  readonly bytes: Uint8Array;
}

/** What a part of the client keeps for its next start, in a form of its own. */
export interface KeptValue {
  readonly name: string;
  readonly value: string;
}

/** What holds from now on. */
export type ClientChange =
  | { readonly type: 'conversation'; readonly conversation: ConversationRecord }
  /**
   * Replaces the message with the same `localId`, or an unreadable one with the same `conversation` and `seq`. Any
   * other message stays as it is: if it has the number already, this one is stored after it without one. A number
   * belongs to the conversation's current log: if that changes, the conversation must be written first.
   */
  | { readonly type: 'message'; readonly message: HistoryRecord }
  /**
   * What a later message said of the one that has the number of `target` in the current log, which may not be here yet.
   * Once a message is here that is deleted by it, its text and all else that was said of it go from the store, and soon
   * from the disk (amending/settled.ts). What is said of another message than the one with that number changes nothing.
   */
  | {
      readonly type: 'amended';
      readonly conversation: ConversationName;
      readonly target: Target;
      readonly amendment: Amendment;
    }
  /**
   * Messages of another device of this account, in display order and of one log. Each is stored where this device has
   * nothing of it, or only a mark of what it could not read; nothing else changes but what is known to have been said of
   * them. Those with a number that another
   * message has are stored after it without one. In a search they are older than all that is here.
   */
  | { readonly type: 'imported'; readonly messages: readonly FiledRecord[] }
  /**
   * What it said is in the history elsewhere: the unreadable message with this number in the current log goes. No
   * message that can be read, and no own one, ever does.
   */
  | {
      readonly type: 'mark-removed';
      readonly conversation: ConversationName;
      readonly seq: number;
    }
  /** The person has read a conversation up to `seq` of its current log: the time of what disappears there begins. */
  | {
      readonly type: 'expiry-begun';
      readonly conversation: ConversationName;
      readonly seq: number;
      readonly age: number;
    }
  /**
   * All messages that end at `until` or before are over: they go from the store with all that was said of them, and soon
   * from the disk. Whatever comes again of the last `maxEnded` of them is not stored.
   */
  | { readonly type: 'expired'; readonly until: number }
  /** All `stored` messages up to `seq` become `delivered`: own ones, of this device and of others of the account. */
  | {
      readonly type: 'delivered';
      readonly conversation: ConversationName;
      readonly seq: number;
    }
  | { readonly type: 'outbox'; readonly entry: OutboxRecord }
  | { readonly type: 'outbox-removed'; readonly localId: string }
  /** The stream of own messages, and the last number that was used. */
  | { readonly type: 'stream'; readonly stream: string; readonly lastNumber: number }
  /** The stored conversations are from these runs of the server and earlier ones, the latest first. */
  | { readonly type: 'runs'; readonly runs: readonly number[] }
  | { readonly type: 'session'; readonly session: SessionRecord }
  | { readonly type: 'session-removed'; readonly groupId: string }
  | { readonly type: 'package'; readonly package: PackageRecord }
  | { readonly type: 'package-removed'; readonly reference: string }
  | { readonly type: 'group-part'; readonly part: GroupPart }
  | {
      readonly type: 'group-part-removed';
      readonly conversation: ConversationName;
      readonly part: string;
    }
  /** All parts of a group. */
  | { readonly type: 'group-removed'; readonly conversation: ConversationName }
  /** Undefined: it is kept no more. */
  | {
      readonly type: 'kept-value';
      readonly name: string;
      readonly value: string | undefined;
    };

/** Something that was said of a message. */
export type AmendedChange = Extract<ClientChange, { readonly type: 'amended' }>;

/** Everything but the history, for the start of a client. */
export interface ClientRecords {
  readonly conversations: readonly ConversationRecord[];
  /** In the order in which they are to be sent. */
  readonly outbox: readonly OutboxRecord[];
  readonly stream: { readonly stream: string; readonly lastNumber: number } | undefined;
  /** Empty if no server has named any. */
  readonly runs: readonly number[];
  readonly sessions: readonly SessionRecord[];
  readonly packages: readonly PackageRecord[];
  readonly groupParts: readonly GroupPart[];
  readonly values: readonly KeptValue[];
}

/** The last `limit` messages, by the time of storing, that match `query`, the latest first. */
export type HistorySearch = (
  query: HistoryQuery,
  limit: number,
) => Promise<readonly PlacedRecord[]>;

export interface ClientStore {
  load(): Promise<ClientRecords>;
  /** Stores all of `changes`, in order, or rejects and stores none. Resolves when they are on the disk. */
  write(changes: readonly ClientChange[]): Promise<void>;
  /**
   * The last `limit` messages of a conversation before `before` (a number of its log), oldest first. `before`
   * undefined: from the end. Own ones that are `waiting` are at the end. Others without a number come after the last
   * one that had a number when they were written. Messages of earlier logs of that name come first, without their
   * numbers if these are not valid in the current log.
   */
  history(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]>;
  /** Own encrypted messages of a conversation with these numbers: to send them again. */
  ownMessages(
    conversation: ConversationName,
    numbers: readonly number[],
  ): Promise<readonly HistoryRecord[]>;
  /**
   * Own messages of the current log, or of one epoch, after `seq` that are `stored`, at most `limit`. Each names its
   * epoch.
   */
  ownBehind(
    conversation: ConversationName,
    seq: number,
    limit: number,
    epoch?: number,
  ): Promise<readonly HistoryRecord[]>;
  /** The message with that number in the current log, or in an earlier one. It names its epoch. */
  numbered(
    conversation: ConversationName,
    seq: number,
    epoch?: number,
  ): Promise<HistoryRecord | undefined>;
  /** Whether a message of a conversation has this `textId`, in any of its logs, or had it and has ended. */
  hasText(conversation: ConversationName, textId: string): Promise<boolean>;
  /**
   * `limit` messages of a conversation, oldest first, in the order of `history`: its first or last; the last before a
   * message; the first from a message on, with or without it; the first that are not older than a time. Empty if that
   * message does not exist any more. For views: reading can continue from every message, also from those without
   * numbers.
   */
  historyRange(
    conversation: ConversationName,
    historyRange: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]>;
  /** The pinned messages of a conversation, in the order of `history`: at most `maxPins`, those of more that come last. */
  pinned(conversation: ConversationName): Promise<readonly PlacedRecord[]>;
  /** The blocks of a conversation that have anything. Messages that wait are in none. */
  historyBlocks(conversation: ConversationName): Promise<readonly StoredBlock[]>;
  /** What is in a block, in display order. */
  historyBlock(address: BlockAddress): Promise<readonly FiledRecord[]>;
  /** The messages that end at `until` or before, the first to end first. */
  expiring(until: number): Promise<readonly PlacedRecord[]>;
  /** When the next message ends; undefined if none does. */
  nextEnd(): Promise<number | undefined>;
  /** Undefined if the store has messages and cannot search them. */
  readonly search: HistorySearch | undefined;
  /** Closes the store after the pending calls. */
  close(): Promise<void>;
}
