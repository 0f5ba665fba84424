// What an account on a client is given: its stored data on the device, and the ports to everything around it.

import type { Compression } from '../../e2ee/history/piece-sealer.ts';
import type { Username } from '../../wire/text.ts';
import type { BytesMover } from '../blobs/blobs.ts';
import type { HashAtOnce } from '../../wire/statements/tree-hash.ts';
import type { DirectoryStore } from './directory/stored-directory.ts';
import type { ClientEvent, OwnContent } from '../client-event.ts';
import type { KeptNews, NoteNews } from '../files/notes/note-news.ts';
import type { TransferPlace } from '../files/ports.ts';
import type { DirectPorts } from '../encryption/stored/engine.ts';
import type { DeviceLinkingPorts } from '../linking/device-linking.ts';
import type { WallClock, RandomBytes, HashSha256, Timers } from '../ports.ts';
import type { BackupFiles } from '../vault/backup-files.ts';
import type { VaultFile } from '../vault/vault-state.ts';
import type { ClientRecords, ClientStore } from '../store/store-port.ts';

/** How blobs go to and from the server. */
export interface BlobPorts {
  readonly mover: BytesMover;
  /** Where the ports of the server are, asked at a login. Undefined if it keeps none. */
  readonly server: () => ((port: number) => TransferPlace) | undefined;
}

/** The stored data of an account on the device, opened and read. */
export interface AccountKeeping {
  readonly store: ClientStore;
  readonly records: ClientRecords;
  /**
   * Whether messages to the lobby and to groups from before this device knew them are skipped: for a store that is gone
   * afterwards, and for programs, which would answer them. A person gets the last of them, to read.
   */
  readonly startsNow: boolean;
  /** Whether a pipe reads, and no person: it gets every message, whatever its person has read on another device. */
  readonly isPiped?: boolean;
}

/** Where the copy of the server's directory is kept, and what hashes it. */
export interface DirectoryPorts {
  readonly store: DirectoryStore;
  readonly sha256: HashAtOnce;
}

export interface AccountPorts {
  readonly me: Username;
  readonly keeping: AccountKeeping;
  /** For private messages with accounts. Undefined if another connection gets them. */
  readonly direct: DirectPorts | undefined;
  /** Without it, or without `direct`, this client knows no chains of accounts. */
  readonly sha256?: HashSha256 | undefined;
  /** Without it no new devices are taken into the account here. */
  readonly linking?: Pick<DeviceLinkingPorts, 'ciphers' | 'server'> | undefined;
  /** Without it, blobs are neither left nor fetched. */
  readonly blobs?: BlobPorts | undefined;
  /** Without it, or without `linking`, no history goes to other devices. */
  readonly compression?: Compression | undefined;
  /** Without it, or without `linking` and `blobs`, there are no backups. */
  readonly vaultFile?: VaultFile | undefined;
  /** Without it there are no backups in files. */
  readonly backupFiles?: BackupFiles | undefined;
  /** Without it nothing that the server says of devices is compared. */
  readonly directory?: DirectoryPorts | undefined;
  /** Whether the server of this connection passes signals on. */
  readonly hasSignals: () => boolean;
  readonly timers: Timers;
  readonly now: WallClock;
  readonly random: RandomBytes;
  readonly emit: (event: ClientEvent) => void;
  /** Passes on a private message to `user`, who has no account. */
  readonly toGuest: (user: Username, own: OwnContent) => void;
  /** What is heard of notes about files. */
  readonly note: (news: NoteNews) => void;
  /** A message about a kept file is about to be stored. Resolves when nothing else is needed to ask about the file. */
  readonly willBeSaid: (news: KeptNews) => Promise<void>;
  /** Takes a note about a file to somebody without an account, or whose client does not know it as content. */
  readonly noteElsewhere: (user: Username, id: string, note: Uint8Array) => void;
  /** More has arrived than can be handled, or no longer: the connection must not be read, or may be. */
  readonly full: (isFull: boolean) => void;
  /** Something could not be stored. Nothing more is done. */
  readonly failed: (cause: unknown) => void;
}
