// What a backup needs of the account around it.

import type { Device } from '../../e2ee/device.ts';
import type { FileCiphers } from '../../e2ee/files/file-ciphers.ts';
import type { Suite } from '../../e2ee/suite.ts';
import type { Username } from '../../wire/text.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { VerifiedChain } from '../account/verified-chain.ts';
import type { PieceSource } from '../history/piece.ts';
import type { HashSha256, RandomBytes, Timers, WallClock } from '../ports.ts';
import type { BackupFileFault, BackupFiles } from './backup-files.ts';
import type { HistoryPart } from './backup-plan.ts';
import type { VaultFile } from './vault-state.ts';

/** The history of the device, in parts: `client/history/` has it. */
export interface BackupHistory<Part extends HistoryPart = HistoryPart> {
  /** Those with the newest messages first. */
  blocks(): Promise<readonly Part[]>;
  pieces(part: Part): Promise<readonly Uint8Array[]>;
  /** Takes a piece into the history. Resolves when it is on the disk. */
  take(piece: Uint8Array, from: PieceSource): Promise<'taken' | 'malformed'>;
}

/** What the devices of the account have in common: `client/account/own/own-state.ts` has it. */
export interface BackupOwnState {
  /** Undefined where there is none. */
  export(): Promise<unknown>;
  /** Merges: nothing that is known here is taken back. Resolves when it is on the disk. */
  take(state: unknown): Promise<void>;
}

/** Seals under a name, with one key; `open` gives undefined for what was sealed otherwise. */
export interface Sealer {
  seal(name: string, content: Uint8Array): Promise<Uint8Array>;
  open(name: string, sealed: Uint8Array): Promise<Uint8Array | undefined>;
}

export interface BackupPorts {
  readonly me: Username;
  readonly suite: Suite;
  readonly sha256: HashSha256;
  readonly device: Device;
  readonly ciphers: FileCiphers;
  readonly random: RandomBytes;
  readonly now: WallClock;
  readonly timers: Timers;
  readonly file: VaultFile;
  /** Undefined without a connection, and where the server keeps none. */
  readonly blobs: () => Blobs | undefined;
  /** Undefined where there are no files. */
  readonly files?: BackupFiles | undefined;
  readonly chain: () => Promise<VerifiedChain>;
  readonly history: BackupHistory;
  readonly own: BackupOwnState;
  readonly sealer: (key: Uint8Array) => Sealer;
  readonly news: (news: BackupNews) => void;
}

/** Why there is no backup, or not now. */
export type BackupProblem =
  /** Not connected, or the server keeps no blobs. */
  | 'no-server'
  /** This program reads and writes no files. */
  | 'no-files'
  /** The account has no recovery words. */
  | 'no-words'
  /** It has, and no device with a backup has left their box here. */
  | 'no-box'
  /** The server keeps no more of this account. */
  | 'no-room'
  /** It keeps none at the moment, or the connection is lost. */
  | 'later'
  | 'refused'
  /** This device cannot keep what it has to remember of it, or read its history. */
  | 'disk';

/** What becomes of a backup, for the person. */
export type BackupNews =
  /** The account has recovery words, and the person has not said whether they want a backup. */
  | { readonly kind: 'remember' }
  | { readonly kind: 'failed'; readonly why: BackupProblem }
  /** A restore: so many bytes of all are here. */
  | { readonly kind: 'restoring'; readonly done: number; readonly all: number }
  /** `damaged`: so many parts of it could not be opened. `isTriedAgain`: they are fetched once more later. */
  | { readonly kind: 'restored'; readonly damaged: number; readonly isTriedAgain: boolean }
  /** What was remembered of the backup is damaged: it begins anew. `copy`: where the damaged file is. */
  | { readonly kind: 'damaged'; readonly copy: string }
  | { readonly kind: 'nothing-to-restore' };

export interface BackupStatus {
  readonly wish: 'unasked' | 'on' | 'off';
  /** When it was whole last, and how many bytes it has. */
  readonly at: number | undefined;
  readonly bytes: number;
  readonly isRestoring: boolean;
  /** Those in files. */
  readonly files: readonly BackupFileStatus[];
}

export interface BackupFileStatus {
  readonly path: string;
  /** When it was whole last. */
  readonly at: number | undefined;
  readonly bytes: number;
  /** It is sealed to words that hold no more. */
  readonly isOutdated: boolean;
}

/** What a backup has brought. */
export interface BackupDone {
  readonly brought: number;
  readonly bytes: number;
}

/** A backup to a file, and where that is. */
export interface FileBackupDone extends BackupDone {
  readonly path: string;
}

export type FileBackupFailure = BackupProblem | BackupFileFault;
