// What a client tells its view: one stream of typed events. Their texts are exactly what others wrote; the view makes
// them harmless before drawing.

import type { Amendment } from './amending/amendments.ts';
import type { AmendmentContent, MessageContent } from './content.ts';
import type { SoftCode, SuccessCode } from '../wire/replies.ts';
import type { ChangedPerson, MemberNews } from '../wire/extended/events.ts';
import type { ConversationName, Place } from '../wire/extended/names.ts';
import type { ExpirySeconds } from '../wire/expiry.ts';
import type { GroupName, Username } from '../wire/text.ts';
import type { ClientState, GuestReason } from './client-state.ts';
import type { TransferEvent } from './files/transfer.ts';
import type { DirectoryNews } from './account/directory/directory-alarm.ts';
import type { OwnChainNews } from './encryption/trust/device-news.ts';
import type { BackupNews } from './vault/backup-ports.ts';
import type { KeyStanding } from './encryption/trust/key-events.ts';
import type { MessengerEvent } from './encryption/live/events.ts';
import type { PlacedRecord, SendState } from './store/store-port.ts';

/** Where a message is stored, for accounts: version 1 stores nothing, and has no numbers. */
export interface Filed {
  readonly conversation: ConversationName;
  /** Its number there. Undefined if the server does not store the conversation. */
  readonly seq: number | undefined;
  /** When the server received it, in milliseconds since 1970. */
  readonly at: number;
  /** Whether the sender is a guest: another person may have the name tomorrow. */
  readonly guest: boolean;
  /** Whether this account sent it, on another connection. */
  readonly own: boolean;
  /** Of what another device of this account has said in private: whether the other side has it. */
  readonly state?: SendState | undefined;
  /** Whether it was sent before this login. */
  readonly late: boolean;
  /** Whether another device of this account has shown it. */
  readonly seen?: true;
  /** Whether it could not be read before: its position may be shown already, without it. */
  readonly again?: boolean;
}

/** A message that somebody sent. */
export type ReceivedMessage =
  /** To everybody, or to a group. The server can read it. */
  (
    | {
        readonly place: 'lobby' | 'group';
        readonly from: Username;
        readonly content: MessageContent;
        readonly encrypted: false;
        /** To which group. Version 1 does not say it [7.8]. */
        readonly group?: GroupName;
      }
    /** To a sealed group: readable by its members alone. `key`: undefined for somebody whose key was never pinned. */
    | {
        readonly place: 'group';
        readonly group: GroupName;
        readonly from: Username;
        readonly content: MessageContent;
        readonly encrypted: true;
        readonly key: KeyStanding | undefined;
      }
    /** To a sealed lobby. The same. */
    | {
        readonly place: 'lobby';
        readonly from: Username;
        readonly content: MessageContent;
        readonly encrypted: true;
        readonly key: KeyStanding | undefined;
      }
    /** To this user, but unencrypted: neither hidden from the server, nor proven to be from its sender. */
    | {
        readonly place: 'private';
        readonly from: Username;
        readonly content: MessageContent;
        readonly encrypted: false;
      }
    /** To this user, readable by nobody else, and proven to be from the holder of a key with the state `key`. */
    | {
        readonly place: 'private';
        readonly from: Username;
        readonly content: MessageContent;
        readonly encrypted: true;
        readonly key: KeyStanding;
      }
  ) & { readonly filed?: Filed };

/** A message of this account, with its id on this device. */
export interface OwnContent {
  readonly localId: string;
  readonly place: Place;
  readonly content: MessageContent;
}

/** What this account says of an earlier message, with its id on this device. */
export interface OwnAmendment {
  readonly localId: string;
  readonly place: Place;
  readonly content: AmendmentContent;
}

