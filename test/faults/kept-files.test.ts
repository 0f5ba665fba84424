// Kept files at the real program [13.8]: programs and servers killed at any moment, people who do what they may not, and
// a disk that fills.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createDevice, logIn } from '../support/extended-client.ts';
import { connectLines } from '../support/line-client.ts';
import {
  asksFor,
  beginFetch,
  beginUpload,
  bring,
  drawFileId,
  isOver,
  nameOnDisk,
  refused,
  tell,
  type Person,
} from '../support/kept-people.ts';
import { runProgram, startServerProgram, type ServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';
import { ByteClient, portCloses } from '../support/worlds/file-people.ts';

const devices = { alice: createDevice(), bob: createDevice() };
const content = randomBytes(20 * 1024 * 1024);
const part = 12 * 1024 * 1024;

async function people(
  t: TestContext,
  server: ServerProgram,
): Promise<{ readonly alice: Person; readonly bob: Person }> {
  const at = server.plain;
  return {
    alice: await logIn(t, at, 'alice', { device: devices.alice }),
    bob: await logIn(t, at, 'bob', { device: devices.bob }),
  };
}

test('kill -9 of the server and of who brings or fetches, at any moment: what was said to be kept is, and all comes whole', async (t) => {
  const data = await temporaryFolder(t);
  const start = () => startServerProgram(t, { args: ['--data', data, '--ping-interval', '0'] });
  const id = drawFileId();
  let server = await start();
  let { alice, bob } = await people(t, server);
  // The uploader's program is killed: what came is kept.
  const first = await beginUpload(t, alice, id, { place: '@bob', bytes: content.length });
  await first.send(content.subarray(0, 1000));
  first.socket.destroy();
  assert.equal((await isOver(alice, id))['have'], 1000);
  // The server is killed while it comes: what it has said is there.
  const second = await beginUpload(t, alice, id, {
    place: '@bob',
    bytes: content.length,
    from: 1000,
  });
  await second.send(content.subarray(1000, part));
  const { event } = await alice.until('KEPT');
  const said = event['have'] as number;
  assert.ok(said > 8_000_000 && event['over'] === undefined, String(said));
  const folder = join(data, 'files');
  const path = join(folder, nameOnDisk(id));
  assert.deepEqual(
    [(await stat(folder)).mode & 0o777, (await stat(path)).mode & 0o777],
    [0o700, 0o600],
  );
  await server.kill();
  server = await start();
  ({ alice, bob } = await people(t, server));
  const have = (await asksFor(alice, id, '@bob')) as number;
  assert.ok(have >= said && have <= part, `${have} of ${said}`);
  // A server that is stopped keeps what it has got.
  const third = await beginUpload(t, alice, id, {
    place: '@bob',
    bytes: content.length,
    from: have,
  });
  await third.send(content.subarray(have, have + 1_000_000));
  const isWritten = async () => (await stat(path)).size === have + 1_000_000;
  await eventually(isWritten, 'a megabyte more on the disk');
  assert.equal((await server.stop()).code, 0);
  server = await start();
  ({ alice, bob } = await people(t, server));
  const got = (await asksFor(alice, id, '@bob')) as number;
  assert.equal(got, have + 1_000_000);
  // It goes on from an offset of its own choice.
  await bring(t, alice, id, '@bob', content, got - 77);
  await tell(alice, bob, 'bob', id, 1);

  // The server is killed while somebody fetches, then the one who fetches is.
  const { bytes, port } = await beginFetch(t, bob, id);
  assert.equal(bytes, content.length);
  const begun = await port.take(1_000_000);
  await server.kill();
  server = await start();
  ({ alice, bob } = await people(t, server));
  const next = await beginFetch(t, bob, id, begun.length);
  const middle = await next.port.take(2_000_000);
  next.port.socket.destroy();
  const last = await beginFetch(t, bob, id, begun.length + middle.length);
  const rest = await last.port.rest();
  assert.ok(Buffer.concat([begun, middle, rest]).equals(content));
  // It goes when it was taken, also from the disk, and not before.
  assert.ok(existsSync(path));
  assert.equal((await bob.ask('TAKEN', { id })).answer.verb, 'TAKEN');
  assert.equal(await refused(bob, 'FETCH', { id, from: 0 }), 'file-gone');
  await eventually(() => !existsSync(path), 'the end of the bytes');
  await server.stop();
});

test('nobody gets in by a wrong ticket, for another file, twice, or with more than was said', async (t) => {
  const server = await startServerProgram(t, { args: ['--log-level', 'info'] });
  const { alice, bob } = await people(t, server);
  const id = drawFileId();
  const place = '@bob';
  const other = 'B'.repeat(42) + 'A';
  const { answer } = await alice.ask('UPLOAD', { in: place, id, bytes: 100, from: 0 });
  const port = answer['port'] as number;
  const ticket = String(answer['ticket']);
  for (const line of [
    `UPLOAD ${id} ${other}\n`,
    `FETCH ${id} ${ticket}\n`,
    `UPLOAD ${drawFileId()} ${ticket}\n`,
    `UPLOAD ${id}\n`,
    'FILE <alice @bob m ',
    'GET / HTTP/1.1\r\n\r\n',
    'x'.repeat(100_000),
  ]) {
    const stranger = new ByteClient(t, port);
    void stranger.send(line);
    if (line.startsWith('FILE')) stranger.socket.end();
    assert.equal((await stranger.rest()).length, 0, line.slice(0, 20));
  }
  const honest = new ByteClient(t, port);
  await honest.send(`UPLOAD ${id} ${ticket}\n`);
  await honest.send(content.subarray(0, 40));
  await portCloses(port);
  // More than was said: it is cut there, and over.
  void honest.send(content.subarray(40, 500));
  const over = await isOver(alice, id);
  assert.deepEqual([over['have'], over['code']], [100, undefined]);
  assert.equal((await honest.rest()).length, 0);
  assert.equal(await asksFor(alice, id, place), 100);

  // A second attempt ends the first.
  const first = await beginUpload(t, alice, id, { place, bytes: 200, from: 100 });
  await first.send(content.subarray(100, 150));
  const second = await beginUpload(t, alice, id, { place, bytes: 200, from: 50 });
  assert.equal((await first.rest()).length, 0);
  await second.send(content.subarray(50, 200));
  second.socket.end();
  assert.equal((await isOver(alice, id))['have'], 200);
  await tell(alice, bob, 'bob', id, 1);
  const { port: fetching } = await beginFetch(t, bob, id);
  assert.ok((await fetching.rest()).equals(content.subarray(0, 200)));
  // Who fetches has nothing to say.
  const talking = await bob.ask('FETCH', { id, from: 0 });
  const talker = new ByteClient(t, talking.answer['port'] as number);
  await talker.send(`FETCH ${id} ${String(talking.answer['ticket'])}\nmore`);
  assert.equal((await talker.rest()).length, 0);
  // Tickets are in no log.
  assert.doesNotMatch((await server.stop()).stderr, new RegExp(ticket));
});

test('who is connected over TLS is let to the port over TLS alone', async (t) => {
  const server = await startServerProgram(t, {
    args: ['--tls-port', '0', '--registration', 'open'],
  });
  const alice = await logIn(t, server.tls, 'alice', { tls: {} });
  await logIn(t, server.tls, 'bob', { tls: {} });
  const id = drawFileId();
  const { answer } = await alice.ask('UPLOAD', { in: '@bob', id, bytes: 9, from: 0 });
  const line = `UPLOAD ${id} ${String(answer['ticket'])}\n`;
  const plain = new ByteClient(t, answer['port'] as number);
  await plain.send(line);
  assert.equal((await plain.rest()).length, 0);
  const secure = new ByteClient(t, answer['port'] as number, { secure: true });
  await secure.send(line);
  await secure.send('123456789');
  secure.socket.end();
  assert.equal((await isOver(alice, id))['have'], 9);
});

test('after a start: bytes of nobody go, other things stay, and a file without its bytes is told to be gone', async (t) => {
  const data = await temporaryFolder(t);
  const start = (...args: string[]) =>
    startServerProgram(t, { args: ['--data', data, '--ping-interval', '0', ...args] });
  let server = await start();
  let { alice, bob } = await people(t, server);
  const [gone, stays] = [drawFileId(), drawFileId()];
  await bring(t, alice, gone, '@bob', content.subarray(0, 1000));
  await bring(t, alice, stays, '@bob', content.subarray(0, 2000));
  await tell(alice, bob, 'bob', gone, 1);
  await tell(alice, bob, 'bob', stays, 2);
  await server.stop();
  const folder = join(data, 'files');
  await rm(join(folder, nameOnDisk(gone)));
  await writeFile(join(folder, nameOnDisk(drawFileId())), 'of nobody');
  await writeFile(join(folder, 'note'), 'of the operator');
  server = await start();
  assert.deepEqual((await readdir(folder)).sort(), [nameOnDisk(stays), 'note'].sort());
  ({ alice, bob } = await people(t, server));
  assert.equal(await refused(bob, 'FETCH', { id: gone, from: 0 }), 'file-gone');
  const { port } = await beginFetch(t, bob, stays);
  assert.ok((await port.rest()).equals(content.subarray(0, 2000)));
  await server.stop();
  // Without kept files nothing is announced, and nothing is left.
  server = await start('--file-days', '0');
  const visitor = await connectLines(t, server.plain);
  assert.match(
    await visitor.next(),
    /\[helo: files ehlo sealed devices rooms directory contents expiring signals roles\]$/,
  );
  const greeted = await logIn(t, server.plain, 'alice', { device: devices.alice });
  assert.equal(await refused(greeted, 'UPLOAD', { in: '@bob', id: stays }), 'not-kept');
  await eventually(async () => (await readdir(folder)).join() === 'note', 'the end of all bytes');
  await server.stop();
});

test('a restored server: files whose bytes are there are there, the others are told to be gone, and what a file takes is told', async (t) => {
  const [data, other] = [await temporaryFolder(t), join(await temporaryFolder(t), 'other')];
  const backup = join(await temporaryFolder(t), 'helo.backup');
  const start = (folder: string) =>
    startServerProgram(t, { args: ['--data', folder, '--ping-interval', '0'] });
  const helo = async (...args: string[]) => {
    const { code, stdout, stderr } = await runProgram(t, { args });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  let server = await start(data);
  let { alice, bob } = await people(t, server);
  const id = drawFileId();
  await bring(t, alice, id, '@bob', content.subarray(0, 3_000_000));
  await tell(alice, bob, 'bob', id, 1);
  const usage = JSON.parse(await helo('admin', 'usage', '--json', '--data', data)) as object;
  assert.deepEqual((usage as { files: unknown }).files, [
    { name: 'alice', files: 1, bytes: 3_000_000 },
  ]);
  assert.match(await helo('admin', 'usage', '--data', data), /^alice +1 +3\.0 MB$/m);
  await helo('backup', backup, '--data', data);
  await server.stop();
  // It holds none of the bytes.
  assert.ok((await stat(backup)).size < 2_000_000);
  for (const [folder, ...flags] of [[data, '--replace'], [other]] as const) {
    await helo('restore', backup, '--data', folder, ...flags);
    await helo('admin', 'check', '--data', folder);
    server = await start(folder);
    ({ alice, bob } = await people(t, server));
    if (folder === data) {
      const { port } = await beginFetch(t, bob, id);
      assert.ok((await port.rest()).equals(content.subarray(0, 3_000_000)));
    } else assert.equal(await refused(bob, 'FETCH', { id, from: 0 }), 'file-gone');
    await server.stop();
  }
});

test('a disk that gets full while a file comes: its sender is told, and what was kept before is', async (t) => {
  const server = await startServerProgram(t, {
    // No file may grow beyond ten megabytes. The signal for that must not end the process.
    shell: "trap '' XFSZ; ulimit -S -f 10240",
    args: ['--ping-interval', '0'],
  });
  const { alice } = await people(t, server);
  const id = drawFileId();
  const port = await beginUpload(t, alice, id, { place: '@bob', bytes: content.length });
  void port.send(content);
  const { have, code } = await isOver(alice, id);
  assert.equal(code, 'no-room');
  assert.ok((have as number) >= 8 * 1024 * 1024, String(have));
  await port.rest();
  assert.equal(await asksFor(alice, id, '@bob'), have);
  assert.equal((await alice.ask('DROP', { id })).answer.verb, 'DROPPED');
  await bring(t, alice, drawFileId(), '@bob', content.subarray(0, 1000));
});
