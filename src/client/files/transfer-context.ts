// What all transfers of one login share. Internal to this folder.

import type { Command } from '../../wire/commands.ts';
import type { Username } from '../../wire/text.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { WallClock, RandomBytes, Timers } from '../ports.ts';
import type { FileNoteBody } from './notes/file-note.ts';
import type { PortRequests } from './port-requests.ts';
import type { ContentForm, FileCarrier, TransferPlace, TransferStore } from './ports.ts';
import type { Slots } from './slots.ts';
import type { TransferEvent } from './transfer.ts';

/** What becomes of a note. Each is called once at most, `failed` last; nothing is called after the login. */
export interface NoteFate {
  /** It waits for this person's word about a changed key. */
  readonly held?: () => void;
  /** It has left, for the holder of the trusted key. */
  readonly sent?: () => void;
  /** The other person's client has it. */
  readonly delivered?: () => void;
  readonly failed?: (why: NoteFailure) => void;
}

export type NoteFailure = 'no-such-user' | 'cannot-encrypt' | 'no-receipt' | 'logged-out';

/** What the server of this login can do for files. */
export interface FileServer {
  /** Content may stand on the line as bytes, and receivers prove themselves. */
  readonly passesBytes: boolean;
  /** Where `port` of the server is. */
  place(port: number): TransferPlace;
}

export interface TransferContext {
  readonly me: Username;
  readonly carrier: FileCarrier;
  readonly store: TransferStore;
  readonly timers: Timers;
  readonly now: WallClock;
  readonly random: RandomBytes;
  readonly server: FileServer;
  readonly form: ContentForm;
  /** Places for files that move, in each direction. */
  readonly outgoingSlots: Slots;
  readonly incomingSlots: Slots;
  readonly ports: PortRequests;
  /** The number by which people name the next transfer that they hear of. */
  nextNumber(): number;
  emit(event: TransferEvent): void;
  /** Sends a line. */
  say(command: Command): void;
  /** Sends a note about the transfer `id`. */
  post(peer: Username, id: string, body: FileNoteBody, fate?: NoteFate): void;
  /** How a key stands for a name. */
  standing(peer: Username, key: Uint8Array): Promise<KeyStanding>;
  /** Whether somebody of that name is connected; undefined where the server does not say. */
  isHere(user: Username): Promise<boolean | undefined>;
}
