// One attempt to send a file [7.11]: the description as an encrypted note, the announcement, the receiver's yes and
// the port in either order, the content, the status. Each attempt has its own token, which is the word `metadata` on
// the wire; answers name their attempt, so late answers to another one are ignored. It reports events until it is
// cancelled; it does not decide about another attempt.

import { chunkBytes, isChunkOf } from '../../../e2ee/files/file-layout.ts';
import { encodeBase64url } from '../../../lib/base64url.ts';
import type { LineText, Username } from '../../../wire/text.ts';
import { formatFileHeader, parseFileStatus } from '../../../wire/transfer.ts';
import { cutName } from '../cut-name.ts';
import type { TransferContext, NoteFailure } from '../transfer-context.ts';
import { attemptOf, tokenBytes, type FileNoteBody } from '../notes/file-note.ts';
import {
  acceptTimeoutMs,
  answerTimeoutMs,
  confirmTimeoutMs,
  keptNoteMs,
  maxNameBytes,
  pendingTimeoutMs,
  reasonTimeoutMs,
} from '../limits.ts';
import type { ContentForm, FileJob, SendOutcome } from '../ports.ts';
import type { OutgoingRecord } from '../records.ts';
import type { SourceProblem } from '../source.ts';
import type { Track } from '../track.ts';

type NoteOf<Kind extends FileNoteBody['kind']> = Extract<FileNoteBody, { kind: Kind }>;

export type AttemptReport =
  /** The description did not reach the other person's client. */
  | { readonly kind: 'not-told'; readonly why: NoteFailure }
  /** The description waits at the server: it is announced when the other person's client has it. */
  | { readonly kind: 'away' }
  /** The other person decides, and may take any time. */
  | { readonly kind: 'asked' }
  /** This attempt has ended. */
  | { readonly kind: 'interrupted' }
  /** The other side violates the protocol. */
  | { readonly kind: 'odd' }
  | { readonly kind: 'source'; readonly problem: SourceProblem };

interface Acceptance {
  readonly fromChunk: number;
  readonly form: ContentForm;
}

export class SendAttempt {
  readonly #requests: TransferContext;
  readonly #record: OutgoingRecord;
  readonly #peer: Username;
  readonly #track: Track;
  readonly #report: (report: AttemptReport) => void;
  readonly #tokenBytes: Uint8Array;
  /** As in the lines. */
  readonly #token: LineText;
  #accepted: Acceptance | undefined;
  #port: number | undefined;
  #job: FileJob<SendOutcome> | undefined;
  #isAnnounced = false;
  #isOver = false;

  constructor(
    requests: TransferContext,
    { record, peer, track }: { record: OutgoingRecord; peer: Username; track: Track },
    report: (report: AttemptReport) => void,
  ) {
    this.#requests = requests;
    this.#record = record;
    this.#peer = peer;
    this.#track = track;
    this.#tokenBytes = requests.random(tokenBytes);
    this.#token = encodeBase64url(this.#tokenBytes) as LineText;
    this.#report = (what) => this.#isOver || report(what);
  }

  /** Describes the file to the other person's client. */
  begin(): void {
    const { id, sha256, key, source } = this.#record;
    const { form } = this.#requests;
    const name = cutName(source.name, maxNameBytes);
    this.#track.enter({ phase: 'offering' });
    this.#requests.post(
      this.#peer,
      id,
      { kind: 'offer', token: this.#tokenBytes, form, size: source.size, sha256, key, name },
      {
        held: () => this.#isOver || this.#track.enter({ phase: 'held' }),
        stored: () => this.#isOver || this.#wait(),
        delivered: () => this.#isOver || this.#announce(),
        failed: (why) => this.#report({ kind: 'not-told', why }),
      },
    );
  }

