// The state of a client's connections, and why they ended. Knows nothing of how it got there.

import type { FatalCode } from '../wire/replies.ts';
import type { Username } from '../wire/text.ts';
import type { ConnectionFailure } from './ports.ts';

/** What a server says of itself. */
export interface Greeting {
  readonly welcome: string;
  /** What it can do beyond version 1 (wire/features.ts); a server that knows only version 1: nothing. */
  readonly features: ReadonlySet<string>;
}

export type ClientState =
  | { readonly phase: 'connecting' }
  /** Connected; the server has not yet said who it is [7.1]. */
  | { readonly phase: 'greeting' }
  /** The name has been given, the answer is awaited [7.1]. */
  | ({ readonly phase: 'login' } & Greeting)
  | ({
      readonly phase: 'open';
      readonly username: Username;
      /** Whether the name belongs to this device, or is only borrowed for as long as the connection lasts. */
      readonly as: 'account' | 'guest';
    } & Greeting)
  /** Between two connections: the last one ended for `reason`, the next is tried at `until` (milliseconds since 1970). */
  | { readonly phase: 'waiting'; readonly reason: CloseReason; readonly until: number }
  /** Over for a known reason; the connection is still to end. */
  | { readonly phase: 'closing'; readonly reason: CloseReason }
  | { readonly phase: 'closed'; readonly reason: CloseReason };

/** Why a server did not let somebody log in to an account, who came as a guest instead. `no-accounts`: it knows none. */
export type GuestReason = 'invite-needed' | 'registration-closed' | 'no-accounts';

/** Why a client is closed. Views turn the codes into words. */
export type CloseReason =
  /** This side wished it [7.12]. */
  | { readonly code: 'quit' }
  /** Nobody answered at the address. */
  | { readonly code: 'unreachable'; readonly failure: ConnectionFailure }
  /** Whoever answered has another certificate, or identity key, than the one that is known, and nothing vouches for it. */
  | {
      readonly code: 'untrusted';
      readonly what: 'certificate' | 'identity';
      readonly expected: Uint8Array;
      readonly presented: Uint8Array;
      /** Who expected it: the address that was given, or an earlier visit. */
      readonly expectedBy: 'address' | 'earlier-visit';
    }
  /** The server could not prove that it holds the identity key that it showed. */
  | { readonly code: 'unproven' }
  /** An account was wanted, and the server, which has had accounts, says that it has none. Nothing was said to it. */
  | { readonly code: 'accounts-gone' }
  /** What this client keeps on its device cannot be read or written. */
  | { readonly code: 'store-failed'; readonly failure: ConnectionFailure }
  /** Somebody answered, but not with a greeting of this protocol. */
  | { readonly code: 'not-a-chat-server' }
  /** The server did not get as far as the login in time. */
  | { readonly code: 'silent' }
  /** `-ERR`: the login, or later a line, was refused for good [7.1]. */
  | {
      readonly code: 'refused';
      readonly during: 'login' | 'chat';
      readonly reply: FatalCode | undefined;
      readonly text: string;
    }
  /** `DSCN`: the server ended it and said why [7.3]. */
  | { readonly code: 'disconnected'; readonly text: string }
  /** The connection ended without a word. */
  | { readonly code: 'lost'; readonly failure: ConnectionFailure | undefined }
  /** The server sent a line longer than any that this client takes. */
  | { readonly code: 'overlong-line' }
  /** The server takes in nothing more: what waits to be sent grew over the cap. */
  | { readonly code: 'stalled' };
