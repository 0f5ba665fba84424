import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textOf } from '../../content.ts';
import {
  AccountWorld,
  Person,
  turns,
  until,
} from '../../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice, bob as bobDevice } from '../../../../test/support/pair.ts';
import { lobbyName } from '../../../wire/extended/names.ts';
import { damageBetween, inOrder } from './damage.ts';
import { firstSight, historyPage } from '../limits.ts';

/** Alice is away, having been here, while `count` are said in the lobby. */
async function missing(count: number) {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  await alice.start();
  world.guestSays('dora', 'line 1');
  await until(world, () => alice.store.cursor('lobby') === 1, 'the first is here');
  alice.kill();
  for (let number = 2; number <= count; number++) world.guestSays('dora', `line ${number}`);
  return { world, alice };
}

/** What the device has of the lobby: numbers, and words in place of those that cannot be read. */
async function kept({ store }: Person) {
  const records = await store.history(lobbyName, undefined, 100_000);
  return records.map(({ seq, from, content, unreadable }) =>
    from === undefined ? `${seq}: ${unreadable ?? textOf(content)}` : seq,
  );
}

const lost = (count: number) =>
  count === 1
    ? "a message cannot be read any more: the server's disk has damaged it"
    : `up to ${count} messages cannot be read any more: the server's disk has damaged them`;
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);
const toldOf = ({ events }: Person) =>
  events.flatMap((event) => (event.type === 'damaged' ? [`${event.seq}: ${event.text}`] : []));

test('what is missed and damaged at the server leaves a mark in its place, and what is behind it comes', async () => {
  const last = 3 * historyPage;
  const { world, alice } = await missing(last);
  // At the beginning, beyond a page, and at the very end of what there is.
  const places: [number, number][] = [
    [1, 3],
    [10, 10],
    [150, 400],
    [last - 1, last],
  ];
  world.damaged.set('lobby', places);
  await alice.start();
  await until(
    world,
    () => alice.store.cursor('lobby') === last,
    'all is here, or known to be lost',
  );
  await turns(20);
  const marks = [`2: ${lost(2)}`, `10: ${lost(1)}`, `150: ${lost(251)}`, `${last - 1}: ${lost(2)}`];
  assert.deepEqual(await kept(alice), [
    1,
    marks[0],
    ...range(4, 9),
    marks[1],
    ...range(11, 149),
    marks[2],
    ...range(401, last - 2),
    marks[3],
  ]);
  assert.deepEqual(
    toldOf(alice),
    marks.map((mark) => mark.replace(/(messages?)/, '$1 in the lobby')),
  );
  world.guestSays('dora', 'news');
  await until(world, () => alice.store.cursor('lobby') === last + 1, 'what is live comes');
  world.cut();
  await until(world, () => !alice.isIn, 'the connection is gone');
  await until(world, () => alice.isIn, 'alice is back');
  await turns(50);
  assert.equal(toldOf(alice).length, marks.length, 'nothing of it is asked for or told again');
});

test('all of what was missed is damaged: it is marked once, and what is said next comes', async () => {
  const { world, alice } = await missing(50);
  world.damaged.set('lobby', [[1, 50]]);
  await alice.start();
  await until(world, () => alice.store.cursor('lobby') === 50, 'it is known to be lost');
  world.guestSays('dora', 'news');
  await until(world, () => alice.store.cursor('lobby') === 51, 'what is live comes');
  assert.deepEqual(await kept(alice), [1, `2: ${lost(49)}`, 51]);
});

test('what is said while a damaged range is fetched comes once and in its order', async () => {
  const { world, alice } = await missing(historyPage + 10);
  world.damaged.set('lobby', [[5, historyPage + 10]]);
  await alice.start();
  await until(world, () => alice.isIn, 'alice is in');
  world.guestSays('dora', 'meanwhile');
  const last = historyPage + 11;
  await until(world, () => alice.store.cursor('lobby') === last, 'all came');
  assert.deepEqual(await kept(alice), [...range(1, 4), `5: ${lost(historyPage + 6)}`, last]);
});

/** Bob is away, and alice has written to him while both were there, `before` he has gone, and behind that. */
async function writtenTo(before: readonly string[], texts: readonly string[]) {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  const bob = new Person(world, 'bob', bobDevice);
  for (const person of [alice, bob]) await person.start();
  await until(world, () => bob.store.records.packages.length > 10, 'keys are left');
  const say = async (text: string) => {
    assert.ok(alice.client?.privateMessage(bob.name, text).ok);
    await until(world, () => alice.client?.unsent === 0, `"${text}" is stored`);
  };
  for (const text of before) {
    await say(text);
    await until(
      world,
      () => bob.store.messages.some((one) => textOf(one.content) === text),
      'bob has it',
    );
  }
  bob.kill();
  for (const text of texts) await say(text);
  const last = world.lasts().find(({ name }) => name === '@alice+bob')?.last ?? 0;
  return { world, alice, bob, last };
}

const lostOne = "the server's disk has damaged it; it is asked for again";
const marksOf = ({ store }: Person) =>
  store.messages.filter(({ unreadable }) => unreadable !== undefined);

