// A file that this user sends, from the checksum to the receiver's confirmation, or to the message about it where the
// server keeps it, over as many attempts as it needs. Owns which way it goes, when to try, when to wait and when to give
// up; live/send-attempt.ts [7.11] and kept/upload-attempt.ts have the attempts.

import { fileKeyBytes } from '../../e2ee/files/file-layout.ts';
import { equalBytes, formatHex } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import { groupAt, type Place } from '../../wire/extended/names.ts';
import type { LineText, Username } from '../../wire/text.ts';
import { peerAt } from './file-peer.ts';
import { endOf, passes } from './kept/refusals.ts';
import { UploadAttempt, type UploadReport } from './kept/upload-attempt.ts';
import type { TransferContext, NoteFailure } from './transfer-context.ts';
import { idBytes, isSent, type FileNoteBody } from './notes/file-note.ts';
import type { FileJob } from './ports.ts';
import type { KeptOutgoing, OutgoingRecord } from './records.ts';
import { cutName } from './cut-name.ts';
import { maxNameBytes } from './limits.ts';
import { Retry } from './retry.ts';
import { SendAttempt, type AttemptReport } from './live/send-attempt.ts';
import type { SourceFile, SourceProblem } from './source.ts';
import { Track } from './track.ts';
import { isOver, type EndReason, type PauseReason, type Transfer } from './transfer.ts';

export interface OutgoingFile {
  readonly id: string;
  /** A person, or a sealed group. */
  readonly to: Place;
  readonly source: SourceFile;
}

export class Outgoing {
  readonly direction = 'outgoing';
  readonly id: string;
  readonly to: Place;
  /** The name of the person, or of the group with its `#`. */
  readonly peer: string;
  readonly source: SourceFile;
  readonly #requests: TransferContext;
  readonly #track: Track;
  readonly #retry: Retry;
  /** Undefined until the checksum is known. */
  #record: OutgoingRecord | undefined;
  #attempt: SendAttempt | UploadAttempt | undefined;
  #hashing: FileJob<unknown> | undefined;
  #releaseSlot: () => void = () => {};
  /** Whether the other person's client has answered before: then their absence is a pause and not an end. */
  #wasAnswered: boolean;
  /** Whether the other person's client may have a part of it. */
  #hasMoved: boolean;
  /** Whether nobody can keep it for that person. */
  #isLiveOnly = false;
  #furthestBytes = 0;
  /** Resolves when an earlier attempt has ended completely. */
  #closing: Promise<unknown> = Promise.resolve();

