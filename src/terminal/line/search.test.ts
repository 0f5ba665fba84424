// A device's store may be able to search or not, and both views say so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccountWorld, Person, until } from '../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice } from '../../../test/support/pair.ts';
import { timelineOf } from '../../client/timeline/timeline-actions.ts';
import { searchLacks } from '../../client/wording/search-words.ts';
import { searchKept } from './search.ts';

async function createScene({ guest = false, canSearch = true } = {}) {
  const world = new AccountWorld();
  world.guestSays('dora', 'the garden path');
  const alice = new Person(world, 'alice', aliceDevice);
  alice.store.canSearch = canSearch;
  await alice.start({ guest });
  await until(world, () => alice.isIn && (guest || alice.store.cursor('lobby') === 1), 'she is in');
  const { client } = alice;
  assert.ok(client);
  const timers = world.timers;
  const settings = { me: 'alice', now: () => timers.now, timers, server: 'h', isTls: false };
  const view = timelineOf(settings, client);
  for (const event of alice.events) view.receive(event);
  const printed: string[] = [];
  return { client, view, printed, print: (line: string) => void printed.push(line) };
}

test('a store that can search is searched by both views', async () => {
  const { client, view, printed, print } = await createScene();
  assert.equal((await searchKept('gard', client, print)).ok, true);
  assert.match(printed.join('\n'), /\[dora\] the garden path$/);
  const found = await view.search('gard');
  assert.ok(found.ok);
  assert.deepEqual(
    found.value.map(({ text }) => text),
    ['the garden path'],
  );
});

test('where the store cannot search, both views say so and show no part as the whole', async () => {
  const { client, view, printed, print } = await createScene({ canSearch: false });
  const words = { ok: false, error: searchLacks['cannot-search'] };
  assert.deepEqual(await searchKept('gard', client, print), words);
  assert.deepEqual(await view.search('gard'), words);
  assert.deepEqual(printed, []);
});

test('of a guest nothing is kept: lines say so, and the screen looks through what is in memory', async () => {
  const { client, view, print } = await createScene({ guest: true });
  assert.deepEqual(await searchKept('gard', client, print), {
    ok: false,
    error: searchLacks['nothing-kept'],
  });
  assert.deepEqual(await view.search('gard'), { ok: true, value: [] });
});
