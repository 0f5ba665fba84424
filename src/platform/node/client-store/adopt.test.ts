import assert from 'node:assert/strict';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { textContent, textOf } from '../../../client/content.ts';
import {
  conversation,
  lobby,
  message,
  withBob,
} from '../../../../test/conformance/client-store.ts';
import { temporaryFolder } from '../../../../test/support/temporary.ts';
import { keptSessionOf, recordOf } from '../../../client/encryption/stored/kept-session.ts';
import type { ClientChange, ClientStore, HistoryRecord } from '../../../client/store/store-port.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import { adoptFiles, adoptStore } from './adopt.ts';
import { clientStorePath, openClientStore } from './open.ts';

const [here, there, identity] = ['plain-127.0.0.1:1', 'plain-localhost:1', 'identity-00'];

async function open(folder: string, key: string): Promise<ClientStore> {
  const opened = await openClientStore(folder, key, 'alice');
  assert.equal(opened.kind, 'open');
  return opened.store;
}

async function keep(folder: string, key: string, changes: readonly ClientChange[]): Promise<void> {
  const store = await open(folder, key);
  await store.write(changes);
  await store.close();
}

const put = (part: Partial<HistoryRecord>): ClientChange => ({
  type: 'message',
  message: message({ at: (part.seq ?? 0) * 10, ...part }),
});
const session = (groupId: string): ClientChange => ({
  type: 'session',
  session: recordOf({
    groupId,
    peer: 'bob' as Username,
    order: 1,
    madeAt: 1,
    ownTexts: 0,
    madeBy: 'me',
    use: 'writable',
    peerKey: new Uint8Array(32),
    since: 1,
    welcome: undefined,
    session: new Uint8Array([1]),
  }),
});
const keyPackage = (reference: string): ClientChange => ({
  type: 'package',
  package: { reference, lastResort: false, madeAt: 1, bytes: new Uint8Array(3) },
});

const group = (conversation: string, part: string): ClientChange => ({
  type: 'group-part',
  part: {
    conversation: conversation as ConversationName,
    part,
    bytes: new Uint8Array([1]),
  },
});

test('the state of a sealed group moves along, unless both stores have one: both were used then', async (t) => {
  const folder = await temporaryFolder(t);
  await keep(folder, identity, [group('#both', 'state'), group('#mine', 'state')]);
  await keep(folder, here, [group('#both', 'state'), group('#theirs', 'state')]);
  await adoptStore(folder, [here], identity, 'alice');
  const store = await open(folder, identity);
  const { groupParts } = await store.load();
  await store.close();
  assert.deepEqual(
    groupParts.map(({ conversation: name }) => name),
    ['#mine', '#theirs'],
  );
});

test('a store under an address moves to the identity of the server, whatever was written last', async (t) => {
  const folder = await temporaryFolder(t);
  await keep(folder, here, [
    conversation(lobby, 1, 2),
    put({ seq: 1, content: textContent('one') }),
  ]);
  assert.equal(await adoptStore(folder, [here, there], identity, 'alice'), identity);
  const store = await open(folder, identity);
  assert.deepEqual(
    (await store.history(lobby, undefined, 9)).map(({ content }) => textOf(content)),
    ['one'],
  );
  await store.close();
  assert.equal(await adoptStore(folder, [here, there], identity, 'alice'), identity, 'once');
});

