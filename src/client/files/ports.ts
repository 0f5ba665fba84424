// What transfers need from their platform: inspecting files, transferring their content, and remembering running
// transfers. Decisions are made above (transfers.ts). Below are a disk, a socket and ciphers, and no people.

import type { ChunkSalt } from '../../e2ee/files/kept-layout.ts';
import type { Result } from '../../lib/result.ts';
import type { ConnectionFailure } from '../ports.ts';
import type { TransferRecord } from './records.ts';
import type { SourceFile, SourceProblem } from './source.ts';

/** Work that takes time. */
export interface FileJob<T> {
  readonly outcome: Promise<T>;
  /** Stops it soon. The outcome is `cancelled`, unless there is one already. */
  cancel(): void;
}

/** How many bytes of the whole are done. Called now and then. */
export type OnProgress = (doneBytes: number) => void;

export type DiskProblem =
  /** There is no room, or the disk became full on the way. */
  | { readonly code: 'no-space' }
  /** The folder or the file cannot be written, for the system's reason. */
  | { readonly code: 'unwritable'; readonly detail: string };

/** Where a transfer port is, and how to connect: with TLS under that certificate, if there is one. */
export interface TransferPlace {
  readonly host: string;
  readonly port: number;
  readonly fingerprint: Uint8Array | undefined;
  /** Whether the server vouches for another certificate, which it may have renewed since. Never rejects. */
  readonly vouches?: (fingerprint: Uint8Array) => Promise<boolean>;
}

/**
 * The form of content on the `FILE` line [7.11]: as bytes, through a server that says it passes any; as base64url and a
 * line end, through one that reads lines. Base64url costs a third more on every network in between.
 */
export type ContentForm = 'bytes' | 'text';

interface CarryOrder {
  readonly place: TransferPlace;
  readonly form: ContentForm;
  /** What is sent first on the transfer port. */
  readonly opening: string;
}

export interface SendOrder extends CarryOrder {
  readonly source: SourceFile;
  /** Of the promised content. */
  readonly sha256: Uint8Array;
  readonly key: Uint8Array;
  readonly fromChunk: number;
  /**
   * Of a file that the server is to keep, the salt of this attempt, which its message tells: the content is nothing but
   * chunks, and half-closing ends it. Otherwise a fresh one is sent before the chunks.
   */
  readonly salt?: Uint8Array;
}

export type SendOutcome =
  /** The receiver's status line came through the server. */
  | { readonly kind: 'answered'; readonly line: string }
  /** All of a file that the server is to keep was sent, and the server has closed. */
  | { readonly kind: 'sent' }
  | { readonly kind: 'lost'; readonly failure: ConnectionFailure }
  | { readonly kind: 'source'; readonly problem: SourceProblem }
  | { readonly kind: 'cancelled' };

/** What is known of a file before it comes. */
export interface LandingOrder {
  /** The transfer's id in hex. */
  readonly id: string;
  /** The sender's name for the file, unchanged. */
  readonly name: string;
  readonly size: number;
  readonly sha256: Uint8Array;
}

/**
 * The place of an incoming file: its content gathers in a hidden file, which gets its name when it is complete and
 * verified.
 */
export interface Landing {
  /** How many chunks are there already, from an earlier attempt. */
  readonly chunks: number;
  /** When all chunks are there: verifies the whole and gives it its name. */
  finish(): Promise<LandingOutcome>;
  /** Closes it and keeps the content, to be resumed later. */
  close(): Promise<void>;
  /** Closes it and keeps nothing, except a file that has its name. */
  discard(): Promise<void>;
}

export type LandingOutcome =
  { readonly kind: 'saved'; readonly path: string } | DiskOutcome | CorruptedOutcome;

interface DiskOutcome {
  readonly kind: 'disk';
  readonly problem: DiskProblem;
}

interface CorruptedOutcome {
  /**
   * The content is not what the sender described. `stream`: a chunk could not be decrypted. `whole`: every chunk could,
   * and together they are another file; the content was deleted.
   */
  readonly kind: 'corrupted';
  readonly found: 'stream' | 'whole';
}

export interface ReceiveOrder extends CarryOrder {
  /** What the server sends on the port before the content. */
  readonly header: string;
  readonly size: number;
  readonly key: Uint8Array;
  /** Of a file that the server keeps. */
  readonly salts?: readonly ChunkSalt[];
  /** What is sent on the port at the end, with its line end, if somebody waits for it. */
  readonly statusLines?: { readonly delivered: string; readonly corrupted: string };
}

export type ReceiveOutcome =
  | LandingOutcome
  | { readonly kind: 'lost'; readonly failure: ConnectionFailure }
  | { readonly kind: 'cancelled' };

export type Cancelled = { readonly code: 'cancelled' };

/** The platform's part of transfers. Nothing rejects, except for bugs. */
export interface FileCarrier {
  /** Checks a file that somebody wants to send. */
  inspect(path: string): Promise<Result<SourceFile, SourceProblem>>;
  /** The SHA-256 of a file's content. */
  hash(
    source: SourceFile,
    onProgress: OnProgress,
  ): FileJob<Result<Uint8Array, SourceProblem | Cancelled>>;
  /** Encrypts and sends a file to a transfer port. */
  send(order: SendOrder, onProgress: OnProgress): FileJob<SendOutcome>;
  /** Prepares the place of a file. Existing content is read again. */
  land(
    order: LandingOrder,
    onProgress: OnProgress,
  ): FileJob<Result<Landing, DiskProblem | Cancelled>>;
  /** Receives a file from a transfer port into its place, which is closed when the outcome is known. */
  receive(landing: Landing, order: ReceiveOrder, onProgress: OnProgress): FileJob<ReceiveOutcome>;
  /** Removes what was kept of a transfer that will not be resumed. */
  forget(id: string): Promise<void>;
  sha256(bytes: Uint8Array): Promise<Uint8Array>;
}

/** The transfers of one login at one server that outlive the program. Rejects if they cannot be read or stored. */
export interface TransferStore {
  /** All of them. Unreadable ones are left out. */
  load(): Promise<readonly TransferRecord[]>;
  /** Stores `record` in place of any other with its id and direction. */
  put(record: TransferRecord): Promise<void>;
  remove(record: Pick<TransferRecord, 'kind' | 'id'>): Promise<void>;
}

/** A person whose files are accepted without asking, within a limit. */
export interface KnownSenderRecord {
  readonly user: string;
  /** Accepted without asking since a file of theirs was accepted by hand, in bytes. */
  readonly takenBytes: number;
  /** Whether this user has written to them. */
  readonly isWrittenTo: boolean;
}

/** The people whom this user knows at one server, beyond the program. Rejects if they cannot be read or stored. */
export interface KnownSenderStore {
  /** Undecodable data counts as empty. */
  load(): Promise<readonly KnownSenderRecord[]>;
  /** Stores `records` in place of the earlier ones. */
  keep(records: readonly KnownSenderRecord[]): Promise<void>;
}
