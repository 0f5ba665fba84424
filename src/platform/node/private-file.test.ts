import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { createPrivateFile, readPrivateFile, replacePrivateFile } from './private-file.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test('files and the folders made for them are for their owner only, whatever the umask', async (t) => {
  const folder = await temporaryFolder(t);
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const path = join(folder, 'a', 'b', 'file');
  assert.equal(await createPrivateFile(path, bytes('one')), true);
  assert.equal(await modeOf(path), 0o600);
  assert.equal(await modeOf(join(folder, 'a')), 0o700);
  assert.equal(await modeOf(join(folder, 'a', 'b')), 0o700);
  await chmod(path, 0o644);
  await replacePrivateFile(path, bytes('two'));
  assert.equal(await modeOf(path), 0o600);
  assert.equal(await readFile(path, 'utf8'), 'two');
});

test('what is there is not created again, and nothing else is left behind', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'file');
  const many = await Promise.all(
    Array.from({ length: 20 }, (_, number) => createPrivateFile(path, bytes(`by ${number}`))),
  );
  assert.equal(many.filter(Boolean).length, 1, 'one winner');
  assert.equal(await readFile(path, 'utf8'), `by ${many.indexOf(true)}`);
  assert.deepEqual(await readdir(folder), ['file']);
});

test('a reader never sees half of a file that is being replaced', async (t) => {
  const path = join(await temporaryFolder(t), 'file');
  const contents = ['a', 'b'].map((letter) => bytes(letter.repeat(200_000)));
  await replacePrivateFile(path, contents[0] ?? bytes(''));
  const writing = (async () => {
    for (let round = 0; round < 20; round++) {
      for (const content of contents) await replacePrivateFile(path, content);
    }
  })();
  for (let round = 0; round < 40; round++) {
    const read = Buffer.from((await readPrivateFile(path, 200_000)) ?? []).toString();
    assert.match(read, /^(a{200000}|b{200000})$/);
  }
  await writing;
});

test('no file is undefined; what cannot be used is an error that names the file', async (t) => {
  const folder = await temporaryFolder(t);
  assert.equal(await readPrivateFile(join(folder, 'none'), 10), undefined);
  await writeFile(join(folder, 'long'), 'x'.repeat(11));
  const refused = (pattern: RegExp) => (error: unknown) =>
    error instanceof PrivateFileError && pattern.test(error.message);
  await assert.rejects(readPrivateFile(join(folder, 'long'), 10), refused(/long is damaged/));
  await mkdir(join(folder, 'folder'));
  await assert.rejects(readPrivateFile(join(folder, 'folder'), 10), refused(/it is a folder/));
  const below = join(folder, 'long', 'file');
  await assert.rejects(createPrivateFile(below, bytes('x')), refused(/its place is not a folder/));
});
