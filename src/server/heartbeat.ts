// The heartbeat [7.3]: pings every connection at an interval and reports those that do not answer in time.
// One timer for all: since every connection waits equally long, each queue is in order of time by itself, and
// only its head can be due.

import type { ConnectionId } from '../hub/effects.ts';
import type { Clock } from './clock.ts';

export interface HeartbeatSettings {
  /** Time from one ping to the next, in milliseconds; 0 for no heartbeat. */
  readonly intervalMs: number;
  /** Time that an answer may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly ping: (connection: ConnectionId) => void;
  readonly timedOut: (connection: ConnectionId) => void;
}

/** The timer is not set finer than this, in milliseconds, so that many connections share a wake-up. */
const granularityMs = 10;

export class Heartbeat {
  readonly #settings: HeartbeatSettings;
  readonly #clock: Clock;
  /** Connections and when to ping them, earliest first. */
  readonly #idle = new Map<ConnectionId, number>();
  /** Connections that owe an answer and until when, earliest first. */
  readonly #pinged = new Map<ConnectionId, number>();
  #cancelTimer: (() => void) | undefined;

  constructor(settings: HeartbeatSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  add(connection: ConnectionId): void {
    if (this.#settings.intervalMs === 0) return;
    this.#idle.set(connection, this.#clock.now() + this.#settings.intervalMs);
    this.#schedule();
  }

  remove(connection: ConnectionId): void {
    this.#idle.delete(connection);
    this.#pinged.delete(connection);
    if (this.#idle.size + this.#pinged.size === 0) this.#stopTimer();
  }

  /** The connection has answered. An answer that nobody asked for changes nothing. */
  pong(connection: ConnectionId): void {
    const deadline = this.#pinged.get(connection);
    if (deadline === undefined) return;
    this.#pinged.delete(connection);
    // From this answer on, not from the ping: so the queue stays in order of time.
    this.#idle.set(connection, this.#clock.now() + this.#settings.intervalMs);
    this.#schedule();
  }

  /** Gives a connection that owes an answer all its time again. */
  excuse(connection: ConnectionId): void {
    if (!this.#pinged.delete(connection)) return;
    this.#pinged.set(connection, this.#clock.now() + this.#settings.timeoutMs);
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #schedule(): void {
    if (this.#cancelTimer !== undefined) return;
    const next = Math.min(headOf(this.#idle), headOf(this.#pinged));
    if (next === Infinity) return;
    const wait = Math.max(granularityMs, next - this.#clock.now());
    this.#cancelTimer = this.#clock.after(wait, () => {
      this.#cancelTimer = undefined;
      // First what has come in meanwhile, so that a server that was busy does not take its own delay for a
      // dead client.
      this.#clock.soon(() => {
        this.#tick();
        this.#schedule();
      });
    });
  }

  #tick(): void {
    const now = this.#clock.now();
    for (const connection of takeDue(this.#pinged, now)) this.#settings.timedOut(connection);
    for (const connection of takeDue(this.#idle, now)) {
      this.#pinged.set(connection, now + this.#settings.timeoutMs);
      this.#settings.ping(connection);
    }
  }
}

function headOf(queue: Map<ConnectionId, number>): number {
  for (const due of queue.values()) return due;
  return Infinity;
}

function takeDue(queue: Map<ConnectionId, number>, now: number): ConnectionId[] {
  const due: ConnectionId[] = [];
  for (const [connection, at] of queue) {
    if (at > now) break;
    queue.delete(connection);
    due.push(connection);
  }
  return due;
}
