import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TransferRecord } from '../../../client/files/records.ts';
import { temporaryFolder } from '../../../../test/support/temporary.ts';
import { openAcquaintanceFile } from './acquaintance-file.ts';
import { openTransferFiles } from './transfer-files.ts';

const settled = (id: string): TransferRecord => ({
  kind: 'settled',
  id,
  peer: 'alice',
  outcome: 'saved',
  savedAtMs: 5,
});
const first = 'a'.repeat(32);
const second = 'b'.repeat(32);

test('transfers are remembered by server and user, in files of their owner only', async (t) => {
  const folder = await temporaryFolder(t);
  const store = openTransferFiles(folder, 'plain-[::1]:1337', 'Bob');
  assert.deepEqual(await store.load(), []);
  await store.put(settled(first));
  await store.put(settled(second));
  await store.put({ ...settled(first), savedAtMs: 6 });
  assert.deepEqual(await store.load(), [{ ...settled(first), savedAtMs: 6 }, settled(second)]);
  assert.deepEqual(await openTransferFiles(folder, 'plain-[::1]:1337', 'bob').load(), []);
  const place = join(folder, 'transfers', 'plain-[__1]_1337', 'user-+bob');
  assert.equal((await stat(join(place, `settled-${first}`))).mode & 0o777, 0o600);
  await store.remove(settled(first));
  await store.remove(settled(first));
  assert.deepEqual(await readdir(place), [`settled-${second}`]);
});

test('what is damaged, foreign or misnamed is passed over', async (t) => {
  const folder = await temporaryFolder(t);
  const store = openTransferFiles(folder, 'plain-h:1', 'bob');
  await store.put(settled(first));
  const place = join(folder, 'transfers', 'plain-h_1', 'user-bob');
  await writeFile(join(place, `settled-${second}`), 'helo transfer 1\n{"kind":');
  await writeFile(join(place, `outgoing-${second}`), randomBytes(20_000));
  await writeFile(join(place, `incoming-${first}`), 'helo transfer 1\n{}\n');
  await writeFile(join(place, 'notes.txt'), 'mine');
  assert.deepEqual(await store.load(), [settled(first)]);
});

test('acquaintances are remembered beside the transfers; what is damaged or foreign counts as nothing', async (t) => {
  const folder = await temporaryFolder(t);
  const store = openAcquaintanceFile(folder, 'plain-h:1', 'bob');
  assert.deepEqual(await store.load(), []);
  const records = [
    { user: 'alice', takenBytes: 100, isWrittenTo: true },
    { user: 'Carol_2', takenBytes: 2 ** 52, isWrittenTo: false },
  ];
  await store.keep(records);
  assert.deepEqual(await store.load(), records);
  assert.deepEqual(await openAcquaintanceFile(folder, 'plain-h:2', 'bob').load(), []);
  assert.deepEqual(await openTransferFiles(folder, 'plain-h:1', 'bob').load(), []);
  const path = join(folder, 'transfers', 'plain-h_1', 'user-bob', 'acquaintances');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await writeFile(path, 'helo acquaintances 1\nalice 5 written-to\nmallory -1 written-to\nx');
  assert.deepEqual(await store.load(), [{ user: 'alice', takenBytes: 5, isWrittenTo: true }]);
  await writeFile(path, 'helo acquaintances 2\nalice 5 written-to\n');
  assert.deepEqual(await store.load(), []);
});
