// One attempt to bring a file to a server that keeps it: how much is there already, the rest, and whether all is there
// then. The server's word about that is all there is: what is wrong with it shows at the receivers, who check the whole.
// Invariant: the table of salts fits what the server has, whenever this program is killed. So a salt is remembered
// after the server has cut off what is behind its place, and before anything is encrypted under it.

import { chunkBytes, chunkCount, saltBytes } from '../../../e2ee/files/file-layout.ts';
import {
  keptChunks,
  keptLength,
  keptOffset,
  maxSalts,
  saltsWith,
  type ChunkSalt,
} from '../../../e2ee/files/kept-layout.ts';
import type { Place } from '../../../wire/extended/names.ts';
import type { RequestFailure } from '../../pending-requests.ts';
import type { FileJob, SendOutcome } from '../ports.ts';
import type { OutgoingRecord } from '../records.ts';
import type { SourceProblem } from '../source.ts';
import type { TransferContext } from '../transfer-context.ts';
import type { Track } from '../track.ts';
import type { KeptFiles, KeptOpening } from './kept-files.ts';

export type UploadReport =
  /** The server has all of it. `isSaid`: a message has told of it. */
  | { readonly kind: 'uploaded'; readonly isSaid: boolean }
  | { readonly kind: 'interrupted' }
  | {
      readonly kind: 'refused';
      readonly failure: Exclude<RequestFailure, { readonly code: 'gone' }>;
    }
  | { readonly kind: 'source'; readonly problem: SourceProblem };

export interface UploadOf {
  readonly record: OutgoingRecord;
  readonly salts: readonly ChunkSalt[];
  readonly place: Place;
  readonly track: Track;
  /** Stores the table that holds from now on. */
  readonly keep: (salts: readonly ChunkSalt[]) => Promise<void>;
}

export class UploadAttempt {
  readonly #requests: Pick<TransferContext, 'carrier' | 'server' | 'random'>;
  readonly #keptFiles: KeptFiles;
  readonly #of: UploadOf;
  readonly #report: (report: UploadReport) => void;
  /** The table that holds. */
  #salts: readonly ChunkSalt[];
  #job: FileJob<SendOutcome> | undefined;
  #isOver = false;

  constructor(
    requests: Pick<TransferContext, 'carrier' | 'server' | 'random'>,
    keptFiles: KeptFiles,
    of: UploadOf,
    report: (report: UploadReport) => void,
  ) {
    this.#requests = requests;
    this.#keptFiles = keptFiles;
    this.#of = of;
    this.#salts = of.salts;
    this.#report = (what) => this.#isOver || report(what);
  }

  async begin(): Promise<void> {
    this.#of.track.enter({ phase: 'preparing' });
    const have = await this.#ask();
    if (have === undefined) return;
    // What is there without a table is of no use: nobody knows its salts.
    const { length } = this.#salts;
    await this.#bring(length === 0 || length >= maxSalts ? 0 : have);
  }

  /** Stops it. Resolves when nothing of it is left. */
  async cancel(): Promise<void> {
    this.#isOver = true;
    this.#job?.cancel();
    await this.#job?.outcome;
  }

  /** How many whole chunks are there. Undefined if this attempt has ended. */
  async #ask(): Promise<number | undefined> {
    const { record, place } = this.#of;
    const { size } = record.source;
    const asked = await this.#keptFiles.upload(place, record.id);
    if (this.#isOver) return undefined;
    if (!asked.ok) {
      this.#failed(asked.error);
      return undefined;
    }
    const { have, isSaid } = asked.value;
    const chunks = keptChunks(size, have);
    const isWhole = chunks === chunkCount(size) && this.#salts.length > 0;
    if (!isSaid && !isWhole) return chunks;
    this.#report({ kind: 'uploaded', isSaid });
    return undefined;
  }

  async #bring(fromChunk: number): Promise<void> {
    const { record, place, keep } = this.#of;
    const rest = { from: keptOffset(fromChunk), bytes: keptLength(record.source.size) };
    const asked = await this.#keptFiles.upload(place, record.id, rest);
    if (this.#isOver) return;
    if (!asked.ok) {
      this.#failed(asked.error);
      return;
    }
    const { to } = asked.value;
    if (to === undefined) {
      this.#report({ kind: 'interrupted' });
      return;
    }
    const salt = this.#requests.random(saltBytes);
    this.#salts = saltsWith(this.#salts, fromChunk, salt);
    await keep(this.#salts);
    if (!this.#isOver) await this.#move(to, fromChunk, salt);
  }

  async #move({ port, opening }: KeptOpening, fromChunk: number, salt: Uint8Array): Promise<void> {
    const { carrier, server } = this.#requests;
    const { record, track } = this.#of;
    const { source, sha256, key } = record;
    track.countFrom(fromChunk * chunkBytes);
    const order = { place: server.place(port), form: 'bytes', opening, salt, fromChunk } as const;
    this.#job = carrier.send({ ...order, source, sha256, key }, (done) => track.reach(done));
    track.enter({ phase: 'moving' });
    const outcome = await this.#job.outcome;
    if (this.#isOver) return;
    if (outcome.kind === 'source') {
      this.#report({ kind: 'source', problem: outcome.problem });
      return;
    }
    if (outcome.kind !== 'sent') {
      this.#report({ kind: 'interrupted' });
      return;
    }
    track.enter({ phase: 'confirming' });
    const have = await this.#ask();
    if (have !== undefined) this.#report({ kind: 'interrupted' });
  }

  #failed(failure: RequestFailure): void {
    if (failure.code === 'gone') this.#report({ kind: 'interrupted' });
    else this.#report({ kind: 'refused', failure });
  }
}
