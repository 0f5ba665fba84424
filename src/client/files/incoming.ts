// A file that somebody sends to this user [7.11], from the description to its place on the disk, over as many attempts
// as it needs. Owns the decision, the waiting and the ends; receive-attempt.ts has the attempt. Invariant: nothing is
// accepted that was not described in a note under a trusted key, and announced [7.11].

import { encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import type { LineText, Username } from '../../wire/text.ts';
import type { TransferContext } from './transfer-context.ts';
import { attemptOf, type FileNoteBody, type SentEndReason } from './notes/file-note.ts';
import type { TransferRecord } from './records.ts';
import { ReceiveAttempt, type FileOffer, type ReceiveReport } from './receive-attempt.ts';
import { answerTimeoutMs } from './limits.ts';
import { Retry } from './retry.ts';
import { Track } from './track.ts';
import {
  isOver,
  type AskReason,
  type EndReason,
  type PauseReason,
  type Transfer,
} from './transfer.ts';

/** The receiver's retries begin late: the sender notices an interruption as well, and offers again by itself. */
const patience = 2;

export interface IncomingFile {
  readonly id: string;
  readonly peer: Username;
  /** The key of the device that describes it. */
  readonly peerKey: Uint8Array;
  readonly name: string;
  readonly size: number;
  readonly sha256: Uint8Array;
}

/** `isWanted`: it was accepted in an earlier login. `isSaid`: the conversation has a message about it. */
export interface IncomingStart {
  readonly isWanted: boolean;
  readonly isSaid: boolean;
  readonly judge: () => AskReason | undefined;
}

export class Incoming {
  readonly direction = 'incoming';
  readonly id: string;
  readonly peer: Username;
  readonly #requests: TransferContext;
  readonly #file: IncomingFile;
  readonly #track: Track;
  readonly #retry: Retry;
  /** How to ask the person about it, or undefined if that is not needed. Called at the first announcement. */
  readonly #judge: () => AskReason | undefined;
  #offer: FileOffer | undefined;
  #isAnnounced = false;
  #isWanted: boolean;
  #attempt: ReceiveAttempt | undefined;
  #releaseSlot: () => void = () => {};
  #furthestBytes = 0;
  /** Whether it is complete and has its name. Only the last lines remain. */
  #isSaved = false;
  #closing: Promise<unknown> = Promise.resolve();

  constructor(
    requests: TransferContext,
    file: IncomingFile,
    { isWanted, isSaid, judge }: IncomingStart,
  ) {
    const { id, peer, name, size } = file;
    this.id = id;
    this.peer = peer;
    this.#requests = requests;
    this.#file = file;
    this.#judge = judge;
    this.#isWanted = isWanted;
    this.#track = new Track(
      requests,
      { direction: 'incoming', peer, name, size, isSaid },
      isWanted ? { phase: 'paused', why: 'logged-out' } : { phase: 'offering' },
    );
    if (isWanted) this.#track.show();
    else this.#track.limit(answerTimeoutMs, () => void this.#end('peer', 'gone'));
    this.#retry = new Retry(requests, peer, {
      attempt: () => this.#ask(),
      away: () => this.#enterPause('away'),
      patience,
    });
  }

  get shown(): Transfer | undefined {
    return this.#track.shown;
  }

  get isOver(): boolean {
    return this.#isSaved || isOver(this.#track.state);
  }

  /** Whether a description is for this file, by the same device. */
  isOf(offer: FileOffer, peerKey: Uint8Array): boolean {
    const { name, size, sha256 } = this.#file;
    const isSame = offer.name === name && offer.size === size && equalBytes(offer.sha256, sha256);
    return isSame && equalBytes(peerKey, this.#file.peerKey);
  }

  /** Asks the sender to resume it, if they are online. Otherwise waits for them. */
  resume(): void {
    this.#track.emit();
    void this.#retry.look();
  }

  /** The sender describes it, for the first time or for another attempt. */
  described(offer: FileOffer): void {
    if (this.isOver) return;
    this.#abandon();
    this.#retry.stop();
    this.#offer = offer;
    this.#isAnnounced = false;
    if (this.#isWanted) this.#enterPause('interrupted');
  }

  /** The word of its announcement, once it is described. */
  get token(): LineText | undefined {
    return this.#offer === undefined ? undefined : (encodeBase64url(this.#offer.token) as LineText);
  }

  /** `FILE_TRANS @peer token` came. Returns whether it was for this one. */
  announced(token: LineText): boolean {
    if (this.token !== token) return false;
    if (this.#isAnnounced || this.isOver) return true;
    this.#isAnnounced = true;
    if (this.#isWanted) this.#queue();
    else if (this.#track.state.phase === 'asking') this.#pending('asked');
    else this.#decide();
    return true;
  }

  /** The person accepts the file. Returns whether that is possible: not under a key that nobody here trusts. */
  async accept(): Promise<boolean> {
    if (this.#track.state.phase !== 'asking') return false;
    const standing = await this.#requests.standing(this.peer, this.#file.peerKey);
    if (standing === 'changed') return false;
    if (this.#track.state.phase !== 'asking') return false;
    this.#isWanted = true;
    this.#queue();
    return true;
  }

  /** The person does not want the file, or not any more. */
  async refuse(reason: 'declined' | 'cancelled'): Promise<void> {
    await this.#give(reason, { settled: 'refused' });
  }

  heardFrom(): void {
    this.#retry.receive();
  }

  /** Another note of the sender's client about it, under `key`: only the device that began it can end it. */
  async receive(body: FileNoteBody, key: Uint8Array): Promise<void> {
    if (this.isOver || body.kind !== 'end' || !equalBytes(key, this.#file.peerKey)) return;
    await this.#end('peer', body.reason);
  }

  /** The login ends. An accepted file is resumed in another one. */
  async close(): Promise<void> {
    if (!this.isOver) this.#enterPause('logged-out');
    this.#retry.stop();
    await this.#closing;
  }

  #decide(): void {
    this.#track.show();
    const why = this.#judge();
    this.#track.enter({ phase: 'asking', why });
    if (why === undefined) void this.accept();
    else this.#pending('asked');
  }

  #queue(): void {
    this.#retry.stop();
    this.#track.enter({ phase: 'queued' });
    this.#releaseSlot();
    let isBegun = false;
    this.#releaseSlot = this.#requests.incomingSlots.take(() => {
      isBegun = true;
      void this.#try();
    });
    if (!isBegun) this.#pending('busy');
  }

  async #try(): Promise<void> {
    const offer = this.#offer;
    if (offer === undefined) return;
    const { id, peer } = this;
    // Two attempts at one place on the disk would give the file two names.
    await this.#closing;
    await this.#keep({ kind: 'incoming', ...this.#file, savedAtMs: this.#requests.now() });
    if (this.isOver || this.#offer !== offer || this.#track.state.phase !== 'queued') return;
    this.#attempt = new ReceiveAttempt(
      this.#requests,
      { id, peer, offer, track: this.#track },
      (report) => void this.#reported(report),
    );
    void this.#attempt.begin();
  }

  async #reported(report: ReceiveReport): Promise<void> {
    switch (report.kind) {
      case 'saved':
        await this.#saved(report.path);
        return;
      case 'interrupted':
        this.#noteProgress();
        this.#enterPause('interrupted');
        this.#retry.wait();
        return;
      case 'disk': {
        const { problem } = report;
        const detail = problem.code === 'unwritable' ? problem.detail : undefined;
        await this.#give(problem.code, { detail });
        return;
      }
      case 'corrupted':
        if (!report.canRestart) {
          await this.#give('corrupted', {});
          return;
        }
        this.#enterPause('interrupted');
        this.#ask();
    }
  }

  /** Recorded as done before its other name is removed: if the program is killed in between, it finds the file done. */
  async #saved(path: string): Promise<void> {
    this.#isSaved = true;
    await this.#settle('saved');
    this.#abandon();
    await this.#closing;
    await this.#requests.carrier.forget(this.id);
    this.#requests.post(this.peer, this.id, { kind: 'done' });
    this.#track.enter({ phase: 'saved', path });
  }

  /** Asks the sender to offer it again. */
  #ask(): void {
    this.#requests.post(this.peer, this.id, { kind: 'want' });
    this.#retry.wait();
  }

  #pending(why: 'asked' | 'busy'): void {
    if (this.#offer === undefined) return;
    const attempt = attemptOf(this.#offer.token);
    this.#requests.post(this.peer, this.id, { kind: 'pending', attempt, why });
  }

  #noteProgress(): void {
    const { doneBytes } = this.#track;
    if (doneBytes <= this.#furthestBytes) return;
    this.#furthestBytes = doneBytes;
    this.#retry.progressed();
  }

  #enterPause(why: PauseReason): void {
    this.#abandon();
    this.#track.enter({ phase: 'paused', why });
  }

  /** Gives it up, keeps nothing, and tells the other side why. */
  async #give(
    reason: SentEndReason,
    { detail, settled }: { detail?: string | undefined; settled?: 'refused' },
  ): Promise<void> {
    if (this.isOver) return;
    this.#requests.post(this.peer, this.id, { kind: 'end', reason });
    await this.#end('me', reason, detail, settled);
  }

  async #end(
    by: 'me' | 'peer',
    reason: EndReason,
    detail?: string,
    settled?: 'refused',
  ): Promise<void> {
    this.#abandon();
    this.#retry.stop();
    const words = detail === undefined ? {} : { detail };
    this.#track.enter({ phase: 'ended', by, reason, ...words });
    await this.#settle(settled);
    await this.#closing;
    await this.#requests.carrier.forget(this.id);
  }

  /** Stores what to remember of it from now on: how it ended, or nothing. */
  async #settle(outcome: 'saved' | 'refused' | undefined): Promise<void> {
    const { id, peer } = this;
    if (outcome !== undefined) {
      await this.#keep({ kind: 'settled', id, peer, outcome, savedAtMs: this.#requests.now() });
    }
    await this.#requests.store.remove({ kind: 'incoming', id }).catch((cause: unknown) => {
      this.#requests.emit({ type: 'transfer-not-kept', cause });
    });
  }

  #abandon(): void {
    this.#closing = Promise.all([this.#closing, this.#attempt?.cancel()]);
    this.#attempt = undefined;
    this.#releaseSlot();
  }

  async #keep(record: TransferRecord): Promise<void> {
    try {
      await this.#requests.store.put(record);
    } catch (cause) {
      this.#requests.emit({ type: 'transfer-not-kept', cause });
    }
  }
}
