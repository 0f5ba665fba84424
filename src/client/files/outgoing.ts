// A file that this user sends [7.11], from the checksum to the receiver's confirmation, over as many attempts as it
// needs. Owns when to try, when to wait and when to give up; send-attempt.ts has the attempt.

import { fileKeyBytes } from '../../e2ee/files/file-layout.ts';
import { equalBytes } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import type { LineText, Username } from '../../wire/text.ts';
import type { TransferContext, NoteFailure } from './transfer-context.ts';
import type { FileNoteBody, SentEndReason } from './notes/file-note.ts';
import type { FileJob } from './ports.ts';
import type { OutgoingRecord } from './records.ts';
import { cutName } from './cut-name.ts';
import { maxNameBytes } from './limits.ts';
import { Retry } from './retry.ts';
import { SendAttempt, type AttemptReport } from './send-attempt.ts';
import type { SourceFile, SourceProblem } from './source.ts';
import { Track } from './track.ts';
import { isOver, type EndReason, type PauseReason, type Transfer } from './transfer.ts';

export interface OutgoingFile {
  readonly id: string;
  readonly peer: Username;
  readonly source: SourceFile;
}

export class Outgoing {
  readonly direction = 'outgoing';
  readonly id: string;
  readonly peer: Username;
  readonly source: SourceFile;
  readonly #requests: TransferContext;
  readonly #track: Track;
  readonly #retry: Retry;
  /** Undefined until the checksum is known. */
  #record: OutgoingRecord | undefined;
  #attempt: SendAttempt | undefined;
  #hashing: FileJob<unknown> | undefined;
  #releaseSlot: () => void = () => {};
  /** Whether the other person's client has answered before: then their absence is a pause and not an end. */
  #wasAnswered: boolean;
  #furthestBytes = 0;
  /** Resolves when an earlier attempt has ended completely. */
  #closing: Promise<unknown> = Promise.resolve();

  /** `record` is from an earlier login, if there is one. */
  constructor(
    requests: TransferContext,
    { id, peer, source }: OutgoingFile,
    record?: OutgoingRecord,
  ) {
    this.id = id;
    this.peer = peer;
    this.source = source;
    this.#requests = requests;
    this.#record = record;
    this.#wasAnswered = record !== undefined;
    const { name, size } = source;
    this.#track = new Track(
      requests,
      { direction: 'outgoing', peer, name, size },
      record === undefined ? { phase: 'hashing' } : { phase: 'paused', why: 'logged-out' },
    );
    this.#track.show();
    this.#retry = new Retry(requests, peer, {
      attempt: () => this.#queue(),
      away: () => this.#enterPause('away'),
    });
  }

  get shown(): Transfer {
    const { shown } = this.#track;
    invariant(shown, 'whoever sends a file knows of it');
    return shown;
  }

  get isOver(): boolean {
    return isOver(this.#track.state);
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
      savedAtMs: now(),
    });
    if (this.#track.state.phase !== 'hashing') return;
    const { size } = source;
    const name = cutName(source.name, maxNameBytes);
    this.#requests.sayFile(peer, id, { kind: 'file', at: 'sender', name, size, sha256 });
    this.#queue();
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
    this.#give('cancelled');
  }

  /** The other person sent something. */
  heardFrom(): void {
    this.#retry.receive();
  }

  /** The other person's client was restarted: it knows nothing of unaccepted offers. */
  peerRestarted(): void {
    const { phase } = this.#track.state;
    if (phase !== 'asking' && phase !== 'preparing' && phase !== 'confirming') return;
    this.#abandon();
    this.#queue();
  }

  /** `READY_FOR_FILE @peer token port` came. Returns whether it was for this one. */
  ready(token: LineText, port: number): boolean {
    return this.#attempt?.ready(token, port) ?? false;
  }

  /** The server says that somebody is offline. That may be this file's receiver, who was online a moment ago. */
  missing(): void {
    if (this.#attempt?.isAnnounced) this.#pause('interrupted');
  }

  /** A note of the other person's client about this file, under `key`. */
  async receive(body: FileNoteBody, key: Uint8Array): Promise<void> {
    this.#wasAnswered = true;
    switch (body.kind) {
      case 'pending':
        if (this.#attempt?.isNamed(body.attempt)) this.#attempt.pending(body);
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
    const { peer } = this;
    this.#attempt = new SendAttempt(
      this.#requests,
      { record, peer, track: this.#track },
      (report) => this.#reported(report),
    );
    this.#attempt.begin();
  }

  #reported(report: AttemptReport): void {
    switch (report.kind) {
      case 'not-told':
        this.#notTold(report.why);
        return;
      case 'away':
        this.#releaseSlot();
        this.#track.enter({ phase: 'paused', why: 'away' });
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
    const attempt = this.#attempt;
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
  #give(reason: SentEndReason, detail?: string): void {
    const isOffered = this.#wasAnswered || this.#attempt !== undefined;
    if (isOffered) this.#requests.post(this.peer, this.id, { kind: 'end', reason });
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
    const requests = this.#requests;
    requests.store.remove({ kind: 'outgoing', id: this.id }).catch((cause: unknown) => {
      requests.emit({ type: 'transfer-not-kept', cause });
    });
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
    try {
      await this.#requests.store.put(record);
    } catch (cause) {
      this.#requests.emit({ type: 'transfer-not-kept', cause });
    }
  }
}
