import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withBob } from '../../../../test/conformance/client-store.ts';
import { conversationChange, numbered } from '../../../../test/support/client-store-sets.ts';
import { assertAdopted, keptUnknown } from '../../../../test/support/kept-unknown.ts';
import { temporaryFolder } from '../../../../test/support/temporary.ts';
import {
  checkIntegrity,
  closeDatabase,
  openDatabase,
  openToRead,
} from '../../../sqlite/database.ts';
import type { AmendmentContent } from '../../../client/amending/amendment-content.ts';
import { currentOf } from '../../../client/amending/current.ts';
import { noTargetId } from '../../../client/amending/target.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import { PrivateFileError } from '../../../client/store/private-file-error.ts';
import { clientStorePath, openClientStore } from './open.ts';
import { schema } from './schema.ts';

const server = 'example.org:7625';
const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
const open = async (folder: string, user = 'alice') => {
  const opened = await openClientStore(folder, server, user);
  assert.equal(opened.kind, 'open');
  return opened.store;
};

test('its files are for their owner only, whatever the umask', async (t) => {
  const folder = await temporaryFolder(t);
  const before = process.umask(0);
  t.after(() => process.umask(before));
  const store = await open(folder);
  t.after(() => store.close());
  const directory = dirname(clientStorePath(folder, server, 'alice'));
  assert.equal(await modeOf(directory), 0o700);
  const names = await readdir(directory);
  assert.ok(names.includes('user-alice.db'), names.join(' '));
  for (const name of names) assert.equal(await modeOf(join(directory, name)), 0o600, name);
});

test('one program at a time has it; accounts and servers do not disturb each other', async (t) => {
  const folder = await temporaryFolder(t);
  const asked = await Promise.all(
    Array.from({ length: 6 }, () => openClientStore(folder, server, 'alice')),
  );
  const held = asked.flatMap((one) => (one.kind === 'open' ? [one.store] : []));
  assert.equal(held.length, 1, 'exactly one of those who start at the same moment');
  assert.deepEqual(await openClientStore(folder, server, 'alice'), {
    kind: 'busy',
    pid: process.pid,
  });
  // In another letter case the name is another person's.
  const others = [await open(folder, 'Alice'), await open(folder, 'bob')];
  for (const store of [...held, ...others]) await store.close();
  await (await open(folder)).close();
});

