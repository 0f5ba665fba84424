// The events of a Messenger for the person.

import type { KeyEvent, KeyStanding } from '../trust/key-events.ts';

export type CannotEncryptReason =
  | 'no-answer' // no key within five seconds
  | 'no-key-package' // a key, but of some other kind of client
  | 'key-refused'; // a key package that this protocol does not accept; the sentence says why

export type NotDeliveredReason =
  | 'no-such-user' // nobody of that name is logged in
  | 'cannot-encrypt' // a `cannot-encrypt` event came just before
  | 'no-receipt' // sent several times in fresh sessions, never confirmed
  | 'too-many-handshakes' // the session had to be made anew too often in a short time
  | 'logged-out'; // the login ended first

export type RenewalReason =
  | 'no-receipt' // sent texts were not confirmed in time
  | 'unreadable' // one side could not read the other's messages any more
  | 'peer-restarted'; // the other person logged in anew

/** What becomes of a note of ours: as of a text, but the person in front need not hear of it. */
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
  /** A private text, decrypted. The sender is proven. Comes once for each text. */
  | {
      readonly type: 'text';
      readonly from: string;
      readonly id: string;
      readonly text: string;
      readonly key: KeyStanding;
    }
  /** A note of the other person's client, decrypted, under `peerKey`. Comes once for each note. */
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
  /** A private message that cannot be read; asking for it again did not help. */
  | { readonly type: 'unreadable'; readonly from: string; readonly reason: string }
  /** The server delivered a line under a false name or into a foreign conversation. It was not shown. */
  | { readonly type: 'suspicious'; readonly from: string; readonly reason: string }
  /** An own text left, encrypted; once for each text. */
  | { readonly type: 'sent'; readonly to: string; readonly id: string }
  /** The other person's client confirmed that it showed the text. */
  | { readonly type: 'delivered'; readonly to: string; readonly id: string }
  /** The text was not delivered, as far as is known, and will not be tried again. */
  | {
      readonly type: 'not-delivered';
      readonly to: string;
      readonly id: string;
      readonly text: string;
      readonly reason: NotDeliveredReason;
    }
  /** The text waits until `trust` (or `distrust`) is said about the person's changed key. */
  | { readonly type: 'held'; readonly to: string; readonly id: string }
  /** Texts to this person cannot be encrypted; nothing was sent in the clear. */
  | {
      readonly type: 'cannot-encrypt';
      readonly to: string;
      readonly reason: CannotEncryptReason;
      readonly detail: string;
    }
  /** The session with that person was made anew; undelivered texts go again by themselves. */
  | { readonly type: 'session-renewed'; readonly user: string; readonly reason: RenewalReason }
  /** A bug of ours, or a port that threw. The line or text at hand is given up. */
  | { readonly type: 'fault'; readonly cause: unknown };
