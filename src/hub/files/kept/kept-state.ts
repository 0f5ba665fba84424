// What the hub knows of kept files [13.8], by the numbers of accounts and connections.

import type { FailureCode } from '../../../wire/extended/failures.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { BlobKind, KeptFileId } from '../../../wire/kept-files.ts';
import type { ConnectionId, TransferId } from '../../effects.ts';
import type { AccountId } from '../../records.ts';

/** A file that its owner has brought, or brings. */
export interface KeptFile {
  readonly id: KeptFileId;
  readonly owner: AccountId;
  readonly conversation: ConversationName;
  stage: KeptStage;
  /** Since when it is as it is, by the server's age clock. */
  since: number;
}

export type KeptStage =
  /** No message has named it. `bound`: it will not be longer than that. */
  | { readonly kind: 'upload'; readonly bytes: number; readonly bound: number }
  | {
      readonly kind: 'sent';
      readonly bytes: number;
      /** The number of its message. Undefined if messages are not stored there. */
      readonly seq: number | undefined;
      /** Who is to have it, and whether they have taken it. */
      readonly people: ReadonlyMap<AccountId, 'waits' | 'taken'>;
      /** Of those who wait: which of their devices have taken it, by their keys. */
      readonly has: ReadonlyMap<AccountId, readonly string[]>;
    }
  /** Of the devices of its owner. It is whole when it has as many bytes as were announced last. */
  | {
      readonly kind: 'blob';
      readonly of: BlobKind;
      readonly bytes: number;
      readonly bound: number;
    };

/** A connection to the port of a kept file, from the request to the report of its end. */
export interface KeptTransfer {
  readonly id: TransferId;
  readonly verb: 'UPLOAD' | 'FETCH';
  readonly file: KeptFile;
  /** The connection to the chat that asked for it, and its account. */
  readonly connection: ConnectionId;
  readonly account: AccountId;
  readonly label: string | undefined;
  readonly from: number;
  phase: KeptTransferPhase;
}

export type KeptTransferPhase =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open' }
  /** The shell was asked to end it. `wasOpen`: its request is answered. */
  | { readonly kind: 'closing'; readonly why: KeptEnd; readonly wasOpen: boolean };

/** Why the hub ends a transfer: for a reason that is told, for a later attempt, or because that connection has ended. */
export type KeptEnd = FailureCode | 'replaced' | 'left';

export interface KeptBook {
  readonly files: Map<KeptFileId, KeptFile>;
  readonly ofConversation: Map<ConversationName, Set<KeptFile>>;
  readonly ofOwner: Map<AccountId, Set<KeptFile>>;
  readonly transfers: Map<TransferId, KeptTransfer>;
  /** The bytes of all files, and of those that uploads may still bring. */
  bytes: number;
  comingBytes: number;
  /** The server's age clock, as far as the hub was told. */
  age: number;
}
