// Catch-up, conversation by conversation: fetches pages of the server's log after the last message that this device
// has, while live messages of the same conversation wait behind them. Passes each message on once, in the order of
// its log. Numbers of a log may have gaps, so the count of a page tells where it ends. Messages that the server's
// disk has damaged are skipped, and reported as damaged. Writes and decrypts nothing.

import type { ExtendedEventOf } from '../../../wire/extended/events.ts';
import { formatPlace } from '../../../wire/extended/names.ts';
import type { Timers } from '../../ports.ts';
import type { RequestAnswer, PendingRequests, RequestFailure } from '../../pending-requests.ts';
import type { Conversation } from '../conversations.ts';
import { damageBetween, inOrder, type PageItem } from './damage.ts';
import { historyPage, maxHeldLive, maxHeldLiveBytes, storeRetryMs } from '../limits.ts';

export type LogMessage = ExtendedEventOf<'MSG'>;

export interface CatchUpPorts {
  readonly requests: PendingRequests;
  readonly timers: Timers;
  /** Takes what a page brought in its order. `isLate`: it was said before this login. Resolves when it is written. */
  readonly deliver: (
    conversation: Conversation,
    pieces: readonly PageItem[],
    isLate: boolean,
  ) => Promise<void>;
  /** The server cannot read what was missed. It is asked for again. */
  readonly failed: (conversation: Conversation, failure: RequestFailure) => void;
  /** All that was missed of a conversation was taken. */
  readonly over: (conversation: Conversation) => void;
  /** All that was missed is here. */
  readonly done: () => void;
}

interface Gap {
  readonly conversation: Conversation;
  /** Come and not given on yet, by number. */
  readonly held: Map<number, LogMessage>;
  heldBytes: number;
  /** Live messages were let go: they are to be fetched as well. */
  isShort: boolean;
}

/** The catching up of one login. */
export class CatchUp {
  readonly #ports: CatchUpPorts;
  readonly #gaps = new Map<Conversation, Gap>();
  #current: Gap | undefined;
  #isClosed = false;
  #isDone = false;
  #cancelRetry: () => void = () => {};

  constructor(ports: CatchUpPorts) {
    this.#ports = ports;
  }

  /** Something may be missing in `conversation`: what comes waits until it is there. */
  add(conversation: Conversation): void {
    if (this.#gaps.has(conversation)) return;
    this.#gaps.set(conversation, { conversation, held: new Map(), heldBytes: 0, isShort: false });
  }

  /** What waits of `conversation` is of a log that is not the one of now: nothing of it is given on. */
  forget(conversation: Conversation): void {
    const gap = this.#gaps.get(conversation);
    if (gap === undefined) return;
    this.#gaps.delete(conversation);
    if (gap === this.#current) this.#current = undefined;
  }

  /** Begins to fetch, where nothing is being fetched. */
  start(): void {
    if (this.#current === undefined) this.#next();
  }

  /** Whether `conversation` still misses something. */
  isBehind(conversation: Conversation): boolean {
    return this.#gaps.has(conversation);
  }

  /** A message with a number came, live or of a page. Answers whether it waits here. */
  receive(conversation: Conversation, message: LogMessage): boolean {
    const gap = this.#gaps.get(conversation);
    const { seq } = message;
    if (gap === undefined || seq === undefined) return false;
    if (seq <= conversation.handed || gap.held.has(seq)) return true;
    // Of the page that is being fetched all has room: it was asked for, and its size is known.
    const room = maxHeldLive + (gap === this.#current ? historyPage : 0);
    if (gap.held.size >= room || gap.heldBytes > maxHeldLiveBytes) this.#letGo(gap);
    gap.held.set(seq, message);
    gap.heldBytes += sizeOf(message);
    return true;
  }

  /** The connection is gone. */
  close(): void {
    this.#isClosed = true;
    this.#cancelRetry();
    this.#gaps.clear();
  }

  /** The newest are fetched again later. */
  #letGo(gap: Gap): void {
    const newest = Math.max(...gap.held.keys());
    const message = gap.held.get(newest);
    gap.held.delete(newest);
    if (message !== undefined) gap.heldBytes -= sizeOf(message);
    gap.isShort = true;
  }

  #next(): void {
    if (this.#isClosed) return;
    const [gap] = this.#gaps.values();
    this.#current = gap;
    if (gap !== undefined) this.#ask(gap);
    else if (!this.#isDone) {
      this.#isDone = true;
      this.#ports.done();
    }
  }

  #ask(gap: Gap): void {
    const { place, handed } = gap.conversation;
    const fields = { in: formatPlace(place), after: handed, limit: historyPage };
    this.#ports.requests.ask('HISTORY', fields, (answer) => void this.#paged(gap, answer));
  }

  async #paged(gap: Gap, answer: RequestAnswer<'HISTORY'>): Promise<void> {
    if (this.#isClosed || this.#gaps.get(gap.conversation) !== gap) return;
    if (!answer.ok && !isFinal(answer.error)) {
      this.#ports.failed(gap.conversation, answer.error);
      // What is live waits on: without what was missed before it, that would never be fetched.
      this.#cancelRetry = this.#ports.timers.after(storeRetryMs, () => this.#ask(gap));
      return;
    }
    const { conversation } = gap;
    const numbers = [...gap.held.keys()].sort((one, other) => one - other);
    // The page is the first messages behind those that this device has; live ones may stand among them.
    const { count, more, damaged } = answer.ok ? answer.value : nothing;
    const between = { after: conversation.handed, before: Infinity };
    const damage = damageBetween(damaged, between, numbers);
    const end = damage.at(-1)?.last ?? 0;
    const ofPage = numbers.filter((number, index) => index < count || number <= end);
    // A page that brings nothing is the last, whatever it says: it would be asked for again and again.
    const hasMore = more && ofPage.length + damage.length > 0;
    const page = this.#release(gap, hasMore ? ofPage : numbers);
    // Not more than a page is opened and written at a time.
    const isWritten = this.#ports.deliver(conversation, inOrder(page, damage), true);
    const isOver = !hasMore && !gap.isShort;
    // From here on what comes is live: it was given on in its order, in this same turn.
    if (isOver) this.#gaps.delete(conversation);
    if (!hasMore) gap.isShort = false;
    try {
      await isWritten;
    } catch {
      // It could not be written: this client ends.
      return;
    }
    if (this.#isClosed) return;
    if (isOver) {
      this.#ports.over(conversation);
      this.#next();
    } else this.#ask(gap);
  }

  #release(gap: Gap, numbers: readonly number[]): LogMessage[] {
    const messages: LogMessage[] = [];
    for (const number of numbers) {
      const message = gap.held.get(number);
      if (message === undefined) continue;
      gap.held.delete(number);
      gap.heldBytes -= sizeOf(message);
      messages.push(message);
    }
    return messages;
  }
}

/** What a page has that is refused for good. */
const nothing = { count: 0, more: false, damaged: undefined } as const;

/** What may work when it is asked for again. */
const passing: ReadonlySet<string> = new Set([
  'store-failed',
  'too-many-requests',
  'malformed',
  'gone',
]);

/** Whether there is nothing to be had of that conversation, now or later. */
function isFinal({ code }: RequestFailure): boolean {
  return !passing.has(code);
}

function sizeOf({ text = '', sealed = '', welcome = '' }: LogMessage): number {
  return text.length + sealed.length + welcome.length;
}
