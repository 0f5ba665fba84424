// Files and their interruptions [7.11]: programs that are killed at any moment, connections that break, impostors. At
// the end the file is there, whole and verified, or nothing is; and nothing stays open.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readdir, readlink, stat, truncate } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../support/free-port.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startServerProgram, type ServerProgram } from '../support/program.ts';
import { startRecordingProxy } from '../support/servers/recording-proxy.ts';
import { tracesOf } from '../support/traces.ts';
import { eventually } from '../support/time-limit.ts';
import { acquainted, assertSaved, makeFile, plainPlace, type Someone } from './stage.ts';

const size = 60_000_000;

/** How many bytes of an unfinished file are on the disk. */
async function gathered(bob: Someone): Promise<number> {
  const part = (await bob.saved()).find((name) => name.endsWith('.part'));
  if (part === undefined) return 0;
  // It may get its name at this very moment.
  return (await stat(join(bob.downloads, part)).catch(() => ({ size: 0 }))).size;
}

/** Resolves when this many bytes are there, or the file has its name. */
async function until(bob: Someone, bytes: number): Promise<void> {
  await eventually(
    async () => (await bob.saved()).includes('big.bin') || (await gathered(bob)) >= bytes,
    `${bytes} bytes`,
    () => bob.chat.stderr(),
  );
}

