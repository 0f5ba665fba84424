// What the screen shows and can request: the port between the screen and a headless client. The screen knows nothing
// else of the client; tests pass in a model of their own. All texts in it are harmless (sanitize.ts).

import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { MessageContent } from '../content.ts';
import type { Transfer } from '../files/transfer.ts';
import type { Result } from '../../lib/result.ts';
import type { SafetyWords, Verdict } from '../commands/actions.ts';

export type { SafetyWords, Verdict } from '../commands/actions.ts';

/** `lobby`, `#group`, `@person`. */
export type ConversationId = string;

export const lobbyId: ConversationId = 'lobby';

export type ConversationKind = 'lobby' | 'group' | 'person';

/** Who can read what is said there, and whether that is proven. */
export type Protection =
  /** The server can. */
  | 'open'
  /** Nobody knows yet: nothing was exchanged. It will be encrypted or not sent. */
  | 'untried'
  /** Encrypted to the key first seen for that person. */
  | 'encrypted'
  /** Encrypted, and the keys were compared. */
  | 'verified'
  /** The key of that person is another one than before. */
  | 'changed';

export interface ConversationSummary {
  readonly id: ConversationId;
  readonly kind: ConversationKind;
  readonly name: string;
  readonly unread: number;
  /** Of the unread ones, those that name this person. */
  readonly mentions: number;
  readonly protection: Protection;
  /** Of a person; undefined where that is not known. */
  readonly isHere: boolean | undefined;
  /** What was said up to now is here; before, nothing counts as seen. */
  readonly isReady: boolean;
  /** Of a group that this person has left, or was put out of: what was said stays to be read. */
  readonly isLeft: boolean;
}

/** What becomes of an own message: on its way, taken by the server, shown by the other's program, or not sent. */
export type SentState = 'waiting' | 'sent' | 'delivered' | 'failed';

/** Where an item stands. */
interface ItemPlace {
  /** Grows from item to item of a conversation. */
  readonly key: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Its number in the server's log, where it has one. */
  readonly seq?: number | undefined;
  /** Where it stands in the history of the device, where it was read from there. */
  readonly rowId?: number | undefined;
}

/** Something that somebody said. */
export interface MessageItem extends ItemPlace {
  readonly kind: 'message';
  readonly from: string;
  readonly isOwn: boolean;
  readonly content: MessageContent;
  readonly encrypted: boolean;
  /** Of an encrypted message of somebody else. */
  readonly standing: KeyStanding | undefined;
  /** It is not what it seems: "not encrypted", "new key, not trusted". */
  readonly remark: string | undefined;
  readonly namesMe: boolean;
  /** Of an own message. */
  readonly state: SentState | undefined;
}

/** A mark in the place of what cannot be read. */
export interface UnreadableItem extends ItemPlace {
  readonly kind: 'unreadable';
  /** Undefined where nobody knows whose it was: the server has lost it. */
  readonly from: string | undefined;
  readonly isOwn: boolean;
  readonly why: string;
  readonly encrypted: boolean;
  readonly standing: KeyStanding | undefined;
}

export type NoticeTone = 'notice' | 'warning' | 'reply';

/** Something that the program, or the server, has to say. */
export interface NoticeItem extends ItemPlace {
  readonly kind: 'notice';
  readonly tone: NoticeTone;
  readonly text: string;
}

/** What becomes of a file. */
export interface FileItem extends ItemPlace {
  readonly kind: 'file';
  readonly tone: NoticeTone;
  readonly text: string;
  /** Somebody sends one: this person should see it, as if it had been said. */
  readonly isOffer: boolean;
}

/** A view handles each kind. The unread line is no item: each view has its own. */
export type TimelineItem = MessageItem | UnreadableItem | NoticeItem | FileItem;

type WithoutKey<T> = T extends TimelineItem ? Omit<T, 'key'> : never;

/** Something that has no place in a conversation yet. */
export type NewItem = WithoutKey<TimelineItem>;
export type NewMessageItem = WithoutKey<MessageItem>;
export type NewNotice = WithoutKey<NoticeItem | FileItem>;

/** The entries of a conversation that are shown, oldest first: as many as are in memory there. */
export interface TimelineItems {
  readonly length: number;
  /** Whether its end is the newest message there is; otherwise there is more behind it. */
  readonly isNewest: boolean;
  at(index: number): TimelineItem | undefined;
  /** The index of the first entry whose key is `key` or higher; `length` where there is none. */
  indexFrom(key: number): number;
}

