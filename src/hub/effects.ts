// What the hub asks the shell to do, in order. Effects carry typed events, never bytes: the hub does not know how a
// line looks on a transport.

import type { Brand } from '../lib/brand.ts';
import type { Event } from '../wire/events.ts';
import type {
  ChangedPerson,
  ExtendedEvent,
  ExtendedEventOf,
  RosterItem,
} from '../wire/extended/events.ts';
import type { ConversationName, Place } from '../wire/extended/names.ts';
import type { GroupName, LineText, Username } from '../wire/text.ts';
import type { KeptFileId } from '../wire/kept-files.ts';
import type { Proof } from '../wire/transfer.ts';
import type { AccountId, Change, LogId } from './records.ts';

/** One connection, until it ends. Numbers are never reused. */
export type ConnectionId = Brand<number, 'ConnectionId'>;

/** Who gets the same lines: everybody who is logged in, the members of a group, or the followers of presence. */
export type Audience =
  | { readonly kind: 'lobby' }
  | { readonly kind: 'group'; readonly group: GroupName }
  | { readonly kind: 'followers' };

export const lobby: Audience = { kind: 'lobby' };
export const followers: Audience = { kind: 'followers' };

/** Which protocol a connection logged in with: HELO or EHLO. It gets everything in this form. */
export type Form = 'v1' | 'extended';

/** A message in a conversation. The shell makes one line of it for each form. */
export interface SaidPost {
  readonly name: ConversationName;
  /** The log that stores it, and its number there. Both are undefined if it is not stored. */
  readonly log: LogId | undefined;
  readonly seq: number | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Undefined if the server itself is the sender. */
  readonly from: Username | undefined;
  readonly guest: boolean;
  /** `stream.number`, from the client. Undefined for a message that came as a version 1 line. */
  readonly id: string | undefined;
  readonly text: LineText | undefined;
  /** Beside `text`: what it is, base64url. */
  readonly content: string | undefined;
  readonly sealed: string | undefined;
  readonly welcome: string | undefined;
  /** Of a private message that is sealed for one device: its key. */
  readonly device: string | undefined;
  /** In a sealed group: what else its line has. */
  readonly inSealed: SealedPart | undefined;
}

/** What a line of a sealed group has beside who says it, and when. */
export type SealedPart = Pick<
  ExtendedEventOf<'MSG'>,
  'seen' | 'on' | 'kind' | 'commit' | 'info' | 'records' | 'chain' | 'out'
>;

/**
 * Who waits for the confirmation that a message is stored, and what is undone if it cannot be stored. Small, because
 * one is held for every message that waits for the store.
 */
export interface Speaker {
  readonly connection: ConnectionId;
  /** The log in which the message got a number. Undefined if it got none. */
  readonly log: LogId | undefined;
  /** Whether the message was sent before and may be stored. Then nothing is undone. */
  readonly repeats: boolean;
  /** Undefined for a version 1 line. */
  readonly sent:
    | {
        readonly account: AccountId;
        readonly stream: string;
        readonly number: number;
        /** The last number of the stream before this one. Undefined for a new stream. */
        readonly before: number | undefined;
        readonly label: string | undefined;
      }
    | undefined;
}

/**
 * A message, for all its receivers in both forms. If `said.log` is given, it is appended to that log. If `by` is given
 * and the commit fails, it is dropped, together with the sender's number in the stream and the confirmation, and the
 * hub gets the speaker back (`dropped`). Other changes of its step stay.
 */
export interface Post {
  readonly type: 'post';
  /** The lobby or a group; undefined for a conversation of two people. */
  readonly audience: Audience | undefined;
  readonly said: SaidPost;
  /** What the audience's version 1 connections get. */
  readonly v1: Event | undefined;
  /** For two people: the connections that get it. */
  readonly to: readonly ConnectionId[];
  readonly except: ConnectionId | undefined;
  /** Undefined if nothing of it must be stored. Then its step is carried out whether or not the store works. */
  readonly by: Speaker | undefined;
}

/** A message that was sent again: it needs an answer, and is not posted. */
export interface Repeated {
  readonly label: string | undefined;
  /** The place that the sender names. */
  readonly place: Place;
  readonly name: ConversationName;
  readonly id: string;
  /** The sender. */
  readonly from: Username;
  /** The text of this repeat, which may differ from the first. */
  readonly text: LineText | undefined;
  readonly content: string | undefined;
  readonly sealed: string | undefined;
  readonly welcome: string | undefined;
  /** Of a COMMIT. */
  readonly commit: string | undefined;
}

