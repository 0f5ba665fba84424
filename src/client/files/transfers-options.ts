// What the transfers of a login need to begin, and their refusals.

import type { Command } from '../../wire/commands.ts';
import type { EventOf } from '../../wire/events.ts';
import type { Username } from '../../wire/text.ts';
import type { FileContent } from '../content.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import type { WallClock, RandomBytes, Timers } from '../ports.ts';
import type { KeptFiles } from './kept/kept-files.ts';
import type { FileServer } from './transfer-context.ts';
import type { KnownSenders } from './known-senders.ts';
import type { KnownSenderStore, FileCarrier, TransferStore } from './ports.ts';
import type { SourceProblem } from './source.ts';
import type { TransferEvent } from './transfer.ts';

/** The platform's part for files. */
export interface FilePorts {
  readonly carrier: FileCarrier;
  readonly store: TransferStore;
  readonly knownSenders: KnownSenderStore;
  /** Bytes accepted from one person without asking. */
  readonly acceptUpTo: number;
}

export interface TransfersOptions {
  readonly me: Username;
  readonly files: FilePorts;
  readonly knownSenders: KnownSenders;
  readonly timers: Timers;
  readonly now: WallClock;
  readonly random: RandomBytes;
  readonly server: FileServer;
  readonly say: (command: Command) => void;
  /** Sends an encrypted note. Returns its id, or undefined if no more are accepted. */
  readonly sendNote: (to: Username, bytes: Uint8Array) => string | undefined;
  /** Puts a file that is offered to somebody into the conversation with them, where that is kept. */
  readonly sayFile: (to: Username, id: string, file: FileContent) => void;
  /** Undefined for guests, and where the server keeps no files. */
  readonly keptFiles: KeptFiles | undefined;
  readonly standing: (peer: Username, key: Uint8Array) => Promise<KeyStanding>;
  /** The same for a member of a sealed group, whom its roster vouches for. */
  readonly standingOfMember: (peer: Username, key: Uint8Array) => Promise<KeyStanding>;
  /** Requests the list of users, without showing it. */
  readonly askUsers: () => void;
  readonly emit: (event: TransferEvent) => void;
}

/** Why a file is not sent. */
export type SendRefusal =
  SourceProblem | { readonly code: 'self' | 'too-many' | 'already-sending' | 'nothing-kept' };

/** A line of [7.11] from the server. */
export type FileLine = EventOf<'FILE_TRANS' | 'READY_FOR_FILE' | 'OPEN_PORT_TO_RECEIVE'>;
