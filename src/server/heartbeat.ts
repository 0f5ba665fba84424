// The heartbeat [7.3]: pings every connection at an interval and reports those that do not answer in time.

import type { ConnectionId } from '../hub/effects.ts';
import type { Clock } from './clock.ts';
import { Deadlines } from './deadlines.ts';

export interface HeartbeatSettings {
  /** Time from one ping to the next, in milliseconds; 0 for no heartbeat. */
  readonly intervalMs: number;
  /** Time that an answer may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly ping: (connection: ConnectionId) => void;
  readonly timedOut: (connection: ConnectionId) => void;
}

export class Heartbeat {
  readonly #isOn: boolean;
  /** Connections that wait for their next ping. */
  readonly #idle: Deadlines;
  /** Connections that owe an answer. */
  readonly #pinged: Deadlines;

  constructor({ intervalMs, timeoutMs, ping, timedOut }: HeartbeatSettings, clock: Clock) {
    this.#isOn = intervalMs > 0;
    this.#pinged = new Deadlines(timeoutMs, clock, timedOut);
    this.#idle = new Deadlines(intervalMs, clock, (connection) => {
      this.#pinged.add(connection);
      ping(connection);
    });
  }

  add(connection: ConnectionId): void {
    if (this.#isOn) this.#idle.add(connection);
  }

  remove(connection: ConnectionId): void {
    this.#idle.remove(connection);
    this.#pinged.remove(connection);
  }

  /** The connection has answered. An unexpected answer changes nothing. */
  pong(connection: ConnectionId): void {
    if (this.#pinged.remove(connection)) this.#idle.add(connection);
  }

  /** Gives a connection that owes an answer its full time again. */
  excuse(connection: ConnectionId): void {
    if (this.#pinged.remove(connection)) this.#pinged.add(connection);
  }
}
