// The way to dial of a browser, in a real one, against a WebSocket server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ServerAddress } from '../../src/client/connection/server-address.ts';
import type { ByteConnection, ConnectionHandlers, Dial } from '../../src/client/ports.ts';
import { dialConformance, type DialUnderTest } from '../conformance/dial.ts';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { browserTests, openScript } from '../support/browser.ts';
import type { RemoteEnd, RemoteHandlers } from '../support/memory/memory-network.ts';
import { callPage } from '../support/remote-object.ts';
import { eventually } from '../support/time-limit.ts';

/** Chromium reports a connection that cannot be made in the console too. */
const expected = /WebSocket connection to .* failed/;

async function underTest(t: TestContext): Promise<DialUnderTest> {
  const page = await openScript(t, 'adapters.ts', { expected });
  return {
    ...(await dialIn(page)),
    listen: async (accept) => {
      const { server, address } = await listen(t);
      server.on('connection', (socket) => serve(socket, accept));
      return address;
    },
    nobody: async () => {
      const { server, address } = await listen(t);
      server.close();
      await once(server, 'close');
      return address;
    },
    proof: 'plain',
    refusal: 'EHOSTUNREACH',
    endsBothSides: true,
  };
}

async function listen(
  t: TestContext,
): Promise<{ readonly server: WebSocketServer; readonly address: ServerAddress }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/socket' });
  await once(server, 'listening');
  t.after(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { server, address: { transport: 'web', scheme: 'http', host: '127.0.0.1', port } };
}

/** A server speaks first. What this one says holds nothing. */
function serve(socket: WebSocket, accept: (end: RemoteEnd) => RemoteHandlers): void {
  socket.send(new Uint8Array());
  const heard = accept({
    write: (text) => socket.send(Buffer.from(text)),
    end: () => socket.close(),
  });
  socket.on('message', (bytes: Buffer) => heard.data(bytes.toString()));
  socket.once('close', () => heard.ended());
}

/** Gathers what is ordered in one turn, as a caller beside the connection would order it. */
class Orders {
  readonly #send: (orders: readonly unknown[], isFirst: boolean) => Promise<unknown>;
  #waiting: unknown[] = [];
  #isFirst = true;
  /** Resolves when the page has carried out what was sent. */
  carriedOut: Promise<unknown> = Promise.resolve();

