// The files of one login [7.11]: those that this user sends and those that others send. Passes requests of people,
// lines of the server and notes of other clients to the transfer that they are about. outgoing.ts and incoming.ts
// have the single transfer; transfer-book.ts has the list.

import { formatHex } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { SoftCode } from '../../wire/replies.ts';
import type { LineText, Username } from '../../wire/text.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import { afterSteadyTime, steadyMs } from '../connection/steady-time.ts';
import { Announcements } from './notes/announcements.ts';
import type { TransferContext } from './transfer-context.ts';
import { decodeFileNote, idBytes } from './notes/file-note.ts';
import { Incoming, type IncomingFile } from './incoming.ts';
import { maxMoving } from './limits.ts';
import { NotePost, type NoteProgress } from './notes/note-post.ts';
import { Outgoing } from './outgoing.ts';
import { PortRequests } from './port-requests.ts';
import type { FileOffer } from './receive-attempt.ts';
import { OnlineCheck } from './online-check.ts';
import { Slots } from './slots.ts';
import { TransferBook, type ChoiceRefusal } from './transfer-book.ts';
import type { Transfer } from './transfer.ts';
import type { FileLine, SendRefusal, TransfersOptions } from './transfers-options.ts';

/** Where a note comes from: under which key, and whether in the log of the conversation. */
interface NoteOrigin {
  readonly key: Uint8Array;
  readonly standing: KeyStanding;
  readonly isStored?: boolean;
}

export class Transfers {
  readonly #options: TransfersOptions;
  readonly #book: TransferBook;
  readonly #requests: TransferContext;
  readonly #post: NotePost;
  readonly #roster: OnlineCheck;
  readonly #announcements: Announcements;
  readonly #opened: Promise<void>;
  #lastNumber = 0;
  #isClosed = false;
  #cancelForgetting = () => {};