/**
 * Somebody repeats a message that may still be on its way to the disk. Its step depends on the posts before it, so that
 * a repeat is not acknowledged if the first failed: if the commit that it waits for fails, it is dropped like a post.
 * The shell answers it, because only the log knows what the first became.
 */
export interface Repeat {
  readonly type: 'repeat';
  readonly by: Speaker;
  readonly repeated: Repeated;
}

/**
 * A line of a room that is no message: a commit, records, somebody who is out. It goes with changes of the hub, so
 * it is never dropped: where the store fails, it is tried again as they are, and nobody hears it until it is stored.
 */
export interface LogLine {
  readonly type: 'group-line';
  /** Undefined of a private conversation. */
  readonly audience: Audience | undefined;
  readonly said: SaidPost;
  readonly except: ConnectionId | undefined;
  /** Of a private conversation: the connections that get it. */
  readonly to: readonly ConnectionId[];
  /** What of it bears on the roster. */
  readonly items: readonly RosterItem[];
}

/** One file on its way. Numbers are never reused. */
export type TransferId = Brand<number, 'TransferId'>;

/** One of the two people of a transfer, and the connection of their login. */
export interface TransferSide {
  readonly name: Username;
  readonly connection: ConnectionId;
}

/** Who sends which file to whom [7.11]. */
export interface TransferPlan {
  readonly transfer: TransferId;
  readonly sender: TransferSide;
  readonly receiver: TransferSide;
  readonly metadata: LineText;
  /** How the receiver will prove itself at the port. Undefined if it cannot, as in version 1. */
  readonly proof: Proof | undefined;
}

/** Which part of a kept file goes to or from a port, and who may come there [13.8]. */
export interface KeptPlan {
  readonly transfer: TransferId;
  readonly verb: 'UPLOAD' | 'FETCH';
  readonly id: KeptFileId;
  /** The connection that asked. */
  readonly connection: ConnectionId;
  /** The first byte, and the one behind the last. */
  readonly from: number;
  readonly to: number;
}

export type Effect =
  /** One event to one connection. */
  | { readonly type: 'send'; readonly to: ConnectionId; readonly event: Event }
  /** One extended event to one connection. */
  | { readonly type: 'report'; readonly to: ConnectionId; readonly event: ExtendedEvent }
  /** One extended event to the part of an audience that logged in by EHLO. */
  | { readonly type: 'announce'; readonly audience: Audience; readonly event: ExtendedEvent }
  /** Somebody's presence has changed. Followers get the latest state, not each change. */
  | { readonly type: 'presence'; readonly person: ChangedPerson }
  | Post
  | LogLine
  | Repeat
  /**
   * To be stored. Later effects wait until it is. The shell retries until it is stored, except for the stream of a
   * dropped post.
   */
  | { readonly type: 'change'; readonly change: Change }
  /** From now on the connection gets what the audience gets, in its form. */
  | {
      readonly type: 'join';
      readonly audience: Audience;
      readonly connection: ConnectionId;
      readonly form: Form;
    }
  /** From now on the connection does not get what the audience gets. */
  | { readonly type: 'leave'; readonly audience: Audience; readonly connection: ConnectionId }
  /** Close the connection after everything before was sent. The hub has forgotten it already. */
  | { readonly type: 'close'; readonly connection: ConnectionId }
  /** Open a port for a file. The shell answers with the input `transferOpened` or `transferFailed`. */
  | { readonly type: 'openTransfer'; readonly plan: TransferPlan }
  /** End a transfer, in any state. The hub has forgotten it already. */
  | { readonly type: 'closeTransfer'; readonly transfer: TransferId }
  /** Open a port for a kept file. The shell answers with the input `keptOpened`, `keptFailed` or `keptOver`. */
  | { readonly type: 'openKept'; readonly plan: KeptPlan }
  /** End a transfer of a kept file, in any state. Its end is reported as always. */
  | { readonly type: 'closeKept'; readonly transfer: TransferId }
  /** Delete the bytes of a kept file. */
  | { readonly type: 'removeKept'; readonly id: KeptFileId };
