// The events of a Messenger for the person.

import type { KeyEvent, KeyStanding } from '../trust/key-events.ts';

export type CannotEncryptReason =
  | 'no-answer' // no key within five seconds
  | 'no-key-package' // a key from another kind of client
  | 'key-refused'; // a key package that this protocol does not accept; the sentence says why

export type NotDeliveredReason =
  | 'no-such-user' // nobody of that name is logged in
  | 'cannot-encrypt' // a `cannot-encrypt` event came just before
  | 'no-receipt' // sent several times in new sessions, never confirmed
  | 'too-many-handshakes' // too many new sessions in a short time
  | 'logged-out'; // the login ended first

export type RenewalReason =
  | 'no-receipt' // sent texts were not confirmed in time
  | 'unreadable' // one side could not read the other's messages any more
  | 'peer-restarted'; // the other person logged in again

/** The state of a note of ours: like a text's, but the person need not see it. */
export type OwnNoteEvent = {
  readonly type: 'own-note';
  readonly to: string;
  readonly id: string;
} & (
  | { readonly fate: 'sent' | 'held' | 'delivered' }
  | { readonly fate: 'not-delivered'; readonly reason: NotDeliveredReason }
);

export type MessengerEvent =
  | KeyEvent
  /** A private text, decrypted. The sender is proven. Emitted once for each text. */
  | {
      readonly type: 'text';
      readonly from: string;
      readonly id: string;
      readonly text: string;
      readonly key: KeyStanding;
    }
  /** A note of the other person's client, decrypted, under `peerKey`. Emitted once for each note. */
  | {
      readonly type: 'note';
      readonly from: string;
      readonly id: string;
      readonly bytes: Uint8Array;
      readonly key: KeyStanding;
      readonly peerKey: Uint8Array;
    }
  | OwnNoteEvent
  /** A private message that was not encrypted. Show it as such, never as private; the sender is unproven. */
  | { readonly type: 'plaintext'; readonly from: string; readonly text: string }
  /** A private message that cannot be read. Requesting it again did not help. */
  | { readonly type: 'unreadable'; readonly from: string; readonly reason: string }
  /** The server delivered a line under a false name or in another conversation. It was not shown. */
  | { readonly type: 'suspicious'; readonly from: string; readonly reason: string }
  /** An own text was sent, encrypted. Emitted once for each text. */
  | { readonly type: 'sent'; readonly to: string; readonly id: string }
  /** The other person's client confirmed that it showed the text. */
  | { readonly type: 'delivered'; readonly to: string; readonly id: string }
  /** As far as is known, the text was not delivered. It will not be tried again. */
  | {
      readonly type: 'not-delivered';
      readonly to: string;
      readonly id: string;
      readonly text: string;
      readonly reason: NotDeliveredReason;
    }
  /** The text waits until `trust` (or `distrust`) is called for the person's changed key. */
  | { readonly type: 'held'; readonly to: string; readonly id: string }
  /** Texts to this person cannot be encrypted. Nothing was sent unencrypted. */
  | {
      readonly type: 'cannot-encrypt';
      readonly to: string;
      readonly reason: CannotEncryptReason;
      readonly detail: string;
    }
  /** There is a new session with that person. Undelivered texts are sent again automatically. */
  | { readonly type: 'session-renewed'; readonly user: string; readonly reason: RenewalReason }
  /** A bug of ours, or a port that threw. The current line or text is given up. */
  | { readonly type: 'fault'; readonly cause: unknown };
