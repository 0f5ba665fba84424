// Time and space for files [7.11]: people who do not come, sides that stop, ports in use, and content that leaves more
// slowly than it arrives.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import {
  agree,
  ByteClient,
  corrupted,
  delivered,
  login,
  portCloses,
} from '../support/worlds/file-people.ts';
import { startServerProgram } from '../support/program.ts';
import { eventually } from '../support/time-limit.ts';
import { pause } from '../support/time-limit.ts';

async function scene(t: TestContext, ...args: string[]) {
  const server = await startServerProgram(t, { args });
  const alice = await login(t, server.plain, 'alice');
  const bob = await login(t, server.plain, 'bob');
  return { server, alice, bob };
}

test('[7.11] who waits in vain for the other is told in time, and the port is given back', async (t) => {
  const people = await scene(t, '--file-connect-timeout', '0.3');
  let told = '';
  // A sender who is slow here may be too late as well, and is told nothing.
  await eventually(async () => {
    const port = await agree(people);
    const sender = new ByteClient(t, port);
    await sender.send('FILE <alice @bob m content');
    told = (await sender.rest()).toString();
    await portCloses(port);
    return told !== '';
  }, 'a sender who is there in time');
  assert.equal(told, `${corrupted}\n`);
  const next = await agree(people);
  const receiver = new ByteClient(t, next);
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  assert.equal((await receiver.rest()).toString(), '');
  await portCloses(next);
  await portCloses(await agree(people));
});

test('[7.11] a file that stands still is given up in time, whoever it is that stops', async (t) => {
  const people = await scene(t, '--file-stall-timeout', '2');
  for (const content of ['and then nothing', Buffer.alloc(64 * 1024 * 1024)]) {
    const port = await agree(people);
    const receiver = new ByteClient(t, port);
    await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
    const sender = new ByteClient(t, port);
    await sender.send('FILE <alice @bob m ');
    await receiver.expect('FILE <alice @alice m ');
    // The one who stops: the sender, then the receiver.
    if (typeof content !== 'string') receiver.socket.pause();
    void sender.send(content);
    await sender.expect(`${corrupted}\n`);
    sender.socket.destroy();
    receiver.socket.resume();
    await receiver.rest();
    await portCloses(port);
  }
});

for (const who of ['alice', 'bob'] as const) {
  test(`[7.11] ${who} leaves the chat while the receiver is behind: it got a beginning of the file, unaltered`, async (t) => {
    const people = await scene(t);
    const content = randomBytes(64 * 1024 * 1024);
    const port = await agree(people);
    const receiver = new ByteClient(t, port);
    await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
    const sender = new ByteClient(t, port);
    await sender.send('FILE <alice @bob m ');
    const header = 'FILE <alice @alice m ';
    await receiver.expect(header);
    receiver.socket.pause();
    for (let at = 0; at < content.length; at += 65_536) {
      void sender.send(content.subarray(at, at + 65_536));
    }
    // Every buffer between the two is full.
    let left = Infinity;
    await eventually(() => {
      const isFull = sender.socket.writableLength === left && left < content.length;
      left = sender.socket.writableLength;
      return isFull;
    }, 'a sender that has to wait');
    people[who].send('QUIT q');
    await people[who].expect('+OK Goodbye');
    // What the sender still sends is discarded, before the receiver has what is on its way.
    await eventually(() => sender.socket.writableLength < left, 'a sender that goes on');
    receiver.socket.resume();
    const got = await receiver.rest();
    assert.ok(got.length > 0);
    assert.ok(got.equals(content.subarray(0, got.length)));
  });
}

test('[7.11] a slow file that moves is not given up', async (t) => {
  const people = await scene(t, '--file-stall-timeout', '5');
  const port = await agree(people);
  const receiver = new ByteClient(t, port);
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  const sender = new ByteClient(t, port);
  await sender.send('FILE <alice @bob m ');
  const began = performance.now();
  await receiver.expect('FILE <alice @alice m ');
  while (performance.now() - began < 6000) {
    await sender.send('x');
    await receiver.expect('x');
    await pause(20);
  }
  await receiver.send(`${delivered} @alice\n`);
  assert.equal((await sender.rest()).toString(), `${delivered}\n`);
});

/** Two unused ports in a row. */
async function twoFreePorts(): Promise<readonly [number, number]> {
  for (;;) {
    const [first, second] = [createServer(), createServer()];
    await once(first.listen(0, '127.0.0.1'), 'listening');
    const { port } = first.address() as AddressInfo;
    const free = await new Promise<boolean>((resolve) => {
      second.on('error', () => resolve(false));
      second.listen(port + 1, '127.0.0.1', () => resolve(true));
    });
    first.close();
    second.close();
    if (free) return [port, port + 1];
  }
}

