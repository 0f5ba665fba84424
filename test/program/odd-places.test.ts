// Folders and files that are not what they should be: each is an error that names it, at once. Nothing waits or retries
// without end.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram, startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const chat = ['chat', '--server', '127.0.0.1:9', '--name', 'bob'];
const serve = ['serve', '--port', '0', '--tls-port', 'off'];

test('a data directory that cannot be is told with its path, at client and server', async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, 'file');
  await writeFile(file, '');
  const dangling = join(folder, 'dangling');
  await symlink(join(folder, 'nowhere', 'at-all'), dangling);
  const closed = join(folder, 'closed');
  await mkdir(closed, { mode: 0o500 });
  const places = ['/proc/helo', '/proc/helo/deep/er', '/dev/null/x', file, dangling];
  if (process.getuid?.() !== 0) places.push(closed, join(closed, 'below'));
  for (const data of places) {
    for (const command of [chat, serve]) {
      const { code, stderr } = await runProgram(t, { args: [...command, '--data', data] });
      assert.equal(code, 3, `${data}: ${stderr}`);
      assert.ok(stderr.startsWith('helo: ') && stderr.includes(data), stderr);
      assert.doesNotMatch(stderr, /unexpected|bug/);
    }
  }
});

test('a folder for downloads is made; one that cannot be is told', async (t) => {
  const folder = await temporaryFolder(t);
  const { plain } = await startServerProgram(t);
  const server = ['--server', `${plain.host}:${plain.port}`];
  const args = ['chat', ...server, '--name', 'bob', '--downloads'];
  const made = join(folder, 'a', 'b');
  const { code } = await runProgram(t, { args: [...args, made], env: { HELO_GUEST: 'true' } });
  assert.equal(code, 0);
  assert.ok((await stat(made)).isDirectory());
  await writeFile(join(folder, 'file'), '');
  for (const place of [join(folder, 'file'), '/proc/helo', '/dev/null/x']) {
    const told = await runProgram(t, { args: [...args, place] });
    assert.equal(told.code, 1);
    assert.ok(told.stderr.includes(place), told.stderr);
  }
});

test('a configuration that is no regular file is told, and not waited for', async (t) => {
  const folder = await temporaryFolder(t);
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  await chmod(pipe, 0o600);
  for (const config of [pipe, '/dev/zero', folder]) {
    const { code, stderr } = await runProgram(t, { args: [...serve, '--config', config] });
    assert.equal(code, 3, stderr);
    assert.match(stderr, /cannot be read: it is (no regular file|a folder)/);
  }
});

test('helo -v is its version', async (t) => {
  const { code, stdout } = await runProgram(t, { args: ['-v'] });
  assert.equal(code, 0);
  assert.match(stdout, /^helo \d+\.\d+\.\d+\n$/);
});
