// What the screen shows and can request: the port between the screen and a headless client. The screen knows nothing
// else of the client; tests pass in a model of their own. All texts in it are harmless (sanitize.ts).

import type { ExpirySeconds } from '../../wire/expiry.ts';
import type { GroupRole } from '../../wire/groups/rights.ts';
import type { RevokeReason } from '../../wire/statements/chain-link.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { MessageContent, SaidContent } from '../content.ts';
import type { Transfer } from '../files/transfer.ts';
import type { Result } from '../../lib/result.ts';
import type { NotifyRule } from '../account/own/quiet/quiet.ts';
import type { ExportFormat } from '../export/export-format.ts';
import type { ReadExport } from '../export/import-run.ts';
import type { Permalink } from '../permalink/permalink.ts';
import type { Choice } from '../commands/choices.ts';
import type { BackupWish, GroupWish, SafetyWords, Verdict } from '../commands/actions.ts';
import type { GovernActions } from '../commands/govern-actions.ts';

export type { SafetyWords, Verdict } from '../commands/actions.ts';

/** `lobby`, `#group`, `@person`. */
export type ConversationId = string;

export const lobbyId: ConversationId = 'lobby';

export type ConversationKind = 'lobby' | 'group' | 'person';

/** Who can read the messages there, and whether that is proven. */
export type Protection =
  /** The server can. */
  | 'open'
  /** The members of a sealed group can, and nobody else. */
  | 'sealed'
  /** Unknown: nothing was exchanged yet. Messages will be encrypted or not sent. */
  | 'untried'
  /** Encrypted to the first key that was seen for that person. */
  | 'encrypted'
  /** Encrypted, and the keys were compared. */
  | 'verified'
  /** The person's key has changed. */
  | 'changed';

export interface ConversationSummary {
  readonly id: ConversationId;
  readonly kind: ConversationKind;
  readonly name: string;
  readonly unread: number;
  /** Unread ones that name this person. */
  readonly mentions: number;
  readonly protection: Protection;
  /** For a person. Undefined if unknown. */
  readonly isHere: boolean | undefined;
  /** Whether earlier messages have been loaded. Before that, nothing counts as seen. */
  readonly isReady: boolean;
  /** For a group that this person has left, or was removed from: its messages can still be read. */
  readonly isLeft: boolean;
  /** Until when the person wants to hear of it only what names them: Infinity without an end, undefined if of all. */
  readonly mutedUntil: number | undefined;
  /** Who is writing there now, as they say. */
  readonly typing?: readonly string[];
  /** Whether others there hear how far this person has read, and the other way round. */
  readonly tellsReading?: boolean;
  /** What calls for attention there (attention.ts), if the person has said it. */
  readonly rule?: NotifyRule | undefined;
  /** In words how it differs from others in that; empty or undefined if it does not. */
  readonly quietMark?: string | undefined;
  /** What the group is about, as far as is known. */
  readonly topic?: string;
  /** Another number each time the rules of the group have changed, or who is what in it. */
  readonly rules?: number | undefined;
  /** What is said there disappears so many seconds after it was read. Undefined: it stays. */
  readonly timer?: ExpirySeconds;
}

/** The state of an own message: on its way, stored by the server, shown by the other's program, read by them, or not sent. */
export type SentState = 'waiting' | 'sent' | 'delivered' | 'read' | 'failed';

/** The position of an item. */
interface ItemPlace {
  /** Grows from item to item of a conversation. */
  readonly key: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Its number in the server's log, if it has one. */
  readonly seq?: number | undefined;
  /** Its row in the history of the device, if it was read from there. */
  readonly rowId?: number | undefined;
}

/** A reaction to a message, of all who gave it. */
export interface ItemReaction {
  readonly emoji: string;
  readonly count: number;
  /** Whether this person is one of them. */
  readonly mine: boolean;
  /** The first 50, in the order of the log. */
  readonly names: readonly string[];
}

/** Those who have read a message. */
export interface ItemReaders {
  readonly count: number;
  readonly names: readonly string[];
}

/** What others hear of this person: how far they have read, in private and in small groups, and that they are writing. */
export interface SignalSummary {
  readonly reading: boolean;
  readonly typing: boolean;
}

/** What a message answers. */
export interface ItemReply {
  /** Its number in the log, and its id (amending/target.ts). */
  readonly seq: number;
  readonly id: string;
  /** Where it was among the items in memory, if it was. */
  readonly key: number | undefined;
  /** Undefined: this device does not have it. */
  readonly from: string | undefined;
  /** One line of at most 80 characters. */
  readonly text: string;
}