test('[7.11] files use the ports they are given, one each; when all are in use, who wanted one is told and can ask again', async (t) => {
  const [first, last] = await twoFreePorts();
  const people = await scene(t, '--file-ports', `${first}-${last}`);
  const ports = [await agree(people), await agree(people)];
  assert.deepEqual(new Set(ports), new Set([first, last]));
  people.alice.send('FILE_TRANS /send_file @bob third');
  await people.bob.expect('FILE_TRANS @alice third');
  people.bob.send('READY_FOR_FILE @alice third');
  await people.bob.expect(
    '-SOFT_ERR the server has 2 file transfers running already, try again later',
  );
  const receiver = new ByteClient(t, first);
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  const sender = new ByteClient(t, first);
  await sender.send('FILE <alice @bob m ');
  await receiver.expect('FILE <alice @alice m ');
  receiver.socket.destroy();
  await sender.rest();
  // The sender may learn of the end before the chat does.
  let answer: string;
  do {
    people.bob.send('READY_FOR_FILE @alice third');
    answer = await people.bob.next();
  } while (answer.includes('2 file transfers'));
  assert.equal(answer, `OPEN_PORT_TO_RECEIVE ${first}`);
});

test('[7.11] a port that another program has is passed over; where all are, who wanted one is told and can ask again', async (t) => {
  const [first, last] = await twoFreePorts();
  const other = createServer().listen(first, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const people = await scene(t, '--file-ports', `${first}-${last}`);
  assert.equal(await agree(people), last);
  people.alice.send('FILE_TRANS /send_file @bob second');
  await people.bob.expect('FILE_TRANS @alice second');
  people.bob.send('READY_FOR_FILE @alice second');
  await people.bob.expect(
    '-SOFT_ERR the server has no free port for a file transfer, try again later',
  );
  await new Promise((resolve) => other.close(resolve));
  people.bob.send('READY_FOR_FILE @alice second');
  await people.alice.expect(`READY_FOR_FILE @bob second ${first}`);
});

test('a person has sixteen files on their way at most', async (t) => {
  const people = await scene(t);
  for (let count = 0; count < 16; count++) await agree(people);
  people.alice.send('FILE_TRANS /send_file @bob more');
  await people.bob.expect('FILE_TRANS @alice more');
  people.bob.send('READY_FOR_FILE @alice more');
  await people.bob.expect('-SOFT_ERR you have 16 file transfers running already, that is the most');
});

for (const [from, to] of [
  ['tcp', 'tcp'],
  ['tls', 'tcp'],
  ['tcp', 'tls'],
  ['tls', 'tls'],
] as const) {
  test(`[7.11] every byte arrives as it was sent, from a fast sender over ${from} to a slow receiver over ${to}`, async (t) => {
    const server = await startServerProgram(t, { args: ['--tls-port', '0', '--guests', 'on'] });
    const at = (transport: 'tcp' | 'tls') => (transport === 'tls' ? server.tls : server.plain);
    const alice = await login(t, at(from), 'alice', { secure: from === 'tls' });
    const bob = await login(t, at(to), 'bob', { secure: to === 'tls' });
    const port = await agree({ alice, bob });
    const receiver = new ByteClient(t, port, { secure: to === 'tls' });
    await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
    const sender = new ByteClient(t, port, { secure: from === 'tls' });
    await sender.send('FILE <alice @bob m ');
    const header = 'FILE <alice @alice m ';
    await receiver.expect(header);

    const content = randomBytes(48 * 1024 * 1024 + 17);
    let received = 0;
    let pauses = 0;
    const hash = createHash('sha256');
    const all = new Promise<void>((resolve) => {
      receiver.socket.removeAllListeners('data');
      receiver.socket.on('data', (chunk: Buffer) => {
        hash.update(chunk);
        received += chunk.length;
        if (received === content.length) resolve();
        // Enough data to fill the buffers a hundred times.
        if (received > (pauses * content.length) / 100) {
          pauses++;
          receiver.socket.pause();
          void pause(5).then(() => receiver.socket.resume());
        }
      });
    });
    await Promise.all([sender.send(content), all]);
    assert.ok(pauses > 50);
    assert.equal(hash.digest('hex'), createHash('sha256').update(content).digest('hex'));
    await receiver.send(`${delivered} @alice\n`);
    await sender.expect(`${delivered}\n`);
  });
}
