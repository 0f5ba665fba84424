// The inputs of the hub: everything that the shell reports to it. The hub has no clock, so inputs that create something
// lasting carry their time.

import type { Command, LineRefusal } from '../wire/commands.ts';
import type { Event } from '../wire/events.ts';
import type { RequestOf } from '../wire/extended/requests.ts';
import type { CommitOutline } from '../wire/mls-outline.ts';
import type { AccountChain } from '../wire/statements/account-chain.ts';
import type { ChainLink } from '../wire/statements/chain-link.ts';
import type { RosterRecord } from '../wire/statements/roster-record.ts';
import type { Checked } from '../wire/statements/statement.ts';
import type { KeptFileId, Ticket } from '../wire/kept-files.ts';
import type { Username } from '../wire/text.ts';
import type { ConnectionId, Speaker, TransferId } from './effects.ts';
import type { Can, LogId } from './records.ts';
import type { ExpiredLine, Trimmed } from './store-port.ts';

/** Why no transfer of a kept file begins: no port, the bytes are not there, or they cannot be written. */
export type KeptFailure = 'no-port' | 'lost' | 'no-room';

/** What becomes of a transfer of a kept file. */
export type KeptReport =
  /** The answer to `openKept`: the port is open, or nothing begins. */
  | {
      readonly type: 'keptOpened';
      readonly transfer: TransferId;
      readonly port: number;
      readonly ticket: Ticket;
    }
  | { readonly type: 'keptFailed'; readonly transfer: TransferId; readonly why: KeptFailure }
  /** So many bytes of an upload, from its beginning, are on the disk. */
  | { readonly type: 'keptMoved'; readonly transfer: TransferId; readonly have: number }
  /** It is over, also if it was closed. */
  | {
      readonly type: 'keptOver';
      readonly transfer: TransferId;
      /** Of an upload; undefined if nobody knows. */
      readonly have: number | undefined;
      readonly why: 'no-room' | undefined;
    };

/** Requests that the hub answers. The shell, which holds the store, answers HISTORY, STOCK and TAKE_KEY. */
export type HubRequest =
  | RequestOf<'SEND'>
  | RequestOf<'GOT'>
  | RequestOf<'PEOPLE'>
  | RequestOf<'MEMBERS'>
  | RequestOf<'BLOCK'>
  | RequestOf<'DEVICES'>
  | RequestOf<'START'>
  | RequestOf<'CREATE'>
  | RequestOf<'INVITE'>
  | RequestOf<'HAND_OVER'>
  | RequestOf<'RULES'>
  | RequestOf<'GROUPS'>
  | RequestOf<'END_GROUP'>
  | RequestOf<'COMMIT'>
  | RequestOf<'TREE'>
  | RequestOf<'UPLOAD'>
  | RequestOf<'FETCH'>
  | RequestOf<'TAKEN'>
  | RequestOf<'DROP'>
  | RequestOf<'BLOBS'>;

/** A line of a log, as the shell has read it for an ERASE. */
export interface SaidLine {
  /** Undefined where the server itself said it. */
  readonly from: Username | undefined;
  readonly isGuest: boolean;
  readonly at: number;
  /** Whether it is a message, and nothing that a room's log has beside. */
  readonly isMessage: boolean;
}

/** What the shell has made of the signed parts of a request. */
export interface CheckedParts {
  /** Of a COMMIT; undefined where there is no commit, or none of the form that groups use. */
  readonly outline: CommitOutline | undefined;
  /** Undefined where one of them is malformed, or its signature is not valid. */
  readonly records: readonly Checked<RosterRecord>[] | undefined;
  /** The account that the chain shows; undefined where there is none, or none that holds. */
  readonly chain: AccountChain | undefined;
}

/** Of a request that has none. */
export const nothingSigned: CheckedParts = { outline: undefined, records: [], chain: undefined };

/** Who may make an account: everybody, people with a one-time code, or nobody. */
export type Registration = 'open' | 'invite' | 'closed';

/** What guests may do: nothing, write in the lobby, or everything in version 1. */
export type Guests = 'off' | 'lobby' | 'on';

/** How a connection reached the server. */
export interface ConnectionWay {
  readonly guests: Guests;
  /** Stands for its address. Undefined if addresses do not identify people here. */
  readonly from: string | undefined;
}

