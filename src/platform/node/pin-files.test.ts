import assert from 'node:assert/strict';
import { mkdir, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { maxPins, maxStrangers, openPins } from './pin-files.ts';

const key = (first: number) => Uint8Array.from({ length: 32 }, (_, at) => first + at);
const server = 'plain-127.0.0.1:1337';

test('pins are kept over restarts, per server and name, whatever the letter case', async (t) => {
  const directory = await temporaryFolder(t);
  const pins = openPins(directory, server);
  assert.equal(await pins.get('bob'), undefined);
  await pins.put('bob', { key: key(1), verified: false });
  await pins.put('Bob', { key: key(2), verified: true });
  const again = openPins(directory, server);
  assert.deepEqual(await again.get('bob'), { key: key(1), verified: false });
  assert.deepEqual(await again.get('Bob'), { key: key(2), verified: true });
  assert.equal(await openPins(directory, 'plain-127.0.0.1:1338').get('bob'), undefined);
  const files = await readdir(join(directory, 'pins', 'plain-127.0.0.1_1337'));
  assert.deepEqual(files.sort(), ['user-+bob', 'user-bob']);
});

test('two programs on one directory lose none of their pins', async (t) => {
  const directory = await temporaryFolder(t);
  const programs = [openPins(directory, server), openPins(directory, server)];
  const names = Array.from({ length: 50 }, (_, number) => `user${number}`);
  await Promise.all(
    names.map(async (name, number) => {
      const pins = programs[number % 2];
      await pins?.get(name);
      await pins?.put(name, { key: key(number), verified: false });
    }),
  );
  const after = openPins(directory, server);
  for (const [number, name] of names.entries()) {
    assert.deepEqual(await after.get(name), { key: key(number), verified: false });
  }
});

test('the first to pin a name wins, and the other is told', async (t) => {
  const directory = await temporaryFolder(t);
  const one = openPins(directory, server);
  const other = openPins(directory, server);
  await one.get('bob');
  await other.get('bob');
  await one.put('bob', { key: key(1), verified: false });
  await other.put('bob', { key: key(1), verified: true });
  assert.deepEqual(await one.get('bob'), { key: key(1), verified: true });

  const late = openPins(directory, 'plain-h:1');
  const early = openPins(directory, 'plain-h:1');
  await late.get('bob');
  await early.get('bob');
  await early.put('bob', { key: key(1), verified: false });
  await assert.rejects(late.put('bob', { key: key(2), verified: false }), /by another key/);
  assert.deepEqual(await early.get('bob'), { key: key(1), verified: false });
  // A program that has seen the pin may replace it: that is the person's decision.
  await late.put('bob', { key: key(2), verified: false });
  assert.deepEqual(await early.get('bob'), { key: key(2), verified: false });
});

test('a damaged pin is told, never taken for somebody new', async (t) => {
  const directory = await temporaryFolder(t);
  const pins = openPins(directory, server);
  await pins.put('bob', { key: key(1), verified: true });
  const path = join(directory, 'pins', 'plain-127.0.0.1_1337', 'user-bob');
  for (const text of ['', 'helo pin 1 x verified\n', `helo pin 2 ${'A'.repeat(43)} verified\n`]) {
    await writeFile(path, text);
    await assert.rejects(pins.get('bob'), /user-bob is damaged: delete it/);
  }
});

test('a pin as it was stored before accounts had chains is the same pin, and has no chain', async (t) => {
  const directory = await temporaryFolder(t);
  const folder = join(directory, 'pins', 'plain-127.0.0.1_1337');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'user-bob'),
    `helo pin 1 ${Buffer.from(key(1)).toString('base64url')} verified\n`,
  );
  const pins = openPins(directory, server);
  assert.deepEqual(await pins.get('bob'), { key: key(1), verified: true });
  assert.equal(await pins.chain('bob'), undefined);
});

