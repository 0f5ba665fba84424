// What a client tells its view: one stream of typed events. Their texts are exactly what others wrote; whoever draws
// them on a screen makes them harmless first.

import type { MessageContent } from './content.ts';
import type { SoftCode, SuccessCode } from '../wire/replies.ts';
import type { ChangedPerson, MemberNews } from '../wire/extended/events.ts';
import type { ConversationName, Place } from '../wire/extended/names.ts';
import type { GroupName, Username } from '../wire/text.ts';
import type { ClientState, GuestReason } from './client-state.ts';
import type { TransferEvent } from './files/transfer.ts';
import type { KeyStanding } from './encryption/trust/key-events.ts';
import type { MessengerEvent } from './encryption/live/events.ts';
import type { SendState } from './store/store-port.ts';

/** Where a message stands, for accounts: version 1 keeps nothing, and numbers nothing. */
export interface Filed {
  readonly conversation: ConversationName;
  /** Its number there; undefined where the server does not keep the conversation. */
  readonly seq: number | undefined;
  /** When the server took it, in milliseconds since 1970. */
  readonly at: number;
  /** Whether the sender is a guest: the name may be somebody else's tomorrow. */
  readonly guest: boolean;
  /** Whether it is by this account, on another connection. */
  readonly own: boolean;
  /** It was said before this login. */
  readonly late: boolean;
  /** It could not be read before: its place may be shown already, without it. */
  readonly again?: boolean;
}

/** Something that somebody said. */
export type ReceivedMessage =
  /** To all, or to a group. The server can read it. */
  (
    | {
        readonly place: 'lobby' | 'group';
        readonly from: Username;
        readonly content: MessageContent;
        readonly encrypted: false;
        /** To which group; version 1 does not say it [7.8]. */
        readonly group?: GroupName;
      }
    /** To this user, but in the clear: neither hidden from the server, nor proven to be from whom it says. */
    | {
        readonly place: 'private';
        readonly from: Username;
        readonly content: MessageContent;
        readonly encrypted: false;
      }
    /** To this user, readable by nobody else, proven to be from the holder of a key that stands as `key` says. */
    | {
        readonly place: 'private';
        readonly from: Username;
        readonly content: MessageContent;
        readonly encrypted: true;
        readonly key: KeyStanding;
      }
  ) & { readonly filed?: Filed };

/** Something that this account says, under the id that it has on this device. */
export interface OwnContent {
  readonly localId: string;
  readonly place: Place;
  readonly content: MessageContent;
}

/** What becomes of something that this account says, from the moment on at which it is kept on this device. */
export interface OwnMessage extends OwnContent {
  readonly from: Username;
  readonly state: SendState;
  /** Once the server has it, and where it keeps the conversation. */
  readonly seq?: number | undefined;
  readonly at?: number | undefined;
  /** Why it was refused: a code of the extended protocol or of private messages, and words for people. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** What becomes of private messages and of the keys of people (private/events.ts). */
export type PrivateEvent = Exclude<
  MessengerEvent,
  { readonly type: 'text' | 'plaintext' | 'note' | 'own-note' }
>;

/** An answer of the server to something that this client asked for, or news about this user. */
export interface Reply<Code> {
  /** What it means, or undefined for a text of a server that knows more or other replies. */
  readonly code: Code | undefined;
  /** What stands in the places of the reply's template: `group`, `user`... */
  readonly values: Readonly<Record<string, string>>;
  readonly text: string;
}

export type ClientEvent =
  | { readonly type: 'state'; readonly state: ClientState }
  /** A TLS server was met for the first time and its certificate is remembered from now on. */
  | { readonly type: 'server-remembered'; readonly fingerprint: Uint8Array }
  /** There is no account of this name, and the server did not make one: the person comes as a guest. */
  | { readonly type: 'guest'; readonly reason: GuestReason }
  | { readonly type: 'message'; readonly message: ReceivedMessage }
  /** What becomes of something that this account says. */
  | { readonly type: 'own'; readonly message: OwnMessage }
  /** The other person's device has everything of a private conversation up to `seq`. */
  | { readonly type: 'delivered'; readonly conversation: ConversationName; readonly seq: number }
  /** Everything that was said while this account was away is here: so many messages. */
  | { readonly type: 'caught-up'; readonly missed: number }
  /** This account has come into a conversation, or is out of one. */
  | { readonly type: 'conversations' }
  /** So many own texts are not said again to `user`, who could not read them: they were for an earlier device. */
  | { readonly type: 'withheld'; readonly user: Username; readonly count: number }
  /**
   * What is kept on this device was an older copy: from here on it goes on with fresh keys. Private messages of the time
   * between, with those who are `missing`, are not on it any more.
   */
  | { readonly type: 'restored'; readonly missing: readonly Username[] }
  /**
   * The server's log of a conversation is another one than before, or was put back: what this device has stays, closed
   * with a line of the server's that says so, and what comes from here on has numbers of its own.
   */
  | {
      readonly type: 'log-restarted';
      readonly conversation: ConversationName;
      readonly text: string;
    }
  /**
   * The server cannot give messages of a conversation any more, because its disk has damaged them. The history has a
   * mark in their place, with the number `seq`.
   */
  | {
      readonly type: 'damaged';
      readonly conversation: ConversationName;
      readonly seq: number;
      readonly text: string;
    }
  /** The server cannot read what it keeps of a conversation at the moment: it is not whole here. Told once a login. */
  | {
      readonly type: 'history-failed';
      readonly conversation: ConversationName;
      readonly text: string;
    }
  /** Another program works with a copy of this device's store: fresh keys and numbers from here on. */
  | { readonly type: 'twin' }
  /** Another program is in with this account: private messages, files and the history are there. */
  | { readonly type: 'private-elsewhere' }
  /** The server has passed on what was said to all [7.2]. */
  | { readonly type: 'broadcast-sent'; readonly content: MessageContent }
  /** Who is connected; `unknown` are those not yet logged in [7.4]. */
  | { readonly type: 'users'; readonly names: readonly Username[] }
  | { readonly type: 'success'; readonly reply: Reply<SuccessCode> }
  | { readonly type: 'refused'; readonly reply: Reply<SoftCode> }
  /** The server speaks to the members of a group itself: somebody was kicked out [7.10]. Version 1 does not say which. */
  | { readonly type: 'group-notice'; readonly text: string; readonly group?: GroupName }
  /** An account that follows: these have come or gone; undefined where the whole list is there anew. */
  | { readonly type: 'presence'; readonly changed: readonly ChangedPerson[] | undefined }
  /** An account: who is in that group is known now. */
  | { readonly type: 'members'; readonly group: GroupName }
  /** An account: somebody else has come into a group of its own, is out of it, or is its admin now. */
  | {
      readonly type: 'member';
      readonly group: GroupName;
      readonly user: Username;
      readonly guest: boolean;
      readonly what: MemberNews;
    }
  | { readonly type: 'private'; readonly event: PrivateEvent }
  /** What becomes of files (files/transfer.ts) [7.11]. */
  | { readonly type: 'file'; readonly event: TransferEvent }
  /** The server has answered the farewell [7.12]. */
  | { readonly type: 'goodbye' };

/** Takes the events of a client, in order, one at a time. */
export type ClientEventSink = (event: ClientEvent) => void;
