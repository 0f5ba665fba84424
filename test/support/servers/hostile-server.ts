// A server that logs one client in as in version 1, and then does what the test wants.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Listener } from '../program.ts';
import { withinLimit } from '../time-limit.ts';

export class HostileServer {
  readonly #socket: Socket;
  #heard = '';
  #changed: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('error', () => {});
    socket.on('data', (text: string) => {
      this.#heard += text;
      this.#changed();
    });
  }

  /** Sends bytes; resolves when the system has taken them. */
  async send(bytes: Uint8Array | string): Promise<void> {
    if (!this.#socket.write(bytes)) await withinLimit(once(this.#socket, 'drain'), 'room to send');
  }

  /** From now on nothing is read. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** Returns the lines since the last call, up to the first one that matches. */
  async hears(pattern: RegExp): Promise<string> {
    const find = async () => {
      for (;;) {
        const match = pattern.exec(this.#heard);
        if (match !== null) {
          const end = match.index + match[0].length;
          const text = this.#heard.slice(0, end);
          this.#heard = this.#heard.slice(end);
          return text;
        }
        await new Promise<void>((resolve) => (this.#changed = resolve));
      }
    };
    return withinLimit(find(), String(pattern), () => this.#heard.slice(-500));
  }

  /** Greets, and confirms the login. */
  async welcome(): Promise<void> {
    await this.send('HELO hi\n');
    const [, name = ''] = /HELO (\w+)\n$/.exec(await this.hears(/HELO \w+\n/)) ?? [];
    await this.send(`+OK HELO ${name}\n`);
  }
}

/** Listens, and returns the first connection. */
export async function startHostileServer(
  t: TestContext,
): Promise<{ readonly at: Listener; readonly connection: Promise<HostileServer> }> {
  const server = createServer();
  const connection = once(server, 'connection').then((args) => {
    const socket: Socket = args[0];
    t.after(() => socket.destroy());
    return new HostileServer(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { at: { host: '127.0.0.1', port: (server.address() as AddressInfo).port }, connection };
}
