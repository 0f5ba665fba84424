// A device gets the history of another one of its account, at a real server.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { textContent, textOf } from '../../src/client/content.ts';
import type { ChatClient } from '../../src/client/chat-client.ts';
import type { ClientChange } from '../../src/client/store/store-port.ts';
import { accountPorts } from '../../src/platform/node/client-ports.ts';
import { readServerAddress } from '../../src/platform/node/server-address.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';
import type { Username } from '../../src/wire/text.ts';
import { linkedFolders, startDevice, type OwnDevice } from '../support/own-devices.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { eventually } from '../support/time-limit.ts';

const left = '#left' as ConversationName;
/** More than two blocks. */
const many = 2_500;

/** Puts the history of a group that alice has left into her data directory. */
async function keepHistory(at: Listener, data: string): Promise<void> {
  const address = readServerAddress(`${at.host}:${at.port}`);
  assert.ok(address.ok);
  const place = { address: address.value, data, downloads: data, acceptUpTo: 0 };
  const { ports } = await accountPorts('alice' as Username, place, undefined);
  const store = ports.keeping?.store;
  assert.ok(store);
  const conversation = { name: left, log: 77, epoch: 0, earlier: [], cursor: many, read: many };
  await store.write([
    { type: 'conversation', conversation },
    ...Array.from({ length: many }, (_, index): ClientChange => ({
      type: 'message',
      message: {
        conversation: left,
        localId: undefined,
        seq: index + 1,
        at: 1_000 + index,
        from: 'bob' as Username,
        guest: false,
        content: textContent(`word${index + 1}`),
        encrypted: false,
        key: undefined,
        unreadable: undefined,
        state: undefined,
        reason: undefined,
      },
    })),
  ]);
  await store.close();
}

async function textsIn(client: ChatClient): Promise<readonly string[]> {
  const all = await client.historyRange(left, { kind: 'first' }, many + 10);
  return all.map(({ content }) => textOf(content));
}

const wanted = Array.from({ length: many }, (_, index) => `word${index + 1}`);

function isOver({ events }: OwnDevice, role: 'given' | 'taken'): boolean {
  return events.some(
    (event) => event.type === 'history-moved' && event.role === role && event.state === 'all',
  );
}

async function give(from: OwnDevice): Promise<void> {
  const transfer = from.client.historyTransfer;
  assert.ok(transfer);
  await eventually(
    async () => (await transfer.give()) === 'begun',
    'another device to which the history goes',
  );
}

async function stage(t: TestContext) {
  const server = await startServerProgram(t);
  const { folders } = await linkedFolders(t, server.plain, 'alice', 2);
  const [first = '', second = ''] = folders;
  await keepHistory(server.plain, first);
  const start = (folder: string) => startDevice(t, server.plain, 'alice', folder);
  return { first, second, start };
}

test('a device gives all it has to a new one, which is asked about once, and finds it in a search', async (t) => {
  const { first, second, start } = await stage(t);
  const [old, young] = [await start(first), await start(second)];
  const asked = () => old.events.filter(({ type }) => type === 'history-asked');
  await eventually(() => asked().length === 1, 'the question about the new device');
  assert.equal(isOver(young, 'taken'), false, 'nothing is given without a word');
  await give(old);
  await eventually(() => isOver(old, 'given') && isOver(young, 'taken'), 'the end of both');
  assert.deepEqual(await textsIn(young.client), wanted);
  const found = await young.client.search({ words: ['word77'] }, 5);
  assert.ok(found.ok);
  assert.deepEqual(
    found.value.map(({ seq }) => seq),
    [779, 778, 777, 776, 775],
  );
  assert.equal(young.client.conversations.find(({ name }) => name === left)?.unread, 0);
  await old.quit();
  const again = await start(first);
  await eventually(() => again.client.state.phase === 'open', 'the next login');
  await again.client.own?.devices();
  assert.deepEqual(
    again.events.filter(({ type }) => type === 'history-asked'),
    [],
  );
});

test('both devices may be killed at any time while a history moves, and all of it arrives once', async (t) => {
  const { first, second, start } = await stage(t);
  const [old, young] = [await start(first), await start(second)];
  await give(old);
  const isOneHere = () => young.events.some(({ type }) => type === 'history-taken');
  await eventually(isOneHere, 'the first piece');
  await young.kill();
  const youngAgain = await start(second);
  await old.kill();
  const oldAgain = await start(first);
  // On a quick machine it may be over before.
  const isDone = () =>
    [old, oldAgain].some((one) => isOver(one, 'given')) &&
    [young, youngAgain].some((one) => isOver(one, 'taken'));
  await eventually(isDone, 'the end of both');
  assert.deepEqual(await textsIn(youngAgain.client), wanted);
});