export interface RosterPerson {
  readonly name: string;
  readonly isMe: boolean;
  readonly isHere: boolean;
  readonly isVerified: boolean;
  /** Of the group that was asked about. */
  readonly isAdmin: boolean;
}

export interface ConnectionStatus {
  readonly phase: 'connecting' | 'open' | 'waiting' | 'closed';
  /** In a few words: "connected", "connecting". */
  readonly words: string;
}

/** A message that was looked for. */
export interface Found {
  readonly id: ConversationId;
  readonly at: number;
  readonly from: string;
  readonly text: string;
  /** Brings it among the entries of its conversation. Its key there. */
  readonly reveal: () => Promise<number | undefined>;
}

export interface Model {
  readonly me: string;
  /** The address of the server. */
  readonly server: string;
  /** Whether nobody between here and the server can read along. */
  readonly isTls: boolean;
  readonly connection: ConnectionStatus;
  /** The lobby, groups, people; each kind in the order of names. */
  readonly conversations: readonly ConversationSummary[];
  readonly transfers: readonly Transfer[];
  /** Everybody seen, for completion. */
  readonly names: readonly string[];
  /** Calls `changed` whenever something is another than before; `id` where that is one conversation only. */
  subscribe(changed: (id: ConversationId | undefined) => void): void;
  conversation(id: ConversationId): ConversationSummary | undefined;
  entries(id: ConversationId): TimelineItems;
  /** Who is in it: of the lobby everybody known; of a group its members, where the server tells them. */
  people(id: ConversationId): readonly RosterPerson[];
  /** Loads what was before the first entry; false where nothing was. */
  loadBefore(id: ConversationId): Promise<boolean>;
  /** Loads what comes behind the last entry, where those are not the newest. */
  loadAfter(id: ConversationId): Promise<void>;
  /** The entries are the newest ones again. */
  toNewest(id: ConversationId): void;
  /** Brings the first message that is not older than `at` among the entries; its key, undefined where there is none. */
  goTo(id: ConversationId, at: number): Promise<number | undefined>;
  /** Everything that was said in a conversation, oldest first, page by page. */
  everything(id: ConversationId): AsyncIterable<TimelineItems>;
  /**
   * The newest messages that `query` means (search-query.ts), newest first. The error says what is missing in it.
   */
  search(query: string): Promise<Result<readonly Found[], string>>;
  /** Makes the conversation with somebody, if there is none; undefined where that cannot be a name. */
  withPerson(name: string): ConversationId | undefined;
  /** The person looks at this one: what is about none is told there. */
  lookAt(id: ConversationId): void;
  /** Everything in it up to now was seen. */
  seen(id: ConversationId): void;
  /** Says something of the program's own in a conversation. */
  notify(id: ConversationId, tone: NoticeTone, text: string): void;
  /** Asks the server who is here, where it does not tell by itself. */
  refreshPeople(): void;
  say(id: ConversationId, text: string): Promise<Verdict>;
  sayUnencrypted(name: string, text: string): Promise<Verdict>;
  /** These four are answered by the server. */
  createGroup(name: string): Promise<Verdict>;
  createByInvitation(name: string): Promise<Verdict>;
  invite(group: string, name: string | undefined): Promise<Verdict>;
  /** Done as well where the person is in it already. */
  joinGroup(name: string): Promise<Verdict>;
  leaveGroup(name: string): Promise<Verdict>;
  kick(group: string, name: string): Promise<Verdict>;
  /** What there is to say of this device, or of that of somebody, in lines. */
  devices(name: string | undefined): Promise<Result<readonly string[], string>>;
  safetyNumber(name: string): Promise<Result<SafetyWords, string>>;
  markVerified(name: string, digits: string): Promise<Verdict>;
  trust(name: string): Promise<Verdict>;
  handOver(group: string, name: string | undefined): Promise<Verdict>;
  block(name: string | undefined, off: boolean): Promise<Verdict>;
  distrust(name: string): Promise<Verdict>;
  sendFile(name: string, path: string): Promise<Verdict>;
  chooseFile(act: 'accept' | 'decline' | 'cancel', number: number | undefined): Promise<Verdict>;
}