  /** Whether an answer names this attempt. */
  isNamed(attempt: string): boolean {
    return attempt === attemptOf(this.#tokenBytes);
  }

  /** Whether it is announced, and nobody has answered yet. */
  get isAnnounced(): boolean {
    return this.#isAnnounced && this.#track.state.phase === 'offering';
  }

  pending({ why }: NoteOf<'pending'>): void {
    if (why === 'asked') {
      // A person may take any time.
      this.#track.enter({ phase: 'asking', why: undefined });
      this.#report({ kind: 'asked' });
    } else {
      this.#track.enter({ phase: 'preparing' });
      this.#track.limit(pendingTimeoutMs, () => this.#report({ kind: 'interrupted' }));
    }
  }

  /** The receiver accepts it. */
  accepted({ fromChunk, form }: NoteOf<'accept'>): void {
    if (this.#accepted !== undefined) return;
    const isPossible = isChunkOf(this.#record.source.size, fromChunk);
    if (!isPossible || (form === 'bytes' && this.#requests.form === 'text')) {
      this.#report({ kind: 'odd' });
      return;
    }
    this.#accepted = { fromChunk, form };
    this.#track.enter({ phase: 'preparing' });
    this.#track.limit(answerTimeoutMs, () => this.#report({ kind: 'interrupted' }));
    this.#moveWhenReady();
  }

  /** `READY_FOR_FILE @peer token port` came. Returns whether it was for this one. */
  ready(token: LineText, port: number): boolean {
    if (token !== this.#token) return false;
    if (this.#port !== undefined) return true;
    this.#port = port;
    if (this.#accepted === undefined) {
      this.#track.limit(acceptTimeoutMs, () => this.#report({ kind: 'interrupted' }));
    }
    this.#moveWhenReady();
    return true;
  }

  /** Stops it. Resolves when nothing of it is left. */
  async cancel(): Promise<void> {
    this.#isOver = true;
    this.#job?.cancel();
    await this.#job?.outcome;
  }

  /** Whoever is here has it at once. */
  #wait(): void {
    if (this.#track.state.phase === 'held') this.#track.enter({ phase: 'offering' });
    this.#track.limit(keptNoteMs, () => this.#report({ kind: 'away' }));
  }

  /** The description has arrived: now the line of version 1, which the receiver recognises by its token. */
  #announce(): void {
    if (this.#track.state.phase !== 'offering') this.#track.enter({ phase: 'offering' });
    this.#isAnnounced = true;
    this.#requests.say({ verb: 'FILE_TRANS', to: this.#peer, metadata: this.#token });
    this.#track.limit(answerTimeoutMs, () => this.#report({ kind: 'interrupted' }));
  }

  #moveWhenReady(): void {
    if (this.#isOver || this.#accepted === undefined || this.#port === undefined) return;
    void this.#move(this.#accepted, this.#port);
  }

  async #move({ fromChunk, form }: Acceptance, port: number): Promise<void> {
    const { carrier, server, me } = this.#requests;
    const { source, sha256, key } = this.#record;
    this.#track.countFrom(fromChunk * chunkBytes);
    this.#job = carrier.send(
      {
        place: server.place(port),
        form,
        opening: `${formatFileHeader(me, this.#peer, this.#token)} `,
        source,
        sha256,
        key,
        fromChunk,
      },
      (done) => this.#track.reach(done),
    );
    this.#track.enter({ phase: 'moving' });
    const outcome = await this.#job.outcome;
    if (this.#isOver) return;
    switch (outcome.kind) {
      case 'source':
        this.#report({ kind: 'source', problem: outcome.problem });
        return;
      case 'lost':
      case 'cancelled':
      // Of a file that nobody answers for.
      case 'sent':
        this.#report({ kind: 'interrupted' });
        return;
      case 'answered':
        this.#answered(parseFileStatus(outcome.line) === 'delivered');
    }
  }

  /** This is only the server's word. The receiver's own note counts, and is on its way. */
  #answered(isDelivered: boolean): void {
    this.#track.enter({ phase: 'confirming' });
    const waitMs = isDelivered ? confirmTimeoutMs : reasonTimeoutMs;
    this.#track.limit(waitMs, () => this.#report({ kind: 'interrupted' }));
  }
}
