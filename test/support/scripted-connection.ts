// A connection whose other end is the test: it reads what the client wrote and sends what the server sends.
import assert from 'node:assert/strict';
import type {
  ByteConnection,
  ConnectionFailure,
  ConnectionHandlers,
  Dial,
  ServerProof,
} from '../../src/client/ports.ts';
import type { ServerAddress } from '../../src/client/connection/server-address.ts';

export class ScriptedConnection implements ByteConnection {
  unsentBytes = 0;
  written = '';
  paused = false;
  ended = false;
  destroyed = false;
  #handlers: ConnectionHandlers | undefined;

  readonly dial: Dial = (_address: ServerAddress, handlers) => {
    this.#handlers = handlers;
    return this;
  };

  get handlers(): ConnectionHandlers {
    assert.ok(this.#handlers, 'nobody has dialled');
    return this.#handlers;
  }

  write(bytes: Uint8Array): void {
    assert.ok(!this.destroyed);
    this.written += Buffer.from(bytes).toString();
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  end(): void {
    this.ended = true;
  }
  destroy(): void {
    this.destroyed = true;
  }

  /** The connection is open. Resolves when the client has decided about the server. */
  async open(proof: ServerProof = { kind: 'plain' }): Promise<void> {
    this.handlers.onOpen(proof);
    // The client looks the server up in its stores, which answer at once here.
    await new Promise(setImmediate);
  }

  /** The server sends lines. */
  says(...lines: readonly string[]): void {
    this.handlers.onData(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  }

  /** What the client has written since the last call, as lines. */
  received(): readonly string[] {
    const lines = this.written.split('\n');
    assert.equal(lines.pop(), '', 'what a client writes ends with a line end');
    this.written = '';
    return lines;
  }

  closes(failure?: ConnectionFailure): void {
    this.handlers.onClose(failure);
  }
}
