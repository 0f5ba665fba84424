import assert from 'node:assert/strict';
import { copyFile, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { logChange, segment } from '../../../test/conformance/store.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import type { AccountId, Records } from '../../hub/records.ts';
import type { Username } from '../../wire/text.ts';
import { openBackup } from './backup/backup.ts';
import { openStore } from './open.ts';

const say = (first: number, count = 1) => ({ changes: [], segments: [segment(1, first, count)] });

/** A closed database with a log up to 3. */
async function begun(t: TestContext): Promise<string> {
  const path = join(await temporaryFolder(t), 'helo.db');
  const store = await openStore(path);
  await store.commit({ changes: [logChange(1, 'lobby')], segments: [] });
  await store.commit(say(1, 3));
  await store.close();
  return path;
}

async function opened(path: string): Promise<Records> {
  const store = await openStore(path);
  try {
    return await store.load();
  } finally {
    await store.close();
  }
}

const told = ({ putBack, generation, ends }: Records) => ({ putBack, generation, ends });

test('a database that is whole goes on in its generation, also after it was killed', async (t) => {
  const path = await begun(t);
  assert.deepEqual(told(await opened(path)), { putBack: undefined, generation: 0, ends: [] });
  const running = await openStore(path);
  t.after(() => running.close());
  await running.commit(say(4));
  // Everything that a killed server leaves.
  const left = join(await temporaryFolder(t), 'helo.db');
  for (const end of ['', '-wal', '.commits']) await copyFile(path + end, left + end);
  const records = await opened(left);
  assert.deepEqual(told(records), { putBack: undefined, generation: 0, ends: [] });
  assert.equal(records.logs[0]?.last, 4);
});

test('a restored backup begins a generation, once; a second restore another one', async (t) => {
  const path = await begun(t);
  const store = await openStore(path);
  const file = join(await temporaryFolder(t), 'backup');
  await store.backup(file);
  await store.close();
  const generations = new Set([0]);
  for (let restored = 0; restored < 3; restored++) {
    const target = join(await temporaryFolder(t), 'helo.db');
    const backup = await openBackup(file);
    await backup.install(target);
    backup.close();
    const first = await opened(target);
    assert.equal(first.putBack, 'restored');
    assert.deepEqual(first.ends, [{ log: 1, generation: 0, last: 3 }]);
    generations.add(first.generation);
    const next = await opened(target);
    assert.deepEqual(told(next), { ...told(first), putBack: undefined });
  }
  assert.equal(generations.size, 4);
});

test('a restored backup says in the directory that it was put back: once, whether or not devices know a later run', async (t) => {
  const path = await begun(t);
  const entry = { n: 0, name: 'alice', what: 'reset' };
  const store = await openStore(path);
  await store.commit({ changes: [{ type: 'directory', entry }], segments: [] });
  const file = join(await temporaryFolder(t), 'backup');
  await store.backup(file);
  await store.close();
  const target = join(await temporaryFolder(t), 'helo.db');
  const backup = await openBackup(file);
  await backup.install(target);
  backup.close();
  const restored = await openStore(target);
  const { runs, directory } = await restored.load();
  const entries = await restored.readDirectory(0, 9);
  await restored.close();
  assert.equal(directory, 2);
  const said = { n: 1, name: String(runs[0]?.run), what: 'put-back' };
  assert.deepEqual(entries, [entry, said]);
  assert.equal((await opened(target)).directory, 2);
});

test('a restored backup gives out no key package that may have been given out since; the last resort serves on', async (t) => {
  const path = await begun(t);
  const store = await openStore(path);
  const alice = 1 as AccountId;
  const account = {
    id: alice,
    name: 'alice' as Username,
    device: 'd',
    createdAt: 1,
    banned: false,
  };
  await store.commit({ changes: [{ type: 'account', account }], segments: [] });
  await store.stockKeys(alice, 'd', ['one', 'two'], 'last', false);
  const file = join(await temporaryFolder(t), 'backup');
  await store.backup(file);
  assert.equal((await store.takeKey(alice, ['d']))?.package, 'one');
  await store.close();
  const target = join(await temporaryFolder(t), 'helo.db');
  const backup = await openBackup(file);
  await backup.install(target);
  backup.close();
  const restored = await openStore(target);
  t.after(() => restored.close());
  assert.equal(await restored.countKeys(alice, 'd'), 0);
  assert.equal((await restored.takeKey(alice, ['d']))?.package, 'last');
  await restored.stockKeys(alice, 'd', ['three'], undefined, false);
  assert.equal((await restored.takeKey(alice, ['d']))?.package, 'three');
});

const losses: Record<string, (path: string, older: string) => Promise<void>> = {
  'an older file in its place': async (path, older) => copyFile(older, path),
  'a write-ahead log that was deleted': async (path) => rm(`${path}-wal`),
  'a write-ahead log that was cut': async (path) => truncate(`${path}-wal`, 4096 * 3),
};
for (const [title, lose] of Object.entries(losses)) {
  test(`a database that has lost its end begins a generation: ${title}`, async (t) => {
    const path = await begun(t);
    const folder = await temporaryFolder(t);
    const left = join(folder, 'left', 'helo.db');
    const older = join(folder, 'older.db');
    await mkdir(join(folder, 'left'));
    await copyFile(path, older);
    const running = await openStore(path);
    await running.commit(say(4));
    await running.commit(say(5));
    for (const end of ['', '-wal', '.commits']) await copyFile(path + end, left + end);
    await running.close();
    if (title.startsWith('an older')) await rm(`${left}-wal`);
    await lose(left, older);
    const first = await opened(left);
    assert.equal(first.putBack, 'cut');
    assert.notEqual(first.generation, 0);
    const [end] = first.ends;
    assert.deepEqual([end?.generation, end?.last], [0, first.logs[0]?.last]);
    assert.ok((end?.last ?? 9) < 5);
    assert.equal((await opened(left)).putBack, undefined, 'once');
  });
}

test('a note that is missing or of no use says nothing', async (t) => {
  const path = await begun(t);
  await rm(`${path}.commits`);
  assert.equal((await opened(path)).putBack, undefined);
  await writeFile(`${path}.commits`, 'nonsense');
  assert.equal((await opened(path)).putBack, undefined);
});

test('a database that was deleted is a new one, whose logs nobody takes for the old', async (t) => {
  const path = await begun(t);
  for (const end of ['', '-wal', '-shm']) await rm(path + end, { force: true });
  const records = await opened(path);
  assert.equal(records.putBack, 'cut');
  assert.notEqual(records.generation, 0);
});
