import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { ConnectionHandlers } from '../../client/ports.ts';
import { ok } from '../../lib/result.ts';
import { ScriptedConnection } from '../../../test/support/scripted-connection.ts';
import { CarriedConnection, maxWaitingBytes, type PageSocket } from './carried.ts';

const chunk = Buffer.alloc(maxWaitingBytes / 2 + 1);

/** The browser's side: takes messages when it is told to. */
class SlowPage extends EventEmitter implements PageSocket {
  bufferedAmount = 0;
  isPaused = false;
  closed: number | 'cut' | undefined;
  readonly #waiting: { readonly bytes: number; readonly sent: (() => void) | undefined }[] = [];

  send(message: Buffer | string, sent?: () => void): void {
    this.bufferedAmount += message.length;
    this.#waiting.push({ bytes: message.length, sent });
  }

  take(): void {
    const next = this.#waiting.shift();
    this.bufferedAmount -= next?.bytes ?? 0;
    next?.sent?.();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(code: number): void {
    this.closed = code;
  }

  terminate(): void {
    this.closed = 'cut';
  }
}

async function openOne() {
  const [page, server] = [new SlowPage(), new ScriptedConnection()];
  let isOver = false;
  const address = { transport: 'plain', host: '127.0.0.1', port: 1 } as const;
  const trusted = {
    dial: (handlers: ConnectionHandlers) => server.dial(address, handlers),
    check: async () => ok(undefined),
  };
  const carried = new CarriedConnection(trusted, {
    accept: () => page,
    refuse: () => assert.fail('refused'),
    over: () => void (isOver = true),
  });
  await server.open();
  return { page, server, handlers: server.handlers, isOver: () => isOver, carried };
}

test('a page that takes nothing holds the server up at the cap, until it has taken it', async () => {
  const { page, server, handlers } = await openOne();
  assert.equal(server.paused, false);
  handlers.onData(chunk);
  assert.equal(server.paused, false);
  handlers.onData(chunk);
  assert.equal(server.paused, true);
  page.take();
  assert.equal(server.paused, false);
});

test('a server that takes nothing holds the page up at the cap, until it has taken it', async () => {
  const { page, server, handlers } = await openOne();
  server.unsentBytes = chunk.length;
  page.emit('message', chunk, true);
  assert.equal(page.isPaused, false);
  server.unsentBytes = 2 * chunk.length;
  page.emit('message', chunk, true);
  assert.equal(page.isPaused, true);
  server.unsentBytes = 0;
  handlers.onDrain();
  assert.equal(page.isPaused, false);
});

test('where one side ends, what it said is still sent, although the other one was held up', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const first = await openOne();
  first.server.unsentBytes = 2 * chunk.length;
  first.page.emit('message', chunk, true);
  first.handlers.onClose(undefined);
  assert.deepEqual([first.page.isPaused, first.page.closed, first.isOver()], [false, 1000, true]);

  const second = await openOne();
  for (const bytes of [chunk, chunk]) second.handlers.onData(bytes);
  second.page.emit('close');
  // It is read on, so that its end is noticed.
  assert.deepEqual([second.server.paused, second.server.ended], [false, true]);
  second.handlers.onData(chunk);
  second.handlers.onClose(undefined);
  assert.equal(second.isOver(), true);
});

test('a connection that broke is told from one that was ended', async () => {
  const { page, handlers } = await openOne();
  handlers.onClose({ code: 'ECONNRESET', detail: 'reset' });
  assert.equal(page.closed, 1011);
});

test('the end of the program ends both sides', async () => {
  const { page, server, carried: one } = await openOne();
  one.end();
  assert.deepEqual([page.closed, server.destroyed], ['cut', true]);
});
