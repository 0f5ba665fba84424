// The commit queue between the hub and delivery: what a step wants stored is on the disk before this step, or any
// behind it, is carried out. So nobody is told of, and nothing acknowledges, what a power cut could undo. One turn of
// the event loop is one commit; while it runs, the next one gathers. If nothing is to be stored and nothing waits, a
// step is carried out at once.
//
// When the store fails: messages since then are not delivered, and their senders are told; other changes (groups,
// accounts) already hold in the hub, and are retried until they are stored; whatever needs no store continues. When
// the store stalls: after a while, steps that reveal nothing stored go ahead, each behind earlier ones for the same
// people. Knows nothing of what steps do.

import { StoreError, type Commit } from '../../hub/store-port.ts';
import type { Clock } from '../clock.ts';
import { CommitDraft } from './commit.ts';
import type { KeptLine, Step } from './step.ts';

/** What of a store the commit queue needs. */
export interface CommitTarget {
  commit(commit: Commit): Promise<void>;
}

/** Where the commit queue passes on what has come through, or could not. */
export interface CommitQueueListener<Act, Speaker> {
  /** How long what is carried out now will wait before anybody hears of it, in milliseconds. */
  readonly holdMs: number;
  /** How long it takes at present to tell everybody what has been carried out, in milliseconds. */
  readonly flushMs: number;
  carryOut(acts: readonly Act[]): void;
  /** What these have said could not be kept; nothing of it was carried out. */
  dropped(speakers: readonly Speaker[]): void;
  /**
   * Whom and what the acts concern, as keys of any kind: acts that share one are carried out in their order. With `undefined`
   * among them they go ahead of nothing.
   */
  touched(acts: readonly Act[]): readonly unknown[];
  /** What of a step is to be done though what was said in it is dropped; undefined for nothing. */
  salvage(step: Step<Act, Speaker>): Step<Act, Speaker> | undefined;
  /** The store has failed, with this code, or works again. */
  storing(works: boolean, code: StoreFailure | undefined): void;
}

export type StoreFailure = StoreError['code'];

/** Waiting bytes from which on people should be listened to more slowly. */
const heavyBytes = 8 * 1024 * 1024;

/** Shorter waits are not worth a timer, in milliseconds. */
const minHoldMs = 0.5;

/**
 * From so many steps in a commit on the next one gathers for as long as it takes to tell everybody, and no longer than
 * this, in milliseconds: many small commits would each cost a write to all of a large audience. A small audience is
 * told at once, and a few people who chat never come here.
 */
const busySteps = 16;
const maxBusyMs = 4;

/** How much the last commit counts for how long the next one is expected to take. */
const newWeight = 0.25;

/** How long to wait before a store that has failed is tried again, in milliseconds. */
const retryMs = 1000;

/** A commit that takes longer than this lets pass what does not depend on it, in milliseconds. */
const standstillMs = 2000;

export class CommitQueue<Act, Speaker> {
  readonly #store: CommitTarget;
  readonly #clock: Clock;
  readonly #listener: CommitQueueListener<Act, Speaker>;
  /** Steps that wait, in order, those of the commit that is under way left out. */
  #gathered: Step<Act, Speaker>[] = [];
  /** What is to be kept of them. */
  #draft = new CommitDraft();
  #underWay: readonly Step<Act, Speaker>[] | undefined;
  #isScheduled = false;
  /** Cancels the next attempt at a store that has failed; undefined while it works. */
  #cancelRetry: (() => void) | undefined;
  #works = true;
  #bytes = 0;
  #commitStarted = 0;
  /** How many steps the last commit had. */
  #lastSteps = 0;
  /** How long a commit takes at present, in milliseconds. */
  #expectedMs = 0;
  /** While the store stands still: whom and what the steps concern that wait. */
  #held: Set<unknown> | undefined;
  /** Cancels the next look at whether it does; undefined while nothing waits that could go ahead. */
  #cancelLook: (() => void) | undefined;
  #closed: (() => void) | undefined;
  readonly #counts = { commits: 0, failedCommits: 0, commitMs: 0 };

