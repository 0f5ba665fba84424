// Blobs at the server [13.11], as the parts of the client see them that leave some: sealed bytes under ids, for the own
// devices. Knows nothing of what they hold.

import type { Result } from '../../lib/result.ts';
import type { FailureCode } from '../../wire/extended/failures.ts';
import type { BlobKind } from '../../wire/kept-files.ts';
import type { TransferPlace } from '../files/ports.ts';

/** A blob that is whole at the server. Its id is 16 bytes in hex. */
export interface BlobEntry {
  readonly id: string;
  readonly kind: BlobKind;
  readonly bytes: number;
}

export interface BlobList {
  /** The oldest first. */
  readonly blobs: readonly BlobEntry[];
  /** How many bytes more there is room for. Undefined for no limit. */
  readonly room: number | undefined;
}

export type BlobFailure =
  /** The connection to the server has ended, or there is none. */
  | { readonly kind: 'gone' }
  /** It passes by itself: later it may work, from where it is. */
  | { readonly kind: 'interrupted'; readonly retryMs: number | undefined }
  /** `room`: of `file-quota`, how many bytes are left. */
  | {
      readonly kind: 'refused';
      readonly code: FailureCode;
      readonly text: string;
      readonly room: number | undefined;
    };

/** How many bytes of a blob are done. Called now and then. */
export type BlobProgress = (doneBytes: number) => void;

/** Nothing rejects. */
export interface Blobs {
  /** Leaves one, or the rest of one. Resolves when the server has all of it on its disk; at once where it has. */
  put(
    kind: BlobKind,
    id: string,
    bytes: Uint8Array,
    onProgress?: BlobProgress,
  ): Promise<Result<void, BlobFailure>>;
  /** Fetches one that has `size` bytes. */
  get(
    id: string,
    size: number,
    onProgress?: BlobProgress,
  ): Promise<Result<Uint8Array, BlobFailure>>;
  list(kind?: BlobKind): Promise<Result<BlobList, BlobFailure>>;
  /** Resolves to whether it is gone. */
  drop(id: string): Promise<boolean>;
}

/** Bytes to and from a port of the server. Nothing rejects: how much has come, the server says, or the bytes show. */
export interface BytesMover {
  /** Says `opening`, then `bytes`. Resolves when the connection has ended. */
  send(
    place: TransferPlace,
    opening: string,
    bytes: Uint8Array,
    onProgress: BlobProgress,
  ): Promise<void>;
  /** Says `opening`, and fills `into`. Resolves to how many bytes have come when the connection has ended. */
  fetch(
    place: TransferPlace,
    opening: string,
    into: Uint8Array,
    onProgress: BlobProgress,
  ): Promise<number>;
}
