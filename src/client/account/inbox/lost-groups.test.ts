// Groups that a server which was put back knows nothing of: whoever was in one is told, and nothing is lost that is here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from '../../content.ts';
import {
  type AccountWorld,
  type Person,
  turns,
  until,
} from '../../../../test/support/worlds/account-world.ts';
import {
  has,
  isSent,
  own,
  restarts,
  settled,
  toAll,
  two,
} from '../../../../test/support/worlds/account-acts.ts';

for (const isTold of [true, false]) {
  const title = isTold ? 'a restored server' : 'a server that was put back by hand';
  const isHere = (person: Person, group: string) =>
    person.client?.conversations?.some(({ name, isIn }) => name === `#${group}` && isIn) === true;
  const found = async (world: AccountWorld, group: string, ...people: Person[]) => {
    people[0]?.client?.createGroup(group);
    for (const person of people) {
      person.client?.joinGroup(group);
      await until(world, () => isHere(person, group), `${person.name} is in ${group}`);
    }
    await turns(20);
  };
  const toGroup = async (world: AccountWorld, from: Person, to: Person, text: string) => {
    from.client?.groupMessage('g', text);
    await until(world, () => isSent(from)() && has(to, text)(), text);
  };
  const toldOf = (person: Person) =>
    person.events.flatMap((event) =>
      event.type === 'log-restarted' && event.conversation === '#g' ? [event.text] : [],
    );

  test(`${title} that knows nothing of a group: it is told, own texts are marked, what is here stays; it can be founded again`, async () => {
    const { world, alice, bob } = await two();
    await toAll(world, alice, 'first', bob);
    const backup = world.backup();
    await found(world, 'g', alice, bob);
    await toGroup(world, alice, bob, 'of alice');
    await toGroup(world, bob, alice, 'of bob');
    bob.kill();
    world.putBack(backup, isTold);
    await settled(world, alice, bob);
    for (const person of [alice, bob]) {
      await until(world, () => toldOf(person).length === 1, `${person.name} is told`);
      assert.match(toldOf(person)[0] ?? '', /has lost the group g: .* one of your own messages is/);
      assert.deepEqual(own(person, `of ${person.name}`), ['refused']);
      const kept = await person.client?.history('#g' as never, undefined, 100);
      const texts = kept?.flatMap(({ from, content }) => (from ? [textOf(content)] : []));
      assert.deepEqual(texts, ['of alice', 'of bob']);
    }
    // Each is told once.
    bob.kill();
    await settled(world, alice, bob);
    await found(world, 'g', bob, alice);
    await toGroup(world, bob, alice, 'of the second');
    await settled(world, alice, bob);
    for (const person of [alice, bob]) {
      assert.equal(toldOf(person).length, 1);
      const texts = await person.texts('#g');
      assert.deepEqual(
        texts.filter((text) => !text.startsWith('undefined')),
        ['alice: of alice', 'bob: of bob', 'bob: of the second'],
      );
      person.kill();
    }
  });

  test(`${title}: groups that were left, that were ended, or that it still knows are not lost`, async () => {
    const { world, alice, bob } = await two();
    await found(world, 'g', alice, bob);
    await toGroup(world, alice, bob, 'of alice');
    const backup = world.backup();
    for (const group of ['left', 'ended']) {
      await found(world, group, bob, alice);
      alice.client?.groupMessage(group, `in ${group}`);
      await until(world, has(bob, `in ${group}`), group);
    }
    alice.client?.leaveGroup('left');
    await bob.client?.handOver('ended', undefined);
    for (const group of ['left', 'ended'])
      await until(world, () => !isHere(alice, group), `${group} is over for alice`);
    await turns(50);
    alice.kill();
    world.putBack(backup, isTold);
    await settled(world, alice, bob);
    assert.ok(isHere(alice, 'g'));
    const told = new Set(
      restarts(alice).map((event) => 'conversation' in event && event.conversation),
    );
    assert.ok(!told.has('#left' as never) && !told.has('#ended' as never));
    assert.deepEqual(toldOf(alice), []);
    for (const text of ['in left', 'in ended', 'of alice'])
      assert.deepEqual(own(alice, text), ['stored']);
    for (const person of [alice, bob]) person.kill();
  });
}

test('a group that was ended while somebody was away, and a server that is only started anew: nothing is called lost', async () => {
  const { world, alice, bob } = await two();
  alice.client?.createGroup('g');
  for (const person of [alice, bob]) {
    person.client?.joinGroup('g');
    await turns(50);
  }
  bob.client?.groupMessage('g', 'of bob');
  await until(world, has(alice, 'of bob'), 'it is heard');
  bob.kill();
  await alice.client?.handOver('g', undefined);
  await turns(50);
  world.restart();
  await settled(world, alice, bob);
  assert.equal(restarts(bob).length, 0);
  assert.deepEqual(own(bob, 'of bob'), ['stored']);
  for (const person of [alice, bob]) person.kill();
});