test('kill -9 of a client that writes: no half of a set, nothing lost, the lock is free', async (t) => {
  const folder = await temporaryFolder(t);
  const loop = fileURLToPath(
    new URL('../../../../test/support/client-store-loop.js', import.meta.url),
  );
  let next = 1;
  for (let round = 0; round < 10; round++) {
    const child = spawn(process.execPath, [loop, folder, String(next)]);
    t.after(() => child.kill('SIGKILL'));
    child.stderr.pipe(process.stderr);
    let written = next - 1;
    let wasBusy = false;
    for await (const line of createInterface({ input: child.stdout })) {
      written = Number(line);
      if (!wasBusy) {
        const opened = await openClientStore(folder, server, 'alice');
        assert.deepEqual(opened, { kind: 'busy', pid: child.pid });
        wasBusy = true;
      }
      if (written >= next + 5 + round * 31) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    assert.equal(child.signalCode, 'SIGKILL');

    const store = await open(folder);
    const { sessions, packages, stream } = await store.load();
    const last = stream?.lastNumber ?? 0;
    assert.ok(last >= written, `${written} was written, ${last} is there`);
    assert.deepEqual(
      sessions.map(({ ownTexts }) => ownTexts),
      [last],
    );
    assert.ok(sessions[0]?.bytes.every((byte) => byte === (last & 0xff)));
    assert.deepEqual(
      packages.map(({ reference }) => reference),
      [`${last + 1}`],
    );
    assert.equal((await store.history(withBob, undefined, 100_000)).length, last);
    await store.close();
    next = last + 1;
  }
  const path = clientStorePath(folder, server, 'alice');
  const { database } = await openToRead(path, schema);
  checkIntegrity(database, path, schema);
  database.close();
});

test('keys that were used up are not left in the file', async (t) => {
  const folder = await temporaryFolder(t);
  const store = await open(folder);
  const secret = 'a key that nobody should find, twice as long as it would need to be';
  const bytes = new TextEncoder().encode(secret.repeat(200));
  const keyPackage = { reference: 'r', lastResort: false, madeAt: 1, bytes };
  await store.write([{ type: 'package', package: keyPackage }, conversationChange, ...numbered(1)]);
  await store.close();
  const contains = async () =>
    (await readFile(clientStorePath(folder, server, 'alice'), 'latin1')).includes(secret);
  assert.ok(await contains());
  const again = await open(folder);
  await again.write([{ type: 'package-removed', reference: 'r' }]);
  await again.close();
  assert.ok(!(await contains()));
});

test('a file that is not one is refused with what to do', async (t) => {
  const folder = await temporaryFolder(t);
  await (await open(folder)).close();
  const path = clientStorePath(folder, server, 'alice');
  await writeFile(path, 'x'.repeat(5_000));
  await chmod(path, 0o600);
  await assert.rejects(
    openClientStore(folder, server, 'alice'),
    (error: unknown) =>
      error instanceof PrivateFileError &&
      /is not a client's store\. Move it away/.test(error.message),
  );
});

test('what waits in the outbox of a program of before is there, each as what it is', async (t) => {
  const folder = await temporaryFolder(t);
  await (await open(folder)).close();
  const path = clientStorePath(folder, server, 'alice');
  await rm(path);
  const before = { ...schema, migrations: schema.migrations.slice(0, 8) };
  const database = await openDatabase(path, before, { overwriteDeleted: true });
  const idOf = (digit: string) => digit.repeat(32);
  const [one, two, three, four] = [idOf('1'), idOf('2'), idOf('3'), idOf('4')];
  const said = 'a "text" with \0 and \u{1f600}, and {"content":1}';
  const sealed = { message: 'm', device: 'd' };
  for (const [localId, record] of [
    [one, { place: '@bob', text: said, number: 4, sealed }],
    [`ask.${two}`, { place: '@bob', text: '7,12,9007199254740991' }],
    [`again.12.${one}.${three}`, { place: '@bob', text: said, number: 5, sealed }],
    [`again.9007199254740991.${four}.${four}`, { place: '@bob', text: '1' }],
    [idOf('5'), { place: 'lobby', text: '[1,2]', number: 6 }],
  ] as const) {
    const insert = database.prepare('INSERT INTO outbox VALUES (?, ?, ?)');
    insert.run(localId, 'number' in record ? record.number : 0, JSON.stringify(record));
  }
  closeDatabase(database);

  const store = await open(folder);
  t.after(() => store.close());
  const { outbox } = await store.load();
  const by = new Map(outbox.map(({ localId, ...entry }) => [localId, entry]));
  const own = { message: 'm', welcome: undefined, device: 'd' };
  assert.deepEqual(by.get(one), {
    order: 4,
    place: '@bob',
    content: { kind: 'text', text: said },
    number: 4,
    sealed: own,
  });
  assert.deepEqual(by.get(two)?.content, {
    kind: 'ask',
    numbers: [7, 12, Number.MAX_SAFE_INTEGER],
  });
  assert.deepEqual(by.get(three), {
    order: 5,
    place: '@bob',
    content: { kind: 'again', number: 12, id: one, text: said },
    number: 5,
    sealed: own,
  });
  assert.deepEqual(by.get(four)?.content, {
    kind: 'again',
    number: Number.MAX_SAFE_INTEGER,
    id: four,
    text: '1',
  });
  assert.deepEqual(by.get(idOf('5'))?.content, { kind: 'text', text: '[1,2]' });
  assert.equal(outbox.length, 5);
});

test('of groups of a program of before it is not known whether the account is in them', async (t) => {
  const folder = await temporaryFolder(t);
  await (await open(folder)).close();
  const path = clientStorePath(folder, server, 'alice');
  await rm(path);
  const before = { ...schema, migrations: schema.migrations.slice(0, 10) };
  const database = await openDatabase(path, before, { overwriteDeleted: true });
  database.exec("INSERT INTO conversations (name, log, cursor, seen) VALUES ('#tea', 7, 2, 1)");
  closeDatabase(database);

  const store = await open(folder);
  t.after(() => store.close());
  const { conversations } = await store.load();
  const record = { name: '#tea', log: 7, epoch: 0, earlier: [], cursor: 2, read: 1 };
  assert.deepEqual(conversations, [record]);
});

test('reactions that a program of before has kept count with those of now', async (t) => {
  const folder = await temporaryFolder(t);
  await (await open(folder)).close();
  const path = clientStorePath(folder, server, 'alice');
  await rm(path);
  const before = { ...schema, migrations: schema.migrations.slice(0, 13) };
  const database = await openDatabase(path, before, { overwriteDeleted: true });
  const said = { at: 1, from: 'bob', guest: false, text: 'hello', encrypted: false };
  database
    .prepare("INSERT INTO messages VALUES (1, 'lobby', 0, 3, 3, NULL, NULL, ?)")
    .run(JSON.stringify(said));
  const reacted = {
    e: [['bob', 7, 7, 'hallo']],
    r: [
      [
        '+',
        [
          ['carol', 5, 5],
          ['dave', 8, 8],
        ],
      ],
      ['-', [['carol', 6, 6]]],
    ],
  };
  database
    .prepare("INSERT INTO amendments VALUES ('lobby', 0, 3, ?, ?, 5)")
    .run(noTargetId, JSON.stringify(reacted));
  closeDatabase(database);

  const store = await open(folder);
  t.after(() => store.close());
  const reactionsNow = async () => {
    const record = await store.numbered('lobby' as ConversationName, 3);
    assert.ok(record);
    return currentOf(record).reactions.map(({ emoji, by }) => `${emoji} ${by.join(' ')}`);
  };
  assert.deepEqual(await reactionsNow(), ['+ carol dave', '- carol']);
  const target = { seq: 3, id: noTargetId };
  const saidNow = (by: string, seq: number, content: AmendmentContent) => ({
    type: 'amended' as const,
    conversation: 'lobby' as ConversationName,
    target,
    amendment: { content, by: by as Username, at: seq, seq, asAdmin: false },
  });
  await store.write([
    saidNow('carol', 9, { kind: 'react', target, emoji: '+', isOn: false }),
    saidNow('erin', 10, { kind: 'react', target, emoji: '-', isOn: true }),
    // Said before, and heard later.
    saidNow('dave', 4, { kind: 'react', target, emoji: '+', isOn: false }),
    saidNow('bob', 11, { kind: 'edit', target, text: 'good morning', mentions: [] }),
  ]);
  assert.deepEqual(await reactionsNow(), ['- carol erin', '+ dave']);
  await store.write([saidNow('bob', 12, { kind: 'delete', target })]);
  assert.deepEqual(await reactionsNow(), []);
});

test('what a program of before has kept as it did not know it is what it is: edits, deletions, reactions, timers, and what disappears', async (t) => {
  const folder = await temporaryFolder(t);
  const before = await open(folder);
  await before.write(keptUnknown);
  await before.close();
  const path = clientStorePath(folder, server, 'alice');
  const database = await openDatabase(path, schema, { overwriteDeleted: true });
  database.exec("INSERT INTO chores VALUES ('kept-amendments')");
  closeDatabase(database);
  for (let round = 0; round < 2; round++) {
    const store = await open(folder);
    await assertAdopted(store);
    await store.close();
  }
});
