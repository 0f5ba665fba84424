// The messages between the server and the store's thread. Plain values: they are copied on the way, except for the
// bytes of segments, which are transferred.

import type { AccountId, Change, LogId } from '../../hub/records.ts';
import type { LogRange, Retention, Segment, StoreError } from '../../hub/store-port.ts';
import type { ProblemCode } from '../../sqlite/problem.ts';

/** The input of the thread. */
export interface StoreSettings {
  readonly path: string;
  readonly maxBytes: number | undefined;
}

/** Segments of one message to or from the thread: their bytes are in one block, in order. */
export interface PackedSegments {
  readonly heads: readonly {
    readonly log: LogId;
    readonly first: number;
    readonly count: number;
    readonly at: number;
    readonly length: number;
    readonly isDamaged: boolean;
  }[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The calls to the thread. */
export type StoreAct =
  | { readonly type: 'load' }
  | {
      readonly type: 'commit';
      readonly changes: readonly Change[];
      readonly segments: PackedSegments;
    }
  | { readonly type: 'read'; readonly range: LogRange }
  | { readonly type: 'trim'; readonly retention: Retention; readonly now: number }
  | {
      readonly type: 'stockKeys';
      readonly account: AccountId;
      readonly device: string;
      readonly packages: readonly string[];
      readonly lastResort: string | undefined;
      readonly replace: boolean;
    }
  | {
      readonly type: 'takeKey';
      readonly account: AccountId;
      readonly devices: readonly string[];
    }
  | { readonly type: 'countKeys'; readonly account: AccountId; readonly device: string }
  | {
      readonly type: 'readGroupLines';
      readonly log: LogId;
      readonly after: number;
      readonly maxLines: number;
      readonly maxBytes: number;
    }
  | { readonly type: 'readRoster'; readonly log: LogId }
  | { readonly type: 'readGroupInfos'; readonly log: LogId }
  | { readonly type: 'readTree'; readonly log: LogId; readonly tree: number }
  | { readonly type: 'readLinks'; readonly account: AccountId }
  | { readonly type: 'readDirectory'; readonly from: number; readonly limit: number }
  /** Answered when everything before it is done. */
  | { readonly type: 'settle' }
  | { readonly type: 'close' };

export interface StoreCall {
  readonly id: number;
  readonly act: StoreAct;
}

/** The answer to the call with that id. `value` is the result of the act's method. */
export type StoreReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: StoreError['code'];
      readonly message: string;
    };

/** From the thread: first whether the file could be opened, then answers, several at once. */
export type StoreReport =
  | { readonly type: 'opened' }
  | {
      readonly type: 'refused';
      readonly code: ProblemCode;
      readonly message: string;
      readonly hint: string | undefined;
    }
  | {
      readonly type: 'replies';
      readonly replies: readonly StoreReply[];
      /** The size of the thread's heap. */
      readonly heapBytes: number;
    };

/** `segments` with their bytes copied into one block that nobody else uses, so that it can be transferred. */
export function packSegments(segments: readonly Segment[]): PackedSegments {
  let size = 0;
  for (const { bytes } of segments) size += bytes.byteLength;
  const packed = new Uint8Array(size);
  let offset = 0;
  const heads = segments.map(({ log, first, count, at, bytes, isDamaged = false }) => {
    packed.set(bytes, offset);
    offset += bytes.byteLength;
    return { log, first, count, at, length: bytes.byteLength, isDamaged };
  });
  return { heads, bytes: packed };
}

/** The inverse of `packSegments`. The bytes are parts of the one block. */
export function unpackSegments({ heads, bytes }: PackedSegments): Segment[] {
  let offset = 0;
  return heads.map(({ log, first, count, at, length, isDamaged }) => {
    const start = offset;
    offset += length;
    const segment = { log, first, count, at, bytes: bytes.subarray(start, offset) };
    return isDamaged ? { ...segment, isDamaged } : segment;
  });
}