  constructor(store: CommitTarget, clock: Clock, listener: CommitQueueListener<Act, Speaker>) {
    this.#store = store;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Whether a step of which nothing is kept would be carried out at once: it then need not be made at all. */
  get isOpen(): boolean {
    return !this.#works || (this.#underWay === undefined && this.#gathered.length === 0);
  }

  /** Whether the store does what it is asked for. */
  get works(): boolean {
    return this.#works;
  }

  /** How long the commit has taken that is under way, in milliseconds; 0 for none. */
  get commitMs(): number {
    return this.#underWay === undefined ? 0 : this.#clock.now() - this.#commitStarted;
  }

  /** What waits to be kept, or behind something that does. */
  get uncommittedBytes(): number {
    return this.#bytes;
  }

  /** Whether more waits than should. */
  get isHeavy(): boolean {
    return this.#bytes > heavyBytes;
  }

  /** How many commits there were, how many failed, and how long all of them took. */
  get counts(): Readonly<{ commits: number; failedCommits: number; commitMs: number }> {
    return this.#counts;
  }

  /**
   * Takes a step, and the lines that are to be kept of it: carries it out when all that is to be kept of it, and of
   * those before it, is.
   */
  enqueue(step: Step<Act, Speaker>, lines: readonly KeptLine[] = noLines): void {
    if (!step.isKept && this.isOpen) {
      this.#listener.carryOut(step.acts);
      return;
    }
    if (this.#held !== undefined && this.#goesAhead(step, this.#held)) {
      this.#listener.carryOut(step.acts);
      return;
    }
    this.#gathered.push(step);
    this.#draft.add(step.changes, lines);
    this.#bytes += step.bytes;
    this.#schedule();
    if (step.isFree === true) this.#look();
  }

  /** Sees to it that a step that could go ahead is not held up for long by a store that stands still. */
  #look(): void {
    if (this.#cancelLook !== undefined || this.#held !== undefined) return;
    const leftMs = standstillMs - this.commitMs;
    if (leftMs <= 0) {
      this.#goAhead();
      return;
    }
    this.#cancelLook = this.#clock.after(leftMs, () => {
      this.#cancelLook = undefined;
      const waiting = [...(this.#underWay ?? []), ...this.#gathered];
      if (waiting.some(({ isFree }) => isFree === true)) this.#look();
    });
  }

  /** The store stands still. What waits is looked through once; from then on each step as it comes. */
  #goAhead(): void {
    const held = new Set<unknown>();
    const ahead: Step<Act, Speaker>[] = [];
    const waits = (step: Step<Act, Speaker>): boolean => {
      if (!this.#goesAhead(step, held)) return true;
      ahead.push(step);
      return false;
    };
    this.#underWay = this.#underWay?.filter(waits);
    this.#gathered = this.#gathered.filter(waits);
    this.#held = held;
    for (const step of ahead) this.#carryOut(step);
  }

  /** Whether a step may go ahead of those that concern `held`; if not, others wait behind it. */
  #goesAhead(step: Step<Act, Speaker>, held: Set<unknown>): boolean {
    if (step.isFree === true && !step.isKept) {
      const touched = this.#listener.touched(step.acts);
      if (!touched.some((one) => one === undefined || held.has(one))) return true;
    }
    this.#hold(step.acts, held);
    return false;
  }

  #hold(acts: readonly Act[], held: Set<unknown>): void {
    for (const one of this.#listener.touched(acts)) held.add(one);
  }

