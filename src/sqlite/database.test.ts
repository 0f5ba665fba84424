import assert from 'node:assert/strict';
import { chmod, open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary.ts';
import { copyDatabase } from './copy.ts';
import {
  checkIntegrity,
  closeDatabase,
  inTransaction,
  openDatabase,
  openToRead,
  pragmaNumber,
  type DatabaseSchema,
} from './database.ts';
import { takeLock } from './lock.ts';
import { SqliteProblem, type ProblemCode } from './problem.ts';

const versionOne: DatabaseSchema = {
  applicationId: 77,
  title: 'a list of words',
  migrations: ['CREATE TABLE words (word TEXT)'],
};
const versionTwo: DatabaseSchema = {
  ...versionOne,
  migrations: [...versionOne.migrations, 'ALTER TABLE words ADD COLUMN size INTEGER DEFAULT 7'],
};
const refused = (code: ProblemCode, text: RegExp) => (error: unknown) =>
  error instanceof SqliteProblem && error.code === code && text.test(error.message);
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

test('the file and its side files are for their owner only, and flushed with every commit', async (t) => {
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const path = join(await temporaryFolder(t), 'words.db');
  const database = await openDatabase(path, versionOne);
  t.after(() => database.close());
  database.exec("INSERT INTO words VALUES ('one')");
  for (const suffix of ['', '-wal', '-shm']) assert.equal(await modeOf(path + suffix), 0o600);
  assert.equal(pragmaNumber(database, 'synchronous'), 2, 'FULL');
});

test('a file that others could read is taken from them', async (t) => {
  const path = join(await temporaryFolder(t), 'words.db');
  (await openDatabase(path, versionOne)).close();
  await chmod(path, 0o644);
  (await openDatabase(path, versionOne)).close();
  assert.equal(await modeOf(path), 0o600);
});

test('an older file is migrated, and kept as it was beside it', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'words.db');
  const old = await openDatabase(path, versionOne);
  old.exec("INSERT INTO words VALUES ('one')");
  old.close();
  const database = await openDatabase(path, versionTwo);
  assert.deepEqual(
    { ...(database.prepare('SELECT * FROM words').get() as object) },
    { word: 'one', size: 7 },
  );
  database.close();
  const kept = await openToRead(`${path}.before-2`, versionTwo);
  assert.equal(kept.version, 1);
  assert.equal(kept.database.prepare('SELECT word FROM words').all().length, 1);
  kept.database.close();
  assert.equal(await modeOf(`${path}.before-2`), 0o600);
  const files = (await readdir(folder)).filter(
    (name) => name.includes('before') || name.startsWith('.'),
  );
  assert.deepEqual(files, ['words.db.before-2'], 'in one file, and nothing else');
});

test('a migration that fails leaves the file as it was', async (t) => {
  const path = join(await temporaryFolder(t), 'words.db');
  (await openDatabase(path, versionOne)).close();
  const broken = {
    ...versionTwo,
    migrations: [versionTwo.migrations[0] ?? '', 'CREATE TABLE a (b); nonsense'],
  };
  await assert.rejects(openDatabase(path, broken), refused('failed', /words\.db cannot be opened/));
  const { database, version } = await openToRead(path, versionOne);
  t.after(() => database.close());
  assert.equal(version, 1);
  assert.throws(() => database.prepare('SELECT * FROM a'));
});

test('a newer file is refused with the version that it needs, and is not changed', async (t) => {
  const path = join(await temporaryFolder(t), 'words.db');
  (await openDatabase(path, versionTwo)).close();
  await assert.rejects(
    openDatabase(path, versionOne),
    refused('newer', /it is version 2 of a list of words, and this helo knows versions up to 1/),
  );
  (await openDatabase(path, versionTwo)).close();
});

test('what is no such file is refused and left alone', async (t) => {
  const folder = await temporaryFolder(t);
  const text = join(folder, 'text');
  await writeFile(text, 'this is not a database, and it is longer than a hundred bytes'.repeat(3));
  await assert.rejects(
    openDatabase(text, versionOne),
    refused('foreign', /is not a list of words/),
  );
  const other = join(folder, 'other.db');
  (await openDatabase(other, { ...versionOne, applicationId: 78 })).close();
  await assert.rejects(
    openDatabase(other, versionOne),
    refused('foreign', /is not a list of words/),
  );
  await assert.rejects(
    openDatabase(join(folder, 'none', 'words.db'), versionOne),
    refused('failed', /there is no such file or folder/),
  );
  await assert.rejects(
    openToRead(join(folder, 'none'), versionOne),
    refused('failed', /no such file/),
  );
});

test('a damaged page is found', async (t) => {
  const path = join(await temporaryFolder(t), 'words.db');
  const database = await openDatabase(path, versionOne);
  inTransaction(database, () => {
    for (let row = 0; row < 2_000; row++) database.exec("INSERT INTO words VALUES ('word')");
  });
  closeDatabase(database);
  const whole = await openToRead(path, versionOne);
  checkIntegrity(whole.database, path, versionOne);
  whole.database.close();
  const file = await open(path, 'r+');
  await file.write(Buffer.alloc(400, 0xff), 0, 400, 4096 * 3);
  await file.close();
  await assert.rejects(
    async () => {
      const { database } = await openToRead(path, versionOne);
      try {
        checkIntegrity(database, path, versionOne);
      } finally {
        database.close();
      }
    },
    refused('damaged', /is damaged/),
  );
});

test('a copy holds one state, is refused where a file is, and leaves nothing else', async (t) => {
  const folder = await temporaryFolder(t);
  const database = await openDatabase(join(folder, 'words.db'), versionOne);
  t.after(() => database.close());
  database.exec("INSERT INTO words VALUES ('one')");
  const target = join(folder, 'copy.db');
  await copyDatabase(database, target, 'refuse');
  database.exec("INSERT INTO words VALUES ('two')");
  await assert.rejects(copyDatabase(database, target, 'refuse'), { code: 'EEXIST' });
  const copy = await openToRead(target, versionOne);
  assert.equal(copy.database.prepare('SELECT * FROM words').all().length, 1);
  copy.database.close();
  assert.equal(await modeOf(target), 0o600);
  const files = (await readdir(folder)).filter((name) => name.startsWith('.'));
  assert.deepEqual(files, []);
});

test('of many who ask for a lock one gets it, and the next when it is released', async (t) => {
  const path = join(await temporaryFolder(t), 'store');
  const asked = await Promise.all(Array.from({ length: 8 }, () => takeLock(path)));
  const held = asked.filter((one) => one.kind === 'held');
  assert.equal(held.length, 1);
  assert.deepEqual(await takeLock(path), { kind: 'busy', pid: process.pid });
  for (const one of held) await one.lock.release();
  const next = await takeLock(path);
  assert.equal(next.kind, 'held');
  if (next.kind === 'held') await next.lock.release();
});
