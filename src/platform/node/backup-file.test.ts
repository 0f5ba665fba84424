// The file of a backup: what a crash, another program and a stranger's file leave of it.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { openBackupFile, readBackupFile } from './backup-file.ts';

const idOf = (text: string) => Buffer.from(text.padEnd(16)).toString('hex');

async function opened(path: string) {
  const file = await openBackupFile(path);
  assert.ok('blobs' in file, JSON.stringify(file));
  return file;
}

async function listed(path: string): Promise<readonly string[] | undefined> {
  const file = await readBackupFile(path);
  if (file === undefined || !('blobs' in file)) return undefined;
  const list = await file.blobs.list('backup');
  await file.close();
  return list.ok ? list.value.blobs.map(({ id }) => Buffer.from(id, 'hex').toString().trim()) : [];
}

/** A file with blobs of ten bytes. */
async function filled(t: TestContext, ...names: readonly string[]): Promise<string> {
  const path = join(await temporaryFolder(t), 'a.backup');
  const file = await opened(path);
  for (const name of names)
    assert.ok((await file.blobs.put('backup', idOf(name), randomBytes(10))).ok);
  assert.ok(await file.finish());
  return path;
}

test('cut at any byte, a file has what was whole before, and takes more', async (t) => {
  const path = await filled(t, 'one', 'two');
  const whole = await readFile(path);
  const { length } = whole;
  for (let cut = 0; cut <= length; cut++) {
    await writeFile(path, whole.subarray(0, cut));
    const expected = cut < 19 ? undefined : ['one', 'two'].slice(0, Math.floor((cut - 19) / 30));
    assert.deepEqual(await listed(path), expected, String(cut));
    if (cut > 0 && cut < 19) continue;
    const file = await opened(path);
    assert.ok((await file.blobs.put('backup', idOf('three'), randomBytes(10))).ok);
    await file.close();
    assert.deepEqual(await listed(path), [...(expected ?? []), 'three'], String(cut));
  }
});

test('what is gone is gone, and a file of which most is gone is written anew', async (t) => {
  const path = await filled(t, 'one', 'two', 'three');
  const before = await stat(path);
  const file = await opened(path);
  for (const name of ['one', 'three']) assert.equal(await file.blobs.drop(idOf(name)), true);
  await file.close();
  assert.deepEqual(await listed(path), ['two']);
  const bytes = await (await opened(path)).finish();
  const after = await stat(path);
  assert.deepEqual(
    [after.size, after.size < before.size, after.mode & 0o777],
    [bytes, true, 0o600],
  );
  assert.deepEqual(await listed(path), ['two']);
});

test('two programs that write to one file do not write over each other', async (t) => {
  const path = await filled(t, 'one');
  const [mine, theirs] = [await opened(path), await opened(path)];
  assert.ok((await mine.blobs.put('backup', idOf('two'), randomBytes(10))).ok);
  assert.equal((await theirs.blobs.put('backup', idOf('three'), randomBytes(10))).ok, false);
  assert.equal(theirs.fault, 'another program writes to it');
  await Promise.all([mine.close(), theirs.close()]);
  assert.deepEqual(await listed(path), ['one', 'two']);
});

test('lengths that no file has end what is read of it', async (t) => {
  const path = await filled(t, 'one');
  const { size } = await stat(path);
  for (const length of [11, 0x7fffffff, 0xfffffffe]) {
    const entry = Buffer.alloc(20);
    entry.writeUInt32BE(length, 16);
    await appendFile(path, Buffer.concat([entry, randomBytes(10)]));
    assert.deepEqual(await listed(path), ['one']);
    await truncate(path, size);
  }
});
