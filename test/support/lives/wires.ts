// Connections of a simulated life: bytes on their way in both directions, and every way in which a cable can break.
import type { ByteConnection, ConnectionHandlers } from '../../../src/client/ports.ts';
import type { Transport, TransportListener } from '../../../src/server/transport/transport.ts';
import type { Body, Fate } from './fate.ts';
import { storyOf } from './story.ts';

function withoutNumbers(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  const cut = text.replace(
    /(SENT \{[^\n]*?)(?:,"seq":\d+)?(?:,"at":\d+)?,"repeated":true/g,
    '$1,"repeated":true',
  );
  return new Uint8Array(Buffer.from(cut, 'latin1'));
}

/** One connection of a client's program to a server's. */
export class Wire {
  readonly #fate: Fate;
  readonly #handlers: ConnectionHandlers;
  readonly client: Body;
  readonly server: Body;
  /** The server is from the time when repeats were answered without their numbers. */
  readonly #isOld: boolean;
  readonly #up: string;
  readonly #down: string;
  #listener: TransportListener | undefined;
  #isOverForClient = false;
  #isOverForServer = false;

  constructor(
    fate: Fate,
    number: number,
    client: Body,
    server: Body,
    handlers: ConnectionHandlers,
    isOld: boolean,
    accept: (transport: Transport) => TransportListener,
  ) {
    this.#fate = fate;
    this.#handlers = handlers;
    this.#isOld = isOld;
    this.client = client;
    this.server = server;
    this.#up = `line ${number} up`;
    this.#down = `line ${number} down`;
    fate.post(this.#up, server, () => {
      fate.post(this.#down, client, () => handlers.onOpen({ kind: 'plain' }));
      this.#listener = accept(this.#transport());
    });
  }

  /** The client's side. `said` gets what it writes. */
  connection(said: (text: string) => void): ByteConnection {
    return {
      unsentBytes: 0,
      write: (bytes) => {
        const copy = bytes.slice();
        said(Buffer.from(copy).toString());
        this.#toServer(() => this.#listener?.data(copy));
      },
      pause: () => this.#fate.hold(this.#down, true),
      resume: () => this.#fate.hold(this.#down, false),
      end: () => this.#toServer(() => this.#listener?.finished()),
      destroy: () => this.#clientLeaves(),
    };
  }

  /** It breaks: a part of what is on its way arrives, and each side notices at some time. */
  cut(): void {
    this.#fate.loseSome(this.#up);
    this.#fate.loseSome(this.#down);
    this.#serverHearsEnd();
    this.#clientHearsEnd();
  }

  /** The client's program was killed: the system closes the connection. */
  clientGone(): void {
    this.#isOverForClient = true;
    this.#fate.loseSome(this.#up);
    this.#serverHearsEnd();
  }

  /** The server's program was killed. */
  serverGone(): void {
    this.#isOverForServer = true;
    this.#fate.loseSome(this.#down);
    this.#clientHearsEnd();
  }

  get isOver(): boolean {
    const isClientOut = this.#isOverForClient || !this.client.isAlive;
    return isClientOut && (this.#isOverForServer || !this.server.isAlive);
  }

  #toServer(run: () => void): void {
    this.#fate.post(this.#up, this.server, () => {
      if (!this.#isOverForServer) run();
    });
  }

  #toClient(run: () => void): void {
    this.#fate.post(this.#down, this.client, () => {
      if (!this.#isOverForClient) run();
    });
  }

  #clientLeaves(): void {
    if (this.#isOverForClient) return;
    this.#isOverForClient = true;
    this.#fate.hold(this.#down, false);
    this.#fate.post(`${this.#down} end`, this.client, () => this.#handlers.onClose(undefined));
    this.#fate.loseSome(this.#up);
    this.#serverHearsEnd();
  }

  #serverLeaves(): void {
    if (this.#isOverForServer) return;
    this.#isOverForServer = true;
    this.#fate.post(`${this.#up} end`, this.server, () => this.#listener?.closed());
    this.#clientHearsEnd();
  }

  #serverHearsEnd(): void {
    this.#fate.hold(this.#up, false);
    this.#toServer(() => {
      this.#isOverForServer = true;
      this.#listener?.closed();
    });
  }

  #clientHearsEnd(): void {
    this.#fate.hold(this.#down, false);
    this.#toClient(() => {
      this.#isOverForClient = true;
      this.#handlers.onClose(undefined);
    });
  }

  #transport(): Transport {
    const write = (bytes: Uint8Array) =>
      this.#toClient(() => {
        this.#fate.emit(`${this.#down}: ${storyOf(Buffer.from(bytes).toString())}`);
        this.#handlers.onData(this.#isOld ? withoutNumbers(bytes) : bytes);
      });
    return {
      origin: { address: '192.0.2.1', listenerHost: '127.0.0.1', isLocal: true, secure: false },
      binding: new Uint8Array(),
      unsentBytes: 0,
      write: (binary) => write(new Uint8Array(Buffer.from(binary, 'latin1'))),
      writeBytes: (bytes) => write(new Uint8Array(bytes)),
      pause: () => this.#fate.hold(this.#up, true),
      resume: () => this.#fate.hold(this.#up, false),
      end: () => this.#serverLeaves(),
      destroy: () => this.#serverLeaves(),
    };
  }
}
