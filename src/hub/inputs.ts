// The inputs of the hub: everything that the shell tells it. The hub has no clock, so inputs that create something
// lasting carry their time.

import type { Command, LineRefusal } from '../wire/commands.ts';
import type { Event } from '../wire/events.ts';
import type { RequestOf } from '../wire/extended/requests.ts';
import type { Username } from '../wire/text.ts';
import type { ConnectionId, Speaker, TransferId } from './effects.ts';
import type { LogId } from './records.ts';
import type { Trimmed } from './store-port.ts';

/** Requests that the hub answers; HISTORY, STOCK and TAKE_KEY are the shell's, which holds the store. */
export type HubRequest =
  | RequestOf<'SEND'>
  | RequestOf<'GOT'>
  | RequestOf<'PEOPLE'>
  | RequestOf<'MEMBERS'>
  | RequestOf<'BLOCK'>
  | RequestOf<'CREATE'>
  | RequestOf<'INVITE'>
  | RequestOf<'HAND_OVER'>
  | RequestOf<'END_GROUP'>;

/** Who may make an account: everybody, those with a one-time code, nobody. */
export type Registration = 'open' | 'invite' | 'closed';

/** What guests may do: nothing, speak in the lobby, or all that version 1 has. */
export type Guests = 'off' | 'lobby' | 'on';

/** How a connection has come. */
export interface ConnectionWay {
  readonly guests: Guests;
  /** What stands for its address; undefined where addresses do not tell who somebody is. */
  readonly from: string | undefined;
}

/** What the operator does on the running server. Accounts are named exactly. */
export type AdminAct =
  /** `name`: the account that it is for; whichever new one where there is none. */
  | {
      readonly act: 'invite';
      readonly hash: string;
      readonly expiresAt: number;
      readonly name?: string | undefined;
    }
  | { readonly act: 'revoke-invite'; readonly hash: string }
  | { readonly act: 'remove-account'; readonly name: string }
  | { readonly act: 'reset-device'; readonly name: string }
  | { readonly act: 'ban'; readonly name: string }
  | { readonly act: 'unban'; readonly name: string }
  /** What stands for an address, as that of a `Way`. */
  | { readonly act: 'ban-address'; readonly address: string }
  | { readonly act: 'unban-address'; readonly address: string };

export type HubInput =
  | { readonly type: 'connect'; readonly connection: ConnectionId; readonly way: ConnectionWay }
  | {
      readonly type: 'command';
      readonly connection: ConnectionId;
      readonly command: Command;
      /** Milliseconds since 1970, here and below. */
      readonly at: number;
    }
  /** A line that is no command. */
  | { readonly type: 'refuse'; readonly connection: ConnectionId; readonly refusal: LineRefusal }
  /** Somebody has shown that they hold the key of `device`; the name is for the hub to give. */
  | {
      readonly type: 'authenticated';
      readonly connection: ConnectionId;
      readonly username: Username;
      /** The device's Ed25519 public key, base64url. */
      readonly device: string;
      /** Whether private messages of version 1, files, and private messages between accounts may come here. */
      readonly private: boolean;
      /** SHA-256 of the one-time code, base64url. */
      readonly invite: string | undefined;
      readonly registration: Registration;
      /** The stream of the device's messages that it wants to know the last number of. */
      readonly stream: string | undefined;
      /** The runs of the server that it was told of when it was here last, the latest first. */
      readonly runs: readonly number[] | undefined;
      readonly at: number;
    }
  /** A line of the extended protocol. Its texts are binary strings already. */
  | {
      readonly type: 'request';
      readonly connection: ConnectionId;
      readonly request: HubRequest;
      readonly at: number;
    }
  /** The shell ends a connection for a reason of its own and says so with `last`. */
  | { readonly type: 'evict'; readonly connection: ConnectionId; readonly last: Event }
  /** The connection is gone. */
  | { readonly type: 'disconnect'; readonly connection: ConnectionId }
  /** The answer to `openTransfer`: people can come to this port, or there is none. */
  | { readonly type: 'transferOpened'; readonly transfer: TransferId; readonly port: number }
  | { readonly type: 'transferFailed'; readonly transfer: TransferId }
  /** An open transfer is over. */
  | { readonly type: 'transferClosed'; readonly transfer: TransferId }
  /** Whether the disk has room. While it has none, what is said and would have to be kept is refused. */
  | { readonly type: 'room'; readonly isThere: boolean }
  /** Whether things can be stored. While they can't, what would have to be is refused. */
  | { readonly type: 'storing'; readonly works: boolean }
  /**
   * These could not be stored, and nobody has heard of them. All that were taken before this is told, in their order:
   * of one stream none may be stored when one before it was dropped.
   */
  | { readonly type: 'dropped'; readonly speakers: readonly Speaker[] }
  /** The store has taken out old messages. */
  | { readonly type: 'trimmed'; readonly trimmed: readonly Pick<Trimmed, 'log' | 'first'>[] }
  /** Of private messages that waited when the server started, some have been counted: what each of the two wrote. */
  | {
      readonly type: 'waited';
      readonly log: LogId;
      readonly bytes: readonly [number, number];
      readonly messages: number;
    }
  | { readonly type: 'admin'; readonly act: AdminAct; readonly at: number };
