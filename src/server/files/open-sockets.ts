// The connections to all transfer ports, until they are closed.

import type { Socket } from 'node:net';

export class OpenSockets {
  readonly #sockets = new Set<Socket>();
  #allClosed: (() => void)[] = [];

  add(socket: Socket): void {
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
