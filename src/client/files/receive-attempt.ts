// One attempt to receive a file: the place on the disk, the request for the content, the content. Begins when somebody
// has decided to accept the file. It reports how it ended unless it is cancelled first; it does not decide about another
// attempt, and does not know where the content comes from (supply.ts). It always reports a saved file: cancelling does
// not stop a disk that writes the last part, and without the report the file would be received a second time.

import { chunkBytes, chunkCount } from '../../e2ee/files/file-layout.ts';
import type { TransferContext } from './transfer-context.ts';
import { readingNoticeMs } from './limits.ts';
import type {
  DiskProblem,
  FileJob,
  Landing,
  LandingOrder,
  ReceiveOrder,
  ReceiveOutcome,
} from './ports.ts';
import type { Approach, Opening } from './supply.ts';
import type { Track } from './track.ts';

export type ReceiveReport =
  | { readonly kind: 'saved'; readonly path: string }
  | { readonly kind: 'interrupted' }
  /** The content is kept no more. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'disk'; readonly problem: DiskProblem }
  /** `canRestart`: the content of an earlier attempt was wrong, and is deleted now. */
  | { readonly kind: 'corrupted'; readonly canRestart: boolean };

export class ReceiveAttempt {
  readonly #requests: Pick<TransferContext, 'carrier' | 'timers'>;
  readonly #order: LandingOrder;
  readonly #approach: Approach;
  readonly #track: Track;
  readonly #report: (report: ReceiveReport) => void;
  #job: FileJob<unknown> | undefined;
  #landing: Landing | undefined;
  #takeBack: () => void = () => {};
  #isOver = false;

  constructor(
    requests: Pick<TransferContext, 'carrier' | 'timers'>,
    { order, approach, track }: { order: LandingOrder; approach: Approach; track: Track },
    report: (report: ReceiveReport) => void,
  ) {
    this.#requests = requests;
    this.#order = order;
    this.#approach = approach;
    this.#track = track;
    this.#report = (what) => {
      if (!this.#isOver || what.kind === 'saved') report(what);
    };
  }

  async begin(): Promise<void> {
    const { carrier, timers } = this.#requests;
    this.#track.enter({ phase: 'preparing' });
    const cancelNotice = timers.after(
      readingNoticeMs,
      () => this.#isOver || this.#approach.reading(),
    );
    const landingJob = carrier.land(this.#order, () => {});
    this.#job = landingJob;
    const landing = await landingJob.outcome;
    cancelNotice();
    if (!landing.ok) {
      if (landing.error.code !== 'cancelled')
        this.#report({ kind: 'disk', problem: landing.error });
      return;
    }
    this.#landing = landing.value;
    if (this.#isOver) return;
    if (landing.value.chunks === chunkCount(this.#order.size)) {
      this.#finished(await landing.value.finish(), true);
    } else this.#open(landing.value);
  }

  /** Stops it. Resolves when only the content on the disk is left. */
  async cancel(): Promise<void> {
    this.#isOver = true;
    this.#takeBack();
    this.#job?.cancel();
    await this.#job?.outcome;
    await this.#landing?.close();
  }

  #open(landing: Landing): void {
    this.#takeBack = this.#approach.open(landing, {
      asked: () => this.#track.enter({ phase: 'preparing' }),
      opened: (opening) => this.#opened(landing, opening),
      held: () => this.#track.enter({ phase: 'held' }),
    });
  }

  #opened(landing: Landing, opening: Opening): void {
    if (opening.kind === 'open') void this.#receive(landing, opening.order);
    else this.#report(opening);
  }

  async #receive(landing: Landing, order: ReceiveOrder): Promise<void> {
    const fromChunk = landing.chunks;
    this.#track.countFrom(fromChunk * chunkBytes);
    const job = this.#requests.carrier.receive(landing, order, (done) => this.#track.reach(done));
    this.#job = job;
    this.#track.enter({ phase: 'moving' });
    this.#finished(await job.outcome, fromChunk > 0);
  }

  #finished(outcome: ReceiveOutcome, isResumed: boolean): void {
    switch (outcome.kind) {
      case 'saved':
        this.#report({ kind: 'saved', path: outcome.path });
        return;
      case 'disk':
        this.#report({ kind: 'disk', problem: outcome.problem });
        return;
      case 'corrupted':
        this.#report({ kind: 'corrupted', canRestart: isResumed && outcome.found === 'whole' });
        return;
      case 'lost':
      case 'cancelled':
        this.#report({ kind: 'interrupted' });
    }
  }
}
