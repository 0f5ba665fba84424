import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textContent } from '../../content.ts';
import {
  AccountWorld,
  Person,
  turns,
  until,
} from '../../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice } from '../../../../test/support/pair.ts';
import type { HistoryRecord } from '../../store/store-port.ts';
import { lobbyName } from '../../../wire/extended/names.ts';
import { firstSight, historyPage } from '../limits.ts';

const many = firstSight + 2 * historyPage + 50;

/** A new device, in a lobby where `many` were said before. */
async function newcomer() {
  const world = new AccountWorld();
  for (let count = 1; count <= many; count++) world.guestSays('dora', `line ${count}`);
  const alice = new Person(world, 'alice', aliceDevice);
  await alice.start();
  const cursor = () => alice.store.cursor('lobby');
  await until(world, () => cursor() === many, 'the last ones are here');
  await turns(20);
  assert.equal(alice.store.messages.length, firstSight);
  return { world, alice };
}

const numbersOf = (records: readonly HistoryRecord[]) => records.map(({ seq }) => seq);
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

test('who reads to the end of what a new device has gets what the server has before it, to the first', async () => {
  const { alice } = await newcomer();
  const { client, events } = alice;
  assert.ok(client);
  const told = events.length;
  let first = many + 1;
  const seen: (number | undefined)[] = [];
  for (;;) {
    const page = await client.history(lobbyName, first, 100);
    if (page.length === 0) break;
    seen.unshift(...numbersOf(page));
    first = page[0]?.seq ?? 0;
  }
  assert.deepEqual(seen, range(1, many), 'every message once, in its order');
  assert.equal(alice.store.messages.length, many, 'and it is kept');
  assert.equal(events.length, told, 'it is no news');
  const [view] = client.conversations;
  assert.deepEqual([view?.cursor, view?.unread], [many, firstSight], 'nothing more is unread');
  assert.deepEqual(
    alice.store.messages.find(({ seq }) => seq === 1)?.content,
    textContent('line 1'),
  );
});

test('two who read the same page at once ask once; what is said meanwhile is told as ever', async () => {
  const { world, alice } = await newcomer();
  const { client } = alice;
  assert.ok(client);
  const edge = many - firstSight + 1;
  const pages = [client.history(lobbyName, edge, 50), client.history(lobbyName, edge, 50)];
  world.guestSays('dora', 'meanwhile');
  for (const page of await Promise.all(pages)) {
    assert.deepEqual(numbersOf(page), range(edge - 50, edge - 1));
  }
  await until(world, () => alice.store.cursor('lobby') === many + 1, 'it came');
  assert.equal(alice.store.messages.length, firstSight + historyPage + 1, 'one page was fetched');
});

test('without a connection there is what the device has, and the rest once it is back', async () => {
  const { world, alice } = await newcomer();
  const { client } = alice;
  assert.ok(client);
  const edge = many - firstSight + 1;
  world.isDown = true;
  world.cut();
  await until(world, () => !alice.isIn, 'the connection is gone');
  assert.deepEqual(await client.history(lobbyName, edge, 50), []);
  world.isDown = false;
  await until(world, () => alice.isIn, 'alice is back');
  await turns(20);
  assert.equal((await client.history(lobbyName, edge, 50)).length, 50);
});

test('a connection that breaks in the middle of a page: what is kept has no hole', async () => {
  const { world, alice } = await newcomer();
  const { client } = alice;
  assert.ok(client);
  const edge = many - firstSight + 1;
  const page = client.history(lobbyName, edge, 50);
  await turns(1);
  world.cut();
  await page;
  await until(world, () => alice.isIn, 'alice is back');
  await turns(50);
  assert.equal((await client.history(lobbyName, edge, 500)).length, 2 * historyPage + 50);
});
