// A connection that exceeds its limits, compared with one without limits: the same lines, in the same order, only
// later.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ConnectionId } from '../hub/effects.ts';
import { createTestClock } from './clock.fixture.ts';
import { ClientConnection, type ClientConnectionListener } from './connection.ts';
import { FloodControl } from './limits/flood-control.ts';
import type { FloodLimits } from './limits/flood-limits.ts';
import type { Transport } from './transport/transport.ts';

const rate = { perSecond: 10, burst: 5 };
const plenty = { perSecond: 1e9, burst: 1e9 };
const limits: FloodLimits = {
  connection: { lines: rate, bytes: plenty },
  door: plenty,
  address: { lines: plenty, bytes: plenty, connections: plenty, logins: { ...rate, burst: 1 } },
};

/** Remembers what it was called with. */
class RecordingTransport implements Transport {
  readonly origin = { address: '192.0.2.1', listenerHost: '::', isLocal: false, secure: false };
  readonly binding = new Uint8Array();
  readonly unsentBytes = 0;
  paused = false;
  ended = false;
  write(): void {}
  writeBytes(): void {}
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  end(): void {
    this.ended = true;
  }
  destroy(): void {}
}

class Log implements ClientConnectionListener {
  readonly maxLineBytes = 1000;
  readonly clock;
  readonly heard: string[] = [];
  readonly marks: string[] = [];
  open = true;
  cost = 0;
  waitMs = 0;
  onGone = () => {};

  constructor(clock: ClientConnectionListener['clock']) {
    this.clock = clock;
  }
  phase(): 'open' | 'greeting' | undefined {
    return this.open ? 'greeting' : undefined;
  }
  command(_: ConnectionId, command: { verb: string }): number {
    this.heard.push(command.verb);
    return this.cost;
  }
  request(_: ConnectionId, verb: string, line: string): number {
    this.heard.push(`request ${verb}: ${line}`);
    return this.cost;
  }
  refuse(_: ConnectionId, { text }: { text: string }): number {
    this.heard.push(text);
    return this.cost;
  }
  lineTooLong(): void {
    this.open = false;
    this.marks.push('too long');
  }
  holdBack(): void {
    this.marks.push('held');
  }
  letGo(): void {
    this.marks.push('free');
  }
  gone(): void {
    if (this.open) this.marks.push('gone');
    this.open = false;
    this.onGone();
  }
}

function setUp(limits: FloodLimits | undefined) {
  const { clock, timers, goTo } = createTestClock();
  const flood = limits && new FloodControl(limits, 100, clock);
  const client = new RecordingTransport();
  const log = new Log(clock);
  log.onGone = () => client.end();
  const allowance = flood?.enter('192.0.2.1');
  const connection = new ClientConnection(1 as ConnectionId, client, allowance, log);
  return { connection, client, log, timers, goTo, clock, flood };
}

const bytes = (text: string) => Buffer.from(text);

test('lines over the limit wait, with the socket unread; nothing is lost and nobody refused', () => {
  const { connection, client, log, goTo } = setUp(limits);
  connection.data(bytes('PONG\n'.repeat(20)));
  assert.equal(log.heard.length, 6);
  assert.deepEqual(log.marks, ['held']);
  assert.ok(client.paused);
  goTo(1001);
  assert.equal(log.heard.length, 16);
  assert.ok(client.paused);
  goTo(1401);
  assert.equal(log.heard.length, 20);
  goTo(1501);
  assert.ok(!client.paused);
  assert.equal(log.marks.at(-1), 'free');
});

test('any chunks come out as the lines that they are, only later', () => {
  const chunk = fc
    .array(fc.constantFrom('PONG\n', 'QUIT\n', 'x', 'grüße', '\n', '\r\n', 'BCST hey\n', '\xff\n'))
    .map((parts) => bytes(parts.join('')));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 10 }), fc.boolean(), (chunks, finishes) => {
      const limited = setUp(limits);
      const free = setUp(undefined);
      for (const { connection, client, goTo, clock } of [limited, free]) {
        for (const chunk of chunks) {
          while (client.paused) goTo(clock.now() + 50);
          connection.data(chunk);
        }
        if (finishes) connection.finished();
        goTo(clock.now() + 1_000_000);
      }
      assert.deepEqual(limited.log.heard, free.log.heard);
      assert.deepEqual(limited.client.ended, finishes);
      assert.equal(limited.client.paused && !finishes, false);
      assert.equal(limited.log.open, !finishes);
    }),
  );
});

