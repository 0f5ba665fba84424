import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ExtendedEventOf } from '../../../wire/extended/events.ts';
import { parseUsername, type Username } from '../../../wire/text.ts';
import { textOf } from '../../content.ts';
import { restoredFrom } from './restored.ts';
import {
  AccountWorld,
  Person,
  turns,
  until,
} from '../../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice, bob as bobDevice } from '../../../../test/support/pair.ts';

const direct = '@alice+bob';

async function two() {
  const world = new AccountWorld();
  const alice = new Person(world, 'alice', aliceDevice);
  const bob = new Person(world, 'bob', bobDevice);
  for (const person of [alice, bob]) await start(world, person);
  await until(world, () => bob.store.records.packages.length > 10, 'keys are left');
  return { world, alice, bob };
}

async function start(world: AccountWorld, person: Person) {
  await person.start();
  await until(world, () => person.isIn, `${person.name} is in`);
}

const isSent = (person: Person) => () => person.client?.unsent === 0;

/** Who is cut off before they got in at the start is gone, as a person would see, and starts again. */
async function comeIn(world: AccountWorld, person: Person) {
  await until(world, () => person.isIn || !person.isRunning, `${person.name} is in or gone`);
  if (person.isIn) return;
  person.kill();
  await start(world, person);
}

async function emit(world: AccountWorld, from: Person, to: Person, text: string) {
  assert.ok(from.client?.privateMessage(to.name, text).ok);
  await until(world, isSent(from), `"${text}" is stored`);
  await until(
    world,
    () => to.store.messages.some((message) => textOf(message.content) === text),
    text,
  );
}

function restoredOf({ events }: Person) {
  return events.filter((event) => event.type === 'restored');
}

test('after a reset of the account its devices are no copies because another one of them had more', () => {
  const conversations = [
    { name: direct, log: 7, epoch: 0, earlier: [], cursor: 3, read: 3 },
  ] as unknown as Parameters<typeof restoredFrom>[0]['conversations'];
  const runs = [1];
  const extent = { me: 'alice' as Username, lastNumber: 5, conversations, isNew: false, runs };
  const kept = { in: direct, log: 7, first: 1, last: 9, got: 9 };
  const welcome = (more: object) =>
    ({ conversations: [kept], lastNumber: 5, ...more }) as unknown as Parameters<
      typeof restoredFrom
    >[1];
  assert.deepEqual(restoredFrom(extent, welcome({ links: 2 }))?.missing, ['bob']);
  assert.equal(restoredFrom(extent, welcome({ links: 0 })), undefined);
  // What was numbered elsewhere shows a copy all the same.
  assert.deepEqual(restoredFrom(extent, welcome({ links: 0, lastNumber: 6 })), {
    taken: 6,
    missing: [],
  });
});

test('a copy put back is noticed before anything is sealed: fresh keys, told once, and both read each other', async () => {
  const { world, alice, bob } = await two();
  await emit(world, alice, bob, 'one');
  const copy = alice.store.survivor();
  await emit(world, alice, bob, 'two');
  await emit(world, bob, alice, 'three');
  await turns(50);
  alice.putBack(copy);
  await start(world, alice);
  await until(world, () => restoredOf(alice).length === 1, 'it is told');
  await emit(world, alice, bob, 'four');
  await emit(world, bob, alice, 'five');
  alice.kill();
  await start(world, alice);
  await emit(world, alice, bob, 'six');
  assert.equal(restoredOf(alice).length, 1, 'the next start has nothing to tell');
  const texts = await bob.texts(direct);
  assert.equal(new Set(texts).size, texts.length, 'nothing is there twice');
  for (const text of ['one', 'two', 'four', 'six']) assert.ok(texts.includes(`alice: ${text}`));
});

