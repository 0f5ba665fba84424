// A backup of the running server, and a server made of it.
import assert from 'node:assert/strict';
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { logIn } from '../support/extended-client.ts';
import { runProgram, startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const quiet = ['--ping-interval', '0', '--registration', 'open'];
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test('what a running server keeps goes to a file and becomes a server elsewhere', async (t) => {
  const folder = await temporaryFolder(t);
  const [data, copy, file] = ['data', 'copy', 'backup'].map((name) => join(folder, name));
  assert.ok(data && copy && file);
  const helo = (...args: string[]) => runProgram(t, { args, folder });
  const server = await startServerProgram(t, {
    args: [...quiet, '--tls-port', '0', '--tls-host', '127.0.0.1', '--data', data],
  });
  const alice = await logIn(t, server.plain, 'alice');
  for (let number = 1; number <= 20; number++)
    await alice.send('lobby', `s.${number}`, `text ${number}`);

  // A relative path starts from where the operator is, not the server.
  assert.deepEqual(await helo('backup', 'backup', '--data', data), {
    code: 0,
    signal: null,
    stdout: `Everything is in ${file}\n`,
    stderr: '',
  });
  assert.equal(await modeOf(file), 0o600);
  const twice = await helo('backup', file, '--data', data);
  assert.equal(twice.code, 3);
  assert.match(
    twice.stderr,
    /^helo: .*backup cannot be written: it exists already\. Name a new file/,
  );
  await alice.send('lobby', 's.21', 'said after the backup');

  // Not while a server runs, and not over existing files.
  const running = await helo('restore', file, '--data', data, '--replace');
  assert.equal(running.code, 3);
  assert.match(running.stderr, /in use by another server \(process \d+\)\. Stop it first/);
  assert.equal((await helo('restore', file, '--data', copy)).stdout, `Restored to ${copy}\n`);
  assert.deepEqual((await readdir(copy)).filter((name) => !name.includes('.lock')).sort(), [
    'helo.db',
    'identity.key',
    'tls',
  ]);
  for (const name of ['identity.key', 'tls/key.pem', 'tls/cert.pem']) {
    assert.deepEqual(await readFile(join(copy, name)), await readFile(join(data, name)), name);
    assert.equal(await modeOf(join(copy, name)), 0o600);
  }
  // The keys are in the files only, and no longer in the database.
  const key =
    (await readFile(join(data, 'identity.key'), 'latin1')).split('\n')[1] ?? assert.fail();
  assert.ok((await readFile(file, 'latin1')).includes(key));
  assert.ok(!(await readFile(join(copy, 'helo.db'), 'latin1')).includes(key));

  const second = await startServerProgram(t, { args: [...quiet, '--data', copy] });
  const again = await logIn(t, second.plain, 'alice', { device: alice.device });
  assert.equal(again.welcome['created'], false);
  const texts = (await again.history('lobby')).map(({ text }) => text);
  assert.deepEqual(
    texts,
    Array.from({ length: 20 }, (_, index) => `text ${index + 1}`),
  );
  await again.send('lobby', 't.1', 'goes on');
  await second.stop();

  const inhabited = await helo('restore', file, '--data', copy);
  assert.equal(inhabited.code, 1);
  assert.match(inhabited.stderr, /^helo: there is a server's data in .*--replace/);
  const replaced = await helo('restore', file, '--data', copy, '--replace');
  const aside = /^What was there before is in (.*)$/m.exec(replaced.stdout)?.[1] ?? assert.fail();
  assert.equal(await modeOf(aside), 0o700);
  assert.ok((await readdir(aside)).includes('helo.db'));
  const third = await startServerProgram(t, { args: [...quiet, '--data', copy] });
  const last = await logIn(t, third.plain, 'alice', { device: alice.device });
  assert.equal((await last.history('lobby')).length, 20);
});

test('what is no whole backup is refused before anything is touched', async (t) => {
  const folder = await temporaryFolder(t);
  const [data, file] = [join(folder, 'data'), join(folder, 'backup')];
  const helo = (...args: string[]) => runProgram(t, { args });
  const server = await startServerProgram(t, { args: [...quiet, '--data', data] });
  const alice = await logIn(t, server.plain, 'alice');
  for (let number = 1; number <= 50; number++)
    await alice.send('lobby', `s.${number}`, 'x'.repeat(2_000));
  assert.equal((await helo('backup', file, '--data', data)).code, 0);
  await server.stop();
  const refused = async (path: string, pattern: RegExp) => {
    const ended = await helo('restore', path, '--data', data, '--replace');
    assert.deepEqual([ended.code, ended.stdout], [3, '']);
    assert.match(ended.stderr, pattern);
  };
  await refused(join(folder, 'none'), /none cannot be opened: there is no such file/);
  await writeFile(
    join(folder, 'text'),
    'not a backup at all, and a little longer than its head'.repeat(9),
  );
  await refused(join(folder, 'text'), /text is not a server's database/);
  await refused(join(data, 'helo.db'), /is a server's database, but no backup/);
  await truncate(file, 40_000);
  await refused(file, /is damaged\. Keep a copy of it/);
  const next = await startServerProgram(t, { args: [...quiet, '--data', data] });
  const back = await logIn(t, next.plain, 'alice', { device: alice.device });
  assert.equal((await back.history('lobby')).length, 50);
  for (const args of [['backup'], ['restore'], ['backup', 'a', 'b']]) {
    assert.equal((await helo(...args)).code, 1, args.join(' '));
  }
});
