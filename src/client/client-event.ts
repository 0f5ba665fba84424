// What a client tells its view: one stream of typed events. Texts in them are what others wrote, character for
// character; whoever draws them on a screen makes them harmless first.

import type { SoftCode, SuccessCode } from '../wire/replies.ts';
import type { Username } from '../wire/text.ts';
import type { ClientState } from './client-state.ts';
import type { TransferEvent } from './files/transfer.ts';
import type { KeyStanding, MessengerEvent } from './private/events.ts';

/** Something that somebody said. */
export type ReceivedMessage =
  /** To all, or to a group; version 1 does not say to which one [7.8]. The server can read it. */
  | {
      readonly place: 'lobby' | 'group';
      readonly from: Username;
      readonly text: string;
      readonly encrypted: false;
    }
  /** To this user, but in the clear: neither hidden from the server, nor proven to be from whom it says. */
  | {
      readonly place: 'private';
      readonly from: Username;
      readonly text: string;
      readonly encrypted: false;
    }
  /** To this user, readable by nobody else, proven to be from the holder of a key that stands as `key` says. */
  | {
      readonly place: 'private';
      readonly from: Username;
      readonly text: string;
      readonly encrypted: true;
      readonly key: KeyStanding;
    };

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
  | { readonly type: 'message'; readonly message: ReceivedMessage }
  /** The server has passed on what was said to all [7.2]. */
  | { readonly type: 'broadcast-sent'; readonly text: string }
  /** Who is connected; `unknown` are those not yet logged in [7.4]. */
  | { readonly type: 'users'; readonly names: readonly Username[] }
  | { readonly type: 'success'; readonly reply: Reply<SuccessCode> }
  | { readonly type: 'refused'; readonly reply: Reply<SoftCode> }
  /** The server speaks to the members of a group itself: somebody was kicked out [7.10]. */
  | { readonly type: 'group-notice'; readonly text: string }
  | { readonly type: 'private'; readonly event: PrivateEvent }
  /** What becomes of files (files/transfer.ts) [7.11]. */
  | { readonly type: 'file'; readonly event: TransferEvent }
  /** The server has answered the farewell [7.12]. */
  | { readonly type: 'goodbye' };

/** Takes the events of a client, in order, one at a time. */
export type ClientEventSink = (event: ClientEvent) => void;
