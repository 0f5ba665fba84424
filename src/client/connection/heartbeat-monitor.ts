// Whether the other end of an open connection is alive [7.3]. A frozen server and a network that drops packets send
// nothing. So silence longer than the server's own pings allow, or an unanswered request, leads to a probe, a question
// that every server answers. If that is not answered either, the connection is dead. Owns how long this takes. A
// healthy connection whose server pings sends nothing extra. Knows no lines but their verbs.
//
// The interval of the pings is learned from those that arrive, so it works with every server. Timers that are late
// against the clock mean that this machine was suspended: the server is probed at once.

import type { WallClock, Timers } from '../ports.ts';

/** The assumed interval until two pings have come: the default of helo's servers. */
const usualIntervalMs = 60_000;
/** A longer gap than this does not count as an interval. */
const longestIntervalMs = 10 * 60_000;
/** Silence of one interval and this much more needs no probe: a quarter of the interval, at least this. */
const leastSlackMs = 2_000;
/** The longest that a request and a probe wait for an answer. Less if the server pings more often. */
const longestAnswerMs = 15_000;
const longestProbeMs = 10_000;
/** Timers are late by this much only if the machine or the program was suspended. */
const suspendedMs = 10_000;
/** How often this checks: four times in the allowed silence, and at least this often. */
const longestTickMs = 5_000;

export interface HeartbeatMonitorHandlers {
  /** Sends the server something harmless that it answers. */
  readonly probe: () => void;
  /** The server does not answer. */
  readonly dead: () => void;
}

type State =
  | { readonly phase: 'off' }
  /** `askedMs`: how long a request has waited for its answer, if one does. */
  | { readonly phase: 'listening'; readonly askedMs: number | undefined }
  | { readonly phase: 'probing'; readonly waitedMs: number };

/** Commands and requests that every server answers, at least with a refusal. */
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
  /**
   * Times between the last pings, the latest first. The longer one counts, because delayed pings arrive close together.
   */
  #gaps: readonly number[] = [];
  #pingedAt: number | undefined;
  #silentMs = 0;
  #tickedAt = 0;
  #cancelTick: () => void = () => {};
  /** This side does not read at the moment, so it receives nothing. */
  #isPaused = false;

  constructor(timers: Timers, now: WallClock, handlers: HeartbeatMonitorHandlers) {
    this.#timers = timers;
    this.#now = now;
    this.#handlers = handlers;
  }

  /** The login is done: from now on the server must be heard. */
  begin(): void {
    this.#state = { phase: 'listening', askedMs: undefined };
    this.#silentMs = 0;
    this.#schedule();
  }

  end(): void {
    this.#state = { phase: 'off' };
    this.#cancelTick();
  }

  /** Something was received. */
  receive(): void {
    this.#silentMs = 0;
    const { phase } = this.#state;
    const isWaiting =
      phase === 'probing' || (phase === 'listening' && this.#state.askedMs !== undefined);
    if (isWaiting) this.#state = { phase: 'listening', askedMs: undefined };
  }

  /** A PING was received. */
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

  /** The longest allowed silence. */
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
    // The wall clock may be set, even back. Then the time of the timer counts.
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
        // What arrived during a suspension is read after this.
        const waitedMs = wasSuspended ? 0 : this.#state.waitedMs + ms;
        if (waitedMs >= Math.min(longestProbeMs, this.#limitMs)) this.#handlers.dead();
        else this.#state = { phase: 'probing', waitedMs };
      }
    }
  }
}
