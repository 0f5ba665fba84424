// alice has a file for bob: two people at netcat who agree on a transfer, and the bytes that they send and receive at
// its port. Knows section 7.11, and nothing else of the protocol.
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { connectLines, type LineClient } from '../line-client.ts';
import type { Listener } from '../program.ts';
import { withinLimit } from '../time-limit.ts';

export const delivered = 'FILE_STATUS file has successfully been delivered!';
export const corrupted = 'FILE_STATUS File has been corrupted and not delivered!';

export interface Login {
  /** The address of this machine to come from. */
  readonly from?: string;
  readonly secure?: boolean;
}

/** Somebody who has logged in. */
export async function login(
  t: TestContext,
  at: Listener,
  name: string,
  { from, secure = false }: Login = {},
): Promise<LineClient> {
  const client = await connectLines(t, at, {
    ...(from !== undefined && { from }),
    ...(secure && { tls: {} }),
  });
  assert.match(await client.next(), /^HELO /);
  client.send(`HELO ${name}`);
  await client.expect(`+OK HELO ${name}`);
  return client;
}

export interface Agreement {
  readonly alice: LineClient;
  readonly bob: LineClient;
  /** alice's metadata of the file. */
  readonly metadata?: string;
  /** bob's proof. */
  readonly proof?: string;
}

/** alice offers a file and bob accepts it. Returns the port that both get. */
export async function agree({ alice, bob, metadata = 'm', proof }: Agreement): Promise<number> {
  alice.send(`FILE_TRANS /send_file @bob ${metadata}`);
  await bob.expect(`FILE_TRANS @alice ${metadata}`);
  bob.send(`READY_FOR_FILE @alice ${metadata}${proof === undefined ? '' : ` ${proof}`}`);
  const ready = await alice.next();
  const port = Number(ready.split(' ').at(-1));
  assert.equal(ready, `READY_FOR_FILE @bob ${metadata} ${port}`);
  await bob.expect(`OPEN_PORT_TO_RECEIVE ${port}`);
  return port;
}

/** A connection to a port, byte by byte. Ends with the test. */
export class ByteClient {
  readonly socket: Socket;
  #received: Buffer[] = [];
  #length = 0;
  #closed = false;
  #changed: () => void = () => {};

  constructor(
    t: TestContext,
    port: number,
    { secure = false, from }: { readonly secure?: boolean; readonly from?: string } = {},
  ) {
    const target = { host: '127.0.0.1', port, ...(from !== undefined && { localAddress: from }) };
    this.socket = secure ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
    t.after(() => this.socket.destroy());
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => {
      this.#received.push(chunk);
      this.#length += chunk.length;
      this.#changed();
    });
    // A reset counts as an end here.
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.#closed = true;
      this.#changed();
    });
  }

  /** Sends text or bytes; resolves when they have gone to the operating system. */
  send(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** The next `length` bytes. Fails if the connection closes before. */
  async take(length: number): Promise<Buffer> {
    const enough = async () => {
      while (this.#length < length) {
        assert.ok(!this.#closed, `closed after ${this.#length} of ${length} bytes`);
        await new Promise<void>((resolve) => (this.#changed = resolve));
      }
    };
    await withinLimit(enough(), `${length} bytes`, () => `${this.#length} have come`);
    const all = Buffer.concat(this.#received);
    this.#received = [all.subarray(length)];
    this.#length -= length;
    return all.subarray(0, length);
  }

  /** Asserts that `text` comes next. */
  async expect(text: string): Promise<void> {
    assert.equal((await this.take(Buffer.byteLength(text))).toString(), text);
  }

  /** Everything until the connection closes. */
  async rest(): Promise<Buffer> {
    const closed = async () => {
      while (!this.#closed) await new Promise<void>((resolve) => (this.#changed = resolve));
    };
    await withinLimit(closed(), 'the end of a connection', () => `${this.#length} bytes have come`);
    return Buffer.concat(this.#received);
  }
}

/** Waits until nothing listens on a port of this machine. */
export async function portCloses(port: number): Promise<void> {
  const refused = async () => {
    for (;;) {
      const outcome = await new Promise<string>((resolve) => {
        const socket = connect({ host: '127.0.0.1', port });
        socket.on('connect', () => socket.destroy());
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
        socket.on('close', () => resolve('open'));
      });
      if (outcome === 'ECONNREFUSED') return;
    }
  };
  await withinLimit(refused(), `the end of port ${port}`);
}
