// The files of one login [7.11]: those that this user sends and those that others send. Passes requests of people,
// lines of the server and notes of other clients to the transfer that they are about. outgoing.ts and incoming.ts
// have the single transfer; transfer-book.ts has the list.

import { formatHex } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { SoftCode } from '../../wire/replies.ts';
import type { Place } from '../../wire/extended/names.ts';
import { parseUsername, type LineText, type Username } from '../../wire/text.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import { afterSteadyTime, steadyMs } from '../connection/steady-time.ts';
import { Announcements } from './notes/announcements.ts';
import type { TransferContext } from './transfer-context.ts';
import { decodeFileNote, idBytes } from './notes/file-note.ts';
import { Incoming, type IncomingFile } from './incoming.ts';
import { maxMoving } from './limits.ts';
import { NotePost, type NoteProgress } from './notes/note-post.ts';
import { Outgoing } from './outgoing.ts';
import { PortRequests } from './live/port-requests.ts';
import { Offered, type FileOffer } from './live/offered.ts';
import { Fetched } from './kept/fetched.ts';
import type { KeptNews } from './notes/note-news.ts';
import type { IncomingRecord, KeptIncoming } from './records.ts';
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
    const told = (stored: Promise<void>) =>
      stored.catch((cause: unknown) => emit({ type: 'transfer-not-kept', cause }));
    this.#requests = {
      ...options,
      carrier: files.carrier,
      keep: (record) => told(this.#book.store.put(record)),
      forget: (record) => told(this.#book.store.remove(record)),
      form: server.passesBytes ? 'bytes' : 'text',
      outgoingSlots: new Slots(maxMoving),
      incomingSlots: new Slots(maxMoving),
      ports: new PortRequests({ timers, random, proves: server.passesBytes }, say),
      nextNumber: () => ++this.#lastNumber,
      post: (peer, id, body, fate) => this.#post.post(peer, id, body, fate),
      isHere: (user, isNew) => this.#roster.isHere(user, isNew),
      follow: (messageId, fate) => this.#post.follow(messageId, fate),
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

  /** Sends the file at `path` to a person or a sealed group, or resumes it. */
  async send(to: Place, path: string): Promise<Result<Transfer, SendRefusal>> {
    const { me, files, random, keptFiles } = this.#options;
    if (to.kind === 'direct' && to.user === me) return err({ code: 'self' });
    if (to.kind !== 'direct' && keptFiles === undefined) return err({ code: 'nothing-kept' });
    const inspected = await files.carrier.inspect(path);
    if (!inspected.ok) return inspected;
    await this.#opened;
    if (to.kind === 'direct') this.#options.knownSenders.wroteTo(to.user);
    const source = inspected.value;
    const before = this.#book.sending(to, source);
    if (before?.hurry() === false) return err({ code: 'already-sending' });
    if (before === undefined && !this.#book.hasRoomToSend) return err({ code: 'too-many' });
    const outgoing =
      before ?? new Outgoing(this.#requests, { id: formatHex(random(idBytes)), to, source });
    if (before === undefined) {
      this.#book.add(outgoing);
      void outgoing.begin();
    }
    return ok(outgoing.shown);
  }

  /** Accepts the offered file with that number. Without one, the only one. */
  async accept(number: number | undefined): Promise<Result<Transfer, ChoiceRefusal>> {
    const chosen = this.#book.choose([...this.#book.incoming.values()], number, isUndecided);
    if (!chosen.ok) return chosen;
    if (!(await chosen.value.accept())) return err('key-changed');
    this.#options.knownSenders.acceptedFrom(chosen.value.peer);
    return shownOf(chosen.value);
  }

  /** Declines it. */
  async decline(number: number | undefined): Promise<Result<Transfer, ChoiceRefusal>> {
    const chosen = this.#book.choose([...this.#book.incoming.values()], number, isUndecided);
    if (!chosen.ok) return chosen;
    await chosen.value.refuse('declined');
    return shownOf(chosen.value);
  }

  /** Cancels a transfer in either direction. Nothing of it is kept. */
  async cancel(number: number | undefined): Promise<Result<Transfer, ChoiceRefusal>> {
    const chosen = this.#book.choose(this.#book.all, number, canCancel);
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

  /** `user` is not here any more. */
  leftHere(user: Username): void {
    for (const outgoing of this.#book.outgoing.values()) {
      if (outgoing.peer === user) outgoing.peerLeft();
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

  /**
   * A message about a file that the server keeps is about to be stored. Resolves when this user will be asked about the
   * file, whatever happens to the program after that.
   */
  async willBeSaid(news: KeptNews): Promise<void> {
    await this.#opened;
    const { upload } = news.file;
    const isKnown = this.#book.settled(news.from, upload) ?? this.#book.incoming.get(upload);
    // Beyond the cap nobody is asked: the message says that there is a file.
    if (isKnown !== undefined || !this.#book.hasRoomFrom(news.from)) return;
    await this.#requests.keep(recordOf(news, this.#options.now()));
  }

  /** That message came. */
  async said(news: KeptNews): Promise<void> {
    await this.#opened;
    const { from, file, peerKey } = news;
    const { upload: id } = file;
    if (this.#isClosed || this.#book.settled(from, id) !== undefined) return;
    const before = this.#book.incoming.get(id);
    if (before?.isOver === false) {
      // Nobody changes what somebody else has begun.
      if (before.peer === from && before.isOf(file, peerKey)) {
        before.kept(this.#fetched(from, peerKey, keptOf(news)));
      }
      return;
    }
    if (!this.#book.hasRoomFrom(from)) return;
    const incoming = this.#createKept(recordOf(news, this.#options.now()));
    if (incoming === undefined) return;
    this.#book.add(incoming);
    incoming.resume();
  }

  /** The message about a kept file has disappeared: whoever has not fetched it does not any more. What is saved stays. */
  async expired(upload: string): Promise<void> {
    await this.#opened;
    await this.#book.incoming.get(upload)?.refuse('cancelled');
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
        outgoing: (to, record) => {
          const { id, source } = record;
          return new Outgoing(this.#requests, { id, to, source }, record);
        },
        incoming: (peer, record) => {
          const { id, peerKey, name, size, sha256, kept } = record;
          return kept === undefined
            ? this.#createOffered({ id, peer, peerKey, name, size, sha256 }, true, true, 'pinned')
            : this.#createKept(record);
        },
        untold: ({ id }) => this.#options.keptFiles?.taken(id) ?? Promise.resolve(false),
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
      incoming = this.#createOffered(file, false, isStored, standing);
      this.#book.add(incoming);
    }
    incoming.described(offer);
    const { token } = incoming;
    if (token !== undefined && this.#announcements.take(from, token)) incoming.announced(token);
  }

  #createOffered(
    file: IncomingFile,
    isWanted: boolean,
    isSaid: boolean,
    standing: KeyStanding,
  ): Incoming {
    const { knownSenders } = this.#options;
    const judge = () => knownSenders.judge(file.peer, file.size, standing);
    const supply = new Offered(this.#requests, file, judge);
    return new Incoming(this.#requests, file, { isWanted, isSaid, supply });
  }

  /** Undefined where this login cannot fetch it. */
  #createKept({
    id,
    peer,
    peerKey,
    name,
    size,
    sha256,
    kept,
  }: IncomingRecord): Incoming | undefined {
    const from = parseUsername(peer);
    if (this.#options.keptFiles === undefined || kept === undefined || from === undefined) {
      return undefined;
    }
    const file = { id, peer: from, peerKey, name, size, sha256 };
    const supply = this.#fetched(from, peerKey, kept);
    return new Incoming(this.#requests, file, { isWanted: kept.isWanted, isSaid: true, supply });
  }

  #fetched(from: Username, peerKey: Uint8Array, kept: KeptIncoming): Fetched {
    const { keptFiles, knownSenders, standing, standingOfMember } = this.#options;
    invariant(keptFiles, 'a server that keeps files has said so');
    return new Fetched(
      {
        keptFiles,
        requests: this.#requests,
        judge: () => knownSenders.judge(from, kept.file.size, kept.standing),
        standing: () => (kept.group === undefined ? standing : standingOfMember)(from, peerKey),
      },
      kept,
    );
  }
}

function keptOf({ group, file, standing }: KeptNews): KeptIncoming {
  return { ...(group !== undefined && { group }), isWanted: false, standing, file };
}

/** What is remembered of it until this user has decided, and then until the file is here. */
export function recordOf(news: KeptNews, savedAtMs: number): IncomingRecord {
  const { from: peer, file, peerKey } = news;
  const { upload: id, name, size, sha256 } = file;
  return { kind: 'incoming', id, peer, peerKey, name, size, sha256, kept: keptOf(news), savedAtMs };
}

function endOf<Reason extends 'declined' | 'corrupted' | 'busy' | 'gone'>(reason: Reason) {
  return { kind: 'end', reason } as const;
}

function isUndecided({ isUndecided }: Incoming): boolean {
  return isUndecided;
}

function canCancel(transfer: Outgoing | Incoming): boolean {
  return transfer.direction === 'outgoing' ? transfer.canCancel : !transfer.isOver;
}

function shownOf({ shown }: Outgoing | Incoming): Result<Transfer, ChoiceRefusal> {
  return shown === undefined ? err('none') : ok(shown);
}