  /** Begins with the records of earlier logins. */
  constructor(options: TransfersOptions) {
    this.#options = options;
    const { files, timers, now, random, server, say, emit } = options;
    this.#book = new TransferBook(files.store);
    this.#post = new NotePost(options.sendNote);
    this.#roster = new OnlineCheck({ timers, now, ask: options.askUsers });
    this.#announcements = new Announcements(timers, (from) =>
      emit({ type: 'unverifiable-file', from }),
    );
    this.#requests = {
      ...options,
      carrier: files.carrier,
      store: this.#book.store,
      form: server.passesBytes ? 'bytes' : 'text',
      outgoingSlots: new Slots(maxMoving),
      incomingSlots: new Slots(maxMoving),
      ports: new PortRequests({ timers, random, proves: server.passesBytes }, say),
      nextNumber: () => ++this.#lastNumber,
      post: (peer, id, body, fate) => this.#post.post(peer, id, body, fate),
      isHere: (user) => this.#roster.isHere(user),
    };
    this.#opened = this.#open();
  }

  /** All that people know of, in the order of their numbers. */
  get list(): readonly Transfer[] {
    return this.#book.all
      .map(({ shown }) => shown)
      .filter((transfer) => transfer !== undefined)
      .sort((a, b) => a.number - b.number);
  }

  // ---- what this person wants -------------------------------------------------------------------------

  /** Sends the file at `path`, or resumes it. */
  async send(peer: Username, path: string): Promise<Result<Transfer, SendRefusal>> {
    const { me, files, random } = this.#options;
    if (peer === me) return err({ code: 'self' });
    const inspected = await files.carrier.inspect(path);
    if (!inspected.ok) return inspected;
    await this.#opened;
    this.#options.knownSenders.wroteTo(peer);
    const source = inspected.value;
    const before = this.#book.sending(peer, source);
    if (before?.hurry() === false) return err({ code: 'already-sending' });
    if (before === undefined && !this.#book.hasRoomToSend) return err({ code: 'too-many' });
    const outgoing =
      before ?? new Outgoing(this.#requests, { id: formatHex(random(idBytes)), peer, source });
    if (before === undefined) {
      this.#book.add(outgoing);
      void outgoing.begin();
    }
    return ok(outgoing.shown);
  }

  /** Accepts the offered file with that number. Without one, the only one. */
  async accept(number: number | undefined): Promise<Result<Transfer, ChoiceRefusal>> {
    const chosen = this.#book.choose([...this.#book.incoming.values()], number, isAsking);
    if (!chosen.ok) return chosen;
    if (!(await chosen.value.accept())) return err('key-changed');
    this.#options.knownSenders.acceptedFrom(chosen.value.peer);
    return shownOf(chosen.value);
  }

  /** Declines it. */
  async decline(number: number | undefined): Promise<Result<Transfer, ChoiceRefusal>> {
    const chosen = this.#book.choose([...this.#book.incoming.values()], number, isAsking);
    if (!chosen.ok) return chosen;
    await chosen.value.refuse('declined');
    return shownOf(chosen.value);
  }

  /** Cancels a transfer in either direction. Nothing of it is kept. */
  async cancel(number: number | undefined): Promise<Result<Transfer, ChoiceRefusal>> {
    const chosen = this.#book.choose(this.#book.all, number, ({ isOver }) => !isOver);
    if (!chosen.ok) return chosen;
    if (chosen.value.direction === 'incoming') await chosen.value.refuse('cancelled');
    else chosen.value.cancel();
    return shownOf(chosen.value);
  }

  // ---- what the server says ---------------------------------------------------------------------------

  receive(line: FileLine): void {
    switch (line.verb) {
      case 'FILE_TRANS':
        this.#announced(line.from, line.metadata);
        return;
      case 'READY_FOR_FILE':
        for (const outgoing of this.#book.outgoing.values()) {
          if (outgoing.peer === line.to && outgoing.ready(line.metadata, line.port)) return;
        }
        return;
      case 'OPEN_PORT_TO_RECEIVE':
        this.#requests.ports.opened(line.port);
    }
  }

  /** A refusal of the server. Returns whether this user did not cause it, and need not see it. */
  refused(code: SoftCode | undefined): boolean {
    if (code === 'no-such-user') {
      for (const outgoing of this.#book.outgoing.values()) outgoing.missing();
    }
    return this.#requests.ports.refused(code);
  }

  usersHeard(names: readonly Username[]): void {
    this.#roster.receive(names);
  }

  // ---- what other people's clients say ----------------------------------------------------------------

  /** `user` is online: something of theirs came. */
  heardFrom(user: Username): void {
    for (const transfer of this.#book.of(user)) transfer.heardFrom();
  }

  /** The client of `user` was restarted. */
  peerRestarted(user: Username): void {
    for (const outgoing of this.#book.outgoing.values()) {
      if (outgoing.peer === user) outgoing.peerRestarted();
    }
  }

  /** An event about a note of ours. */
  noteHeard(event: NoteProgress): void {
    this.#post.receive(event);
  }

  /** A note came from the client of `from`, under `key`. */
  async noted(
    from: Username,
    bytes: Uint8Array,
    { key, standing, isStored = false }: NoteOrigin,
  ): Promise<void> {
    await this.#opened;
    const note = decodeFileNote(bytes);
    if (note === undefined) return;
    const { id, body } = note;
    if (body.kind === 'offer') {
      this.#offered({ id, from, offer: body }, { key, standing, isStored });
      return;
    }
    // Under an untrusted key nothing is changed. The person is asked about an offer, with the reason.
    if (standing === 'changed') return;
    const outgoing = this.#book.outgoing.get(id);
    const incoming = this.#book.incoming.get(id);
    if (outgoing?.peer === from && !outgoing.isOver) await outgoing.receive(body, key);
    else if (incoming?.peer === from) await incoming.receive(body, key);
    else if (body.kind === 'want' || body.kind === 'accept') {
      // A person who was offline at the end learns of it now.
      this.#requests.post(from, id, endOf('gone'));
    }
  }

  /** The login ends. Resolves when nothing moves any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelForgetting();
    this.#requests.ports.close();
    this.#announcements.close();
    this.#roster.close();
    this.#post.close();
    await Promise.all(this.#book.all.map((transfer) => transfer.close()));
    await this.#options.knownSenders.settled();
  }

  // ---- inside -----------------------------------------------------------------------------------------

  async #open(): Promise<void> {
    const { knownSenders, files, now, emit } = this.#options;
    await knownSenders.settled();
    const forget = (id: string) => void files.carrier.forget(id);
    await this.#book.load(
      {
        outgoing: (peer, record) => {
          const { id, source } = record;
          return new Outgoing(this.#requests, { id, peer, source }, record);
        },
        incoming: (peer, { id, peerKey, name, size, sha256 }) =>
          this.#createIncoming({ id, peer, peerKey, name, size, sha256 }, true, true, 'pinned'),
        forget,
        failed: (cause) => emit({ type: 'transfer-not-kept', cause }),
      },
      now(),
    );
    if (this.#isClosed) return;
    if (this.#book.hasOutdated) {
      this.#cancelForgetting = afterSteadyTime(this.#options, steadyMs, () =>
        this.#book.forgetOutdated(forget, now()),
      );
    }
    for (const transfer of this.#book.all) transfer.resume();
  }

  #announced(from: Username, token: LineText): void {
    for (const incoming of this.#book.incoming.values()) {
      if (incoming.peer === from && incoming.announced(token)) return;
    }
    this.#announcements.hold(from, token);
  }

  #offered(
    { id, from, offer }: { id: string; from: Username; offer: FileOffer },
    { key, standing, isStored = false }: NoteOrigin,
  ): void {
    const settled = this.#book.settled(from, id);
    if (settled !== undefined) {
      // A file that was received or declined is not asked about again.
      const isSaved = settled === 'saved';
      const body = isSaved ? { kind: 'done' as const } : endOf('declined');
      this.#requests.post(from, id, body);
      return;
    }
    let incoming = this.#book.incoming.get(id);
    if (incoming?.isOver === false) {
      // An impostor must not end what the true sender began, and nobody changes what was begun.
      if (incoming.peer !== from || !incoming.isOf(offer, key)) {
        if (standing !== 'changed') this.#requests.post(from, id, endOf('corrupted'));
        return;
      }
    } else {
      if (!this.#book.hasRoomFrom(from)) {
        this.#requests.post(from, id, endOf('busy'));
        return;
      }
      const { name, size, sha256 } = offer;
      const file = { id, peer: from, peerKey: key, name, size, sha256 };
      incoming = this.#createIncoming(file, false, isStored, standing);
      this.#book.add(incoming);
    }
    incoming.described(offer);
    const { token } = incoming;
    if (token !== undefined && this.#announcements.take(from, token)) incoming.announced(token);
  }

  #createIncoming(
    file: IncomingFile,
    isWanted: boolean,
    isSaid: boolean,
    standing: KeyStanding,
  ): Incoming {
    const { knownSenders } = this.#options;
    const judge = () => knownSenders.judge(file.peer, file.size, standing);
    return new Incoming(this.#requests, file, { isWanted, isSaid, judge });
  }
}

function endOf<Reason extends 'declined' | 'corrupted' | 'busy' | 'gone'>(reason: Reason) {
  return { kind: 'end', reason } as const;
}

function isAsking({ shown }: Incoming): boolean {
  return shown?.state.phase === 'asking';
}

function shownOf({ shown }: Outgoing | Incoming): Result<Transfer, ChoiceRefusal> {
  return shown === undefined ? err('none') : ok(shown);
}
