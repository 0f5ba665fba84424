// One attempt to receive a file [7.11]: the place on the disk, the yes to the sender, the port, the content. Begins
// when somebody has decided to accept the file. It reports how it ended unless it is cancelled first; it does not
// decide about another attempt. It always reports a saved file: cancelling does not stop a disk that writes the last
// part, and without the report the file would be received a second time.

import { chunkBytes, chunkCount } from '../../e2ee/files/file-layout.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import type { LineText, Username } from '../../wire/text.ts';
import { formatFileHeader, formatFileStatus, formatReceiverLine } from '../../wire/transfer.ts';
import type { TransferContext } from './transfer-context.ts';
import { attemptOf, type FileNoteBody } from './notes/file-note.ts';
import { portRetryMs, readingNoticeMs } from './limits.ts';
import type { PortAnswer } from './port-requests.ts';
import type { ContentForm, DiskProblem, FileJob, Landing, ReceiveOutcome } from './ports.ts';
import type { Track } from './track.ts';

export type FileOffer = Extract<FileNoteBody, { kind: 'offer' }>;

export type ReceiveReport =
  | { readonly kind: 'saved'; readonly path: string }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'disk'; readonly problem: DiskProblem }
  /** `canRestart`: the content of an earlier attempt was wrong, and is deleted now. */
  | { readonly kind: 'corrupted'; readonly canRestart: boolean };

export class ReceiveAttempt {
  readonly #requests: TransferContext;
  readonly #id: string;
  readonly #peer: Username;
  readonly #offer: FileOffer;
  readonly #track: Track;
  readonly #report: (report: ReceiveReport) => void;
  #job: FileJob<unknown> | undefined;
  #landing: Landing | undefined;
  #takeBack: () => void = () => {};
  #isOver = false;

  constructor(
    requests: TransferContext,
    { id, peer, offer, track }: { id: string; peer: Username; offer: FileOffer; track: Track },
    report: (report: ReceiveReport) => void,
  ) {
    this.#requests = requests;
    this.#id = id;
    this.#peer = peer;
    this.#offer = offer;
    this.#track = track;
    this.#report = (what) => {
      if (!this.#isOver || what.kind === 'saved') report(what);
    };
  }

  async begin(): Promise<void> {
    const { carrier, timers } = this.#requests;
    const { name, size, sha256 } = this.#offer;
    this.#track.enter({ phase: 'preparing' });
    const cancelNotice = timers.after(readingNoticeMs, () => this.#post('pending'));
    const landingJob = carrier.land({ id: this.#id, name, size, sha256 }, () => {});
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
    if (landing.value.chunks === chunkCount(size)) {
      this.#finished(await landing.value.finish(), true);
    } else this.#accept(landing.value);
  }

  /** Stops it. Resolves when only the content on the disk is left. */
  async cancel(): Promise<void> {
    this.#isOver = true;
    this.#takeBack();
    this.#job?.cancel();
    await this.#job?.outcome;
    await this.#landing?.close();
  }

  #post(
    kind: 'pending' | 'accept',
    fromChunk = 0,
    form: ContentForm = 'text',
    sent?: () => void,
  ): void {
    if (this.#isOver) return;
    const attempt = attemptOf(this.#offer.token);
    this.#requests.post(
      this.#peer,
      this.#id,
      kind === 'pending' ? { kind, attempt, why: 'reading' } : { kind, attempt, form, fromChunk },
      {
        held: () => this.#isOver || this.#track.enter({ phase: 'held' }),
        ...(sent === undefined ? {} : { sent }),
        failed: () => kind === 'accept' && this.#report({ kind: 'interrupted' }),
      },
    );
  }

  /** Tells the sender where to begin. Then, on the same connection and so after it, that this side is ready. */
  #accept(landing: Landing): void {
    const form = this.#requests.form === 'bytes' ? this.#offer.form : 'text';
    this.#post('accept', landing.chunks, form, () => this.#askForPort(landing, form));
  }

  #askForPort(landing: Landing, form: ContentForm): void {
    if (this.#isOver) return;
    this.#track.enter({ phase: 'preparing' });
    const token = encodeBase64url(this.#offer.token) as LineText;
    this.#takeBack = this.#requests.ports.request(this.#peer, token, (answer) =>
      this.#answered(answer, landing, form),
    );
  }

  #answered(answer: PortAnswer, landing: Landing, form: ContentForm): void {
    switch (answer.kind) {
      case 'port':
        void this.#receive(answer, landing, form);
        return;
      case 'later':
        this.#takeBack = this.#requests.timers.after(portRetryMs, () =>
          this.#askForPort(landing, form),
        );
        return;
      case 'no-offer':
      case 'silent':
        this.#report({ kind: 'interrupted' });
    }
  }

  async #receive(
    { port, proof }: Extract<PortAnswer, { kind: 'port' }>,
    landing: Landing,
    form: ContentForm,
  ): Promise<void> {
    const { carrier, server, me } = this.#requests;
    const { size, key, token } = this.#offer;
    const peer = this.#peer;
    const fromChunk = landing.chunks;
    this.#track.countFrom(fromChunk * chunkBytes);
    const job = carrier.receive(
      landing,
      {
        place: server.place(port),
        form,
        size,
        key,
        opening: formatReceiverLine({ receiver: me, proof }),
        // The sender's name twice, as in version 1.
        header: `${formatFileHeader(peer, peer, encodeBase64url(token) as LineText)} `,
        statusLines: {
          delivered: formatFileStatus('delivered', peer),
          corrupted: formatFileStatus('corrupted', peer),
        },
      },
      (done) => this.#track.reach(done),
    );
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
