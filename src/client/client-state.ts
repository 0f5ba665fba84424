// The state of a client's connections, and why they ended. Knows nothing of how it got there.

import type { FatalCode } from '../wire/replies.ts';
import type { Username } from '../wire/text.ts';
import type { ConnectionFailure } from './ports.ts';

/** What a server says about itself. */
export interface Greeting {
  readonly welcome: string;
  /** Its features beyond version 1 (wire/features.ts). Empty for a server that knows only version 1. */
  readonly features: ReadonlySet<string>;
}

export type ClientState =
  | { readonly phase: 'connecting' }
  /** Connected; the greeting has not come yet [7.1]. */
  | { readonly phase: 'greeting' }
  /** The name was sent; the answer has not come yet [7.1]. */
  | ({
      readonly phase: 'login';
      /** The server says that the login goes on when its disk answers. */
      readonly waitsFor?: 'disk';
    } & Greeting)
  | ({
      readonly phase: 'open';
      readonly username: Username;
      /** Whether the name belongs to this device, or only to this connection. */
      readonly as: 'account' | 'guest';
    } & Greeting)
  /** Between two connections: the last one ended for `reason`, the next is tried at `until` (milliseconds since 1970). */
  | { readonly phase: 'waiting'; readonly reason: CloseReason; readonly until: number }
  /** Over for a known reason; the connection must still end. */
  | { readonly phase: 'closing'; readonly reason: CloseReason }
  | { readonly phase: 'closed'; readonly reason: CloseReason };

/** Why a person who wanted an account became a guest instead. `no-accounts`: the server has none. */
export type GuestReason = 'invite-needed' | 'registration-closed' | 'no-accounts';

/** Why a client is closed. Views turn the codes into words. */
export type CloseReason =
  /** This side quit [7.12]. */
  | { readonly code: 'quit' }
  /** Nothing answered at the address. */
  | { readonly code: 'unreachable'; readonly failure: ConnectionFailure }
  /** The other side has another certificate, or identity key, than the known one, and nothing vouches for it. */
  | {
      readonly code: 'untrusted';
      readonly what: 'certificate' | 'identity';
      readonly expected: Uint8Array;
      readonly presented: Uint8Array;
      /** Where the expected one comes from: the given address, or an earlier visit. */
      readonly expectedBy: 'address' | 'earlier-visit';
    }
  /** The server could not prove that it holds the identity key that it showed. */
  | { readonly code: 'unproven' }
  /**
   * An account was wanted, and the server, which had accounts before, says that it has none. Nothing was sent to it.
   */
  | { readonly code: 'accounts-gone' }
  /** The stored data of this client cannot be read or written. */
  | { readonly code: 'store-failed'; readonly failure: ConnectionFailure }
  /** The other side answered, but not with a greeting of this protocol. */
  | { readonly code: 'not-a-chat-server' }
  /** The server did not answer the login in time. */
  | { readonly code: 'silent' }
  /** `-ERR`: the login, or later a line, was refused finally [7.1]. */
  | {
      readonly code: 'refused';
      readonly during: 'login' | 'chat';
      readonly reply: FatalCode | undefined;
      readonly text: string;
    }
  /** `DSCN`: the server ended it and gave a reason [7.3]. */
  | { readonly code: 'disconnected'; readonly text: string }
  /** The connection ended without a reason. */
  | { readonly code: 'lost'; readonly failure: ConnectionFailure | undefined }
  /** The server sent a longer line than this client accepts. */
  | { readonly code: 'overlong-line' }
  /** The server reads nothing more: unsent data exceeds the cap. */
  | { readonly code: 'stalled' };