/** One form of an edited message. */
export interface MessageForm {
  readonly at: number;
  readonly text: string;
}

/** What the person may do with a message; where not, why. */
export interface MessageRights {
  readonly edit: Verdict;
  readonly delete: Verdict;
  readonly react: Verdict;
  readonly reply: Verdict;
  readonly pin: Verdict;
}

/** A message that somebody sent, as it is now: what views show of it needs no contents but these. */
export interface MessageItem extends ItemPlace {
  readonly kind: 'message';
  readonly from: string;
  readonly isOwn: boolean;
  /** Its last text, if it was edited; an empty one, if it is deleted. */
  readonly content: Exclude<MessageContent, SaidContent>;
  readonly encrypted: boolean;
  /** For another person's encrypted message. */
  readonly standing: KeyStanding | undefined;
  /** It is not what it seems: "not encrypted", "new key, not trusted". */
  readonly remark: string | undefined;
  readonly namesMe: boolean;
  /** It is from a file, and nothing proves it. */
  readonly isImported?: true;
  /** Whether the person has seen it on another device. */
  readonly isSeen?: true;
  /** For an own message. */
  readonly state: SentState | undefined;
  readonly edited?: { readonly times: number; readonly at: number };
  /** The mark of it stays. Undefined: nobody knows who did. */
  readonly deleted?: { readonly by: string | undefined };
  /** At most 20 kinds. */
  readonly reactions?: readonly ItemReaction[];
  readonly reply?: ItemReply;
  /** Who pinned it, if it is. */
  readonly pinned?: { readonly by: string };
  /** Of an own message: who has read it, as far as they say. Of more than 50 there are no names. */
  readonly readBy?: ItemReaders;
  /** When it disappears, in milliseconds since 1970. Undefined: it stays. */
  readonly expiresAt?: number;
  /** An own edit, deletion or reaction is shown, and still on its way. If it is refused a notice says so. */
  readonly isChanging?: true;
}

/** A mark in the place of what cannot be read. */
export interface UnreadableItem extends ItemPlace {
  readonly kind: 'unreadable';
  /** Undefined if the sender is unknown: the server has lost it. */
  readonly from: string | undefined;
  readonly isOwn: boolean;
  readonly why: string;
  readonly encrypted: boolean;
  readonly standing: KeyStanding | undefined;
}

export type NoticeTone = 'notice' | 'warning' | 'reply';

/** A notice of the program or the server. */
export interface NoticeItem extends ItemPlace {
  readonly kind: 'notice';
  readonly tone: NoticeTone;
  readonly text: string;
  /** What can be decided about it. */
  readonly choices?: readonly Choice[];
}

/** A notice about a file. */
export interface FileItem extends ItemPlace {
  readonly kind: 'file';
  readonly tone: NoticeTone;
  readonly text: string;
  /** Whether somebody offers one: this person should see it, like a message. */
  readonly isOffer: boolean;
}

/** A view handles each kind. The unread line is not an item: each view has its own. */
export type TimelineItem = MessageItem | UnreadableItem | NoticeItem | FileItem;

type WithoutKey<T> = T extends TimelineItem ? Omit<T, 'key'> : never;

/** An item without a position in a conversation yet. */
export type NewItem = WithoutKey<TimelineItem>;
export type NewMessageItem = WithoutKey<MessageItem>;
export type NewNotice = WithoutKey<NoticeItem | FileItem>;

/** The shown items of a conversation, oldest first: all that are in memory there. */
export interface TimelineItems {
  readonly length: number;
  /** Whether its end is the newest message. Otherwise there are more after it. */
  readonly isNewest: boolean;
  at(index: number): TimelineItem | undefined;
  /** The index of the first item whose key is `key` or higher; `length` if there is none. */
  indexFrom(key: number): number;
}

export interface RosterPerson {
  readonly name: string;
  readonly isMe: boolean;
  readonly isHere: boolean;
  readonly isVerified: boolean;
  /** What they are in the requested group, if they are known to be more than a member. */
  readonly role?: GroupRole | undefined;
}

export interface ConnectionStatus {
  readonly phase: 'connecting' | 'open' | 'waiting' | 'closed';
  /** In a few words: "connected", "connecting". */
  readonly words: string;
}

