// The texts to one person that are not delivered yet, in the order in which they were written, from `send` to
// the receipt or to the last word that there is none. Tells each of these ends once. It must not know
// sessions: those who do say which sealings are lost.
import type { Desk } from './desk.ts';
import type { NotDeliveredReason } from './events.ts';
import { maxSends, receiptTimeoutMs } from './limits.ts';

export interface OutgoingText {
  readonly id: string;
  readonly text: string;
  readonly bytes: number;
  /** Where it is: to be sent (again), or sealed, with its receipt awaited. */
  state: { readonly phase: 'waiting' } | Sealed;
  sends: number;
  /** That it waits for a decision about a key was told. */
  isHeld: boolean;
}

interface Sealed {
  readonly phase: 'sent';
  readonly atMs: number;
  readonly groupId: string;
  /** What stands for it in a resend frame. */
  readonly hash: string;
}

export class Outbox {
  readonly #desk: Desk;
  readonly #user: string;
  readonly #overdue: () => Promise<void>;
  #texts: OutgoingText[] = [];
  #cancel: (() => void) | undefined;

  /** `overdue` is run when a receipt has not come in time. */
  constructor(desk: Desk, user: string, overdue: () => Promise<void>) {
    this.#desk = desk;
    this.#user = user;
    this.#overdue = overdue;
  }

  get size(): number {
    return this.#texts.length;
  }

  get bytes(): number {
    return this.#texts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  add(id: string, text: string, bytes: number): void {
    const state = { phase: 'waiting' as const };
    this.#texts.push({ id, text, bytes, state, sends: 0, isHeld: false });
  }

  /** Those that are to be sent. */
  waiting(): OutgoingText[] {
    return this.#texts.filter(({ state }) => state.phase === 'waiting');
  }

  /** `text` left, sealed in the session `groupId`. */
  sent(text: OutgoingText, groupId: string, hash: string): void {
    text.state = { phase: 'sent', atMs: this.#desk.now(), groupId, hash };
    text.sends += 1;
    if (text.sends === 1) this.#desk.tell({ type: 'sent', to: this.#user, id: text.id });
    this.#watch();
  }

  /** Receipts came. Ids of no text of ours that ever left are ignored. */
  delivered(ids: readonly string[]): void {
    const done = this.#texts.filter(({ id, sends }) => sends > 0 && ids.includes(id));
    this.#remove(done);
    for (const { id } of done) this.#desk.tell({ type: 'delivered', to: this.#user, id });
  }

  /** The sealings that `isLost` names are of no use: their texts wait again, unless they did so too often. */
  sendAgain(isLost: (sealed: Sealed) => boolean): void {
    const lost = this.#texts.filter(({ state }) => state.phase === 'sent' && isLost(state));
    for (const text of lost) text.state = { phase: 'waiting' };
    this.#end(
      lost.filter(({ sends }) => sends >= maxSends),
      'no-receipt',
    );
  }

  /** No receipt came in time for at least one. */
  isOverdue(): boolean {
    const latest = this.#desk.now() - receiptTimeoutMs;
    return this.#texts.some(({ state }) => state.phase === 'sent' && state.atMs <= latest);
  }

  /** The waiting ones will not be sent. */
  giveUpWaiting(reason: NotDeliveredReason): void {
    this.#end(this.waiting(), reason);
  }

  /** None will be sent any more. */
  giveUpAll(reason: NotDeliveredReason): void {
    this.#end(this.#texts, reason);
  }

  /** The waiting ones are held back until somebody decides about a key: says so, once for each. */
  hold(): void {
    for (const text of this.waiting()) {
      if (!text.isHeld) this.#desk.tell({ type: 'held', to: this.#user, id: text.id });
      text.isHeld = true;
    }
  }

  #end(texts: readonly OutgoingText[], reason: NotDeliveredReason): void {
    this.#remove(texts);
    for (const { id, text } of texts) {
      this.#desk.tell({ type: 'not-delivered', to: this.#user, id, text, reason });
    }
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
    const waitMs = Math.max(0, Math.min(...sentAtMs) + receiptTimeoutMs - this.#desk.now());
    this.#cancel = this.#desk.timers.after(waitMs, () => {
      this.#desk.run(async () => {
        if (this.isOverdue()) await this.#overdue();
        this.#watch();
      });
    });
  }
}