  /** `record` is from an earlier login, if there is one. */
  constructor(
    requests: TransferContext,
    { id, to, source }: OutgoingFile,
    record?: OutgoingRecord,
  ) {
    this.id = id;
    this.to = to;
    this.peer = peerAt(to);
    this.source = source;
    this.#requests = requests;
    this.#record = record;
    this.#wasAnswered = record !== undefined;
    this.#hasMoved = record?.peerKey !== undefined;
    const { name, size } = source;
    const { peer } = this;
    const isKept = to.kind !== 'direct' || record?.kept !== undefined;
    const group = groupAt(to);
    this.#track = new Track(
      requests,
      {
        direction: 'outgoing',
        peer,
        ...(group && { group }),
        isKept,
        name,
        size,
        ...digestOf(record),
      },
      record === undefined ? { phase: 'hashing' } : { phase: 'paused', why: 'logged-out' },
    );
    this.#track.show();
    // The server takes what it is to keep, whoever is there.
    const isHere = async () =>
      this.#record?.kept !== undefined || this.#person === undefined
        ? undefined
        : requests.isHere(this.#person);
    this.#retry = new Retry(
      { ...requests, isHere },
      {
        attempt: () => this.#queue(),
        away: () => {
          this.#enterPause('away');
          void this.#leaveAtServer();
        },
      },
    );
  }

  get shown(): Transfer {
    const { shown } = this.#track;
    invariant(shown, 'whoever sends a file knows of it');
    return shown;
  }

  get isOver(): boolean {
    return isOver(this.#track.state);
  }

  /** Whether it can be cancelled: what the server keeps can, too. */
  get canCancel(): boolean {
    return !this.isOver || this.#track.state.phase === 'kept';
  }

  get #person(): Username | undefined {
    return this.to.kind === 'direct' ? this.to.user : undefined;
  }

  get #live(): SendAttempt | undefined {
    return this.#attempt instanceof SendAttempt ? this.#attempt : undefined;
  }

  /** Begins with a file that was never offered. */
  async begin(): Promise<void> {
    this.#track.emit();
    this.#track.countFrom(0);
    const { carrier, random, now } = this.#requests;
    const hashing = carrier.hash(this.source, (done) => this.#track.reach(done));
    this.#hashing = hashing;
    const hashed = await hashing.outcome;
    if (this.#track.state.phase !== 'hashing') return;
    if (!hashed.ok) {
      if (hashed.error.code !== 'cancelled') this.#sourceFailed(hashed.error);
      return;
    }
    const { id, peer, source } = this;
    const isLive = await this.#goesLive();
    if (this.#track.state.phase !== 'hashing') return;
    const kept = isLive ? {} : { kept: { messageId: id, salts: [] } };
    const key = random(fileKeyBytes);
    const sha256 = hashed.value;
    await this.#keep({
      kind: 'outgoing',
      id,
      peer,
      source,
      sha256,
      key,
      peerKey: undefined,
      ...kept,
      savedAtMs: now(),
    });
    if (this.#track.state.phase !== 'hashing') return;
    if (isLive) this.#sayOffer();
    this.#track.goes({ isKept: !isLive, digest: formatHex(sha256) });
    this.#track.countFrom(0);
    this.#queue();
  }

  /** Puts it into the conversation that this user offers it. */
  #sayOffer(): void {
    const person = this.#person;
    if (person === undefined || this.#record === undefined) return;
    const { sha256, source } = this.#record;
    const { size } = source;
    const name = cutName(source.name, maxNameBytes);
    const file = { kind: 'file', at: 'sender', name, size, sha256 } as const;
    this.#requests.sayFile(person, this.id, file);
  }

  /** Whether it goes from program to program: where nobody keeps it, or the other person is there. */
  async #goesLive(): Promise<boolean> {
    const person = this.#person;
    if (person === undefined) return false;
    if (!(await this.#canBeKept(person))) return true;
    return (await this.#requests.isHere(person, true)) !== false;
  }

  async #canBeKept(person: Username): Promise<boolean> {
    const { keptFiles } = this.#requests;
    return keptFiles !== undefined && (await keptFiles.isKnownTo(person)) !== false;
  }

  /** Resumes an earlier one, if the other person is online. Otherwise waits for them. */
  resume(): void {
    this.#track.emit();
    void this.#retry.look();
  }

  /** Whether it is this file, unchanged. */
  isOf({ path, size, modified }: SourceFile): boolean {
    const mine = this.source;
    return path === mine.path && size === mine.size && modified === mine.modified;
  }

  /** The person requested it again. Returns whether that resumed it. */
  hurry(): boolean {
    if (this.#track.state.phase !== 'paused') return false;
    this.#abandon();
    this.#queue();
    return true;
  }

  /** The person does not want to send it any more. */
  cancel(): void {
    if (this.canCancel) this.#give('cancelled');
  }

  /** The other person sent something. */
  heardFrom(): void {
    this.#retry.receive();
  }

  /** The other person's client was restarted: it knows nothing of unaccepted offers. */
  peerRestarted(): void {
    const { phase } = this.#track.state;
    if (this.#record?.kept !== undefined) return;
    if (phase !== 'asking' && phase !== 'preparing' && phase !== 'confirming') return;
    this.#abandon();
    this.#queue();
  }

  /** The other person is not here any more. */
  peerLeft(): void {
    const { phase } = this.#track.state;
    if (phase === 'asking' || phase === 'offering') void this.#leaveAtServer();
  }

  /** `READY_FOR_FILE @peer token port` came. Returns whether it was for this one. */
  ready(token: LineText, port: number): boolean {
    return this.#live?.ready(token, port) ?? false;
  }

  /** The server says that somebody is offline. That may be this file's receiver, who was online a moment ago. */
  missing(): void {
    if (this.#live?.isAnnounced) this.#pause('interrupted');
  }

  /** A note of the other person's client about this file, under `key`. */
  async receive(body: FileNoteBody, key: Uint8Array): Promise<void> {
    this.#wasAnswered = true;
    // The server has it, or will: what the other program thinks of an offer does not matter any more.
    if (this.#record?.kept !== undefined) return;
    switch (body.kind) {
      case 'pending':
        if (this.#live?.isNamed(body.attempt)) this.#live.pending(body);
        return;
      case 'accept':
        await this.#accepted(body, key);
        return;
      case 'done':
        this.#finish(() => this.#track.enter({ phase: 'delivered' }));
        return;
      case 'end':
        this.#end('peer', body.reason);
        return;
      case 'want':
        this.#abandon();
        this.#queue();
        return;
      // Only a sender offers.
      case 'offer':
    }
  }

  /** The login ends. What is stored is resumed in another one. */
  async close(): Promise<void> {
    if (!this.isOver) this.#enterPause('logged-out');
    this.#retry.stop();
    await this.#closing;
  }

  #queue(): void {
    this.#retry.stop();
    this.#track.enter({ phase: 'queued' });
    this.#releaseSlot();
    this.#releaseSlot = this.#requests.outgoingSlots.take(() => this.#try());
  }

  #try(): void {
    const record = this.#record;
    if (record === undefined) return;
    if (record.kept !== undefined) this.#upload(record, record.kept);
    else if (this.#person !== undefined) {
      this.#attempt = new SendAttempt(
        this.#requests,
        { record, peer: this.#person, track: this.#track },
        (report) => this.#reported(report),
      );
      this.#attempt.begin();
    }
  }

  #reported(report: AttemptReport): void {
    switch (report.kind) {
      case 'not-told':
        this.#notTold(report.why);
        return;
      case 'away':
        // The offer stays: it is announced when they come.
        this.#releaseSlot();
        this.#track.enter({ phase: 'paused', why: 'away' });
        void this.#leaveAtServer();
        return;
      case 'asked':
        this.#releaseSlot();
        return;
      case 'interrupted':
        this.#noteProgress();
        this.#pause('interrupted');
        return;
      case 'odd':
        this.#give('corrupted');
        return;
      case 'source':
        this.#sourceFailed(report.problem);
    }
  }

  // ---- what the server keeps --------------------------------------------------------------------------

  #upload(record: OutgoingRecord, { messageId, salts }: KeptOutgoing): void {
    const { keptFiles } = this.#requests;
    if (keptFiles === undefined) {
      this.#pause('interrupted');
      return;
    }
    const keep = async (next: KeptOutgoing['salts']) =>
      this.#keep({ ...record, kept: { messageId, salts: next } });
    const of = { record, salts, place: this.to, track: this.#track, keep };
    const attempt = new UploadAttempt(this.#requests, keptFiles, of, (report) =>
      this.#uploadReported(report),
    );
    this.#attempt = attempt;
    void attempt.begin();
  }

  #uploadReported(report: UploadReport): void {
    switch (report.kind) {
      case 'uploaded':
        if (report.isSaid) this.#finish(() => this.#track.enter({ phase: 'kept' }));
        else this.#say();
        return;
      case 'interrupted':
        this.#noteProgress();
        this.#pause('interrupted');
        return;
      case 'source':
        this.#sourceFailed(report.problem);
        return;
      case 'refused':
        this.#refused(report.failure);
    }
  }

  /** All is at the server: the message about it goes to the conversation. */
  #say(): void {
    const { keptFiles } = this.#requests;
    const record = this.#record;
    if (keptFiles === undefined || record?.kept === undefined) return;
    const { messageId, salts } = record.kept;
    const { sha256, key, source } = record;
    const { size } = source;
    const name = cutName(source.name, maxNameBytes);
    const what = { kind: 'file', at: 'kept', name, size, sha256 } as const;
    this.#track.enter({ phase: 'confirming' });
    this.#releaseSlot();
    this.#requests.follow(messageId, {
      held: () => this.isOver || this.#track.enter({ phase: 'held' }),
      stored: () => this.#finish(() => this.#track.enter({ phase: 'kept' })),
      failed: (why) => this.#notSaid(why),
    });
    const isTaken = keptFiles.say(this.to, messageId, { ...what, upload: this.id, key, salts });
    if (!isTaken) this.#pause('interrupted');
  }

  #notSaid(why: NoteFailure): void {
    if (why === 'logged-out' || this.isOver) return;
    if (why === 'cannot-encrypt' && this.#person !== undefined) this.#goLive();
    else this.#give('refused');
  }

  #refused(failure: Parameters<typeof endOf>[0]): void {
    if (passes(failure)) {
      this.#pause('interrupted');
      return;
    }
    const isOfPeer = failure.code === 'no-such-account' || failure.code === 'not-kept';
    if (isOfPeer && this.#person !== undefined) this.#goLive();
    else this.#give(endOf(failure));
  }

  /** Their program knows nothing of kept files, or the server keeps none for them: it waits until they are here. */
  #goLive(): void {
    const record = this.#record;
    if (record === undefined) return;
    this.#requests.keptFiles?.drop(this.id);
    const { kept, ...live } = record;
    this.#isLiveOnly = true;
    this.#track.goes({ isKept: false });
    this.#abandon();
    void this.#keep(live);
    if (kept?.messageId === this.id) this.#sayOffer();
    this.#queue();
  }

  /** The other person is not here: the server keeps it for them, unless they have begun to receive it. */
  async #leaveAtServer(): Promise<void> {
    const person = this.#person;
    const record = this.#record;
    if (person === undefined || record === undefined || record.kept !== undefined) return;
    const { phase } = this.#track.state;
    if (this.#hasMoved || this.#isLiveOnly || !(await this.#canBeKept(person))) return;
    if (this.#record !== record || this.#track.state.phase !== phase) return;
    const messageId = formatHex(this.#requests.random(idBytes));
    this.#enterPause('away');
    this.#track.goes({ isKept: true });
    await this.#keep({ ...record, kept: { messageId, salts: [] } });
    const { state } = this.#track;
    if (state.phase === 'paused' && state.why === 'away') this.#queue();
  }

  /** After an attempt with progress, the next one may come soon. */
  #noteProgress(): void {
    const { doneBytes } = this.#track;
    if (doneBytes <= this.#furthestBytes) return;
    this.#furthestBytes = doneBytes;
    this.#retry.progressed();
  }

  async #accepted(
    accept: Extract<FileNoteBody, { kind: 'accept' }>,
    key: Uint8Array,
  ): Promise<void> {
    const record = this.#record;
    const attempt = this.#live;
    if (record === undefined || !attempt?.isNamed(accept.attempt)) return;
    const isKnown = record.peerKey !== undefined && equalBytes(record.peerKey, key);
    if (!isKnown) {
      // Another device than the one that began it cannot have a part of it.
      if (record.peerKey !== undefined && accept.fromChunk > 0) {
        this.#give('corrupted');
        return;
      }
      await this.#keep({ ...record, peerKey: key });
    }
    this.#hasMoved = true;
    if (this.#attempt === attempt) attempt.accepted(accept);
  }

  #notTold(why: NoteFailure): void {
    if (why === 'logged-out') return;
    if (this.#wasAnswered) this.#pause(why === 'no-such-user' ? 'away' : 'interrupted');
    else this.#end('me', why === 'no-receipt' ? 'not-confirmed' : why);
  }

  #sourceFailed(problem: SourceProblem): void {
    const { code } = problem;
    if (code === 'unreadable') this.#give(code, problem.detail);
    else this.#give(code === 'changed' ? code : 'gone');
  }

  /** Gives it up, and tells the other side why. */
  #give(reason: EndReason, detail?: string): void {
    const isOffered = this.#wasAnswered || this.#attempt !== undefined;
    if (this.#record?.kept !== undefined) this.#requests.keptFiles?.drop(this.id);
    else if (isOffered && isSent(reason) && this.#person !== undefined) {
      this.#requests.post(this.#person, this.id, { kind: 'end', reason });
    }
    this.#end('me', reason, detail);
  }

  #pause(why: PauseReason): void {
    this.#enterPause(why);
    this.#retry.wait();
  }

  #enterPause(why: PauseReason): void {
    this.#abandon();
    this.#track.enter({ phase: 'paused', why });
  }

  #end(by: 'me' | 'peer', reason: EndReason, detail?: string): void {
    const words = detail === undefined ? {} : { detail };
    this.#finish(() => this.#track.enter({ phase: 'ended', by, reason, ...words }));
  }

  #finish(enter: () => void): void {
    this.#abandon();
    this.#retry.stop();
    enter();
    void this.#requests.forget({ kind: 'outgoing', id: this.id });
  }

  /** Drops the attempt and everything that it holds. */
  #abandon(): void {
    const hashed = this.#hashing;
    hashed?.cancel();
    this.#closing = Promise.all([this.#closing, this.#attempt?.cancel(), hashed?.outcome]);
    this.#attempt = undefined;
    this.#releaseSlot();
  }

  async #keep(record: OutgoingRecord): Promise<void> {
    this.#record = record;
    await this.#requests.keep(record);
  }
}

function digestOf(record: OutgoingRecord | undefined): Pick<Transfer, 'digest'> {
  return record === undefined ? {} : { digest: formatHex(record.sha256) };
}
