// What the hub asks the shell to do, in order. Carries typed events, never bytes: how a line looks on a
// transport is not the hub's business.

import type { Brand } from '../lib/brand.ts';
import type { Event } from '../wire/events.ts';
import type { GroupName, LineText, Username } from '../wire/text.ts';
import type { Proof } from '../wire/transfer.ts';

/** One connection for as long as it lives; numbers are never used twice. */
export type ConnectionId = Brand<number, 'ConnectionId'>;

/** Who hears a line together: everybody who is logged in, or the members of a group. */
export type Audience =
  { readonly kind: 'lobby' } | { readonly kind: 'group'; readonly group: GroupName };

export const lobby: Audience = { kind: 'lobby' };

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
  /** One event to everybody in an audience, but not to `except`. */
  | {
      readonly type: 'deliver';
      readonly audience: Audience;
      readonly event: Event;
      readonly except: ConnectionId | undefined;
    }
  /** From here on the connection hears the audience. */
  | { readonly type: 'join'; readonly audience: Audience; readonly connection: ConnectionId }
  /** From here on the connection no longer hears the audience. */
  | { readonly type: 'leave'; readonly audience: Audience; readonly connection: ConnectionId }
  /** Close the connection once everything sent to it before has gone out. The hub has forgotten it already. */
  | { readonly type: 'close'; readonly connection: ConnectionId }
  /** Open a port for a file; the shell answers with the input `transferOpened` or `transferFailed`. */
  | { readonly type: 'openTransfer'; readonly plan: TransferPlan }
  /** End a transfer, wherever it stands. The hub has forgotten it already. */
  | { readonly type: 'closeTransfer'; readonly transfer: TransferId };
