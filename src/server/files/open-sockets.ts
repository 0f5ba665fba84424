// The connections to all transfer ports, until they are closed.

import type { Duplex } from 'node:stream';

export class OpenSockets {
  readonly #sockets = new Set<Duplex>();
  #allClosed: (() => void)[] = [];

  add(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size > 0) return;
      for (const resolve of this.#allClosed) resolve();
      this.#allClosed = [];
    });
  }

  /** Resolves when none is open. */
  allClosed(): Promise<void> {
    return this.#sockets.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#allClosed.push(resolve));
  }
}
