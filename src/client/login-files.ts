// The files of one login, between the client and its transfers: lines, notes and presence in, refusals in the
// client's own words out. How files are sent and received belongs to the transfers alone (files/).

import type { HistoryRecord } from './store/store-port.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { Command } from '../wire/commands.ts';
import type { SoftCode } from '../wire/replies.ts';
import { lobbyGroup, parseAnyGroupName } from '../wire/extended/names.ts';
import { parseUsername, type GroupName, type Username } from '../wire/text.ts';
import type { ClientEventSink, OwnMessage, PrivateEvent } from './client-event.ts';
import type { Greeting } from './client-state.ts';
import { refuseCommand, refuseFile, type CommandRefusal } from './command-refusal.ts';
import { placeOfGroup } from './files/file-peer.ts';
import type { KnownSenders } from './files/known-senders.ts';
import type { NoteProgress } from './files/notes/note-post.ts';
import type { ChoiceRefusal } from './files/transfer-book.ts';
import type { Transfer } from './files/transfer.ts';
import { Transfers } from './files/transfers.ts';
import type { FileLine, FilePorts } from './files/transfers-options.ts';
import type { WallClock, RandomBytes, Timers } from './ports.ts';
import type { LiveMessages } from './live-messages.ts';
import type { KeyStanding } from './encryption/trust/key-events.ts';
import type { KeptFiles } from './files/kept/kept-files.ts';
import type { KeptNews, NoteNews, OwnNoteNews } from './files/notes/note-news.ts';
import { isKeptFile, type FileContent } from './content.ts';

export interface LoginFilesOptions {
  readonly me: Username;
  readonly files: FilePorts;
  readonly knownSenders: KnownSenders;
  readonly ports: {
    readonly timers: Timers;
    readonly now: WallClock;
    readonly random: RandomBytes;
  };
  readonly greeting: Greeting;
  readonly host: string;
  /** Of the server's certificate, over TLS. */
  readonly fingerprint: Uint8Array | undefined;
  /** Whether the server vouches for another certificate. */
  readonly vouches: (fingerprint: Uint8Array) => Promise<boolean>;
  readonly liveMessages: Pick<LiveMessages, 'keyStanding'>;
  /** Sends a note to the client of that person: its id, or nothing where no more are taken. */
  readonly sendNote: (to: Username, note: Uint8Array) => string | undefined;
  /** Puts a file that is offered to somebody into the conversation with them. */
  readonly sayFile: (to: Username, id: string, file: FileContent) => void;
  /** Undefined for guests, and where the server keeps no files. */
  readonly keptFiles: KeptFiles | undefined;
  /** The state of the key of a member of a sealed group. */
  readonly standingOfMember: (user: Username, key: Uint8Array) => Promise<KeyStanding | undefined>;
  /** Whether that group is sealed. */
  readonly isSealed: (group: GroupName) => boolean;
  /** This user wants something from that person: their key must be kept. */
  readonly wanted: (user: Username) => void;
  readonly send: (command: Command) => void;
  readonly sink: ClientEventSink;
}

type Outcome = Result<Transfer, CommandRefusal>;

const choiceCodes = {
  none: 'no-such-transfer',
  several: 'which-transfer',
  'key-changed': 'key-not-trusted',
} as const satisfies Record<ChoiceRefusal, string>;

/** What a view may request. `file` events report the result. */
export interface FileCommands {
  /** The files of this login, in the order of their numbers. */
  readonly list: readonly Transfer[];
  /** Sends the file at `path`, encrypted or not at all, or resumes it. */
  send(user: string, path: string): Promise<Outcome>;
  /** The same to a sealed group, or to a sealed lobby (`lobbyGroup`): the server keeps it, encrypted, until all have it. */
  sendToGroup(group: string, path: string): Promise<Outcome>;
  /** Accepts the offered file with that number; without a number, the only one. */
  accept(number?: number): Promise<Outcome>;
  /** Declines it, and notifies its sender. */
  decline(number?: number): Promise<Outcome>;
  /** Cancels a file in either direction. Nothing of it is kept. */
  cancel(number?: number): Promise<Outcome>;
}

export class LoginFiles implements FileCommands {
  readonly #transfers: Transfers;
  readonly #wanted: LoginFilesOptions['wanted'];
  readonly #isSealed: LoginFilesOptions['isSealed'];

