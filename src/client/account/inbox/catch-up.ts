// Catch-up, conversation by conversation: fetches pages of the server's log after the last message that this device
// has, while live messages of the same conversation wait behind them. Passes each message on once, in the order of
// its log. Numbers of a log may have gaps, so the count of a page tells where it ends. Messages that the server's
// disk has damaged are skipped, and reported as damaged. Of a sealed group the commits are kept longer than the messages:
// where the log begins behind what this device has, they come first. Writes and decrypts nothing.

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
  /** Receives the content of a page in order. `isLate`: it was sent before this login. Resolves when it is written. */
  readonly deliver: (
    conversation: Conversation,
    pieces: readonly PageItem[],
    isLate: boolean,
  ) => Promise<void>;
  /** The server cannot read the missed messages. They are requested again. */
  readonly failed: (conversation: Conversation, failure: RequestFailure) => void;
  /** All missed messages of a conversation were received. */
  readonly over: (conversation: Conversation) => void;
  /** All missed messages are here. */
  readonly done: () => void;
}

interface Gap {
  readonly conversation: Conversation;
  /** Arrived and not passed on yet, by number. */
  readonly held: Map<number, LogMessage>;
  heldBytes: number;
  /** Whether live messages were dropped: they must be fetched as well. */
  isShort: boolean;
  /** Nothing of it is fetched, and its live messages wait, until it is released. */
  isHeld: boolean;
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