test('a chain that is damaged is told, never taken for none', async (t) => {
  const directory = await temporaryFolder(t);
  const folder = join(directory, 'chains', 'plain-127.0.0.1_1337');
  await mkdir(folder, { recursive: true });
  for (const text of ['', '{}', '{"helo":"chain 1"}']) {
    await writeFile(join(folder, 'user-bob'), text);
    await assert.rejects(
      openPins(directory, server).chain('bob'),
      /user-bob is damaged: delete it/,
    );
  }
});

test('when a pin was put as it is can be told, and of nobody who has none', async (t) => {
  const pins = openPins(await temporaryFolder(t), server);
  assert.equal(await pins.since?.('bob'), undefined);
  const before = Date.now();
  await pins.put('bob', { key: key(1), verified: false });
  const since = await pins.since?.('bob');
  // File systems round times.
  assert.ok(since !== undefined && Math.abs(since - before) < 60_000, String(since));
});

/** Pins as many people as can be stored. */
async function fill(directory: string): Promise<void> {
  const folder = join(directory, 'pins', 'plain-127.0.0.1_1337');
  await mkdir(folder, { recursive: true });
  for (let at = 0; at < maxPins; at += 500) {
    const numbers = Array.from({ length: 500 }, (_, number) => at + number);
    await Promise.all(numbers.map((number) => writeFile(join(folder, `user-${number}`), '')));
  }
}

test('where as many are kept as are kept, one more is told to be too many, also one looked up long ago', async (t) => {
  const directory = await temporaryFolder(t);
  await fill(directory);
  const pins = openPins(directory, server);
  await pins.get('bob');
  for (let number = 0; number < 1_100; number++) await pins.get(`other${number}`);
  assert.equal(await pins.put('bob', { key: key(1), verified: false }), 'full');
  assert.equal(await pins.put('never_asked_for', { key: key(1), verified: false }), 'full');
  assert.equal(await pins.get('bob'), undefined);
  // Strangers are still recognised.
  await pins.note('carol', key(2));
  assert.deepEqual(await openPins(directory, server).get('carol'), {
    key: key(2),
    verified: false,
    isStranger: true,
  });
  // Makes room for one.
  await unlink(join(directory, 'pins', 'plain-127.0.0.1_1337', 'user-7'));
  assert.equal(await pins.put('bob', { key: key(1), verified: false }), undefined);
  assert.deepEqual(await pins.get('bob'), { key: key(1), verified: false });
});

test('strangers fill a small place that forgets, and push out nobody who is kept', async (t) => {
  const directory = await temporaryFolder(t);
  const pins = openPins(directory, server);
  await pins.put('bob', { key: key(1), verified: true });
  await pins.note('carol', key(2));
  assert.equal((await pins.get('carol'))?.isStranger, true);
  // A person to whom one writes stays.
  assert.equal(await pins.put('carol', { key: key(2), verified: false }), undefined);
  const names = Array.from({ length: maxStrangers + 50 }, (_, number) => `guest${number}`);
  for (const [number, name] of names.entries()) await pins.note(name, key(number % 200));
  const again = openPins(directory, server);
  assert.deepEqual(await again.get('bob'), { key: key(1), verified: true });
  assert.deepEqual(await again.get('carol'), { key: key(2), verified: false });
  const files = await readdir(join(directory, 'strangers', 'plain-127.0.0.1_1337'));
  assert.equal(files.length, maxStrangers);
  assert.deepEqual((await again.get(names.at(-1) ?? ''))?.key, key((names.length - 1) % 200));
  assert.equal((await readdir(join(directory, 'pins', 'plain-127.0.0.1_1337'))).length, 2);
});

test('of a stranger the first key counts', async (t) => {
  const directory = await temporaryFolder(t);
  const [one, other] = [openPins(directory, server), openPins(directory, server)];
  await one.note('carol', key(1));
  await other.note('carol', key(2));
  assert.deepEqual((await other.get('carol'))?.key, key(1));
});