test('private messages that are damaged at the server are marked, those behind them are read, and their sender says them again', async () => {
  const texts = ['two', 'three', 'four'];
  // Those in the middle of a session, and the very first, with the Welcome in it; all of them.
  for (const before of [['one'], []]) {
    for (const damaged of [2, 3]) {
      const { world, alice, bob, last } = await writtenTo(before, texts);
      alice.kill();
      world.damaged.set('@alice+bob', [[last - 2, last - 3 + damaged]]);
      await bob.start();
      const cursor = () => bob.store.cursor('@alice+bob') ?? 0;
      await until(world, () => cursor() >= last, 'all is here, or lost');
      await turns(20);
      const marks = marksOf(bob);
      assert.deepEqual(
        marks.slice(0, damaged).map(({ from, seq, unreadable }) => [from, seq, unreadable]),
        range(last - 2, last - 3 + damaged).map((seq) => ['alice', seq, lostOne]),
      );
      assert.deepEqual(toldOf(bob), [
        `${last - 2}: up to ${damaged} messages of @alice cannot be read any more: the server's disk has damaged them; they are asked for again`,
      ]);
      await alice.start();
      await until(world, () => marksOf(bob).length === 0, 'she says them again');
      const whole = [...before, ...texts].map((text) => `alice: ${text}`);
      assert.deepEqual(await bob.texts('@alice+bob'), whole);
    }
  }
});

test('own private messages among the damaged ones are here and leave no mark', async () => {
  const { world, alice, bob, last } = await writtenTo(['one'], ['two']);
  world.damaged.set('@alice+bob', [[1, last]]);
  alice.kill();
  await alice.start();
  await until(world, () => alice.isIn, 'alice is in');
  await turns(20);
  assert.deepEqual([marksOf(alice), toldOf(alice)], [[], []]);
  await bob.start();
  await until(
    world,
    () => bob.store.messages.some(({ content }) => textOf(content) === 'two'),
    'said again',
  );
  assert.deepEqual(await bob.texts('@alice+bob'), ['alice: one', 'alice: two']);
});

test('a server that has lost more than can be asked for is marked once more, and no number costs anything', async () => {
  const { world, bob, last } = await writtenTo(['one'], ['two']);
  world.damaged.set('@alice+bob', [[last, 2 ** 50]]);
  await bob.start();
  await until(world, () => bob.store.cursor('@alice+bob') === 2 ** 50, 'it is known to be lost');
  assert.ok(marksOf(bob).length <= 256);
});

test('what a new device reads back is marked where it is damaged, and read on before it', async () => {
  const many = firstSight + 2 * historyPage + 50;
  const world = new AccountWorld();
  for (let count = 1; count <= many; count++) world.guestSays('dora', `line ${count}`);
  const edge = many - firstSight;
  // More than a page of it, and across the edge of what the device has.
  world.damaged.set('lobby', [
    [1, 7],
    [100, edge - 20],
    [edge - 3, edge + 3],
  ]);
  const alice = new Person(world, 'alice', aliceDevice);
  await alice.start();
  await until(world, () => alice.store.cursor('lobby') === many, 'the last ones are here');
  await turns(20);
  const { client } = alice;
  assert.ok(client);
  let first = many + 1;
  const read: (number | string | undefined)[] = [];
  for (;;) {
    const page = await client.history(lobbyName, first, 100);
    if (page.length === 0) break;
    read.unshift(
      ...page.map(({ seq, unreadable }) =>
        unreadable === undefined ? seq : `${seq}: ${unreadable}`,
      ),
    );
    first = page[0]?.seq ?? 0;
  }
  assert.deepEqual(read, [
    `1: ${lost(7)}`,
    ...range(8, 99),
    `100: ${lost(edge - 119)}`,
    ...range(edge - 19, edge - 4),
    `${edge - 3}: ${lost(4)}`,
    `${edge + 1}: ${lost(3)}`,
    ...range(edge + 4, many),
  ]);
});

test('a server that cannot read what it keeps: history says so, it is told once, and comes later', async () => {
  const many = firstSight + 50;
  const world = new AccountWorld();
  for (let count = 1; count <= many; count++) world.guestSays('dora', `line ${count}`);
  const alice = new Person(world, 'alice', aliceDevice);
  world.isUnreadable = true;
  await alice.start();
  const failures = () => alice.events.filter(({ type }) => type === 'history-failed');
  await until(world, () => failures().length > 0, 'it is told');
  for (let round = 0; round < 5; round++) {
    world.timers.advance(10_000);
    await turns(20);
  }
  assert.equal(failures().length, 1, 'once');
  world.isUnreadable = false;
  await until(world, () => alice.store.cursor('lobby') === many, 'it came');
  world.isUnreadable = true;
  const { client } = alice;
  assert.ok(client);
  const page = await client.historyOrWhy(lobbyName, 60, 100);
  assert.deepEqual([page.records.length, page.failure?.code], [9, 'store-failed']);
  world.isUnreadable = false;
  assert.equal((await client.historyOrWhy(lobbyName, 60, 100)).failure, undefined);
  assert.equal((await client.history(lobbyName, 60, 100)).length, 59);
});

test('every number between is once in what is here or in what is damaged, whatever ranges a server names', () => {
  const number = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(number, number), { maxLength: 5 }),
      fc.uniqueArray(number, { maxLength: 10 }),
      number,
      number,
      (ranges, here, after, before) => {
        const parts = damageBetween(ranges, { after, before }, here);
        const numbers = parts.flatMap(({ first, last }) => range(first, last));
        const isMeant = (one: number) => ranges.some(([from, to]) => one >= from && one <= to);
        assert.deepEqual(
          numbers,
          range(after + 1, Math.max(after, before - 1)).filter(
            (one) => isMeant(one) && !here.includes(one),
          ),
        );
      },
    ),
  );
  assert.deepEqual(inOrder([], []), []);
});
