// The commit queue between the hub and delivery: what a step wants stored is on the disk before this step, or any
// behind it, is carried out. So nobody sees, and nothing acknowledges, what a power cut could undo. One turn of the
// event loop is one commit; while it runs, the next one gathers. If nothing must be stored and nothing waits, a step is
// carried out at once.
//
// When the store fails: messages since then are not delivered, and their senders are notified. Other changes (groups,
// accounts) already hold in the hub, and are retried until they are stored. Steps that need no store continue. When the
// store stalls: after a while, steps that reveal nothing stored go ahead, each behind earlier ones for the same people.
// Knows nothing of what steps do.

import { StoreError, type Commit } from '../../hub/store-port.ts';
import type { Clock } from '../clock.ts';
import { CommitDraft } from './commit.ts';
import type { KeptLine, Step } from './step.ts';

/** The part of a store that the commit queue needs. */
export interface CommitTarget {
  commit(commit: Commit): Promise<void>;
}

/** Where the commit queue reports what was stored or could not be. */
export interface CommitQueueListener<Act, Speaker> {
  /** How long lines that are delivered now will wait until they are written, in milliseconds. */
  readonly holdMs: number;
  /** How long writing to all receivers takes at present, in milliseconds. */
  readonly flushMs: number;
  carryOut(acts: readonly Act[]): void;
  /** The messages of these speakers could not be stored. Nothing of them was carried out. */
  dropped(speakers: readonly Speaker[]): void;
  /**
   * Keys, of any kind, for everything that the acts concern: acts with a common key are carried out in order. If
   * `undefined` is among them, they never go ahead.
   */
  touched(acts: readonly Act[]): readonly unknown[];
  /** The part of a step that must be carried out although its message was dropped; undefined for nothing. */
  salvage(step: Step<Act, Speaker>): Step<Act, Speaker> | undefined;
  /** The store has failed, with this code, or works again. */
  storing(works: boolean, code: StoreFailure | undefined): void;
}

export type StoreFailure = StoreError['code'];

/** From this many waiting bytes on, input should be read more slowly. */
const heavyBytes = 8 * 1024 * 1024;

/** Shorter waits are not worth a timer, in milliseconds. */
const minHoldMs = 0.5;

/**
 * If a commit has this many steps, the next one gathers for as long as a flush takes, up to a maximum in milliseconds:
 * many small commits would each cost a write to everybody in a large audience. With a small audience a flush takes no
 * time, and a few people who chat never have so many steps.
 */
const busySteps = 16;
const maxBusyMs = 4;

/** The weight of the last commit in the expected duration of the next one. */
const newWeight = 0.25;

/** How long to wait before retrying a store that has failed, in milliseconds. */
const retryMs = 1000;

/** If a commit takes longer than this, steps that do not depend on it go ahead, in milliseconds. */
export const standstillMs = 2000;

export class CommitQueue<Act, Speaker> {
  readonly #store: CommitTarget;
  readonly #clock: Clock;
  readonly #listener: CommitQueueListener<Act, Speaker>;
  /** Steps that wait, in order, without those of the running commit. */
  #gathered: Step<Act, Speaker>[] = [];
  /** What they want stored. */
  #draft = new CommitDraft();
  #underWay: readonly Step<Act, Speaker>[] | undefined;
  #isScheduled = false;
  /** Cancels the next retry of a store that has failed. Undefined while it works. */
  #cancelRetry: (() => void) | undefined;
  #works = true;
  #bytes = 0;
  #commitStarted = 0;
  /** How many steps the last commit had. */
  #lastSteps = 0;
  /** How long a commit takes at present, in milliseconds. */
  #expectedMs = 0;
  /** While the store stalls: the keys of the steps that wait. */
  #held: Set<unknown> | undefined;
  /** Cancels the next check whether the store stalls. Undefined while no waiting step could go ahead. */
  #cancelLook: (() => void) | undefined;
  #closed: (() => void) | undefined;
  readonly #counts = { commits: 0, failedCommits: 0, commitMs: 0 };

  constructor(store: CommitTarget, clock: Clock, listener: CommitQueueListener<Act, Speaker>) {
    this.#store = store;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Whether a step with nothing to store would be carried out at once. Then it need not be made at all. */
  get isOpen(): boolean {
    return !this.#works || (this.#underWay === undefined && this.#gathered.length === 0);
  }

  /** Whether the store works. */
  get works(): boolean {
    return this.#works;
  }

  /** How long the running commit has taken so far, in milliseconds; 0 if none runs. */
  get commitMs(): number {
    return this.#underWay === undefined ? 0 : this.#clock.now() - this.#commitStarted;
  }

  /** How many bytes wait to be stored, or behind data that does. */
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
   * Adds a step, with its lines for the store. It is carried out when everything that it and the steps before it want
   * stored is stored.
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

  /** Makes sure that a step that could go ahead does not wait long for a store that stalls. */
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

  /** The store stalls. Waiting steps are checked once, later steps as they come. */
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

  /** Whether a step may go ahead of those with the keys in `held`. If not, its keys are added. */
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

  /** Resolves when nothing waits any more. A store that does not work gets one more try. */
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
   * Schedules a commit of the gathered steps for the end of this turn, unless one is running. If delivery buffers lines
   * before it writes them, the commit is made so late that it ends just before that. Otherwise lines of one moment
   * would be written in several parts, and each part costs a write to everybody.
   */
  #schedule(): void {
    if (this.#isScheduled || this.#underWay !== undefined || !this.#works) return;
    this.#isScheduled = true;
    const run = () => {
      this.#isScheduled = false;
      // Meanwhile the store may have failed, or the last commit may have begun.
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

  /** Commits everything gathered. If nothing is gathered, commits nothing, to check whether the store works. */
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
    // The acts below enqueue new steps at the end: none of them may go ahead.
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

  /** Carries out the first steps that have nothing to store. The rest is the next commit. */
  #release(): void {
    let free = 0;
    for (const step of this.#gathered) {
      if (step.isKept) break;
      free++;
    }
    // The steps that they cause come behind all of them.
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
    // Gathered steps share the failure: their messages come after those that are dropped now.
    const all = [...steps, ...this.#gathered];
    const wasWorking = this.#works;
    this.#works = false;
    this.#underWay = undefined;
    this.#gathered = [];
    this.#draft = new CommitDraft();
    const dropped: Speaker[] = [];
    for (const step of all) {
      // A repeat waits too, although it has nothing to store.
      if (!step.isKept && step.speakers.length === 0) this.#carryOut(step);
      else this.#putAside(step, dropped);
    }
    // The failure is reported before the dropped messages, because answers to them must not be stored either.
    if (wasWorking) this.#listener.storing(false, code);
    if (dropped.length > 0) this.#listener.dropped(dropped);
    this.#cancelRetry = this.#clock.after(retryMs, () => void this.#commit());
  }

  /** Puts a step, or the rest of it without its message, back for the next try. */
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

  /** Resolves `close` if nothing is left that could still be stored. */
  #settle(): void {
    if (this.#closed === undefined) return;
    if (this.#underWay !== undefined || (this.#works && this.#gathered.length > 0)) return;
    this.#cancelRetry?.();
    this.#closed();
  }
}

const noLines: readonly KeptLine[] = [];
