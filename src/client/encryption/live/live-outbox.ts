// The undelivered texts to one person, in the order in which they were written, from `send` to the receipt or to giving
// up. Reports each outcome once. Notes are texts that the person does not see. It must not know sessions: their code
// says which encrypted texts are lost.
import { agoMs } from '../../connection/steady-time.ts';
import type { MessengerContext } from './messenger-context.ts';
import type { NotDeliveredReason } from './events.ts';
import type { LiveFrameBody } from './frame/live-frame.ts';
import { maxSends, receiptTimeoutMs } from './limits.ts';

/** What must be delivered. It is in the frame unchanged. */
export type LiveContent = Extract<LiveFrameBody, { kind: 'text' | 'note' }>;

export interface OutgoingText {
  readonly content: LiveContent;
  readonly bytes: number;
  /** Its state: to be sent (again), or encrypted and waiting for its receipt. */
  state: { readonly phase: 'waiting' } | Sealed;
  sends: number;
  /** Whether it was reported that it waits for a decision about a key. */
  isHeld: boolean;
}

interface Sealed {
  readonly phase: 'sent';
  readonly atMs: number;
  readonly groupId: string;
  /** Identifies it in a resend frame. */
  readonly hash: string;
}

export class LiveOutbox {
  readonly #requests: MessengerContext;
  readonly #user: string;
  readonly #overdue: () => Promise<void>;
  #texts: OutgoingText[] = [];
  #cancel: (() => void) | undefined;

  /** `overdue` is called when a receipt has not come in time. */
  constructor(requests: MessengerContext, user: string, overdue: () => Promise<void>) {
    this.#requests = requests;
    this.#user = user;
    this.#overdue = overdue;
  }

  get size(): number {
    return this.#texts.length;
  }

  get bytes(): number {
    return this.#texts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  add(content: LiveContent, bytes: number): void {
    this.#texts.push({ content, bytes, state: { phase: 'waiting' }, sends: 0, isHeld: false });
  }

  /** Texts that are to be sent. */
  waiting(): OutgoingText[] {
    return this.#texts.filter(({ state }) => state.phase === 'waiting');
  }

  /** `text` was sent, encrypted in the session `groupId`. */
  sent(text: OutgoingText, groupId: string, hash: string): void {
    text.state = { phase: 'sent', atMs: this.#requests.now(), groupId, hash };
    text.sends += 1;
    if (text.sends === 1) this.#emit(text, 'sent');
    this.#watch();
  }

  /** Receipts came. Ids that do not belong to a sent text of ours are ignored. */
  delivered(ids: readonly string[]): void {
    const done = this.#texts.filter(({ content, sends }) => sends > 0 && ids.includes(content.id));
    this.#remove(done);
    for (const text of done) this.#emit(text, 'delivered');
  }

  /** The encrypted texts for which `isLost` is true are useless: they wait again, unless they were sent too often. */
  sendAgain(isLost: (sealed: Sealed) => boolean): void {
    const lost = this.#texts.filter(({ state }) => state.phase === 'sent' && isLost(state));
    for (const text of lost) text.state = { phase: 'waiting' };
    this.#end(
      lost.filter(({ sends }) => sends >= maxSends),
      'no-receipt',
    );
  }

  /** Whether at least one receipt has not come in time. */
  isOverdue(): boolean {
    const nowMs = this.#requests.now();
    return this.#texts.some(
      ({ state }) => state.phase === 'sent' && agoMs(state.atMs, nowMs) >= receiptTimeoutMs,
    );
  }

  /** Waiting texts will not be sent. */
  giveUpWaiting(reason: NotDeliveredReason): void {
    this.#end(this.waiting(), reason);
  }

  /** No text will be sent any more. */
  giveUpAll(reason: NotDeliveredReason): void {
    this.#end(this.#texts, reason);
  }

  /** Waiting texts are held back until a decision about a key. Reports that once for each. */
  hold(): void {
    for (const text of this.waiting()) {
      if (!text.isHeld) this.#emit(text, 'held');
      text.isHeld = true;
    }
  }

  #end(texts: readonly OutgoingText[], reason: NotDeliveredReason): void {
    this.#remove(texts);
    const to = this.#user;
    for (const { content } of texts) {
      const { id } = content;
      if (content.kind === 'note') {
        this.#requests.emit({ type: 'own-note', to, id, fate: 'not-delivered', reason });
      } else this.#requests.emit({ type: 'not-delivered', to, id, text: content.text, reason });
    }
  }

  #emit({ content }: OutgoingText, fate: 'sent' | 'held' | 'delivered'): void {
    const to = this.#user;
    const { id } = content;
    if (content.kind === 'note') this.#requests.emit({ type: 'own-note', to, id, fate });
    else this.#requests.emit({ type: fate, to, id });
  }

  #remove(texts: readonly OutgoingText[]): void {
    this.#texts = this.#texts.filter((text) => !texts.includes(text));
    this.#watch();
  }

  /** One timer, for the text whose receipt is due first. */
  #watch(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const sentAtMs = this.#texts.flatMap(({ state }) =>
      state.phase === 'sent' ? [state.atMs] : [],
    );
    if (sentAtMs.length === 0) return;
    const nowMs = this.#requests.now();
    const longest = Math.max(...sentAtMs.map((atMs) => agoMs(atMs, nowMs)));
    const waitMs = Math.max(0, receiptTimeoutMs - longest);
    this.#cancel = this.#requests.timers.after(waitMs, () => {
      this.#requests.run(async () => {
        if (this.isOverdue()) await this.#overdue();
        this.#watch();
      });
    });
  }
}