/** The state of a message of this account, from the moment on at which it is stored on this device. */
export interface OwnMessage extends OwnContent {
  readonly from: Username;
  /** Whether only those can read it whom it is for. */
  readonly encrypted: boolean;
  readonly state: SendState;
  /** Once the server has it, if it stores the conversation. */
  readonly seq?: number | undefined;
  readonly at?: number | undefined;
  /** Why it was refused: a code of the extended protocol or of private messages, and words for people. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** Events about private messages and people's keys (private/events.ts). */
export type PrivateEvent = Exclude<
  MessengerEvent,
  { readonly type: 'text' | 'plaintext' | 'note' | 'own-note' }
>;

/** A reply of the server to a request of this client, or news about this user. */
export interface Reply<Code> {
  /** Its code, or undefined for a text of a server with other replies. */
  readonly code: Code | undefined;
  /** The values in the reply's template: `group`, `user`... */
  readonly values: Readonly<Record<string, string>>;
  readonly text: string;
}

export type ClientEvent =
  | { readonly type: 'state'; readonly state: ClientState }
  /** A TLS server is new. Its certificate is remembered from now on. */
  | { readonly type: 'server-remembered'; readonly fingerprint: Uint8Array }
  /** There is no account of this name, and the server did not make one: the person is a guest. */
  | { readonly type: 'guest'; readonly reason: GuestReason }
  | { readonly type: 'message'; readonly message: ReceivedMessage }
  /** A changed state of a message of this account. */
  | { readonly type: 'own'; readonly message: OwnMessage }
  /** Another program has this one send a text, over the control socket. `own` events have what becomes of it. */
  | {
      readonly type: 'said-beside';
      readonly from: Username;
      readonly place: Place;
      readonly text: string;
    }
  /**
   * Somebody has edited or deleted a message, or reacted to one: the history has it. It is no new message. Of one that is
   * not here it holds once that comes.
   */
  | {
      readonly type: 'amended';
      readonly conversation: ConversationName;
      readonly place: Place;
      readonly amendment: Amendment;
      /** Whether this account did, on this device or another. */
      readonly isOwn: boolean;
      /** Whether the message is here. */
      readonly isHere: boolean;
      /** Whether it was said before this login. */
      readonly late: boolean;
    }
  /**
   * This account edits or deletes a message, or reacts to one. Once it is `stored`, `amended` comes as well; once it is
   * `refused`, the message is as it was before.
   */
  | {
      readonly type: 'own-amendment';
      readonly amendment: OwnAmendment;
      readonly state: 'waiting' | 'stored' | 'refused';
      /** Why it was refused, in words. */
      readonly reason?: string | undefined;
    }
  /** The other person's device has everything of a private conversation up to `seq`. */
  | { readonly type: 'delivered'; readonly conversation: ConversationName; readonly seq: number }
  /** All messages from while this account was away are here: this many. */
  | { readonly type: 'caught-up'; readonly missed: number }
  /** Another device has shown more of a conversation, or something unseen was deleted: so much is unseen now. */
  | {
      readonly type: 'read-elsewhere';
      readonly conversation: ConversationName;
      readonly unread: number;
    }
  /** Those who are writing in a conversation now, as they say. */
  | {
      readonly type: 'typing';
      readonly conversation: ConversationName;
      readonly names: readonly Username[];
    }
  /** Somebody else has read a conversation up to `seq`, as they say. */
  | {
      readonly type: 'read';
      readonly conversation: ConversationName;
      readonly user: Username;
      readonly seq: number;
    }
  /** The person has decided anew what others hear of their reading and writing. */
  | { readonly type: 'signals' }
  /** What the person has begun to write at a place, on another device; empty: it was sent or deleted there. */
  | { readonly type: 'draft'; readonly place: string; readonly text: string }
  /** A conversation is muted, or not any more: by the person, on any device, or because the time is over. */
  | { readonly type: 'muted'; readonly conversation: ConversationName }
  /** Something else that the person does not want to hear or see has changed, on any device or with the time. */
  | { readonly type: 'quiet'; readonly about: 'rule' | 'ignored' | 'do-not-disturb' }
  /** The person has decided about the key of `user` on another device, which sees the same key: so it stands here. */
  | {
      readonly type: 'key-decided-elsewhere';
      readonly user: Username;
      readonly standing: KeyStanding;
    }
  /** This account entered or left a conversation. */
  | { readonly type: 'conversations' }
  /** This many own texts are not sent again to `user`, who could not read them: they were for an earlier device. */
  | { readonly type: 'withheld'; readonly user: Username; readonly count: number }
  /**
   * The store of this device was an older copy: from now on it uses new keys. Private messages from the time between,
   * with the people in `missing`, are no longer on it.
   */
  | { readonly type: 'restored'; readonly missing: readonly Username[] }
  /**
   * The server's log of a conversation is a different one, or was restored: this device's messages stay, closed with a
   * line that says so, and new messages have numbers of their own.
   */
  | {
      readonly type: 'log-restarted';
      readonly conversation: ConversationName;
      readonly text: string;
    }
  /**
   * The server cannot return messages of a conversation any more, because its disk has damaged them. The history has a
   * mark in their place, with the number `seq`.
   */
  | {
      readonly type: 'damaged';
      readonly conversation: ConversationName;
      readonly seq: number;
      readonly text: string;
    }
  /** The history's mark for an unreadable message is gone: its text is there in another place. */
  | { readonly type: 'mark-removed'; readonly conversation: ConversationName; readonly seq: number }
  /** The rules of a group have changed, or who is what in it. */
  | { readonly type: 'rules'; readonly conversation: ConversationName }
  /** What is said in a conversation disappears so many seconds after it was read, from now on; 0: it stays. */
  | {
      readonly type: 'timer';
      readonly conversation: ConversationName;
      readonly place: Place;
      readonly seconds: ExpirySeconds | 0;
      readonly by: Username | undefined;
    }
  /** The time of these messages is over: they are on this device no more. */
  | {
      readonly type: 'expired';
      readonly conversation: ConversationName;
      readonly place: Place;
      readonly messages: readonly PlacedRecord[];
      /** Of others, and left there. */
      readonly unread: number;
    }
  /** The server cannot read a conversation at the moment: it is incomplete here. Reported once a login. */
  | {
      readonly type: 'history-failed';
      readonly conversation: ConversationName;
      readonly text: string;
    }
  /**
   * Messages from another device of this account are in the history; `last`: the number that the last of them stands behind,
   * `wroteTo`: to whom this person has written there, in private and encrypted.
   */
  | {
      readonly type: 'history-taken';
      readonly conversation: ConversationName;
      readonly last: number;
      readonly wroteTo?: Username | undefined;
    }
  /** A device that this one has added is in: should it get the history? */
  | { readonly type: 'history-asked'; readonly device: Uint8Array }
  /** How far a history is on its way to another device of this account, or from one. `text`: why it is refused, or what is missing. */
  | {
      readonly type: 'history-moved';
      readonly role: 'given' | 'taken';
      readonly state:
        { readonly done: number; readonly all: number } | 'all' | 'refused' | 'revoked';
      readonly text: string | undefined;
    }
  /** What is new about the devices of this account. */
  | { readonly type: 'own-devices'; readonly news: OwnChainNews }
  /** What is new about the server's directory. IMPORTANT if it is an alarm: nothing is encrypted before `acceptDirectory`. */
  | { readonly type: 'directory'; readonly news: DirectoryNews }
  /** What becomes of the backup. */
  | { readonly type: 'backup'; readonly news: BackupNews }
  /**
   * Another program uses a copy of this device's store: new keys and numbers from now on. `isHere`: it is connected;
   * otherwise it was, since this store was used last.
   */
  | { readonly type: 'twin'; readonly isHere: boolean }
  /** Another program is logged in with this account: it gets private messages, files and the history. */
  | { readonly type: 'private-elsewhere' }
  /** The server has delivered a message to everybody [7.2]. */
  | { readonly type: 'broadcast-sent'; readonly content: MessageContent }
  /** Who is connected. `unknown` are connections without a login [7.4]. */
  | { readonly type: 'users'; readonly names: readonly Username[] }
  | { readonly type: 'success'; readonly reply: Reply<SuccessCode> }
  | { readonly type: 'refused'; readonly reply: Reply<SoftCode> }
  /**
   * A message of the server to the members of a group: somebody was kicked out [7.10]. Version 1 does not say which
   * group.
   */
  | {
      readonly type: 'group-notice';
      readonly text: string;
      readonly group?: GroupName;
      readonly isLobby?: true;
    }
  /** For an account that follows presence: these people's has changed. Undefined if there is a whole new list. */
  | { readonly type: 'presence'; readonly changed: readonly ChangedPerson[] | undefined }
  /** For an account: the members of that group are known now. */
  | { readonly type: 'members'; readonly group: GroupName }
  /** For an account: another person entered or left one of its groups, or became its admin. */
  | {
      readonly type: 'member';
      readonly group: GroupName;
      readonly user: Username;
      readonly guest: boolean;
      readonly what: MemberNews;
    }
  | { readonly type: 'private'; readonly event: PrivateEvent }
  /** A changed state of a file (files/transfer.ts) [7.11]. */
  | { readonly type: 'file'; readonly event: TransferEvent }
  /** The server has answered QUIT [7.12]. */
  | { readonly type: 'goodbye' };

/** Receives the events of a client, in order, one at a time. */
export type ClientEventSink = (event: ClientEvent) => void;
