// The state of one transfer, and reporting it: what both directions share. Does not know how it progresses.

import type { TransferContext } from './transfer-context.ts';
import { Progress } from './progress.ts';
import type { Transfer, TransferState } from './transfer.ts';

export interface TrackOf {
  readonly direction: Transfer['direction'];
  readonly peer: string;
  readonly group?: string;
  readonly isKept: boolean;
  readonly name: string;
  readonly size: number;
  readonly digest?: string;
  readonly isSaid?: boolean;
}

type TrackContext = Pick<TransferContext, 'emit' | 'now' | 'timers' | 'nextNumber'>;

export class Track {
  readonly #requests: TrackContext;
  #of: TrackOf;
  readonly #progress = new Progress();
  #state: TransferState;
  /** Undefined while nobody needs to know of it. */
  #number: number | undefined;
  #cancelTimer: () => void = () => {};

  constructor(requests: TrackContext, of: TrackOf, state: TransferState) {
    this.#requests = requests;
    this.#of = of;
    this.#state = state;
  }

  get state(): TransferState {
    return this.#state;
  }

  get doneBytes(): number {
    return this.#progress.doneBytes;
  }

  /** The current transfer, once people know of it. */
  get shown(): Transfer | undefined {
    if (this.#number === undefined) return undefined;
    const { doneBytes, bytesPerSecond } = this.#progress;
    return { number: this.#number, ...this.#of, state: this.#state, doneBytes, bytesPerSecond };
  }

  /** From now on people know of it, by its own number. */
  show(): void {
    this.#number ??= this.#requests.nextNumber();
  }

  /** From now on it goes another way. */
  goes(way: Pick<TrackOf, 'isKept' | 'group' | 'isSaid' | 'digest'>): void {
    this.#of = { ...this.#of, ...way };
  }

  /** Sets its state. The time limit of the earlier state ends. */
  enter(state: TransferState): void {
    this.#cancelTimer();
    const before = this.#state;
    this.#state = state;
    if (!isSame(before, state)) this.emit();
  }

  emit(change: 'state' | 'progress' = 'state'): void {
    const transfer = this.shown;
    if (transfer !== undefined) this.#requests.emit({ type: 'transfer', change, transfer });
  }

  /** `overdue` is called unless the state or the limit changes within `ms`. */
  limit(ms: number, overdue: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#requests.timers.after(ms, overdue);
  }

  /** Counts bytes from `doneBytes` on. */
  countFrom(doneBytes: number): void {
    this.#progress.restart(doneBytes, this.#requests.now());
  }

  reach(doneBytes: number): void {
    if (this.#progress.reach(doneBytes, this.#requests.now())) this.emit('progress');
  }
}

/** Whether there is nothing new to report. */
function isSame(a: TransferState, b: TransferState): boolean {
  if (a.phase === 'paused' && b.phase === 'paused') return a.why === b.why;
  const isOnWay = a.phase === 'preparing' || a.phase === 'confirming';
  return isOnWay && a.phase === b.phase;
}
