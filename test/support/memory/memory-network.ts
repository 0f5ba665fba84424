// A network in memory, behind the client's port: listeners at addresses, and streams whose bytes arrive in later turns
// of the event loop, in order.
import type {
  ByteConnection,
  ConnectionHandlers,
  Dial,
  ServerProof,
} from '../../../src/client/ports.ts';
import { serverKeyOf, type ServerAddress } from '../../../src/client/connection/server-address.ts';

/** The listening end of a connection. */
export interface RemoteEnd {
  write(text: string): void;
  end(): void;
}

/** What the listening end receives. */
export interface RemoteHandlers {
  data(text: string): void;
  ended(): void;
}

interface Host {
  readonly proof: () => ServerProof;
  readonly accept: (end: RemoteEnd) => RemoteHandlers;
}

export class MemoryNetwork {
  readonly #hosts = new Map<string, Host>();

  /** Listens at `address`, in place of any other listener. `proof` is the proof of each connection there. */
  listen(
    address: ServerAddress,
    accept: Host['accept'],
    proof: Host['proof'] = () => ({ kind: 'plain' }),
  ): void {
    this.#hosts.set(serverKeyOf(address), { proof, accept });
  }

  readonly dial: Dial = (address, handlers) =>
    new MemoryConnection(this.#hosts.get(serverKeyOf(address)), handlers);
}

class MemoryConnection implements ByteConnection {
  readonly #handlers: ConnectionHandlers;
  #remote: RemoteHandlers | undefined;
  #state: 'open' | 'ending' | 'closed' = 'open';
  #isPaused = false;
  /** What has arrived and was not reported yet. */
  readonly #waiting: (() => void)[] = [];
  readonly #unsent: Uint8Array[] = [];

  constructor(host: Host | undefined, handlers: ConnectionHandlers) {
    this.#handlers = handlers;
    setImmediate(() => (host === undefined ? this.#refused() : this.#opened(host)));
  }

  get unsentBytes(): number {
    return this.#unsent.reduce((sum, { length }) => sum + length, 0);
  }

  write(bytes: Uint8Array): void {
    if (this.#state !== 'open') return;
    this.#unsent.push(bytes.slice());
    setImmediate(() => this.#flush());
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    setImmediate(() => this.#tell());
  }

  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    setImmediate(() => {
      this.#flush();
      this.#remote?.ended();
    });
  }

  destroy(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#unsent.length = 0;
    this.#waiting.length = 0;
    const remote = this.#remote;
    setImmediate(() => {
      remote?.ended();
      this.#handlers.onClose(undefined);
    });
  }

  #refused(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#handlers.onClose({ code: 'ECONNREFUSED', detail: 'the connection was refused' });
  }

  #opened({ proof, accept }: Host): void {
    if (this.#state === 'closed') return;
    this.#handlers.onOpen(proof());
    this.#remote = accept({
      write: (text) => this.#comes(() => this.#handlers.onData(Buffer.from(text))),
      end: () => this.#comes(() => this.#closed()),
    });
    this.#flush();
  }

  #flush(): void {
    if (this.#remote === undefined || this.#unsent.length === 0) return;
    for (const bytes of this.#unsent.splice(0)) this.#remote.data(Buffer.from(bytes).toString());
    this.#handlers.onDrain();
  }

  #comes(tell: () => void): void {
    this.#waiting.push(tell);
    setImmediate(() => this.#tell());
  }

  #tell(): void {
    while (!this.#isPaused && this.#state !== 'closed') {
      const tell = this.#waiting.shift();
      if (tell === undefined) return;
      tell();
    }
  }

  #closed(): void {
    this.#state = 'closed';
    this.#handlers.onClose(undefined);
  }
}
