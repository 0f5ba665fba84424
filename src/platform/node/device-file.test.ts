import assert from 'node:assert/strict';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { suite } from '../../../test/support/pair.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { deviceFileOf, openDevice } from './device-file.ts';

test('the device is made once and found again, readable by its owner only', async (t) => {
  const directory = join(await temporaryFolder(t), 'client');
  const made = await openDevice(suite, directory, 'bob');
  const path = join(directory, 'devices', 'user-bob.key');
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  await chmod(path, 0o640);
  const found = await openDevice(suite, directory, 'bob');
  assert.deepEqual(found.publicKey, made.publicKey);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  const other = await openDevice(suite, directory, 'Bob');
  assert.notDeepEqual(other.publicKey, made.publicKey, 'another name has another key');
});

test('programs that start on an empty directory together have one device', async (t) => {
  const directory = await temporaryFolder(t);
  const devices = await Promise.all(
    Array.from({ length: 8 }, () => openDevice(suite, directory, 'bob')),
  );
  for (const device of devices) assert.deepEqual(device.publicKey, devices[0]?.publicKey);
});

test('a damaged key is told with what to do, and never replaced', async (t) => {
  const directory = await temporaryFolder(t);
  await openDevice(suite, directory, 'bob');
  const path = join(directory, 'devices', 'user-bob.key');
  const good = await readFile(path);
  const flipped = Buffer.from(good);
  flipped[20] = (flipped[20] ?? 0) ^ 1;
  for (const bad of [Buffer.alloc(0), good.subarray(1), Buffer.concat([good, good]), flipped]) {
    await writeFile(path, bad);
    await assert.rejects(
      openDevice(suite, directory, 'bob'),
      /user-bob\.key is damaged: .*Put a copy back/,
    );
    assert.deepEqual(await readFile(path), bad);
  }
});

test('where a device is kept, and since when, can be told', async (t) => {
  const directory = await temporaryFolder(t);
  assert.equal(await deviceFileOf(directory, 'bob'), undefined);
  await openDevice(suite, directory, 'bob');
  const file = await deviceFileOf(directory, 'bob');
  assert.equal(file?.path, join(directory, 'devices', 'user-bob.key'));
  assert.ok(Math.abs((file?.since ?? 0) - Date.now()) < 60_000);
});
