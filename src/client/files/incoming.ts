// A file that somebody sends to this user, from the description to its place on the disk, over as many attempts as it
// needs. Owns the decision, the waiting and the ends; receive-attempt.ts has the attempt, supply.ts where the content
// comes from. Invariant: nothing is accepted that was not described under a trusted key, and, of an offer, announced
// [7.11].

import { equalBytes, formatHex } from '../../lib/bytes.ts';
import type { LineText, Username } from '../../wire/text.ts';
import type { Fetched } from './kept/fetched.ts';
import type { Offered, FileOffer } from './live/offered.ts';
import type { TransferContext } from './transfer-context.ts';
import type { FileNoteBody, SentEndReason } from './notes/file-note.ts';
import type { IncomingRecord } from './records.ts';
import { ReceiveAttempt, type ReceiveReport } from './receive-attempt.ts';
import { answerTimeoutMs } from './limits.ts';
import { Retry } from './retry.ts';
import type { Supply } from './supply.ts';
import { Track } from './track.ts';
import { isOver, type EndReason, type PauseReason, type Transfer } from './transfer.ts';

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
  readonly supply: Offered | Fetched;
}

export class Incoming {
  readonly direction = 'incoming';
  readonly id: string;
  readonly peer: Username;
  readonly #requests: TransferContext;
  readonly #file: IncomingFile;
  readonly #track: Track;
  readonly #retry: Retry;
  #supply: Offered | Fetched;
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
    { isWanted, isSaid, supply }: IncomingStart,
  ) {
    const { id, peer, name, size, sha256 } = file;
    this.id = id;
    this.peer = peer;
    this.#requests = requests;
    this.#file = file;
    this.#supply = supply;
    this.#isWanted = isWanted;
    this.#track = new Track(
      requests,
      {
        direction: 'incoming',
        peer,
        name,
        size,
        digest: formatHex(sha256),
        ...wayOf(supply, isSaid),
      },
      isWanted ? { phase: 'paused', why: 'logged-out' } : { phase: 'offering' },
    );
    if (isWanted) this.#track.show();
    else if (supply.kind === 'offered') {
      this.#track.limit(answerTimeoutMs, () => void this.#end('peer', 'gone'));
    }
    // The server has what it keeps, whoever is there.
    const isHere = async () => (this.#supply.kind === 'kept' ? undefined : requests.isHere(peer));
    this.#retry = new Retry(
      { ...requests, isHere },
      {
        attempt: () => this.#again(),
        away: () => this.#enterPause('away'),
        patience,
      },
    );
  }

  get shown(): Transfer | undefined {
    return this.#track.shown;
  }

  get isOver(): boolean {
    return this.#isSaved || isOver(this.#track.state);
  }

  /** Whether a description is for this file, by the same device. */
  isOf(offer: Pick<FileOffer, 'name' | 'size' | 'sha256'>, peerKey: Uint8Array): boolean {
    const { name, size, sha256 } = this.#file;
    const isSame = offer.name === name && offer.size === size && equalBytes(offer.sha256, sha256);
    return isSame && equalBytes(peerKey, this.#file.peerKey);
  }

  /** Resumes it: with its sender, if they are online, or else waits for them. What the server keeps is there. */
  resume(): void {
    if (this.#supply.kind === 'kept' && !this.#isWanted) {
      this.#decide();
      return;
    }
    this.#track.emit();
    void this.#retry.look();
  }

  /** The sender describes it, for the first time or for another attempt. */
  described(offer: FileOffer): void {
    // What the server keeps is there without its sender.
    if (this.isOver || this.#supply.kind === 'kept') return;
    this.#abandon();
    this.#retry.stop();
    this.#supply.described(offer);
    if (this.#isWanted) this.#enterPause('interrupted');
  }

  /** The word of its announcement, once it is described. */
  get token(): LineText | undefined {
    return this.#supply.kind === 'offered' ? this.#supply.token : undefined;
  }

  /** `FILE_TRANS @peer token` came. Returns whether it was for this one. */
  announced(token: LineText): boolean {
    const supply = this.#supply;
    if (supply.kind !== 'offered' || supply.token !== token) return false;
    if (this.isOver || !supply.announced()) return true;
    this.#takeUp();
    return true;
  }

  /** The server keeps it: from now on it comes from there. */
  kept(supply: Fetched): void {
    if (this.isOver || this.#supply.kind === 'kept') return;
    this.#abandon();
    this.#retry.stop();
    this.#supply = supply;
    this.#track.goes(wayOf(supply, true));
    this.#takeUp();
  }

  /** There is a way to its content. */
  #takeUp(): void {
    if (this.#isWanted) this.#queue();
    else if (this.#track.state.phase === 'asking') this.#supply.pending('asked');
    else this.#decide();
  }

  /** Whether the person may decide about it: what is kept and could not be saved may be tried again. */
  get isUndecided(): boolean {
    const { state } = this.#track;
    if (state.phase !== 'ended') return state.phase === 'asking';
    const isOfDisk = state.reason === 'no-space' || state.reason === 'unwritable';
    return this.#supply.kind === 'kept' && isOfDisk;
  }

  /** The person accepts the file. Returns whether that is possible: not under a key that nobody here trusts. */
  async accept(): Promise<boolean> {
    if (!this.isUndecided) return false;
    const standing = await this.#supply.standing();
    if (standing === 'changed') return false;
    if (!this.isUndecided) return false;
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
    if (this.isOver || this.#supply.kind === 'kept' || body.kind !== 'end') return;
    if (!equalBytes(key, this.#file.peerKey)) return;
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
    const why = this.#supply.judge();
    this.#track.enter({ phase: 'asking', why });
    if (why === undefined) void this.accept();
    else this.#supply.pending('asked');
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
    if (!isBegun) this.#supply.pending('busy');
  }

  async #try(): Promise<void> {
    const { approach } = this.#supply;
    if (approach === undefined) return;
    const { name, size, sha256 } = this.#file;
    // Two attempts at one place on the disk would give the file two names.
    await this.#closing;
    await this.#requests.keep(this.#record(true));
    const isSame = this.#supply.approach === approach;
    if (this.isOver || !isSame || this.#track.state.phase !== 'queued') return;
    this.#attempt = new ReceiveAttempt(
      this.#requests,
      { order: { id: this.id, name, size, sha256 }, approach, track: this.#track },
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
      case 'expired':
        await this.#end('peer', 'expired');
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
        this.#again();
    }
  }

  /** Recorded as done before its other name is removed: if the program is killed in between, it finds the file done. */
  async #saved(path: string): Promise<void> {
    this.#isSaved = true;
    await this.#settle('saved');
    this.#abandon();
    await this.#closing;
    await this.#requests.carrier.forget(this.id);
    this.#supply.saved();
    this.#track.enter({ phase: 'saved', path });
  }

  /** Goes on with what the server keeps; otherwise asks the sender to offer it again. */
  #again(): void {
    if (this.#supply.kind === 'kept') this.#queue();
    else {
      this.#supply.want();
      this.#retry.wait();
    }
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
    if (this.isOver && !this.isUndecided) return;
    this.#supply.ended(reason);
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
      await this.#requests.keep({
        kind: 'settled',
        id,
        peer,
        outcome,
        savedAtMs: this.#requests.now(),
      });
    } else if (this.isUndecided) {
      await this.#requests.keep(this.#record(false));
      return;
    }
    if (this.#supply.kind === 'offered' || outcome === undefined) await this.#forget();
    else void this.#release();
  }

  async #release(): Promise<void> {
    if (await this.#supply.release()) await this.#forget();
  }

  #forget(): Promise<void> {
    return this.#requests.forget({ kind: 'incoming', id: this.id });
  }

  #record(isWanted: boolean): IncomingRecord {
    const { kept } = this.#supply.forRecord;
    const record = { kind: 'incoming', ...this.#file, savedAtMs: this.#requests.now() } as const;
    return kept === undefined ? record : { ...record, kept: { ...kept, isWanted } };
  }

  #abandon(): void {
    this.#closing = Promise.all([this.#closing, this.#attempt?.cancel()]);
    this.#attempt = undefined;
    this.#releaseSlot();
  }
}

function wayOf(supply: Supply, isSaid: boolean): Pick<Transfer, 'isKept' | 'group' | 'isSaid'> {
  const group = supply.forRecord.kept?.group;
  return { isKept: supply.kind === 'kept', isSaid, ...(group !== undefined && { group }) };
}