  /** Resolves when nothing waits any more. A store that does not work gets one more chance. */
  close(): Promise<void> {
    this.#cancelLook?.();
    if (this.#underWay === undefined && this.#gathered.length === 0) {
      this.#cancelRetry?.();
      return Promise.resolve();
    }
    const closed = new Promise<void>((resolve) => (this.#closed = resolve));
    if (this.#cancelRetry !== undefined) {
      this.#cancelRetry();
      void this.#commit();
    }
    return closed;
  }

  /**
   * Sees to it that what has been gathered is committed at the end of this turn, if it isn't held up. Where delivery
   * gathers before it writes, commits are made so late that they are done just then: otherwise what came together
   * would be told in several parts, and each part costs a write to everybody.
   */
  #schedule(): void {
    if (this.#isScheduled || this.#underWay !== undefined || !this.#works) return;
    this.#isScheduled = true;
    const run = () => {
      this.#isScheduled = false;
      // It may have failed, or begun the last commit, while this waited.
      if (this.#works && this.#underWay === undefined) void this.#commit();
    };
    const waitMs = this.#waitMs();
    if (waitMs < minHoldMs) this.#clock.soon(run);
    else this.#clock.after(waitMs, run);
  }

  /** How long to gather before the next commit, in milliseconds. */
  #waitMs(): number {
    if (this.#closed !== undefined) return 0;
    const { flushMs, holdMs } = this.#listener;
    const busyMs = this.#lastSteps >= busySteps ? Math.min(maxBusyMs, flushMs) : 0;
    return Math.max(busyMs, holdMs - this.#expectedMs);
  }

  /** Commits all that has been gathered; nothing, to see whether it works, where there is nothing. */
  async #commit(): Promise<void> {
    const steps = this.#gathered;
    const commit = this.#draft.finish();
    this.#gathered = [];
    this.#draft = new CommitDraft();
    this.#underWay = steps;
    this.#lastSteps = steps.length;
    this.#cancelRetry = undefined;
    const started = this.#clock.now();
    this.#commitStarted = started;
    let failure: StoreFailure | undefined;
    try {
      await this.#store.commit(commit);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      failure = error.code;
    }
    const ended = this.#clock.now();
    const tookMs = ended - started;
    // What is carried out now sets off what stands behind it: nothing goes ahead of that.
    this.#commitStarted = ended;
    this.#held = undefined;
    this.#counts.commitMs += tookMs;
    this.#expectedMs += (tookMs - this.#expectedMs) * newWeight;
    this.#counts[failure === undefined ? 'commits' : 'failedCommits']++;
    // Some of its steps may have gone ahead.
    const left = this.#underWay;
    if (failure === undefined) this.#succeed(left);
    else this.#fail(left, failure);
    this.#settle();
  }

  #succeed(steps: readonly Step<Act, Speaker>[]): void {
    for (const step of steps) this.#carryOut(step);
    if (!this.#works) {
      this.#works = true;
      this.#listener.storing(true, undefined);
    }
    this.#release();
  }

  /** Carries out what stands at the head and waits for nothing any more; the rest is the next commit. */
  #release(): void {
    let free = 0;
    for (const step of this.#gathered) {
      if (step.isKept) break;
      free++;
    }
    // What they set off stands behind all of them.
    this.#underWay = this.#gathered.splice(0, free);
    for (const step of this.#underWay) this.#carryOut(step);
    this.#underWay = undefined;
    if (this.#gathered.length > 0) this.#schedule();
  }

  #carryOut(step: Step<Act, Speaker>): void {
    this.#bytes -= step.bytes;
    this.#listener.carryOut(step.acts);
  }

  #fail(steps: readonly Step<Act, Speaker>[], code: StoreFailure): void {
    // Those gathered meanwhile go the same way: what is said in them stands behind what is dropped now.
    const all = [...steps, ...this.#gathered];
    const wasWorking = this.#works;
    this.#works = false;
    this.#underWay = undefined;
    this.#gathered = [];
    this.#draft = new CommitDraft();
    const dropped: Speaker[] = [];
    for (const step of all) {
      // Also a message that was sent again is waited for, though there is nothing to keep of it.
      if (!step.isKept && step.speakers.length === 0) this.#carryOut(step);
      else this.#putAside(step, dropped);
    }
    // First that it fails, then what has been lost: answers must not be kept, too.
    if (wasWorking) this.#listener.storing(false, code);
    if (dropped.length > 0) this.#listener.dropped(dropped);
    this.#cancelRetry = this.#clock.after(retryMs, () => void this.#commit());
  }

  /** Puts a step, or what is left of it without what was said, back for the next attempt. */
  #putAside(step: Step<Act, Speaker>, dropped: Speaker[]): void {
    this.#bytes -= step.bytes;
    if (step.speakers.length === 0) {
      this.enqueue(step);
      return;
    }
    dropped.push(...step.speakers);
    const rest = this.#listener.salvage(step);
    if (rest !== undefined) this.enqueue(rest);
  }

  /** Ends the wait for the end, if nothing is left that could still be kept. */
  #settle(): void {
    if (this.#closed === undefined) return;
    if (this.#underWay !== undefined || (this.#works && this.#gathered.length > 0)) return;
    this.#cancelRetry?.();
    this.#closed();
  }
}

const noLines: readonly KeptLine[] = [];
