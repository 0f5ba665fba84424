// What transfers ask of their platform: looking at files, carrying their content, and remembering running transfers.
// Decisions are made above (transfers.ts); below are a disk, a socket and ciphers, and no people.

import type { Result } from '../../lib/result.ts';
import type { ConnectionFailure } from '../ports.ts';
import type { TransferRecord } from './records.ts';
import type { SourceFile, SourceProblem } from './source.ts';

/** Work that takes its time. */
export interface FileJob<T> {
  readonly outcome: Promise<T>;
  /** Stops it soon; the outcome says `cancelled`, unless it was there already. */
  cancel(): void;
}

/** How many bytes of the whole are done. Called now and then. */
export type OnProgress = (doneBytes: number) => void;

export type DiskProblem =
  /** It does not fit, or the disk became full on the way. */
  | { readonly code: 'no-space' }
  /** The folder or the file cannot be written; the words of the system say why. */
  | { readonly code: 'unwritable'; readonly detail: string };

/** Where a transfer port is, and how to speak there: TLS under that certificate, where there is one. */
export interface TransferPlace {
  readonly host: string;
  readonly port: number;
  readonly fingerprint: Uint8Array | undefined;
  /** Whether the server vouches for another certificate, which it may have renewed since. Never rejects. */
  readonly vouches?: (fingerprint: Uint8Array) => Promise<boolean>;
}

/**
 * How content stands on the `FILE` line [7.11]: as bytes, through a server that says it passes any; as base64url and a
 * line end, through one that reads lines. Base64url costs a third more on every network in between.
 */
export type ContentForm = 'bytes' | 'text';

interface CarryOrder {
  readonly place: TransferPlace;
  readonly form: ContentForm;
  /** What is said first on the transfer port. */
  readonly opening: string;
}

export interface SendOrder extends CarryOrder {
  readonly source: SourceFile;
  /** Of the content that was promised. */
  readonly sha256: Uint8Array;
  readonly key: Uint8Array;
  readonly fromChunk: number;
}

export type SendOutcome =
  /** The receiver's status line came, passed on by the server. */
  | { readonly kind: 'answered'; readonly line: string }
  | { readonly kind: 'lost'; readonly failure: ConnectionFailure }
  | { readonly kind: 'source'; readonly problem: SourceProblem }
  | { readonly kind: 'cancelled' };

/** What is known of a file before it comes. */
export interface LandingOrder {
  /** The transfer's id in hex. */
  readonly id: string;
  /** The sender's name for the file, as it came. */
  readonly name: string;
  readonly size: number;
  readonly sha256: Uint8Array;
}

/** A place for a file that comes in: content gathers unseen, and gets its name when it is whole and verified. */
export interface Landing {
  /** How many chunks are there already, from an attempt of before. */
  readonly chunks: number;
  /** Where all chunks are there: verifies the whole and gives it its name. */
  finish(): Promise<LandingOutcome>;
  /** Lets go and keeps what is there, to go on later. */
  close(): Promise<void>;
  /** Lets go and keeps nothing; a file that has its name stays. */
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
   * What came is not what the sender described. `stream`: on the way, as it was opened. `whole`: every chunk opened,
   * and together they are another file; what was kept of it is thrown away.
   */
  readonly kind: 'corrupted';
  readonly found: 'stream' | 'whole';
}

export interface ReceiveOrder extends CarryOrder {
  /** What the server says on the port before the content. */
  readonly header: string;
  readonly size: number;
  readonly key: Uint8Array;
  /** What is said on the port at the end, with its line end. */
  readonly statusLines: { readonly delivered: string; readonly corrupted: string };
}

export type ReceiveOutcome =
  | LandingOutcome
  | { readonly kind: 'lost'; readonly failure: ConnectionFailure }
  | { readonly kind: 'cancelled' };

export type Cancelled = { readonly code: 'cancelled' };

/** What the platform does for transfers. Nothing rejects but for bugs. */
export interface FileCarrier {
  /** Looks at a file that somebody wants to send. */
  inspect(path: string): Promise<Result<SourceFile, SourceProblem>>;
  /** The SHA-256 of a file's content. */
  hash(
    source: SourceFile,
    onProgress: OnProgress,
  ): FileJob<Result<Uint8Array, SourceProblem | Cancelled>>;
  /** Seals and sends a file to a transfer port. */
  send(order: SendOrder, onProgress: OnProgress): FileJob<SendOutcome>;
  /** Prepares a place for a file; what is there of it already is read again. */
  land(
    order: LandingOrder,
    onProgress: OnProgress,
  ): FileJob<Result<Landing, DiskProblem | Cancelled>>;
  /** Receives a file from a transfer port into its place. The place is let go of when the outcome is there. */
  receive(landing: Landing, order: ReceiveOrder, onProgress: OnProgress): FileJob<ReceiveOutcome>;
  /** Removes what was kept of a transfer that will not go on. */
  forget(id: string): Promise<void>;
  sha256(bytes: Uint8Array): Promise<Uint8Array>;
}

/** The transfers of one login at one server that outlive the program. Rejects when they cannot be read or kept. */
export interface TransferStore {
  /** All of them; what cannot be read is left out. */
  load(): Promise<readonly TransferRecord[]>;
  /** Keeps `record` in place of any other with its id and direction. */
  put(record: TransferRecord): Promise<void>;
  remove(record: Pick<TransferRecord, 'kind' | 'id'>): Promise<void>;
}

/** Somebody of whom files are taken without asking, within a limit. */
export interface KnownSenderRecord {
  readonly user: string;
  /** Taken without asking since something of theirs was accepted by hand, in bytes. */
  readonly takenBytes: number;
  /** This user has written to them. */
  readonly isWrittenTo: boolean;
}

/** Whom this user knows at one server, beyond the program. Rejects when it cannot be read or kept. */
export interface KnownSenderStore {
  /** What cannot be decoded counts as nothing. */
  load(): Promise<readonly KnownSenderRecord[]>;
  /** Keeps `records` in place of what was there. */
  keep(records: readonly KnownSenderRecord[]): Promise<void>;
}