/** A search result. */
export interface Found {
  readonly id: ConversationId;
  readonly at: number;
  readonly from: string;
  readonly text: string;
  /** Loads it into the items of its conversation. Returns its key there. */
  readonly reveal: () => Promise<number | undefined>;
}

/** A pinned message. */
export interface PinnedMessage extends Found {
  /** Who pinned it. */
  readonly by: string;
  readonly unpin: () => Promise<Verdict>;
}

/** Milliseconds since 1970, or the number of a message. */
export type GoToPlace = { readonly at: number } | { readonly seq: number };

/** What a person can ask for. Answers come later. */
export interface ModelActions extends GovernActions {
  /** The newest messages that match `query` (search-query.ts), newest first. The error says what is wrong with it. */
  search(query: string): Promise<Result<readonly Found[], string>>;
  /** `reply`: the key of the message that it answers. */
  say(
    id: ConversationId,
    text: string,
    how?: { readonly reply?: number | undefined },
  ): Promise<Verdict>;
  /** Gives an own message another text. */
  editText(id: ConversationId, key: number, text: string): Promise<Verdict>;
  /** Deletes a message for everybody: its text goes from all devices and from the server. */
  deleteMessage(id: ConversationId, key: number): Promise<Verdict>;
  react(id: ConversationId, key: number, emoji: string, on: boolean): Promise<Verdict>;
  /** All forms of a message, oldest first, the current one last. */
  editsOf(id: ConversationId, key: number): Promise<Result<readonly MessageForm[], string>>;
  /** Pins a message for everybody in the conversation, or does not any more. */
  pin(id: ConversationId, key: number, on: boolean): Promise<Verdict>;
  /** What is pinned in a conversation, the latest message first: at most 100. */
  pins(id: ConversationId): Promise<Result<readonly PinnedMessage[], string>>;
  /** Loads what a message answers into the items. Returns its key there, undefined if it is not here. */
  goToReplied(id: ConversationId, key: number): Promise<number | undefined>;
  /**
   * Loads the first message that is not older than `at` into the items, or the one with the number `seq`, from the server
   * if need be. Returns its key, undefined if there is none.
   */
  goTo(id: ConversationId, where: GoToPlace): Promise<number | undefined>;
  /**
   * This device's history as a file: of a conversation, or of all, where `id` is undefined. The error says why there is
   * none.
   */
  exported(
    id: ConversationId | undefined,
    format: ExportFormat,
  ): Promise<Result<AsyncIterable<string>, string>>;
  /** Takes what is in an exported file and not here. */
  import(read: ReadExport): Promise<Verdict>;
  /** A link to a message. The error says why there is none. */
  permalink(id: ConversationId, key: number): Promise<Result<string, string>>;
  /** Loads the message of a link into the items of its conversation. */
  goToLink(
    link: Permalink,
  ): Promise<Result<{ readonly id: ConversationId; readonly key: number }, string>>;
  sayUnencrypted(name: string, text: string): Promise<Verdict>;
  /** The server answers these four. */
  createGroup(name: string, wish: GroupWish): Promise<Verdict>;
  seal(group: string): Promise<Verdict>;
  /** Who can read a sealed group, as this device knows it, in words. Undefined of a group that is not sealed. */
  sealedMembers(group: string): Promise<string | undefined>;
  invite(group: string, name: string | undefined): Promise<Verdict>;
  /** Also succeeds if the person is in it already. */
  joinGroup(name: string): Promise<Verdict>;
  leaveGroup(name: string): Promise<Verdict>;
  kick(group: string, name: string): Promise<Verdict>;
  /** What is known of this device, or of another person's, in lines. */
  devices(name: string | undefined): Promise<Result<readonly string[], string>>;
  /** What is known of the server's list of all devices; or, with `accept`, the person takes what it shows. */
  directory(isAccepted: boolean): Promise<Result<readonly string[], string>>;
  /** Takes out the device with that number of the last list. */
  revokeDevice(number: number, why: RevokeReason): Promise<Result<string, string>>;
  /** Takes a new device into the account: its code, then its digits, or `no`. */
  link(typed: string): Promise<Verdict>;
  /** Gives the history of this device to another one of the account, or does not. */
  giveHistory(answer: 'give' | 'keep'): Promise<Verdict>;
  /** Makes recovery words for the account, and says them once. */
  recovery(): Promise<Verdict>;
  /** Makes others in the place of those that were typed, and says them with `say`. */
  otherRecovery(typed: string, say: (text: string) => void): Promise<Verdict>;
  /** Makes, ends or tells of the backup. */
  backup(wish: BackupWish): Promise<Verdict>;
  /** Says what calls for attention in a conversation, on all devices. Undefined: what does without a word. */
  setRule(id: ConversationId, rule: NotifyRule | undefined): Promise<Verdict>;
  /** Hides what somebody says in the lobby and in groups, on all devices, or shows it again. Without a name, says who. */
  ignore(name: string | undefined, isOn: boolean): Promise<Verdict>;
  /** `/dnd` and what follows it. */
  doNotDisturb(typed: string): Promise<Verdict>;
  /** Mutes a conversation for that long, on all devices; 0: not any more. */
  mute(id: string, ms: number): Promise<Verdict>;
  /** Whether others hear how far this person has read there, or in `all` conversations. Undefined: says how it stands. */
  tellReading(id: string, isOn: boolean | undefined): Promise<Verdict>;
  /** Whether others hear that this person is writing. Undefined: says how it stands. */
  tellTyping(isOn: boolean | undefined): Promise<Verdict>;
  /** Lets what is said in a conversation disappear, with 0 not any more; or says whether it does. */
  setTimer(id: string, seconds: ExpirySeconds | 0 | undefined): Promise<Verdict>;
  safetyNumber(name: string): Promise<Result<SafetyWords, string>>;
  markVerified(name: string, digits: string): Promise<Verdict>;
  trust(name: string): Promise<Verdict>;
  handOver(group: string, name: string | undefined): Promise<Verdict>;
  block(name: string | undefined, off: boolean): Promise<Verdict>;
  distrust(name: string): Promise<Verdict>;
  sendFile(name: string, path: string): Promise<Verdict>;
  sendFileToGroup(group: string, path: string): Promise<Verdict>;
  chooseFile(act: 'accept' | 'decline' | 'cancel', number: number | undefined): Promise<Verdict>;
}

