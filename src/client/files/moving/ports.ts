// What moving a file's content needs from its platform: a connection to a transfer port, an open file to read, a place to
// write to, and ciphers.

import type { FileCiphers } from '../../../e2ee/files/file-ciphers.ts';
import type { ConnectionFailure, RandomBytes } from '../../ports.ts';
import type { DiskProblem, Landing, TransferPlace } from '../ports.ts';
import type { SourceProblem } from '../source.ts';

/** A connection to a transfer port [7.11], with back-pressure. */
export interface TransferSocket {
  /** Why it has ended. Undefined before that. */
  readonly failure: ConnectionFailure | undefined;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
  /** Resolves when it is connected, or has failed. */
  opened(): Promise<void>;
  /**
   * Queues `pieces`, which must not change any more. Resolves when there is room for more, or the connection has ended.
   */
  write(pieces: readonly (Uint8Array | string)[]): Promise<void>;
  resume(): void;
  /** Sends what is queued, and nothing more. The other side may take its time to answer. */
  halfClose(): void;
  /** Sends what is queued, and closes when the other side does, or after a while. */
  end(): Promise<void>;
  destroy(): void;
}

/**
 * Begins to connect. `onBytes` receives bytes, which are only valid until it returns, and returns whether to read on;
 * otherwise `resume` does later. `onEnd` is called when the other side has sent everything.
 */
export type ConnectTransfer = (
  place: TransferPlace,
  onBytes: (bytes: Uint8Array) => boolean,
  onEnd: () => void,
) => TransferSocket;

/** An open file that is still the one that was checked. */
export interface OpenFile {
  /** The part from the byte `at` on, up to the end, and no longer than `buffer`, which may be used for it. */
  read(buffer: Uint8Array, at: number): Promise<Uint8Array>;
  /** Whether its beginning still has the hash `sha256`. */
  holds(sha256: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

/** A place that is written to. */
export interface OpenLanding extends Landing {
  /** Appends verified chunks. Rejects with the platform's error. */
  write(chunks: readonly Uint8Array[]): Promise<void>;
}

/** base64url without padding, as ASCII. */
export interface TextForm {
  encode(bytes: Uint8Array): Uint8Array;
  /** Too few bytes, or undefined, if there is something else in it. */
  decode(characters: Uint8Array): Uint8Array | undefined;
}

export interface MovingPlatform {
  readonly connect: ConnectTransfer;
  readonly ciphers: FileCiphers;
  readonly random: RandomBytes;
  readonly text: TextForm;
  /** What an error of reading means. */
  readonly sourceProblem: (error: unknown) => SourceProblem;
  /** What an error of writing means. */
  readonly diskProblem: (error: unknown) => DiskProblem;
}
