// What the hub asks the shell to do, in order. Effects carry typed events, never bytes: the hub does not know how a
// line looks on a transport.

import type { Brand } from '../lib/brand.ts';
import type { Event } from '../wire/events.ts';
import type { ChangedPerson, ExtendedEvent } from '../wire/extended/events.ts';
import type { ConversationName, Place } from '../wire/extended/names.ts';
import type { GroupName, LineText, Username } from '../wire/text.ts';
import type { Proof } from '../wire/transfer.ts';
import type { AccountId, Change, LogId } from './records.ts';

/** One connection for as long as it lives; numbers are never used twice. */
export type ConnectionId = Brand<number, 'ConnectionId'>;

/** Who hears a line together: everybody who is logged in, the members of a group, or who follows who comes and goes. */
export type Audience =
  | { readonly kind: 'lobby' }
  | { readonly kind: 'group'; readonly group: GroupName }
  | { readonly kind: 'followers' };

export const lobby: Audience = { kind: 'lobby' };
export const followers: Audience = { kind: 'followers' };

/** Which protocol a connection has logged in with: HELO or EHLO. It hears what is said in this form. */
export type Form = 'v1' | 'extended';

/** Something that was said in a conversation; the shell makes one line of it for each form. */
export interface SaidPost {
  readonly name: ConversationName;
  /** The log that keeps it, and its number there; both undefined where it is not kept. */
  readonly log: LogId | undefined;
  readonly seq: number | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Undefined where the server speaks itself. */
  readonly from: Username | undefined;
  readonly guest: boolean;
  /** `stream.number`, as the client has it; undefined for what came as a version 1 line. */
  readonly id: string | undefined;
  readonly text: LineText | undefined;
  readonly sealed: string | undefined;
  readonly welcome: string | undefined;
}

/**
 * Who waits to hear that what they said is stored, and what is taken back where it can't be. Small, since it is held
 * for every message that waits for the store.
 */
export interface Speaker {
  readonly connection: ConnectionId;
  /** The log in which it was given a number; undefined where it was not. */
  readonly log: LogId | undefined;
  /** Whether it was said before, and may be stored: nothing is taken back then. */
  readonly repeats: boolean;
  /** Undefined for a version 1 line. */
  readonly sent:
    | {
        readonly account: AccountId;
        readonly stream: string;
        readonly number: number;
        /** The number that the stream had come to before; undefined for a stream that nobody knew. */
        readonly before: number | undefined;
        readonly label: string | undefined;
      }
    | undefined;
}

/**
 * Something that was said, to all who hear it in either form. Where `said.log` is given it is appended to that log.
 * Where `by` is given and the commit fails, it is dropped, with the speaker's number in the stream and with what confirms
 * it to them, and the hub gets the speaker back (`dropped`); what else its step has changed stays so.
 */
export interface Post {
  readonly type: 'post';
  /** The lobby or a group; undefined for a conversation of two people. */
  readonly audience: Audience | undefined;
  readonly said: SaidPost;
  /** What the audience's version 1 connections hear. */
  readonly v1: Event | undefined;
  /** Of two people: the connections that hear it. */
  readonly to: readonly ConnectionId[];
  readonly except: ConnectionId | undefined;
  /** Undefined where nothing of it has to be stored: then its step is carried out whether or not the store works. */
  readonly by: Speaker | undefined;
}

/** What somebody has sent again: an answer is due to them, and nothing is said. */
export interface Repeated {
  readonly label: string | undefined;
  /** Where it says that it belongs. */
  readonly place: Place;
  readonly name: ConversationName;
  readonly id: string;
  /** Who sends it. */
  readonly from: Username;
  /** What it says now, which need not be what it said the first time. */
  readonly text: LineText | undefined;
  readonly sealed: string | undefined;
  readonly welcome: string | undefined;
}

/**
 * Somebody has sent again what may still be on its way to the disk. Its step shares the fate of posts before it, so that
 * a repeat is not acknowledged when the first has failed: where the commit fails that it waits for, it is dropped as a
 * post is. The shell answers it, since what the first has become only the log knows.
 */
export interface Repeat {
  readonly type: 'repeat';
  readonly by: Speaker;
  readonly repeated: Repeated;
}

/** One file on its way; numbers are never used twice. */
export type TransferId = Brand<number, 'TransferId'>;

/** One of the two people of a transfer, and the connection that they are logged in on. */
export interface TransferSide {
  readonly name: Username;
  readonly connection: ConnectionId;
}

/** Who sends what to whom [7.11]. */
export interface TransferPlan {
  readonly transfer: TransferId;
  readonly sender: TransferSide;
  readonly receiver: TransferSide;
  readonly metadata: LineText;
  /** How the receiver will prove itself at the port; undefined where it can't, as in version 1. */
  readonly proof: Proof | undefined;
}

export type Effect =
  /** One event to one connection. */
  | { readonly type: 'send'; readonly to: ConnectionId; readonly event: Event }
  /** One extended event to one connection. */
  | { readonly type: 'report'; readonly to: ConnectionId; readonly event: ExtendedEvent }
  /** One extended event to all of an audience who have logged in by EHLO. */
  | { readonly type: 'announce'; readonly audience: Audience; readonly event: ExtendedEvent }
  /** Somebody has come or gone: for the followers, who hear what is so in the end, and not how often it changed. */
  | { readonly type: 'presence'; readonly person: ChangedPerson }
  | Post
  | Repeat
  /** To be kept. What follows waits until it is. Tried again until it is kept, but for the stream of a dropped post. */
  | { readonly type: 'change'; readonly change: Change }
  /** From here on the connection hears the audience, in its form. */
  | {
      readonly type: 'join';
      readonly audience: Audience;
      readonly connection: ConnectionId;
      readonly form: Form;
    }
  /** From here on the connection no longer hears the audience. */
  | { readonly type: 'leave'; readonly audience: Audience; readonly connection: ConnectionId }
  /** Close the connection once everything sent to it before has gone out. The hub has forgotten it already. */
  | { readonly type: 'close'; readonly connection: ConnectionId }
  /** Open a port for a file; the shell answers with the input `transferOpened` or `transferFailed`. */
  | { readonly type: 'openTransfer'; readonly plan: TransferPlan }
  /** End a transfer, wherever it stands. The hub has forgotten it already. */
  | { readonly type: 'closeTransfer'; readonly transfer: TransferId };
