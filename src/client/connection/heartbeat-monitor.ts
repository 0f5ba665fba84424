// Whether the other end of an open connection is alive [7.3]. A frozen server and a network that drops packets send
// nothing: so silence longer than the server's own pings allow, and an unanswered request, lead to a probe, a
// question that every server answers. If that is not answered either, the connection is dead. Owns how long this
// takes; a healthy connection whose server pings sends nothing extra. Knows no lines but their verbs.
//
// The interval of the pings is learned from those that arrive, so it works with every server. Timers that are late
// against the clock mean that this machine was suspended: the server is probed at once.

import type { WallClock, Timers } from '../ports.ts';

/** Between two pings, until two have come: what helo's servers have unless they are told otherwise. */
const usualIntervalMs = 60_000;
/** A longer gap than this is not taken for an interval. */
const longestIntervalMs = 10 * 60_000;
/** Silence over the interval that is no cause to ask: a quarter of it, and this at least. */
const leastSlackMs = 2_000;
/** The longest that a request, and a probe, wait for an answer; less where the server pings more often. */
const longestAnswerMs = 15_000;
const longestProbeMs = 10_000;
/** Timers are this late, or later, only where the machine or the program stood still. */
const suspendedMs = 10_000;
/** How often it is looked: four times in what silence may last, and not seldomer than this. */
const longestTickMs = 5_000;

export interface HeartbeatMonitorHandlers {
  /** Asks the server something harmless that it answers. */
  readonly probe: () => void;
  /** Nobody answers. */
  readonly dead: () => void;
}

type State =
  | { readonly phase: 'off' }
  /** `askedMs`: for how long a request waits, where one does. */
  | { readonly phase: 'listening'; readonly askedMs: number | undefined }
  | { readonly phase: 'probing'; readonly waitedMs: number };

/** Commands and requests that every server answers, if only to refuse them. */
const answered: ReadonlySet<string> = new Set([
  'BCST',
  'GET_USERS',
  'CREATE_GROUP',
  'JOIN_GROUP',
  'GROUP_MESSAGE',
  'LEAVE_GROUP',
  'KICK',
  'SEND',
  'HISTORY',
  'STOCK',
  'PEOPLE',
  'TAKE_KEY',
  'MEMBERS',
]);

export class HeartbeatMonitor {
  readonly #timers: Timers;
  readonly #now: WallClock;
  readonly #handlers: HeartbeatMonitorHandlers;
  #state: State = { phase: 'off' };
  /** Between the last pings, the latest first. The longer one counts: pings that were held up come close together. */
  #gaps: readonly number[] = [];
  #pingedAt: number | undefined;
  #silentMs = 0;
  #tickedAt = 0;
  #cancelTick: () => void = () => {};
  /** This side does not read at the moment: it can hear nothing. */
  #isPaused = false;

  constructor(timers: Timers, now: WallClock, handlers: HeartbeatMonitorHandlers) {
    this.#timers = timers;
    this.#now = now;
    this.#handlers = handlers;
  }

  /** The login is done: from now on the server is listened for. */
  begin(): void {
    this.#state = { phase: 'listening', askedMs: undefined };
    this.#silentMs = 0;
    this.#schedule();
  }

  end(): void {
    this.#state = { phase: 'off' };
    this.#cancelTick();
  }

  /** Something came. */
  receive(): void {
    this.#silentMs = 0;
    const { phase } = this.#state;
    const isWaiting =
      phase === 'probing' || (phase === 'listening' && this.#state.askedMs !== undefined);
    if (isWaiting) this.#state = { phase: 'listening', askedMs: undefined };
  }

  /** A PING came. */
  pinged(): void {
    const now = this.#now();
    const gap = this.#pingedAt === undefined ? 0 : now - this.#pingedAt;
    this.#pingedAt = now;
    if (gap <= 0 || gap > longestIntervalMs) return;
    this.#gaps = [gap, ...this.#gaps.slice(0, 1)];
    if (this.#state.phase !== 'off') this.#schedule();
  }

  /** A line was sent. */
  said(line: string): void {
    if (this.#state.phase !== 'listening' || this.#state.askedMs !== undefined) return;
    const end = line.search(/[ \r\n]/);
    if (answered.has(end === -1 ? line : line.slice(0, end))) {
      this.#state = { phase: 'listening', askedMs: 0 };
    }
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#silentMs = 0;
  }

  /** The longest silence that is none. */
  get #limitMs(): number {
    const intervalMs = this.#gaps.length === 0 ? usualIntervalMs : Math.max(...this.#gaps);
    return intervalMs + Math.max(leastSlackMs, intervalMs / 4);
  }

  get #tickMs(): number {
    return Math.min(longestTickMs, this.#limitMs / 4);
  }

  #schedule(): void {
    this.#cancelTick();
    this.#tickedAt = this.#now();
    const tickMs = this.#tickMs;
    this.#cancelTick = this.#timers.after(tickMs, () => this.#tick(tickMs));
  }

  #tick(tickMs: number): void {
    const passed = this.#now() - this.#tickedAt;
    const isLate = passed >= tickMs + suspendedMs;
    // The wall clock may be set, also back: then what the timer says has passed counts.
    this.#passes(isLate || passed < 0 ? tickMs : passed, isLate);
    if (this.#state.phase !== 'off') this.#schedule();
  }

  #passes(ms: number, wasSuspended: boolean): void {
    if (this.#isPaused) return;
    this.#silentMs += ms;
    switch (this.#state.phase) {
      case 'off':
        return;
      case 'listening': {
        const { askedMs } = this.#state;
        const waits = askedMs === undefined ? undefined : askedMs + ms;
        const isUnanswered =
          waits !== undefined && waits >= Math.min(longestAnswerMs, this.#limitMs);
        if (wasSuspended || isUnanswered || this.#silentMs >= this.#limitMs) {
          this.#state = { phase: 'probing', waitedMs: 0 };
          this.#handlers.probe();
        } else this.#state = { phase: 'listening', askedMs: waits };
        return;
      }
      case 'probing': {
        // What has come during a suspension is read after this.
        const waitedMs = wasSuspended ? 0 : this.#state.waitedMs + ms;
        if (waitedMs >= Math.min(longestProbeMs, this.#limitMs)) this.#handlers.dead();
        else this.#state = { phase: 'probing', waitedMs };
      }
    }
  }
}