test('a new device of an account that was killed before its first login was on the disk is no older copy', () => {
  const [me, bob] = ['alice', 'bob'].map((name) => parseUsername(name));
  assert.ok(me && bob);
  // The server counts what was said before the device came as acknowledged by it.
  const kept = { in: direct, log: 3, first: 8, last: 7, kept: true, got: 7 };
  const welcome = {
    verb: 'WELCOME',
    user: me,
    created: false,
    conversations: [kept],
    lastNumber: 0,
    runs: [1],
  } as unknown as ExtendedEventOf<'WELCOME'>;
  // It has said something already, which waits.
  const extent = { me, lastNumber: 0, conversations: [], isNew: false };
  assert.equal(restoredFrom({ ...extent, runs: [] }, welcome), undefined);
  const restored = restoredFrom({ ...extent, runs: [1] }, welcome);
  assert.deepEqual(restored, { taken: 0, missing: [bob] });
  const numbered = restoredFrom({ ...extent, runs: [] }, { ...welcome, lastNumber: 4 });
  assert.deepEqual(numbered, { taken: 4, missing: [] }, 'its numbers tell all the same');
});

test('what the server has of the outbox of a copy is not said again, and what it does not have is said', async () => {
  const { world, alice, bob } = await two();
  await emit(world, alice, bob, 'to begin with');
  alice.client?.createGroup('g');
  await until(world, () => alice.store.cursor('#g') !== undefined, 'there is a group');
  world.isDown = true;
  world.cut();
  assert.ok(alice.client?.broadcast('said by both').ok);
  assert.ok(alice.client?.groupMessage('g', 'in the group').ok);
  assert.ok(alice.client?.privateMessage('bob', 'private, sealed').ok);
  const waiting = () => alice.store.records.outbox.filter(hasNumber).length;
  await until(world, () => waiting() === 3, 'all is numbered');
  const copy = alice.store.survivor();
  world.isDown = false;
  await until(world, isSent(alice), 'it is said in the life that is lost');
  await emit(world, alice, bob, 'more');
  alice.putBack(copy);
  await start(world, alice);
  await until(world, isSent(alice), 'nothing waits');
  assert.ok(alice.client?.broadcast('behind it').ok);
  await until(world, isSent(alice), 'it is stored');
  await emit(world, alice, bob, 'the end');
  await turns(50);
  assert.deepEqual(await bob.texts('lobby'), ['alice: said by both', 'alice: behind it']);
  assert.deepEqual(await alice.texts('lobby'), ['alice: said by both', 'alice: behind it']);
  assert.deepEqual(await alice.texts('#g'), ['alice: in the group']);
  const own = alice.store.messages.filter(({ content }) => textOf(content) === 'said by both');
  assert.deepEqual(
    own.map(({ seq, state }) => ({ seq, state })),
    [{ seq: 1, state: 'stored' }],
    'its number came with the log',
  );
  assert.deepEqual(await bob.texts(direct), [
    'alice: to begin with',
    'alice: private, sealed',
    'alice: more',
    'alice: the end',
  ]);
});

test('a private text that waited in the copy for a key is given back to the person, and is not said twice', async () => {
  const { world, alice, bob } = await two();
  world.isStockHidden = true;
  assert.ok(alice.client?.privateMessage('bob', 'waits for a key').ok);
  await until(world, () => alice.store.records.outbox.length === 1, 'it waits');
  const copy = alice.store.survivor();
  world.isStockHidden = false;
  await until(world, isSent(alice), 'it is said in the life that is lost');
  await until(world, () => bob.store.messages.length === 1, 'and read');
  alice.putBack(copy);
  await start(world, alice);
  await until(world, () => alice.store.messages[0]?.state === 'refused', 'it is given back');
  assert.match(alice.store.messages[0]?.reason ?? '', /say it again if it is missing/);
  await emit(world, alice, bob, 'the end');
  assert.deepEqual(await bob.texts(direct), ['alice: waits for a key', 'alice: the end']);
});

test('who has only read since the copy was made is told what is missing, and from whom', async () => {
  const { world, alice, bob } = await two();
  await emit(world, alice, bob, 'one');
  await emit(world, bob, alice, 'two');
  await turns(50);
  const copy = alice.store.survivor();
  await emit(world, bob, alice, 'three');
  const isDropped = () =>
    world.lasts().some(({ name, first, last }) => name === direct && first > last);
  await until(world, isDropped, 'both have it, and the server has it no more');
  alice.putBack(copy);
  await start(world, alice);
  await until(world, () => restoredOf(alice).length === 1, 'it is told');
  assert.deepEqual(restoredOf(alice), [{ type: 'restored', missing: ['bob'] }]);
  await emit(world, bob, alice, 'four');
  await emit(world, alice, bob, 'five');
  assert.deepEqual(await alice.texts(direct), [
    'alice: one',
    'bob: two',
    'bob: four',
    'alice: five',
  ]);
});

