// What all transfers of one login share. Internal to this folder.

import type { Command } from '../../wire/commands.ts';
import type { Username } from '../../wire/text.ts';
import type { FileContent } from '../content.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { WallClock, RandomBytes, Timers } from '../ports.ts';
import type { KeptFiles } from './kept/kept-files.ts';
import type { FileNoteBody } from './notes/file-note.ts';
import type { PortRequests } from './live/port-requests.ts';
import type { ContentForm, FileCarrier, TransferPlace } from './ports.ts';
import type { TransferRecord } from './records.ts';
import type { Slots } from './slots.ts';
import type { TransferEvent } from './transfer.ts';

/** Events of a note. Each is called at most once, `failed` last. Nothing is called after the login. */
export interface NoteFate {
  /** It waits for the person's decision about a changed key. */
  readonly held?: () => void;
  /** It was sent, for the holder of the trusted key. */
  readonly sent?: () => void;
  /** The server keeps it until their client is there. */
  readonly stored?: () => void;
  /** The other person's client has it. */
  readonly delivered?: () => void;
  readonly failed?: (why: NoteFailure) => void;
}

export type NoteFailure =
  'no-such-user' | 'cannot-encrypt' | 'no-receipt' | 'refused' | 'logged-out';

/** What the server of this login supports for files. */
export interface FileServer {
  /** Whether content may be bytes, and receivers prove themselves. */
  readonly passesBytes: boolean;
  /** The place of `port` of the server. */
  place(port: number): TransferPlace;
}

export interface TransferContext {
  readonly me: Username;
  readonly carrier: FileCarrier;
  /** Stores a record. If it could not be stored, people are told. */
  keep(record: TransferRecord): Promise<void>;
  /** Forgets one. */
  forget(record: Pick<TransferRecord, 'kind' | 'id'>): Promise<void>;
  readonly timers: Timers;
  readonly now: WallClock;
  readonly random: RandomBytes;
  readonly server: FileServer;
  readonly form: ContentForm;
  /** Slots for moving files, in each direction. */
  readonly outgoingSlots: Slots;
  readonly incomingSlots: Slots;
  readonly ports: PortRequests;
  /** The number of the next transfer that people learn of. */
  nextNumber(): number;
  emit(event: TransferEvent): void;
  /** Sends a line. */
  say(command: Command): void;
  /** Sends a note about the transfer `id`. */
  post(peer: Username, id: string, body: FileNoteBody, fate?: NoteFate): void;
  /** Undefined for guests, and where the server keeps no files. */
  readonly keptFiles: KeptFiles | undefined;
  /** From now on it is told what becomes of the message of that id. */
  follow(messageId: string, fate: NoteFate): void;
  /** Puts a file that is offered to somebody into the conversation with them, where that is kept. */
  sayFile(to: Username, id: string, file: FileContent): void;
  /** The state of a key for a name. */
  standing(peer: Username, key: Uint8Array): Promise<KeyStanding>;
  /** Whether a person is connected. Undefined if the server does not say. */
  isHere(user: Username, isNew?: boolean): Promise<boolean | undefined>;
}
