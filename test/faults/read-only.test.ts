// A server whose file system has become read-only, as the system makes one whose disk has failed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { logIn } from '../support/extended-client.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** From when the file `mark` is there, Node's file functions change nothing any more. */
const readOnlyFrom = (mark: string) => `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const { existsSync } = fs;
  const refused = (syscall) =>
    Object.assign(new Error('EROFS: read-only file system, ' + syscall), { code: 'EROFS', errno: -30, syscall });
  const changing = ['write', 'unlink', 'rm', 'rmdir', 'rename', 'link', 'mkdir', 'chmod', 'truncate', 'writeFile', 'appendFile', 'utimes', 'fsync', 'ftruncate'];
  for (const name of changing) {
    for (const [functions, key] of [[fs, name + 'Sync'], [fs.promises, name]]) {
      const original = functions[key];
      if (original === undefined) continue;
      functions[key] = (target, ...others) => {
        const isOutput = target === 1 || target === 2;
        if (isOutput || !existsSync(${JSON.stringify(mark)})) return original(target, ...others);
        if (functions === fs) throw refused(name);
        return Promise.reject(refused(name));
      };
    }
  }
  syncBuiltinESMExports();
`;

test('SIGTERM where nothing can be written, made or removed any more ends with 0 and without a stack (in place of a file system that is mounted read-only under open files, which no user can bring about)', async (t) => {
  const folder = await temporaryFolder(t);
  const [data, mark] = [join(folder, 'data'), join(folder, 'mark')];
  const server = await startServerProgram(t, {
    shell: "trap '' XFSZ",
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(readOnlyFrom(mark))}`],
    args: ['--data', data],
  });
  const alice = await logIn(t, server.plain, 'alice');
  alice.lines.send('BCST kept');
  await alice.until('+OK');
  await writeFile(mark, '');
  await chmod(data, 0o500);
  try {
    execFileSync('prlimit', ['--pid', String(server.process.pid), '--fsize=0']);
    alice.lines.send('BCST not kept');
    const { event } = await alice.until('-SOFT_ERR');
    assert.match(event.rest ?? '', /cannot store/);
    const { code, stderr } = await server.stop();
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /^\s+at |a bug of its own/m);
  } finally {
    // So that the test's folder can be removed.
    await chmod(data, 0o700);
  }
});
