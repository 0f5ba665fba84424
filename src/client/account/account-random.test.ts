// Random lives of two people with accounts: cables that break, programs that are killed, a server that restarts. At the
// end the messages on one person's disk are on the other's, once and in order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AccountWorld, Person, turns, until } from '../../../test/support/worlds/account-world.ts';
import { alice as aliceDevice, bob as bobDevice } from '../../../test/support/pair.ts';

const who = fc.constantFrom('alice' as const, 'bob' as const);
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      who,
      place: fc.constantFrom('lobby' as const, 'group' as const, 'person' as const),
      many: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('turns' as const),
      count: fc.integer({ min: 1, max: 30 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'cut' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'time' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), who }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('start' as const), who }) },
);

const conversations = ['lobby', '#g', '@alice+bob'] as const;

test('nothing lost, nothing twice, in order, whatever breaks when', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { size: 'max', maxLength: 30 }), async (actions) => {
      const world = new AccountWorld();
      const people = {
        alice: new Person(world, 'alice', aliceDevice),
        bob: new Person(world, 'bob', bobDevice),
      };
      for (const person of Object.values(people)) {
        await person.start();
        await until(world, () => person.isIn, 'they are in');
      }
      people.alice.client?.createGroup('g');
      await turns(10);
      people.bob.client?.joinGroup('g');
      await until(world, () => people.bob.store.records.packages.length > 10, 'keys are left');
      let count = 0;
      const fresh = new Map<string, Person>();
      const certain = new Set<string>();
      for (const act of actions) {
        if (act.kind === 'say') {
          const { client, name } = people[act.who];
          const many = client === undefined ? 0 : act.many;
          for (let said = 0; said < many; said++) {
            count += 1;
            const text = `text ${count} of ${name}`;
            const other = name === 'alice' ? 'bob' : 'alice';
            const done =
              act.place === 'lobby'
                ? client?.broadcast(text)
                : act.place === 'group'
                  ? client?.groupMessage('g', text)
                  : client?.privateMessage(other, text);
            if (done?.ok) fresh.set(text, people[act.who]);
          }
        } else if (act.kind === 'turns') {
          await turns(act.count);
          // By now it is on the disk, if the sender still runs.
          if (act.count >= 4) {
            for (const [text, person] of fresh) if (person.client !== undefined) certain.add(text);
            fresh.clear();
          }
        } else if (act.kind === 'time') world.timers.advance(2_000);
        else if (act.kind === 'cut') world.cut();
        else if (act.kind === 'restart') world.restart();
        else if (act.kind === 'kill') {
          const person = people[act.who];
          for (const [text, speaker] of fresh) if (speaker === person) fresh.delete(text);
          person.kill();
        } else if (!people[act.who].isRunning) await people[act.who].start();
      }
      const { alice, bob } = people;
      for (const person of [alice, bob]) {
        while (!person.isIn) {
          // A program whose connection ended before the first login has ended as well.
          if (!person.isRunning) {
            person.kill();
            await person.start();
          }
          await until(world, () => person.isIn || !person.isRunning, 'they are in or gone');
        }
      }
      const isQuiet = () =>
        [alice, bob].every((person) => person.isIn && person.client?.unsent === 0);
      await until(world, isQuiet, 'everything is sent');
      const isRead = () =>
        world
          .lasts()
          .every(({ name, last }) =>
            [alice, bob].every(({ store }) => (store.cursor(name) ?? 0) >= last),
          );
      await until(world, isRead, 'everything is read');
      const everything: string[] = [];
      for (const conversation of conversations) {
        const [one, other] = [await alice.texts(conversation), await bob.texts(conversation)];
        assert.deepEqual(one, other, `both have the same in ${conversation}`);
        assert.equal(new Set(one).size, one.length, 'nothing is there twice');
        everything.push(...one);
        for (const person of [alice, bob]) {
          const own = one.filter((text) => text.startsWith(`${person.name}:`)).map(numberOf);
          assert.deepEqual(
            own,
            [...own].sort((a, b) => a - b),
            'in the order in which it was said',
          );
        }
      }
      for (const text of certain) {
        assert.ok(
          everything.some((one) => one.endsWith(`: ${text}`)),
          `${text} is lost`,
        );
      }
      for (const person of [alice, bob]) person.kill();
    }),
    { numRuns: Number(process.env['RUNS'] ?? 8) },
  );
});

function numberOf(text: string): number {
  return Number(/text (\d+) of/.exec(text)?.[1]);
}