/** The sockets among a process's descriptors. */
async function sockets({ process }: ServerProgram): Promise<number> {
  const folder = `/proc/${process.pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => '')),
  );
  return links.filter((link) => link.startsWith('socket:')).length;
}

for (const who of ['alice', 'bob', 'both'] as const) {
  test(`[7.11] ${who} killed at any moment: it goes on when they are back, and arrives whole, once`, async (t) => {
    const server = await startServerProgram(t);
    const [alice, bob] = await acquainted(t, plainPlace(server));
    const before = await sockets(server);
    const { path, content } = await makeFile(alice, 'big.bin', size);
    alice.chat.type(`/send_file @bob ${path}`);
    for (let round = 0; round < 3; round++) {
      await until(bob, randomInt(size));
      for (const person of [alice, bob]) {
        if (who !== 'both' && person.name !== who) continue;
        await person.chat.kill();
        await person.comeBack();
      }
    }
    await eventually(
      async () => (await bob.saved()).join() === 'big.bin',
      'the file, alone',
      () => alice.chat.stderr() + bob.chat.stderr(),
    );
    await assertSaved(bob, 'big.bin', content);
    // After another restart there is nothing left to do.
    await alice.chat.stop();
    await alice.comeBack();
    alice.chat.type('@bob done?');
    await bob.chat.prints('[alice] done?');
    assert.deepEqual(await bob.saved(), ['big.bin']);
    await eventually(
      async () => (await sockets(server)) <= before,
      'all sockets of the server to close',
    );
  });
}

test('[7.11] the server killed in the middle: it goes on through the next one', async (t) => {
  const data = ['--data', await temporaryFolder(t)];
  const server = await startServerProgram(t, { args: data });
  const [alice, bob] = await acquainted(t, plainPlace(server));
  const { path, content } = await makeFile(alice, 'big.bin', size);
  alice.chat.type(`/send_file @bob ${path}`);
  await until(bob, 1_000_000);
  await server.kill();
  for (const who of [alice, bob]) await who.chat.tells(/; trying to connect again$/m);
  assert.ok(!(await bob.saved()).includes('big.bin'));
  const { host, port } = server.plain;
  await startServerProgram(t, { args: ['--host', host, '--port', String(port), ...data] });
  for (const who of [alice, bob]) await who.chat.tells(/^helo: connected again$/m);
  await bob.chat.prints(`File "${join(bob.downloads, 'big.bin')}" has successfully been saved!`);
  await bob.chat.tells(/big\.bin goes on at [1-9]\d* %/);
  await alice.chat.prints('File has successfully been delivered!');
  await assertSaved(bob, 'big.bin', content);
  assert.deepEqual(await bob.saved(), ['big.bin']);
});

test('[7.11] cancelled in the middle, by either side: both know, and nothing is left', async (t) => {
  const place = plainPlace(await startServerProgram(t));
  const [alice, bob] = await acquainted(t, place, ['--accept-up-to', '2GB']);
  for (const who of [alice, bob]) {
    // So large that it is not over before somebody ends it. It takes no room on the disk.
    const { path } = await makeFile(alice, 'big.bin', 0);
    await truncate(path, 900_000_000);
    alice.chat.type(`/send_file @bob ${path}`);
    await until(bob, 1_000_000);
    who.chat.type('/cancel');
    const other = who === alice ? bob : alice;
    await who.chat.tells(/big\.bin .*was not .*: you cancelled it/);
    await other.chat.tells(/big\.bin .*was not .*: they cancelled it/);
    await eventually(async () => (await bob.saved()).length === 0, 'the end of the part');
  }
});

test('[7.11] an impostor who is at the port first gets nothing, and the file still arrives', async (t) => {
  const port = await freePort();
  const server = await startServerProgram(t, { args: ['--file-ports', `${port}-${port}`] });
  const [alice, bob] = await acquainted(t, plainPlace(server));
  const { path, content } = await makeFile(alice, 'big.bin', 20_000_000);
  let heard = 0;
  let tries = 0;
  let isOver = false;
  const attack = (line: string): void => {
    if (isOver) return;
    tries += 1;
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => {});
    socket.on('connect', () => void socket.write(line));
    socket.on('data', (bytes) => (heard += bytes.length));
    socket.on('close', () => setImmediate(attack, line));
  };
  attack('OPEN_PORT_TO_RECEIVE bob\n');
  attack('OPEN_PORT_TO_RECEIVE bob proof=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n');
  attack('FILE <alice @bob AAAA garbage');
  alice.chat.type(`/send_file @bob ${path}`);
  await bob.chat.prints(`File "${join(bob.downloads, 'big.bin')}" has successfully been saved!`);
  isOver = true;
  assert.ok(tries > 3);
  assert.equal(heard, 0);
  await assertSaved(bob, 'big.bin', content);
});

test('[7.11] nothing of a file or its name is on the chat connection in the clear', async (t) => {
  const server = await startServerProgram(t);
  const proxy = await startRecordingProxy(t, server.plain);
  const [alice] = await acquainted(t, { address: `${proxy.host}:${proxy.port}`, server });
  const { path, content } = await makeFile(alice, 'geheimer Bericht.pdf', 5000);
  alice.chat.type(`/send_file @bob ${path}`);
  await alice.chat.prints('File has successfully been delivered!');
  const recorded = Buffer.concat(proxy.recorded());
  assert.match(recorded.toString('latin1'), /^FILE_TRANS \/send_file @bob [\w-]{64}$/m);
  for (const secret of ['geheimer', 'Bericht.pdf', content.subarray(0, 12).toString('latin1')]) {
    assert.deepEqual(tracesOf(secret, recorded), []);
  }
});

test('[7.11] between accounts files are described in the stored session, and need no live one beside it', async (t) => {
  const server = await startServerProgram(t);
  const proxy = await startRecordingProxy(t, server.plain);
  const [alice, bob] = await acquainted(t, { address: `${proxy.host}:${proxy.port}`, server });
  const { path, content } = await makeFile(alice, 'plan.pdf', 5000);
  alice.chat.type(`/send_file @bob ${path}`);
  await alice.chat.prints('File has successfully been delivered!');
  await assertSaved(bob, 'plan.pdf', content);
  const recorded = Buffer.concat(proxy.recorded()).toString('latin1');
  assert.match(recorded, /^FILE_TRANS /m);
  assert.doesNotMatch(recorded, /^(PM|REQUEST_PUBLIC_KEY|PUBLIC_KEY) /m);
});