  constructor(options: LoginFilesOptions) {
    const { me, files, knownSenders, ports, greeting, host, fingerprint, vouches } = options;
    const { liveMessages, sendNote, sayFile, send, sink } = options;
    this.#wanted = options.wanted;
    this.#isSealed = options.isSealed;
    this.#transfers = new Transfers({
      me,
      files,
      knownSenders,
      ...ports,
      server: {
        passesBytes: greeting.features.has('files'),
        place: (port) => ({ host, port, fingerprint, vouches }),
      },
      say: send,
      sendNote,
      sayFile,
      keptFiles: greeting.features.has('kept-files') ? options.keptFiles : undefined,
      standingOfMember: async (peer, key) =>
        (await options.standingOfMember(peer, key)) ?? 'pinned',
      standing: (peer, key) => liveMessages.keyStanding(peer, key),
      askUsers: () => send({ verb: 'GET_USERS' }),
      emit: (event) => sink({ type: 'file', event }),
    });
  }

  get list(): readonly Transfer[] {
    return this.#transfers.list;
  }

  async send(user: string, path: string): Promise<Outcome> {
    const peer = parseUsername(user);
    if (peer === undefined) return refuseCommand('not-a-username');
    const sent = await this.#transfers.send({ kind: 'direct', user: peer }, path);
    if (sent.ok) this.#wanted(peer);
    return sent.ok ? sent : refuseFile(sent.error);
  }

  async sendToGroup(group: string, path: string): Promise<Outcome> {
    const name = parseAnyGroupName(group);
    if (name === undefined) return refuseCommand('not-a-group-name');
    if (!this.#isSealed(name))
      return refuseCommand(name === lobbyGroup ? 'open-lobby' : 'open-group');
    const sent = await this.#transfers.send(placeOfGroup(name), path);
    return sent.ok ? sent : refuseFile(sent.error);
  }

  async accept(number?: number): Promise<Outcome> {
    return outcomeOf(await this.#transfers.accept(number));
  }

  async decline(number?: number): Promise<Outcome> {
    return outcomeOf(await this.#transfers.decline(number));
  }

  async cancel(number?: number): Promise<Outcome> {
    return outcomeOf(await this.#transfers.cancel(number));
  }

  receive(line: FileLine): void {
    this.#transfers.receive(line);
  }

  /** Something came from `user`. */
  heardFrom(user: Username): void {
    this.#transfers.heardFrom(user);
  }

  listed(names: readonly Username[]): void {
    this.#transfers.usersHeard(names);
  }

  /** A refusal of the server. Returns whether this user did not cause it, and need not see it. */
  refused(code: SoftCode | undefined): boolean {
    return this.#transfers.refused(code);
  }

  /** An event about people's sessions. */
  privateHeard(event: PrivateEvent): void {
    if (event.type !== 'session-renewed' || event.reason !== 'peer-restarted') return;
    const user = parseUsername(event.user);
    if (user !== undefined) this.#transfers.peerRestarted(user);
  }

  /** Somebody has come, with a program that may be another one than before. */
  cameBack(user: Username): void {
    this.#transfers.peerRestarted(user);
    this.#transfers.heardFrom(user);
  }

  /** Somebody has gone. */
  leftHere(user: Username): void {
    this.#transfers.leftHere(user);
  }

  /** Messages have disappeared: files that they were about, and that were not fetched, are not asked about any more. */
  expired(messages: readonly Pick<HistoryRecord, 'content'>[]): void {
    for (const { content } of messages)
      if (isKeptFile(content)) void this.#transfers.expired(content.upload);
  }

  /** Resolves when this user will be asked about a kept file, whatever happens to the program after that. */
  willBeSaid(news: KeptNews): Promise<void> {
    return this.#transfers.willBeSaid(news);
  }

  /** What becomes of an own message about a kept file. */
  ownHeard({ localId: id, state, content }: OwnMessage): void {
    if (!isKeptFile(content)) return;
    if (state === 'stored') this.#transfers.noteHeard({ id, is: 'stored' });
    if (state === 'delivered') this.#transfers.noteHeard({ id, is: 'delivered' });
    if (state === 'refused') this.#transfers.noteHeard({ id, is: 'failed', why: 'refused' });
  }

  noted(note: NoteNews): void {
    if (note.type === 'own-note') {
      this.#transfers.noteHeard(fateOf(note));
      return;
    }
    if (note.type === 'kept-file') {
      void this.#transfers.said(note);
      return;
    }
    const from = parseUsername(note.from);
    const { bytes, key: standing, peerKey: key, isStored } = note;
    if (from !== undefined) void this.#transfers.noted(from, bytes, { key, standing, isStored });
  }

  /** The login ends. Resolves when nothing moves any more. */
  close(): Promise<void> {
    return this.#transfers.close();
  }
}

function outcomeOf(done: Result<Transfer, ChoiceRefusal>): Outcome {
  return done.ok ? ok(done.value) : err(refuseCommand(choiceCodes[done.error]).error);
}

function fateOf(note: OwnNoteNews): NoteProgress {
  const { id } = note;
  if (note.fate !== 'not-delivered') return { id, is: note.fate };
  // Both mean that the sessions do not work at this moment.
  const why = note.reason === 'too-many-handshakes' ? 'no-receipt' : note.reason;
  return { id, is: 'failed', why };
}
