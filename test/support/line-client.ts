// A person at netcat: sends plain lines, and reads line by line. Knows nothing of the protocol.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Scope } from './scope.ts';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Listener } from './program.ts';
import { withinLimit } from './time-limit.ts';

export interface LineClient {
  readonly socket: Duplex;
  /** Sends `line` and a line end. */
  send(line: string): void;
  /** The next line, without its end. Fails if the connection ends first, or nothing comes in time. */
  next(): Promise<string>;
  /** Asserts that the next line is `line`. */
  expect(line: string): Promise<void>;
  /** All lines from here to the end of the connection. */
  rest(): Promise<string[]>;
  /** Ends our side. */
  end(): void;
}

/** One whose stream is a socket of the system. */
export type SocketClient = LineClient & { readonly socket: Socket };

export interface LineClientOptions {
  /** Uses TLS with these options. Certificates are not checked unless they say so. */
  readonly tls?: ConnectionOptions;
  /** The local address, such as 127.0.0.2. */
  readonly from?: string;
  /** Keeps our side open when the server has ended its own. */
  readonly halfOpen?: boolean;
}

/** Connects to a listener, or a port of this machine. The connection ends with the test. */
export async function connectLines(
  t: Scope,
  at: Listener | number,
  { tls, from, halfOpen = false }: LineClientOptions = {},
): Promise<SocketClient> {
  const { host, port } = typeof at === 'number' ? { host: '127.0.0.1', port: at } : at;
  // A listener on every address is reached at this machine's own.
  const target = {
    host: host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host,
    port,
    allowHalfOpen: halfOpen,
    ...(from !== undefined && { localAddress: from }),
  };
  const socket =
    tls === undefined
      ? connect(target)
      : connectTls({ ...target, rejectUnauthorized: false, ...tls });
  // A line is on its way before what the test does next: the system may otherwise hold a second small write back until
  // the server has confirmed the first one, and tests compare what several people see.
  socket.setNoDelay(true);
  const client = lineClientOn(t, socket);
  await withinLimit(once(socket, tls === undefined ? 'connect' : 'secureConnect'), 'a connection');
  return client;
}

/** The same on any stream of bytes, which ends with the test. To be made before anything arrives. */
export function lineClientOn<Stream extends Duplex>(
  t: Scope,
  socket: Stream,
): LineClient & { readonly socket: Stream } {
  t.after(() => socket.destroy());
  const lines = new Lines(socket);
  return {
    socket,
    send: (line) => void socket.write(`${line}\n`),
    next: () => lines.next(),
    expect: async (line) => assert.equal(await lines.next(), line),
    rest: () => lines.rest(),
    end: () => void socket.end(),
  };
}

class Lines {
  readonly #waiting: string[] = [];
  #partial = '';
  #end: string | undefined;
  #changed: () => void = () => {};

  constructor(socket: Duplex) {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = (this.#partial + text).split('\n');
      this.#partial = lines.pop() ?? '';
      this.#waiting.push(...lines.map((line) => line.replace(/\r$/, '')));
      this.#changed();
    });
    socket.on('error', (error) => (this.#end ??= `failed: ${error.message}`));
    socket.on('close', () => {
      this.#end ??= 'ended';
      this.#changed();
    });
  }

  async next(): Promise<string> {
    const line = await withinLimit(this.#take(), 'a line');
    if (line === undefined) throw new Error(`no line came: the connection ${this.#end}`);
    return line;
  }

  async rest(): Promise<string[]> {
    const lines: string[] = [];
    const take = () =>
      withinLimit(this.#take(), 'the end of the connection', () => lines.join('\n'));
    for (let line = await take(); line !== undefined; line = await take()) lines.push(line);
    return lines;
  }

  // The next line, or undefined when the connection has ended. One reader at a time.
  async #take(): Promise<string | undefined> {
    while (this.#waiting.length === 0 && this.#end === undefined) {
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
    return this.#waiting.shift();
  }
}