  /** Messages may be missing in `conversation`: new ones wait until they are there. */
  add(conversation: Conversation): void {
    if (this.#gaps.has(conversation)) return;
    this.#gaps.set(conversation, {
      conversation,
      held: new Map(),
      heldBytes: 0,
      isShort: false,
      isHeld: false,
    });
  }

  /** What comes of `conversation` waits until `release`: parts of its log are being fetched apart from the others. */
  hold(conversation: Conversation): void {
    this.add(conversation);
    const gap = this.#gaps.get(conversation);
    if (gap !== undefined) gap.isHeld = true;
  }

  release(conversation: Conversation): void {
    const gap = this.#gaps.get(conversation);
    if (gap === undefined) return;
    gap.isHeld = false;
    this.start();
  }

  /** Waiting messages of `conversation` are from another log than the current one: none is passed on. */
  forget(conversation: Conversation): void {
    const gap = this.#gaps.get(conversation);
    if (gap === undefined) return;
    this.#gaps.delete(conversation);
    if (gap === this.#current) this.#current = undefined;
  }

  /** Begins to fetch, if nothing is being fetched. */
  start(): void {
    if (this.#current === undefined) this.#next();
  }

  /** Whether `conversation` still misses messages. */
  isBehind(conversation: Conversation): boolean {
    return this.#gaps.has(conversation);
  }

  /** A message with a number arrived, live or in a page. Returns whether it waits here. */
  receive(conversation: Conversation, message: LogMessage): boolean {
    const gap = this.#gaps.get(conversation);
    const { seq } = message;
    if (gap === undefined || seq === undefined) return false;
    if (seq <= conversation.handed || gap.held.has(seq)) return true;
    // The page that is being fetched has room: it was requested, and its size is known.
    const room = maxHeldLive + (gap === this.#current ? historyPage : 0);
    if (gap.held.size >= room || gap.heldBytes > maxHeldLiveBytes) this.#letGo(gap);
    gap.held.set(seq, message);
    gap.heldBytes += sizeOfLine(message);
    return true;
  }

  /** The connection has ended. */
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
    if (message !== undefined) gap.heldBytes -= sizeOfLine(message);
    gap.isShort = true;
  }

  #next(): void {
    if (this.#isClosed) return;
    const gap = [...this.#gaps.values()].find(({ isHeld }) => !isHeld);
    this.#current = gap;
    if (gap !== undefined) this.#ask(gap);
    else if (!this.#isDone && this.#gaps.size === 0) {
      this.#isDone = true;
      this.#ports.done();
    }
  }

  #ask(gap: Gap): void {
    const { place, handed } = gap.conversation;
    const fields = { in: formatPlace(place), after: handed, limit: historyPage };
    const { requests } = this.#ports;
    if (lacksCommits(gap)) {
      requests.ask('COMMITS', fields, (answer) => void this.#commitsCame(gap, answer));
    } else {
      requests.ask('HISTORY', fields, (answer) => void this.#paged(gap, answer));
    }
  }

  /** Commits from before the log begins. What the page has of later ones comes again in its place. */
  async #commitsCame(gap: Gap, answer: RequestAnswer<'COMMITS'>): Promise<void> {
    const { conversation, held } = gap;
    if (this.#isClosed || this.#gaps.get(conversation) !== gap) return;
    if (!answer.ok && !isFinal(answer.error)) {
      this.#askLater(gap, answer.error);
      return;
    }
    const { first } = conversation;
    const early = [...held.keys()].filter((seq) => seq < first).sort((one, other) => one - other);
    const { count, more } = answer.ok ? answer.value : nothing;
    // Where the page goes on into the log that is there, it has all that came before.
    const hasMore = more && count > 0 && early.length >= count;
    const isWritten = this.#ports.deliver(conversation, this.#release(gap, early), true);
    // Nothing else is there before the log begins.
    if (!hasMore) conversation.handed = Math.max(conversation.handed, first - 1);
    try {
      await isWritten;
    } catch {
      // It could not be written: this client ends.
      return;
    }
    if (!this.#isClosed && this.#gaps.get(conversation) === gap) this.#ask(gap);
  }

  #askLater(gap: Gap, failure: RequestFailure): void {
    this.#ports.failed(gap.conversation, failure);
    // Live messages wait on: without the missed ones before them, these would never be fetched.
    this.#cancelRetry = this.#ports.timers.after(storeRetryMs, () => this.#ask(gap));
  }

  async #paged(gap: Gap, answer: RequestAnswer<'HISTORY'>): Promise<void> {
    if (this.#isClosed || this.#gaps.get(gap.conversation) !== gap) return;
    if (!answer.ok && !isFinal(answer.error)) {
      this.#askLater(gap, answer.error);
      return;
    }
    const { conversation } = gap;
    const numbers = [...gap.held.keys()].sort((one, other) => one - other);
    // The page has the first messages after those on this device. Live ones may be among them.
    const { count, more, damaged } = answer.ok ? answer.value : nothing;
    const between = { after: conversation.handed, before: Infinity };
    const damage = damageBetween(damaged, between, numbers);
    const end = damage.at(-1)?.last ?? 0;
    const ofPage = numbers.filter((number, index) => index < count || number <= end);
    // A page that brings nothing is the last, whatever it says: otherwise it would be requested again and again.
    const hasMore = more && ofPage.length + damage.length > 0;
    const page = this.#release(gap, hasMore ? ofPage : numbers);
    // At most one page is decrypted and written at a time.
    const isWritten = this.#ports.deliver(conversation, inOrder(page, damage), true);
    const isOver = !hasMore && !gap.isShort;
    // From now on live messages are passed on in order, in this same turn.
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
      gap.heldBytes -= sizeOfLine(message);
      messages.push(message);
    }
    return messages;
  }
}

/** Whether the log of a sealed group begins behind what this device has: then commits in between are kept apart from it. */
function lacksCommits({ conversation: { isSealed, handed, first } }: Gap): boolean {
  return isSealed && handed > 0 && handed + 1 < first;
}

/** The content of a page that is refused finally. */
const nothing = { count: 0, more: false, damaged: undefined } as const;

/** Failures after which a new request may work. */
const passing: ReadonlySet<string> = new Set([
  'store-failed',
  'too-many-requests',
  'malformed',
  'gone',
]);

/** Whether nothing of that conversation can be fetched, now or later. */
function isFinal({ code }: RequestFailure): boolean {
  return !passing.has(code);
}

/** What a line takes in memory, in characters. */
export function sizeOfLine({
  text = '',
  sealed = '',
  welcome = '',
  commit = '',
  info = '',
  records = [],
  chain = [],
}: LogMessage): number {
  const statements = [...records, ...chain].reduce((sum, { length }) => sum + length, 0);
  return text.length + sealed.length + welcome.length + commit.length + info.length + statements;
}