test('who has said everything and waits is gone only when all of it has been heard', () => {
  const { connection, client, log, goTo } = setUp(limits);
  const chunk = bytes('PONG\n'.repeat(9));
  connection.data(chunk);
  // The connection may use the bytes of a chunk only during the call.
  chunk.fill(0);
  connection.finished();
  assert.deepEqual([log.heard.length, log.marks, client.ended], [6, ['held'], false]);
  goTo(1000);
  assert.equal(log.heard.length, 9);
  assert.equal(log.marks.at(-1), 'gone');
  assert.ok(client.ended);
});

test('who goes while held back leaves no timer and nothing behind', () => {
  const { connection, log, timers, goTo, flood } = setUp(limits);
  connection.data(bytes('PONG\n'.repeat(9)));
  connection.closed();
  flood?.close();
  assert.equal(timers.size, 0);
  assert.deepEqual(log.marks, ['held', 'gone']);
  assert.equal(flood?.usages.connections, 0);
  goTo(10_000);
  assert.equal(log.heard.length, 6);
});

test('what a line costs beside its own bytes is counted', () => {
  const byBytes = {
    ...limits,
    connection: { lines: plenty, bytes: { perSecond: 1000, burst: 2000 } },
  };
  const { connection, log, goTo } = setUp(byBytes);
  log.cost = 1000;
  connection.data(bytes('PONG\n'.repeat(9)));
  assert.equal(log.heard.length, 2);
  goTo(1000);
  assert.equal(log.heard.length, 3);
});

test('while the server is behind nobody is listened to, and all of it is heard when it has caught up', () => {
  const { connection, client, log, goTo } = setUp(undefined);
  log.waitMs = 50;
  connection.data(bytes('PONG\nPONG\nQUIT\n'));
  connection.finished();
  assert.deepEqual([log.heard, log.marks, client.paused], [['PONG'], ['held'], true]);
  goTo(1000);
  assert.deepEqual([log.heard, log.marks, client.ended], [['PONG'], ['held'], false]);
  log.waitMs = 0;
  goTo(1051);
  assert.deepEqual(log.heard, ['PONG', 'PONG', 'QUIT']);
  assert.deepEqual([log.marks, client.ended], [['held', 'free', 'gone'], true]);
});

test('lines of the extended protocol go their own way, those of a later one, too', () => {
  const { connection, log } = setUp(undefined);
  connection.data(bytes('SEND {"text":"grüße"}\nSING {"a":1}\nHELO {\nSING a\nPROVE\n'));
  assert.deepEqual(log.heard, [
    'request SEND: SEND {"text":"grüße"}',
    'request SING: SING {"a":1}',
    'username has an invalid format (only characters, numbers and underscores are allowed)',
    'log in first: HELO <username>',
    'request PROVE: PROVE',
  ]);
});

test('an extended login counts as one', () => {
  const { connection, log } = setUp(limits);
  connection.data(bytes('HELO a\nEHLO {}\nEHLO {}\n'));
  const refused = 'too many logins from your address, try again in 1 seconds';
  assert.deepEqual(log.heard, ['HELO', 'request EHLO: EHLO {}', refused]);
});

test('a login over the limit is refused with the time to wait', () => {
  const { connection, log } = setUp(limits);
  connection.data(bytes('HELO a\nHELO b\nHELO c\n'));
  const refused = 'too many logins from your address, try again in 1 seconds';
  assert.deepEqual(log.heard, ['HELO', 'HELO', refused]);
});

test('what a transport keeps of a message that is not whole counts as well', () => {
  const { connection, log, flood } = setUp(limits);
  flood?.enter('192.0.2.1').hold(64 * 1024 * 1024 - 10);
  connection.data(bytes('01234'));
  connection.gathering(5);
  assert.deepEqual(log.heard, []);
  connection.gathering(0);
  connection.data(bytes('56789'));
  assert.deepEqual(log.heard, []);
  connection.gathering(1);
  assert.deepEqual(log.heard, ['too many unfinished lines from your address, try again later']);
});

test('a connection is ended where its address holds too much of lines that have not ended', () => {
  const { connection, log, flood } = setUp(limits);
  flood?.enter('192.0.2.1').hold(64 * 1024 * 1024 - 10);
  connection.data(bytes('0123456789'));
  assert.deepEqual(log.heard, []);
  connection.data(bytes('x'));
  assert.deepEqual(log.heard, ['too many unfinished lines from your address, try again later']);
});
