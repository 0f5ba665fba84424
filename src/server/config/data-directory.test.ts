import assert from 'node:assert/strict';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { openDataDirectory } from './data-directory.ts';

test('the folder is made with its parents, for its owner only, and left empty', async (t) => {
  const folder = join(await temporaryFolder(t), 'a', 'b');
  assert.deepEqual(await openDataDirectory(folder), { ok: true, value: undefined });
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(folder), []);
});

test('a folder that is there keeps its permissions and what is in it', async (t) => {
  const folder = join(await temporaryFolder(t), 'shared');
  await mkdir(folder, { mode: 0o750 });
  await writeFile(join(folder, 'mine'), '');
  assert.ok((await openDataDirectory(folder)).ok);
  assert.equal((await stat(folder)).mode & 0o777, 0o750);
  assert.deepEqual(await readdir(folder), ['mine']);
});

test('a file in its place is a problem of the system, with what to do', async (t) => {
  const file = join(await temporaryFolder(t), 'file');
  await writeFile(file, '');
  const opened = await openDataDirectory(file);
  assert.deepEqual(!opened.ok && opened.error, {
    kind: 'system',
    message: `the data directory ${file} cannot be written: it is not a folder`,
    hint: 'Name another one with --data DIR, or give this user the right to write there.',
  });
});