/** What the operator does on the running server. Account names must match exactly. */
export type AdminAct =
  /** `name`: the account that the code is for, or any new one if undefined. */
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
  /** Stands for an address, like `from` of a `ConnectionWay`. */
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
  /** A line that is not a valid command. */
  | { readonly type: 'refuse'; readonly connection: ConnectionId; readonly refusal: LineRefusal }
  /** A client proved that it holds the key of `device`. The hub decides about the name. */
  | {
      readonly type: 'authenticated';
      readonly connection: ConnectionId;
      readonly username: Username;
      /** The device's Ed25519 public key, base64url. */
      readonly device: string;
      /**
       * Whether private messages of version 1, files, and private messages between accounts may go to this connection.
       */
      readonly private: boolean;
      /** SHA-256 of the one-time code, base64url. */
      readonly invite: string | undefined;
      readonly registration: Registration;
      /** The stream of the device's messages whose last number it requests. */
      readonly stream: string | undefined;
      /** The runs of the server that it was told at its last visit, the latest first. */
      readonly runs: readonly number[] | undefined;
      /** What the client says that it can do. */
      readonly can: Can;
      /** Whether it hears who is writing, and who has read how far. */
      readonly hearsSignals?: boolean | undefined;
      /** Which start of the device's program it is. */
      readonly start?: string | undefined;
      /** Links that go on from those of the account, or begin with its root: the server may have lost them. */
      readonly links?: readonly Checked<ChainLink>[] | undefined;
      /** Links that make this device one of the account, signed by the recovery key. */
      readonly recovery?: readonly Checked<ChainLink>[] | undefined;
      readonly at: number;
    }
  /** A request of the extended protocol. Its texts are binary strings already. */
  | {
      readonly type: 'request';
      readonly connection: ConnectionId;
      readonly request: HubRequest;
      /** Of requests with signed parts. */
      readonly parts?: CheckedParts | undefined;
      /** Of UPLOAD: for how many bytes the disk has room. Undefined if that is not known. */
      readonly spare?: number | undefined;
      readonly at: number;
    }
  /** A link for the chain of the account. Undefined if it is malformed, or its signature is not valid. */
  | {
      readonly type: 'chain';
      readonly connection: ConnectionId;
      readonly label: string | undefined;
      readonly link: Checked<ChainLink> | undefined;
      readonly at: number;
    }
  /** An ERASE, and what the log has under its number; undefined for nothing, or nothing any more. */
  | {
      readonly type: 'erase';
      readonly connection: ConnectionId;
      readonly request: RequestOf<'ERASE'>;
      readonly line: SaidLine | undefined;
    }
  /** A device of an account has a directory with `size` entries. */
  | { readonly type: 'knowsDirectory'; readonly connection: ConnectionId; readonly size: number }
  /** The shell ends a connection for its own reason, and sends `last` as the last line. */
  | { readonly type: 'evict'; readonly connection: ConnectionId; readonly last: Event }
  /** The connection ended. */
  | { readonly type: 'disconnect'; readonly connection: ConnectionId }
  /** The answer to `openTransfer`: the port is open, or there is none. */
  | { readonly type: 'transferOpened'; readonly transfer: TransferId; readonly port: number }
  | { readonly type: 'transferFailed'; readonly transfer: TransferId }
  /** An open transfer is over. */
  | { readonly type: 'transferClosed'; readonly transfer: TransferId }
  | KeptReport
  /** The bytes of these kept files are not on the disk. */
  | { readonly type: 'keptLost'; readonly ids: readonly KeptFileId[] }
  /** The server's age clock, in milliseconds. */
  | { readonly type: 'aged'; readonly age: number }
  /** Whether the disk has room. While it has none, messages that would have to be stored are refused. */
  | { readonly type: 'room'; readonly isThere: boolean }
  /** Whether the store works. While it does not, everything that would have to be stored is refused. */
  | { readonly type: 'storing'; readonly works: boolean }
  /**
   * These messages could not be stored, and nobody received them. The input has all that were accepted before this
   * report, in order: if one message of a stream was dropped, no later one may be stored.
   */
  | { readonly type: 'dropped'; readonly speakers: readonly Speaker[] }
  /** The store has deleted old messages. */
  | { readonly type: 'trimmed'; readonly trimmed: readonly Pick<Trimmed, 'log' | 'first'>[] }
  /** The time of these messages was over, and the store has erased them. */
  | { readonly type: 'expired'; readonly lines: readonly ExpiredLine[] }
  /** Some private messages that were waiting at the start have been counted: the bytes that each of its people wrote. */
  | {
      readonly type: 'waited';
      readonly log: LogId;
      readonly bytes: readonly number[];
      readonly messages: number;
    }
  | { readonly type: 'admin'; readonly act: AdminAct; readonly at: number };