export interface Model extends ModelActions {
  readonly me: string;
  /** The address of the server. */
  readonly server: string;
  /** Whether nobody between here and the server can read the connection. */
  readonly isTls: boolean;
  readonly connection: ConnectionStatus;
  /** The lobby, groups, people; each kind sorted by name. */
  readonly conversations: readonly ConversationSummary[];
  readonly transfers: readonly Transfer[];
  /** Whether a text of several lines is one message: a guest's, as of version 1, has one line. */
  readonly hasLines: boolean;
  /** Undefined for guests, and before there is a client. */
  readonly signalSummary?: SignalSummary | undefined;
  /** Until when the person does not want to be disturbed: Infinity without an end, undefined if that is not so. */
  readonly quietUntil: number | undefined;
  /** Whether what somebody says in the lobby and in groups is hidden. */
  isIgnored(name: string): boolean;
  /** Everybody seen, for completion. */
  readonly names: readonly string[];
  /** Calls `changed` after every change; `id` if it is about one conversation only. */
  subscribe(changed: (id: ConversationId | undefined) => void): void;
  conversation(id: ConversationId): ConversationSummary | undefined;
  entries(id: ConversationId): TimelineItems;
  /** What the person may do with a message. Undefined if it is not in memory. */
  rightsTo(id: ConversationId, key: number): MessageRights | undefined;
  /** The people in it: in the lobby everybody known; in a group its members, if the server reports them. */
  people(id: ConversationId): readonly RosterPerson[];
  /** Loads what is before the first item. False if there was nothing. */
  loadBefore(id: ConversationId): Promise<boolean>;
  /** Loads what is after the last item, unless that is the newest. */
  loadAfter(id: ConversationId): Promise<void>;
  /** Shows the newest items again. */
  toNewest(id: ConversationId): void;
  /** All messages of a conversation, oldest first, page by page. */
  everything(id: ConversationId): AsyncIterable<TimelineItems>;
  /** Makes the conversation with a person, if there is none. Undefined if that cannot be a name. */
  withPerson(name: string): ConversationId | undefined;
  /** The person looks at this one: notices about no conversation are shown there. */
  lookAt(id: ConversationId): void;
  /** Everything in it up to now was seen. */
  seen(id: ConversationId): void;
  /** Shows a notice of the program in a conversation. */
  notify(id: ConversationId, tone: NoticeTone, text: string): void;
  /** Asks the server who is online, if it does not report that itself, and waits for the answer for a moment. */
  refreshPeople(): Promise<void>;
}
