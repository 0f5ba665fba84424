// The content of an incoming file that its sender offers [7.11]: described in a note, announced by a line of version 1,
// requested with a note and READY_FOR_FILE. Each offer has its own token, which answers name. Knows nothing of the disk.

import { encodeBase64url } from '../../../lib/base64url.ts';
import type { LineText, Username } from '../../../wire/text.ts';
import { formatFileHeader, formatFileStatus, formatReceiverLine } from '../../../wire/transfer.ts';
import type { KeyStanding } from '../../encryption/trust/key-events.ts';
import { portRetryMs } from '../limits.ts';
import { attemptOf, type FileNoteBody, type SentEndReason } from '../notes/file-note.ts';
import type { ContentForm, Landing } from '../ports.ts';
import type { Approach, Opening, OpeningSteps, Supply } from '../supply.ts';
import type { TransferContext } from '../transfer-context.ts';
import type { AskReason } from '../transfer.ts';
import type { PortAnswer } from './port-requests.ts';

export type FileOffer = Extract<FileNoteBody, { kind: 'offer' }>;

/** Which file, and of whom. */
export interface OfferedBy {
  readonly id: string;
  readonly peer: Username;
  /** The key of the device that describes it. */
  readonly peerKey: Uint8Array;
}

export class Offered implements Supply {
  readonly kind = 'offered';
  readonly forRecord: Supply['forRecord'] = {};
  readonly judge: () => AskReason | undefined;
  readonly #requests: TransferContext;
  readonly #by: OfferedBy;
  #approach: OfferApproach | undefined;
  #isAnnounced = false;

  constructor(requests: TransferContext, by: OfferedBy, judge: () => AskReason | undefined) {
    this.#requests = requests;
    this.#by = by;
    this.judge = judge;
  }

  get approach(): Approach | undefined {
    return this.#approach;
  }

  /** The sender describes it, for the first time or for another attempt. */
  described(offer: FileOffer): void {
    this.#approach = new OfferApproach(this.#requests, this.#by, offer);
    this.#isAnnounced = false;
  }

  /** The word of its announcement, once it is described. */
  get token(): LineText | undefined {
    return this.#approach?.token;
  }

  /** Its announcement came. Returns whether it is the first. */
  announced(): boolean {
    const isFirst = !this.#isAnnounced;
    this.#isAnnounced = true;
    return isFirst;
  }

  standing(): Promise<KeyStanding> {
    const { peer, peerKey } = this.#by;
    return this.#requests.standing(peer, peerKey);
  }

  pending(why: 'asked' | 'busy'): void {
    const attempt = this.#approach?.attempt;
    if (attempt !== undefined) this.#post({ kind: 'pending', attempt, why });
  }

  want(): void {
    this.#post({ kind: 'want' });
  }

  ended(reason: SentEndReason): void {
    this.#post({ kind: 'end', reason });
  }

  saved(): void {
    this.#post({ kind: 'done' });
  }

  async release(): Promise<boolean> {
    return true;
  }

  #post(body: FileNoteBody): void {
    this.#requests.post(this.#by.peer, this.#by.id, body);
  }
}

/** One offer. */
class OfferApproach implements Approach {
  readonly token: LineText;
  /** By which answers name it. */
  readonly attempt: string;
  readonly #requests: TransferContext;
  readonly #by: OfferedBy;
  readonly #offer: FileOffer;

  constructor(requests: TransferContext, by: OfferedBy, offer: FileOffer) {
    this.#requests = requests;
    this.#by = by;
    this.#offer = offer;
    this.token = encodeBase64url(offer.token) as LineText;
    this.attempt = attemptOf(offer.token);
  }

  reading(): void {
    const { id, peer } = this.#by;
    const { attempt } = this;
    this.#requests.post(peer, id, { kind: 'pending', attempt, why: 'reading' });
  }

  /** Tells the sender where to begin. Then, on the same connection and so after it, that this side is ready. */
  open(landing: Landing, steps: OpeningSteps): () => void {
    const { id, peer } = this.#by;
    const { attempt } = this;
    const form = this.#requests.form === 'bytes' ? this.#offer.form : 'text';
    let isOver = false;
    let takeBack = () => {};
    const opened = (opening: Opening) => isOver || steps.opened(opening);
    const ask = () => {
      if (isOver) return;
      steps.asked();
      takeBack = this.#requests.ports.request(peer, this.token, (answer) => {
        if (answer.kind === 'later') takeBack = this.#requests.timers.after(portRetryMs, ask);
        else opened(this.#openingOf(answer, form));
      });
    };
    this.#requests.post(
      peer,
      id,
      { kind: 'accept', attempt, form, fromChunk: landing.chunks },
      {
        held: () => isOver || steps.held(),
        sent: ask,
        failed: () => opened({ kind: 'interrupted' }),
      },
    );
    return () => {
      isOver = true;
      takeBack();
    };
  }

  #openingOf(answer: Exclude<PortAnswer, { kind: 'later' }>, form: ContentForm): Opening {
    if (answer.kind !== 'port') return { kind: 'interrupted' };
    const { port, proof } = answer;
    const { server, me } = this.#requests;
    const { size, key } = this.#offer;
    const { peer } = this.#by;
    const order = {
      place: server.place(port),
      form,
      size,
      key,
      opening: formatReceiverLine({ receiver: me, proof }),
      // The sender's name twice, as in version 1.
      header: `${formatFileHeader(peer, peer, this.token)} `,
      statusLines: {
        delivered: formatFileStatus('delivered', peer),
        corrupted: formatFileStatus('corrupted', peer),
      },
    };
    return { kind: 'open', order };
  }
}