test('a new store, a store that was only closed, and one whose server was put back are no older copies', async () => {
  const { world, alice, bob } = await two();
  await emit(world, alice, bob, 'one');
  await emit(world, bob, alice, 'two');
  await turns(50);
  for (let round = 0; round < 3; round++) {
    alice.kill();
    await start(world, alice);
    await emit(world, alice, bob, `round ${round}`);
  }
  world.restart();
  await until(world, () => !alice.isIn, 'the connection is gone');
  await until(world, () => alice.isIn && bob.isIn, 'they are back');
  await emit(world, alice, bob, 'after a restart');
  alice.kill();
  alice.forgetAll();
  await start(world, alice);
  await emit(world, alice, bob, 'from a new store');
  assert.deepEqual([...restoredOf(alice), ...restoredOf(bob)], []);
});

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      who: fc.constantFrom('alice' as const, 'bob' as const),
      place: fc.constantFrom('lobby' as const, 'person' as const),
      many: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('turns' as const),
      count: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'time' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'cut' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'put back' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);
const actions = (most: number) => fc.array(step, { size: 'max', maxLength: most });

test('a copy put back at any moment: nothing is said twice, no key serves twice, and both go on', async () => {
  await fc.assert(
    fc.asyncProperty(
      actions(10),
      actions(12),
      actions(8),
      fc.boolean(),
      async (before, between, after, isHeard) => {
        const { world, alice, bob } = await two();
        await emit(world, alice, bob, 'to begin with');
        const people = { alice, bob };
        let copy = alice.store;
        let count = 0;
        const certain: { text: string; from: Person }[] = [];
        const say = (from: Person, place: 'lobby' | 'person') => {
          count += 1;
          const text = `text ${count}`;
          const to = from === alice ? 'bob' : 'alice';
          const said =
            place === 'lobby'
              ? from.client?.broadcast(text)
              : from.client?.privateMessage(to, text);
          return said?.ok === true ? text : undefined;
        };
        const take = async (act: typeof step extends fc.Arbitrary<infer T> ? T : never) => {
          if (act.kind === 'say') {
            for (let said = 0; said < act.many; said++) say(people[act.who], act.place);
          } else if (act.kind === 'turns') await turns(act.count);
          else if (act.kind === 'time') world.timers.advance(2_000);
          else if (act.kind === 'cut') world.cut();
          else if (act.kind === 'restart') world.restart();
          else {
            alice.putBack(copy);
            await alice.start();
          }
        };
        for (const act of before) await take(act);
        copy = alice.store.survivor();
        for (const act of between) await take(act);
        if (isHeard) await comeIn(world, alice);
        if (isHeard) await emit(world, alice, bob, 'in the life that is lost');
        for (const act of [{ kind: 'put back' } as const, ...after]) await take(act);
        await comeIn(world, alice);
        await until(world, () => bob.isIn, 'bob is in');
        for (const from of [alice, bob]) {
          for (const place of ['lobby', 'person', 'lobby', 'person'] as const) {
            const text = say(from, place);
            assert.ok(text !== undefined);
            certain.push({ text, from });
          }
        }
        const isThere = () =>
          certain.every(({ text, from }) =>
            (from === alice ? bob : alice).store.messages.some(
              (message) => textOf(message.content) === text,
            ),
          );
        const isQuiet = () => [alice, bob].every((person) => isSent(person)() && person.isIn);
        await until(world, () => isThere() && isQuiet(), 'what is said now is read');
        await turns(100);
        for (const person of [alice, bob]) {
          for (const place of ['lobby', direct]) {
            const texts = await person.texts(place);
            const readable = texts.filter((text) => / text \d+$/.test(text));
            assert.equal(new Set(readable).size, readable.length, `twice in ${place}`);
          }
        }
        const lobby = world.log('lobby').map(({ text }) => text);
        assert.equal(new Set(lobby).size, lobby.length, 'nothing is said twice to all');
        for (const person of [alice, bob]) person.kill();
      },
    ),
    { numRuns: Number(process.env['HELO_RANDOM_RUNS'] ?? 8) },
  );
});

function hasNumber({ number }: { readonly number: number | undefined }): boolean {
  return number !== undefined;
}
