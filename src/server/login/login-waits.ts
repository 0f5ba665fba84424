// Logins of accounts that wait for a stalled store. They are told so: a client takes a server that says nothing for dead,
// and would connect again and again. Only knows that a login waits, not what it contains.

import type { ConnectionId } from '../../hub/effects.ts';
import type { Clock } from '../clock.ts';
import { standstillMs, type CommitQueue } from '../commit-queue/commit-queue.ts';

/** They are told again after this time, in milliseconds: clients wait ten seconds for a login. */
const repeatMs = 4000;

export class LoginWaits {
  readonly #queue: Pick<CommitQueue<never, never>, 'commitMs'>;
  readonly #clock: Clock;
  readonly #tell: (connection: ConnectionId) => void;
  readonly #waiting = new Set<ConnectionId>();
  #cancelLook: (() => void) | undefined;

  /** @param tell tells a connection that its login waits for the disk */
  constructor(
    queue: Pick<CommitQueue<never, never>, 'commitMs'>,
    clock: Clock,
    tell: (connection: ConnectionId) => void,
  ) {
    this.#queue = queue;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** The login of a connection waits until `done`. */
  async add(connection: ConnectionId, done: Promise<void>): Promise<void> {
    this.#waiting.add(connection);
    if (this.#isStalled) this.#tell(connection);
    this.#schedule();
    await done;
    this.remove(connection);
  }

  /** The login of a connection waits no more, or the connection is gone. */
  remove(connection: ConnectionId): void {
    this.#waiting.delete(connection);
    if (this.#waiting.size > 0) return;
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }

  get #isStalled(): boolean {
    return this.#queue.commitMs >= standstillMs;
  }

  #schedule(): void {
    if (this.#cancelLook !== undefined || this.#waiting.size === 0) return;
    const waitMs = this.#isStalled ? repeatMs : standstillMs - this.#queue.commitMs;
    this.#cancelLook = this.#clock.after(waitMs, () => {
      this.#cancelLook = undefined;
      if (this.#isStalled) for (const connection of this.#waiting) this.#tell(connection);
      this.#schedule();
    });
  }
}