  constructor(send: (orders: readonly unknown[], isFirst: boolean) => Promise<unknown>) {
    this.#send = send;
    queueMicrotask(() => this.#flush());
  }

  add(...order: readonly unknown[]): void {
    if (this.#waiting.push(order) === 1 && !this.#isFirst) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const orders = this.#waiting;
    this.#waiting = [];
    // A page that is closed by then has nothing to do any more.
    const sent = this.#send(orders, this.#isFirst).catch(() => {});
    this.carriedOut = Promise.all([this.carriedOut, sent]);
    this.#isFirst = false;
  }
}

/**
 * The page's way to dial, as if it were here. Its calls reach the page in their order; `settle` resolves when all of
 * them are carried out.
 */
async function dialIn(
  page: Page,
): Promise<{ readonly dial: Dial; readonly settle: () => Promise<void> }> {
  const listeners = new Map<number, (is: string, detail: unknown, unsent: number) => void>();
  await page.exposeFunction(
    'tellTest',
    (call: number, is: string, detail: unknown, unsent: number) =>
      listeners.get(call)?.(is, detail, unsent),
  );
  const given: Orders[] = [];
  const dial: Dial = (address, handlers) => {
    const call = given.length;
    let unsentBytes = 0;
    listeners.set(call, (is, detail, unsent) => {
      unsentBytes = unsent;
      tell(handlers, is, detail);
    });
    const orders = new Orders((waiting, isFirst) => {
      if (isFirst) callPage(page, ['dial'], [call, address]);
      return callPage(page, ['tellConnection'], [call, waiting]);
    });
    given.push(orders);
    const order = (method: keyof ByteConnection, ...args: readonly unknown[]) =>
      orders.add(method, ...args);
    return {
      write: (bytes) => order('write', new Uint8Array(bytes)),
      get unsentBytes() {
        return unsentBytes;
      },
      pause: () => order('pause'),
      resume: () => order('resume'),
      end: () => order('end'),
      destroy: () => order('destroy'),
    };
  };
  const settle = async (): Promise<void> => {
    // What was ordered in this turn is sent first.
    await Promise.resolve();
    await Promise.all(given.map((orders) => orders.carriedOut));
  };
  return { dial, settle };
}

function tell(handlers: ConnectionHandlers, is: string, detail: unknown): void {
  if (is === 'open') handlers.onOpen(detail as Parameters<ConnectionHandlers['onOpen']>[0]);
  if (is === 'data') handlers.onData(Uint8Array.from(detail as number[]));
  if (is === 'drain') handlers.onDrain();
  if (is === 'closed') handlers.onClose(detail as Parameters<ConnectionHandlers['onClose']>[0]);
}

interface Told {
  readonly is: string;
  readonly detail: unknown;
}

/** A connection, and what it has told. */
async function callIn(
  dial: Dial,
  address: ServerAddress,
): Promise<{ readonly told: readonly Told[]; readonly connection: ByteConnection }> {
  const told: Told[] = [];
  const connection = dial(address, {
    onOpen: (proof) => told.push({ is: 'open', detail: proof }),
    onData: (bytes) => told.push({ is: 'data', detail: bytes.length }),
    onDrain: () => {},
    onClose: (failure) => told.push({ is: 'closed', detail: failure }),
  });
  await eventually(() => told.some(({ is }) => is === 'open'), 'the connection');
  return { told, connection };
}

/** Why it ended, of a connection that has. */
function codeOf(told: readonly Told[]): string | undefined {
  const failure = told.at(-1)?.detail as { readonly code: string } | undefined;
  return failure?.code;
}

browserTests('dialling in a browser', () => {
  dialConformance('in a browser', underTest);

  test('a page that is paused keeps a limited amount, and then ends the connection', async (t) => {
    const page = await openScript(t, 'adapters.ts');
    const { server, address } = await listen(t);
    const accepted = once(server, 'connection');
    server.on('connection', (socket) => socket.send(new Uint8Array()));
    const { told, connection } = await callIn((await dialIn(page)).dial, address);
    const [socket] = (await accepted) as [WebSocket];
    connection.pause();
    // The answer shows that the pause has arrived.
    connection.write(Buffer.from('paused'));
    await once(socket, 'message');
    const most = await callPage<number>(page, ['maxHeldBytes'], []);
    socket.send(new Uint8Array(most));
    socket.send(new Uint8Array(1));
    await eventually(() => told.some(({ is }) => is === 'closed'), 'the end');
    assert.deepEqual(
      told.map(({ is }) => is),
      ['open', 'closed'],
    );
    assert.equal(codeOf(told), 'ENOBUFS');
  });

  test('text from a server is refused: it is no piece of the stream', async (t) => {
    const page = await openScript(t, 'adapters.ts');
    const { server, address } = await listen(t);
    server.on('connection', (socket) => socket.send('text'));
    const { told } = await callIn((await dialIn(page)).dial, address);
    await eventually(() => told.some(({ is }) => is === 'closed'), 'the end');
    assert.equal(codeOf(told), 'EPROTO');
  });

  test('what was seen of a server over TLS is told first, and by nothing but the first message', async (t) => {
    const page = await openScript(t, 'adapters.ts');
    const { dial } = await dialIn(page);
    const [fingerprint, binding] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const seen = `tls ${encodeBase64url(fingerprint)} ${encodeBase64url(binding)}`;
    const { server, address } = await listen(t);
    server.on('connection', (socket) => {
      socket.send(seen);
      socket.send(Buffer.from('bytes'));
      socket.send(seen);
    });
    const { told } = await callIn(dial, address);
    await eventually(() => told.some(({ is }) => is === 'closed'), 'the end');
    const [open, ...others] = told;
    assert.deepEqual(open?.detail, { kind: 'tls', fingerprint, binding });
    assert.deepEqual(others, [
      { is: 'data', detail: 5 },
      {
        is: 'closed',
        detail: { code: 'EPROTO', detail: 'the server sent text where bytes belong' },
      },
    ]);
  });

  test('a server that ends it for a reason is told apart from one that is done', async (t) => {
    const page = await openScript(t, 'adapters.ts');
    const { dial } = await dialIn(page);
    for (const [code, failure] of [
      [1000, undefined],
      [1001, undefined],
      [1009, 'WS1009'],
    ] as const) {
      const { server, address } = await listen(t);
      server.on('connection', (socket) => {
        socket.send(new Uint8Array());
        socket.close(code);
      });
      const { told } = await callIn(dial, address);
      await eventually(() => told.some(({ is }) => is === 'closed'), 'the end');
      assert.equal(codeOf(told), failure);
    }
  });
});