test('stores under two addresses become one: nothing is missing, and one of them seals', async (t) => {
  const folder = await temporaryFolder(t);
  await keep(folder, here, [
    conversation(lobby, 1, 2),
    conversation(withBob, 2, 1),
    put({ seq: 1, content: textContent('one') }),
    put({ seq: 2, content: textContent('two') }),
    put({ conversation: withBob, seq: 1, content: textContent('read here') }),
    put({ localId: 'waits', content: textContent('waited'), state: 'waiting' }),
    session('aa'),
    keyPackage('a'),
  ]);
  await keep(folder, there, [
    conversation(lobby, 1, 3),
    conversation(withBob, 2, 2),
    put({ seq: 2, content: textContent('two') }),
    put({ seq: 3, content: textContent('three') }),
    put({ conversation: withBob, seq: 2, content: textContent('read there') }),
    session('bb'),
    keyPackage('b'),
  ]);
  const later = new Date(Date.now() + 60_000);
  await utimes(clientStorePath(folder, there, 'alice'), later, later);
  assert.equal(await adoptStore(folder, [here, there], identity, 'alice'), identity);
  const store = await open(folder, identity);
  t.after(() => store.close());
  const texts = async (name: typeof lobby) =>
    (await store.history(name, undefined, 99)).map(({ content, seq, state }) => [
      textOf(content),
      seq,
      state,
    ]);
  assert.deepEqual(await texts(lobby), [
    ['one', 1, undefined],
    ['two', 2, undefined],
    ['three', 3, undefined],
    ['waited', undefined, 'refused'],
  ]);
  assert.deepEqual(await texts(withBob), [
    ['read here', 1, undefined],
    ['read there', 2, undefined],
  ]);
  const { conversations, sessions, packages } = await store.load();
  assert.deepEqual(
    conversations.map(({ name, cursor }) => [name, cursor]),
    [
      [withBob, 2],
      [lobby, 3],
    ],
  );
  assert.deepEqual(
    sessions.map((record) => [record.groupId, keptSessionOf(record)?.use]),
    [
      ['aa', 'spent'],
      ['bb', 'writable'],
    ],
    'the one that was used last',
  );
  assert.deepEqual(
    packages.map(({ reference }) => reference),
    ['a', 'b'],
  );
});

test('logs that have nothing in common stand one before the other', async (t) => {
  const folder = await temporaryFolder(t);
  const own = { localId: 'own', state: 'stored' } as const;
  await keep(folder, here, [
    conversation(lobby, 5, 1),
    put({ seq: 1, content: textContent('first'), ...own }),
  ]);
  await keep(folder, there, [
    conversation(lobby, 9, 1),
    put({ seq: 1, content: textContent('second') }),
  ]);
  const later = new Date(Date.now() + 60_000);
  await utimes(clientStorePath(folder, there, 'alice'), later, later);
  await adoptStore(folder, [here, there], identity, 'alice');
  const store = await open(folder, identity);
  t.after(() => store.close());
  assert.deepEqual(
    (await store.history(lobby, undefined, 99)).map(({ content, seq }) => [textOf(content), seq]),
    [
      ['first', undefined],
      ['second', 1],
    ],
  );
});

test('a store that another program has open stays where it is, and is found there', async (t) => {
  const folder = await temporaryFolder(t);
  const store = await open(folder, here);
  t.after(() => store.close());
  assert.equal(await adoptStore(folder, [here], identity, 'alice'), here);
});

test('pins, transfers and backups are found too; what is there already is not written over', async (t) => {
  const folder = await temporaryFolder(t);
  const file = (...parts: string[]) => join(folder, ...parts);
  const write = async (path: string, text: string) => {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
  };
  const pinsHere = 'plain-127.0.0.1_1';
  await write(file('pins', pinsHere, 'user-bob'), 'bob of here');
  await write(file('pins', identity, 'user-bob'), 'bob');
  await write(file('pins', pinsHere, 'user-eve'), 'eve');
  await write(file('strangers', pinsHere, 'user-mallory'), 'mallory');
  await write(file('chains', pinsHere, 'user-bob'), 'the devices of bob');
  await write(file('directories', pinsHere, 'user-alice'), 'what was said of devices');
  await write(file('transfers', pinsHere, 'user-alice', 'acquaintances'), 'known');
  await write(file('backup', pinsHere, 'user-alice'), 'the backup of alice');
  await write(file('backup', pinsHere, 'user-bob'), 'the backup of bob');
  await adoptFiles(folder, [here], identity, 'alice');
  const read = (...parts: string[]) => readFile(file(...parts), 'utf8');
  assert.equal(await read('pins', identity, 'user-bob'), 'bob');
  assert.equal(await read('pins', identity, 'user-eve'), 'eve');
  assert.equal(await read('strangers', identity, 'user-mallory'), 'mallory');
  assert.equal(await read('chains', identity, 'user-bob'), 'the devices of bob');
  assert.equal(await read('directories', identity, 'user-alice'), 'what was said of devices');
  assert.equal(await read('transfers', identity, 'user-alice', 'acquaintances'), 'known');
  assert.equal(await read('backup', identity, 'user-alice'), 'the backup of alice');
  assert.equal(await read('backup', pinsHere, 'user-bob'), 'the backup of bob', 'another account');
});
