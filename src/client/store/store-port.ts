// What a client stores on its device for one account at one server, behind a port: the history, the outbox, and the
// state of encryption. What is written together is stored together or not at all, also after a power cut: a message
// and the keys that it used up are never apart. Adapters: memory, and a file of mode 0600 (platform/node). One
// program at a time has it open.

import type { ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import type { Content, MessageContent } from '../content.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';

/** A conversation, as far as this device has it. */
export interface ConversationRecord {
  readonly name: ConversationName;
  /** Which log of that name the numbers are of, as the server calls it. */
  readonly log: number;
  /** Grows with each log of that name that this device has known: what is of an earlier one stands before the others. */
  readonly epoch: number;
  /**
   * What the log was before the server was put back, the latest first, each the epoch before the one before it: what it
   * was called, and up to which number it is the log of now.
   */
  readonly earlier: readonly { readonly log: number; readonly last: number }[];
  /**
   * Set where the log may be, as far as it goes, that of epochs before, and not all of it was compared (inbox/compare.ts):
   * the latest first as in `earlier`. Beyond `last` it is another one; up to `sure` it is the one of the epoch before.
   */
  readonly alike?: readonly {
    readonly log: number;
    readonly last: number;
    readonly sure: number;
  }[];
  /** The last message that is stored here; everything before it that was there to have is, too. */
  readonly cursor: number;
  /** The last message that the person has seen. */
  readonly read: number;
}

/** What becomes of an own message: in the outbox, stored by the server, stored by the other's device; or refused. */
export type SendState = 'waiting' | 'stored' | 'delivered' | 'refused';

/** A message of the history. */
export interface HistoryRecord {
  readonly conversation: ConversationName;
  /** Own messages have this from the beginning, others never: random, in hex. */
  readonly localId: string | undefined;
  /**
   * Undefined until the server has stored it, where it does not keep the conversation, and where it is a number that the
   * log of now has for another message, or not at all.
   */
  readonly seq: number | undefined;
  /**
   * The log that it is of, where that is not the one of now, as the device counts them (`ConversationRecord`). Put with
   * it, a message goes there, with its number of then.
   */
  readonly epoch?: number | undefined;
  /** Milliseconds since 1970, by the server's clock once it has it. */
  readonly at: number;
  /** Undefined where the server speaks. */
  readonly from: Username | undefined;
  readonly guest: boolean;
  /** What this version does not know is kept as it came. */
  readonly content: MessageContent;
  readonly encrypted: boolean;
  /** Of somebody else's encrypted message. */
  readonly key: KeyStanding | undefined;
  /** Of somebody else's encrypted text: the id that its writer has given it, and sends it again under. */
  readonly textId?: string | undefined;
  /**
   * Why it can't be read, where it can't; `content` is then an empty text. Without `from` it stands for messages that the server has
   * lost to its disk, and `seq` is the first of them.
   */
  readonly unreadable: string | undefined;
  /** Of an own message. */
  readonly state: SendState | undefined;
  /** Why it was refused. */
  readonly reason: string | undefined;
}

/**
 * A message as it was read from the history. `rowId` is where it stands there; it means nothing else, and is only handed
 * back. It stays the same when the message is replaced by one with the same `localId`.
 */
export interface PlacedRecord extends HistoryRecord {
  readonly rowId: number;
}

/** A message to read on from: by its row id, where it has one that still is; else by its number in the conversation's log. */
export interface HistoryAnchor {
  readonly rowId?: number | undefined;
  readonly seq?: number | undefined;
}

/** Where a range of a conversation's history is: at one of its ends, beside a message, or from a time on. */
export type HistoryRange =
  | { readonly kind: 'first' }
  | { readonly kind: 'last' }
  | { readonly kind: 'before' | 'from' | 'after'; readonly message: HistoryAnchor }
  | { readonly kind: 'since'; readonly at: number };

/** What is looked for: messages of which all of it is true. Nothing at all finds nothing. */
export interface HistoryQuery {
  /** Each begins one of the message's (word-search.ts). */
  readonly words: readonly string[];
  readonly conversation?: ConversationName | undefined;
  /** Of this name, in any letter case. */
  readonly from?: string | undefined;
}

/** Why nothing can be looked for: nothing is kept, as for guests; or the store cannot search. */
export type SearchLack = 'nothing-kept' | 'cannot-search';

/** Something to be sent, in the order of `order`. It leaves the outbox when the server has stored it or refused it. */
export interface OutboxRecord {
  readonly localId: string;
  readonly order: number;
  /** `lobby`, `#group`, `@person`. */
  readonly place: string;
  readonly content: Content;
  /** Set before it is sent the first time, and sent with the same number again and again. */
  readonly number: number | undefined;
  /** Of a private message, once it is encrypted: sent as it is, never encrypted a second time. */
  readonly sealed: SealedRecord | undefined;
}

/** An encrypted message as SEND takes it, in base64url. */
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
  /** Where its Welcome stands in the log; undefined while only this side knows it. */
  readonly order: number | undefined;
  /** When it was made or joined, in milliseconds since 1970. */
  readonly madeAt: number;
  /** How many own texts went through it. */
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
 * A part of what a device has of a sealed group, under a name of its own, so that a message writes little. `bytes` hold
 * secrets.
 */
export interface GroupPart {
  readonly conversation: ConversationName;
  readonly part: string;
  readonly bytes: Uint8Array;
}

/** Something that is so from now on. */
export type ClientChange =
  | { readonly type: 'conversation'; readonly conversation: ConversationRecord }
  /**
   * Put in place of the one with the same `localId`, or of one that could not be read of the same `conversation` and
   * `seq`. Any other message stays as it is: where it has the number already, this one stands behind it without one. A
   * number is one of the log that the conversation has at this moment: where that changes, the conversation is put first.
   */
  | { readonly type: 'message'; readonly message: HistoryRecord }
  /** All own messages up to `seq` that were `stored` are `delivered`. */
  | {
      readonly type: 'delivered';
      readonly conversation: ConversationName;
      readonly seq: number;
    }
  | { readonly type: 'outbox'; readonly entry: OutboxRecord }
  | { readonly type: 'outbox-removed'; readonly localId: string }
  /** The stream that own messages are numbered in, and the last number that was given to one. */
  | { readonly type: 'stream'; readonly stream: string; readonly lastNumber: number }
  /** What is here of conversations is of these runs of the server and of those before, the latest first. */
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
  | { readonly type: 'group-removed'; readonly conversation: ConversationName };

/** Everything but the history, as a client starts with it. */
export interface ClientRecords {
  readonly conversations: readonly ConversationRecord[];
  /** In the order in which they are to be sent. */
  readonly outbox: readonly OutboxRecord[];
  readonly stream: { readonly stream: string; readonly lastNumber: number } | undefined;
  /** Empty where no server has named any. */
  readonly runs: readonly number[];
  readonly sessions: readonly SessionRecord[];
  readonly packages: readonly PackageRecord[];
  readonly groupParts: readonly GroupPart[];
}

/** The `limit` messages that were put there last of those that `query` means, the last first. */
export type HistorySearch = (
  query: HistoryQuery,
  limit: number,
) => Promise<readonly PlacedRecord[]>;

export interface ClientStore {
  load(): Promise<ClientRecords>;
  /** Keeps all of `changes`, in their order, or rejects and keeps none. Resolves when they are on the disk. */
  write(changes: readonly ClientChange[]): Promise<void>;
  /**
   * The last `limit` messages of a conversation before `before` (a number of its log), oldest first. `before`
   * undefined: from the end. Own ones that are `waiting` stand at the end; others without a number behind the last
   * that had one when they were written. Messages of earlier logs of that name come first, without their numbers where
   * these are not of the log of now.
   */
  history(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]>;
  /** Own messages of a conversation with these numbers that were encrypted: to send them again. */
  ownMessages(
    conversation: ConversationName,
    numbers: readonly number[],
  ): Promise<readonly HistoryRecord[]>;
  /**
   * Own messages of the log of now, or of one epoch, with numbers behind `seq` that are `stored`, at most `limit`; each
   * names its epoch.
   */
  ownBehind(
    conversation: ConversationName,
    seq: number,
    limit: number,
    epoch?: number,
  ): Promise<readonly HistoryRecord[]>;
  /** The message of that number in the log of now, or in an earlier one; it names its epoch. */
  numbered(
    conversation: ConversationName,
    seq: number,
    epoch?: number,
  ): Promise<HistoryRecord | undefined>;
  /** Whether a message of a conversation has this `textId`, in any of its logs. */
  hasText(conversation: ConversationName, textId: string): Promise<boolean>;
  /**
   * `limit` messages of a conversation, oldest first, in the order of `history`: its first or last; the last before a message;
   * the first from a message on, with it or without; the first that are not older than a time. Empty
   * where that message is not there any more. For views: every message can be read on from, also those without numbers.
   */
  historyRange(
    conversation: ConversationName,
    historyRange: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]>;
  /** Undefined where the store keeps messages and cannot search them. */
  readonly search: HistorySearch | undefined;
  /** Lets go of it, once all that was asked for is done. */
  close(): Promise<void>;
}
