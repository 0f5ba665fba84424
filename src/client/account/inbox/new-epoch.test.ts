import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textOf } from '../../content.ts';
import { Person, turns, until } from '../../../../test/support/worlds/account-world.ts';
import {
  acknowledged,
  direct,
  emit,
  has,
  isSent,
  own,
  receive,
  restarts,
  settled,
  start,
  toAll,
  two,
} from '../../../../test/support/worlds/account-acts.ts';
import { suite } from '../../../../test/support/pair.ts';
import { createDevice } from '../../../e2ee/device.ts';

const kinds = [
  { title: 'a restored server', isTold: true, hasRuns: true },
  { title: 'a server that was put back by hand', isTold: false, hasRuns: true },
  { title: 'a server that was put back and knows nothing of it', isTold: false, hasRuns: false },
];
for (const { title, isTold, hasRuns } of kinds) {
  test(`${title}: who comes late hears what is new, keeps what is old, and is told`, async () => {
    const { world, alice, bob } = await two({ hasRuns });
    await toAll(world, alice, 'first', bob);
    await emit(world, alice, bob, 'private, first');
    await turns(50);
    const backup = world.backup();
    for (const text of ['lost 1', 'lost 2', 'lost 3']) await toAll(world, alice, text, bob);
    for (const text of ['private, lost 1', 'private, lost 2']) await emit(world, alice, bob, text);
    await acknowledged(world, alice);
    bob.kill();
    world.putBack(backup, isTold);
    await settled(world, alice);
    // As many as bob had, or fewer.
    await toAll(world, alice, 'new 1');
    await emit(world, alice, bob, 'private, new 1');
    bob.events = [];
    await start(world, bob);
    await until(world, has(bob, 'new 1'), 'it is heard');
    await until(world, has(bob, 'private, new 1'), 'and the private one');
    await turns(50);
    assert.equal(restarts(bob).length, 2, 'the lobby, and the two of them');
    assert.equal(
      receive(bob, 'first') + receive(bob, 'private, first'),
      0,
      'nothing is told twice',
    );
    for (const person of [alice, bob]) {
      const lobby = (await person.texts('lobby')).filter((text) => !text.startsWith('undefined'));
      assert.deepEqual(lobby, [
        'alice: first',
        'alice: lost 1',
        'alice: lost 2',
        'alice: lost 3',
        'alice: new 1',
      ]);
      const texts = (await person.texts(direct)).filter((text) => !text.startsWith('undefined'));
      assert.deepEqual(texts, [
        'alice: private, first',
        'alice: private, lost 1',
        'alice: private, lost 2',
        'alice: private, new 1',
      ]);
    }
    // It goes on.
    await emit(world, bob, alice, 'the end');
    await toAll(world, bob, 'to all, the end', alice);
    for (const person of [alice, bob]) person.kill();
  });
}

for (const { title, isTold, hasRuns } of kinds.slice(0, 2)) {
  test(`${title}: whoever comes when it has said as much again or more misses nothing`, async () => {
    const { world, alice, bob } = await two({ hasRuns });
    await toAll(world, alice, 'first', bob);
    await emit(world, alice, bob, 'private, first');
    await turns(50);
    const backup = world.backup();
    for (const text of ['lost 1', 'lost 2']) await toAll(world, alice, text, bob);
    for (const text of ['private, lost 1', 'private, lost 2']) await emit(world, alice, bob, text);
    await acknowledged(world, alice);
    bob.kill();
    world.putBack(backup, isTold);
    await settled(world, alice);
    const news = [1, 2, 3, 4].map((number) => `new ${number}`);
    for (const text of news) await toAll(world, alice, text);
    for (const text of news) await emit(world, alice, bob, `private, ${text}`);
    bob.events = [];
    await start(world, bob);
    for (const text of news) {
      await until(world, has(bob, text), text);
      await until(world, has(bob, `private, ${text}`), `private, ${text}`);
    }
    await settled(world, alice, bob);
    assert.equal(restarts(bob).length, 2, 'the lobby, and the two of them');
    for (const text of ['first', 'lost 1', 'private, first', 'private, lost 1']) {
      assert.equal(receive(bob, text), 0, `${text} is not told twice`);
    }
    for (const name of ['lobby', direct]) {
      const texts = await bob.texts(name);
      for (const text of ['first', 'lost 1', 'lost 2', ...news]) {
        const count = texts.filter((one) => one.endsWith(` ${text}`)).length;
        assert.equal(count, 1, `${text} in ${name}`);
      }
    }
    for (const person of [alice, bob]) person.kill();
  });
}

for (const isTold of [true, false]) {
  const title = isTold ? 'a restored server' : 'a server that was put back by hand';
  test(`${title} that has nothing of a private conversation: it goes on with either of the two first`, async () => {
    for (const first of ['alice', 'bob'] as const) {
      const { world, alice, bob } = await two();
      const empty = world.backup();
      await emit(world, alice, bob, 'text 1');
      await acknowledged(world, alice);
      world.putBack(empty, isTold);
      const late = first === 'alice' ? bob : alice;
      const early = first === 'alice' ? alice : bob;
      late.kill();
      await settled(world, early);
      assert.ok(early.client?.privateMessage(late.name, 'text 2').ok);
      await until(world, isSent(early), 'it is stored');
      await start(world, late);
      await until(world, has(late, 'text 2'), 'it is heard');
      await emit(world, late, early, 'text 3');
      for (const person of [alice, bob]) person.kill();
    }
  });

  test(`${title}: own private texts that nobody has got are sent again, and shown once`, async () => {
    const { world, alice, bob } = await two();
    await emit(world, alice, bob, 'private, first');
    await acknowledged(world, alice);
    const backup = world.backup();
    // Of one the receipt is lost with the connection, one has never left the server.
    await emit(world, alice, bob, 'heard');
    bob.kill();
    await emit(world, alice, bob, 'never delivered');
    world.putBack(backup, isTold);
    await settled(world, alice, bob);
    await until(world, has(bob, 'never delivered'), 'it is sent again');
    await acknowledged(world, alice);
    await turns(50);
    for (const text of ['private, first', 'heard', 'never delivered']) {
      assert.equal(receive(bob, text), 1, text);
    }
    assert.deepEqual(own(alice, 'never delivered'), ['delivered']);
    for (const person of [alice, bob]) person.kill();
  });
}

test('a server that is only started anew: nobody is told of a new beginning, and nothing is said twice', async () => {
  const { world, alice, bob } = await two();
  await toAll(world, alice, 'first', bob);
  await emit(world, alice, bob, 'private, first');
  for (let round = 1; round <= 3; round++) {
    bob.kill();
    await toAll(world, alice, `round ${round}`);
    await emit(world, alice, bob, `private ${round}`);
    world.restart();
    await settled(world, alice, bob);
    await until(world, has(bob, `private ${round}`), 'it is heard');
  }
  for (const person of [alice, bob]) {
    assert.equal(restarts(person).length, 0);
    assert.ok(!person.events.some(({ type }) => type === 'twin' || type === 'restored'));
    const texts = [...(await person.texts('lobby')), ...(await person.texts(direct))];
    assert.equal(new Set(texts).size, 8, 'all of it, once');
    assert.equal(texts.length, 8);
    person.kill();
  }
});

for (const startsNow of [false, true]) {
  const title = `a server that knows none of the runs of a device${startsNow ? ' that begins with what is new' : ''}`;
  test(`${title}: what is new is heard, what is the same is there once`, async () => {
    const { world, alice, bob } = await two();
    await toAll(world, alice, 'first', bob);
    await emit(world, alice, bob, 'private, first');
    await turns(50);
    const backup = world.backup();
    await toAll(world, alice, 'lost', bob);
    await emit(world, alice, bob, 'private, lost');
    await acknowledged(world, alice);
    bob.kill();
    world.putBack(backup, false);
    await bob.store.write([{ type: 'runs', runs: [2 ** 40] }]);
    await settled(world, alice);
    for (const text of ['new 1', 'new 2', 'new 3']) {
      await toAll(world, alice, text);
      await emit(world, alice, bob, `private, ${text}`);
    }
    bob.events = [];
    await bob.start({ startsNow });
    await until(world, () => bob.isIn, 'bob is in');
    const news = startsNow ? ['new 2', 'new 3'] : ['new 1', 'new 2', 'new 3'];
    for (const text of news) await until(world, has(bob, text), text);
    for (const text of ['new 1', 'new 2', 'new 3']) {
      await until(world, has(bob, `private, ${text}`), `private, ${text}`);
    }
    await settled(world, alice, bob);
    for (const text of ['first', 'lost', 'private, first', 'private, lost']) {
      assert.equal(receive(bob, text), 0, `${text} is not told twice`);
      const kept = bob.store.messages.filter((message) => textOf(message.content) === text);
      assert.equal(kept.length, 1, `${text} is there once`);
    }
    for (const person of [alice, bob]) person.kill();
  });
}

test('who begins with what is new, at a server that was put back: what was said since is heard, also where it is as much as before', async () => {
  const { world, alice, bob } = await two();
  bob.kill();
  bob.forgetAll();
  await toAll(world, alice, 'before bob');
  const backup = world.backup();
  await bob.start({ startsNow: true });
  await until(world, () => bob.isIn, 'bob is in');
  await toAll(world, alice, 'lost', bob);
  bob.kill();
  world.putBack(backup, false);
  await settled(world, alice);
  for (const text of ['new 1', 'new 2']) await toAll(world, alice, text);
  bob.events = [];
  await bob.start({ startsNow: true });
  for (const text of ['new 1', 'new 2']) await until(world, has(bob, text), text);
  await turns(50);
  assert.equal(receive(bob, 'before bob'), 0, 'what was said before it was there is no news');
  for (const person of [alice, bob]) person.kill();
});

test('own messages that a restored server has lost: private ones are sent again, once; others are marked', async () => {
  const { world, alice, bob } = await two();
  await emit(world, alice, bob, 'private, first');
  await toAll(world, alice, 'first', bob);
  await turns(50);
  const backup = world.backup();
  await emit(world, alice, bob, 'delivered');
  await acknowledged(world, alice);
  bob.kill();
  await emit(world, alice, bob, 'never delivered');
  await toAll(world, alice, 'said to all');
  world.putBack(backup, true);
  await settled(world, alice, bob);
  await until(world, has(bob, 'never delivered'), 'it is sent again');
  await turns(50);
  assert.equal(receive(bob, 'never delivered'), 1);
  assert.equal(receive(bob, 'delivered'), 1);
  await until(world, () => own(alice, 'never delivered')[0] === 'delivered', 'and delivered');
  assert.deepEqual(own(alice, 'never delivered'), ['delivered']);
  assert.deepEqual(own(alice, 'delivered'), ['delivered']);
  assert.deepEqual(own(alice, 'said to all'), ['refused']);
  assert.ok(!(await bob.texts('lobby')).includes('alice: said to all'));
  const [told] = restarts(alice).flatMap((event) =>
    event.type === 'log-restarted' && event.conversation === 'lobby' ? [event.text] : [],
  );
  assert.match(told ?? '', /one of your own messages is lost there/);
  for (const person of [alice, bob]) person.kill();
});

test('an own private text that the restored server still has, said while something was still to be fetched: it becomes delivered, and stands once', async () => {
  const { world, alice, bob } = await two();
  await emit(world, alice, bob, 'first');
  await acknowledged(world, alice);
  alice.kill();
  assert.ok(bob.client?.privateMessage('alice', 'missed').ok);
  await until(world, isSent(bob), 'it is stored');
  bob.kill();
  world.isUnreadable = true;
  await start(world, alice);
  await emit(world, alice, bob, 'said while behind');
  world.isUnreadable = false;
  world.putBack(world.backup(), true);
  await settled(world, alice, bob);
  await until(world, has(bob, 'said while behind'), 'it is heard');
  await acknowledged(world, alice);
  assert.deepEqual(own(alice, 'said while behind'), ['delivered']);
  const texts = await alice.texts(direct);
  assert.deepEqual(
    texts.filter((text) => !text.startsWith('undefined')),
    ['alice: first', 'bob: missed', 'alice: said while behind'],
  );
  for (const person of [alice, bob]) person.kill();
});

test('a private conversation that a restored server knows nothing of: what was not delivered is sent again', async () => {
  const { world, alice, bob } = await two();
  await toAll(world, alice, 'first', bob);
  const backup = world.backup();
  bob.kill();
  await emit(world, alice, bob, 'never delivered');
  alice.kill();
  world.putBack(backup, true);
  await settled(world, alice, bob);
  await until(world, has(bob, 'never delivered'), 'it is sent again');
  await emit(world, bob, alice, 'heard');
  assert.equal(receive(bob, 'never delivered'), 1);
  for (const person of [alice, bob]) person.kill();
});

for (const isTold of [true, false]) {
  const title = isTold ? 'a restored server' : 'a server that was put back by hand';
  /** A private conversation that began behind the backup; alice has said something that bob has not got. */
  const lostConversation = async () => {
    const { world, alice, bob } = await two();
    const backup = world.backup();
    await emit(world, alice, bob, 'heard');
    await acknowledged(world, alice);
    bob.kill();
    await emit(world, alice, bob, 'never delivered');
    alice.kill();
    return { world, alice, bob, backup };
  };

  test(`${title} that knows nothing of a private conversation, and the other writes first: what was not delivered is sent again`, async () => {
    const { world, alice, bob, backup } = await lostConversation();
    world.putBack(backup, isTold);
    // The log gets another number than it had.
    const carol = new Person(world, 'carol', await createDevice(suite));
    await settled(world, carol, bob);
    await until(world, () => carol.store.records.packages.length > 10, 'keys are left');
    await emit(world, bob, carol, 'to carol');
    assert.ok(bob.client?.privateMessage('alice', 'bob first').ok);
    await until(world, isSent(bob), 'bob writes first');
    await settled(world, alice, bob);
    await until(world, has(alice, 'bob first'), 'it is heard');
    await until(world, has(bob, 'never delivered'), 'it is sent again');
    await acknowledged(world, alice);
    for (const text of ['heard', 'never delivered']) assert.equal(receive(bob, text), 1, text);
    assert.deepEqual(own(alice, 'never delivered'), ['delivered']);
    const texts = await alice.texts(direct);
    for (const text of ['alice: heard', 'alice: never delivered', 'bob: bob first']) {
      assert.equal(texts.filter((one) => one === text).length, 1, text);
    }
    for (const person of [alice, bob, carol]) person.kill();
  });

  test(`${title} that knows nothing of a private conversation: somebody else who has taken the name gets nothing of it`, async () => {
    const { world, alice, backup } = await lostConversation();
    world.putBack(backup, isTold);
    world.removeAccount('bob');
    const next = new Person(world, 'bob', await createDevice(suite));
    await settled(world, next);
    await until(world, () => next.store.records.packages.length > 10, 'keys are left');
    assert.ok(next.client?.privateMessage('alice', 'from the second bob').ok);
    await until(world, isSent(next), 'the second bob writes first');
    await start(world, alice);
    await until(world, has(alice, 'from the second bob'), 'it is heard');
    const isHeld = ({ events }: Person) =>
      events.some((event) => event.type === 'private' && event.event.type === 'held');
    await until(world, () => isHeld(alice), 'it is held for the word of alice');
    await turns(100);
    const texts = next.store.messages.map(({ content }) => textOf(content));
    assert.deepEqual(texts, ['from the second bob']);
    for (const person of [alice, next]) person.kill();
  });
}

test('an account that was removed, a name that another has taken, and a restored server that knows the conversation of before: nothing is offered', async () => {
  const { world, alice, bob } = await two();
  await emit(world, alice, bob, 'heard');
  await acknowledged(world, alice);
  bob.kill();
  await emit(world, alice, bob, 'never delivered');
  const backup = world.backup();
  alice.kill();
  world.putBack(backup, true);
  world.removeAccount('bob');
  const next = new Person(world, 'bob', await createDevice(suite));
  await settled(world, next);
  await until(world, () => next.store.records.packages.length > 10, 'keys are left');
  assert.ok(next.client?.privateMessage('alice', 'from the second bob').ok);
  await until(world, isSent(next), 'the second bob writes first');
  await settled(world, alice);
  await until(world, has(alice, 'from the second bob'), 'it is heard');
  await turns(100);
  assert.deepEqual(own(alice, 'never delivered'), ['stored']);
  assert.deepEqual(
    next.store.messages.map(({ content }) => textOf(content)),
    ['from the second bob'],
  );
  for (const person of [alice, next]) person.kill();
});

test('the same backup restored twice: both times what is common is there once', async () => {
  const { world, alice, bob } = await two();
  await toAll(world, alice, 'first', bob);
  const backup = world.backup();
  for (const round of [1, 2]) {
    await toAll(world, alice, `lost ${round}`, bob);
    world.putBack(backup, true);
    await settled(world, alice, bob);
  }
  await toAll(world, alice, 'the end', bob);
  for (const person of [alice, bob]) {
    const lobby = (await person.texts('lobby')).filter((text) => !text.startsWith('undefined'));
    assert.deepEqual(lobby, ['alice: first', 'alice: lost 1', 'alice: lost 2', 'alice: the end']);
    assert.ok(!person.events.some(({ type }) => type === 'restored'), 'no copy of a device');
    person.kill();
  }
});

test('the same backup restored twice, and somebody was behind the first time: what came in between is there once', async () => {
  const { world, alice, bob } = await two();
  await toAll(world, alice, 'first', bob);
  await turns(50);
  bob.kill();
  await toAll(world, alice, 'second');
  const backup = world.backup();
  world.putBack(backup, true);
  bob.events = [];
  await start(world, bob);
  await until(world, has(bob, 'second'), 'it comes from the log that began');
  world.putBack(backup, true);
  await settled(world, alice, bob);
  await toAll(world, alice, 'the end', bob);
  assert.equal(receive(bob, 'second'), 1);
  const lobby = (await bob.texts('lobby')).filter((text) => !text.startsWith('undefined'));
  assert.deepEqual(lobby, ['alice: first', 'alice: second', 'alice: the end']);
  for (const person of [alice, bob]) person.kill();
});

test('an account that is removed and a name that is taken by another: the old conversation stays', async () => {
  const { world, alice, bob } = await two();
  await emit(world, alice, bob, 'to the first bob');
  await emit(world, bob, alice, 'from the first bob');
  await turns(50);
  bob.kill();
  world.removeAccount('bob');
  await turns(50);
  const next = new Person(world, 'bob', await createDevice(suite));
  await start(world, next);
  await until(world, () => next.store.records.packages.length > 10, 'keys are left');
  assert.ok(next.client?.privateMessage('alice', 'from the second bob').ok);
  await until(world, () => restarts(alice).length === 1, 'it is told');
  await until(world, () => alice.store.messages.length >= 4, 'it is there');
  const texts = await alice.texts(direct);
  assert.deepEqual(texts.slice(0, 2), ['alice: to the first bob', 'bob: from the first bob']);
  assert.match(texts[2] ?? '', /^undefined: what was said with bob up to here was with an earlier/);
  assert.equal(texts.length, 4);
  for (const person of [alice, next]) person.kill();
});

test('own messages beyond the end of a server that was put back and does not know it: what was said to many is marked', async () => {
  const { world, alice, bob } = await two({ hasRuns: false });
  await emit(world, alice, bob, 'private, first');
  await toAll(world, alice, 'first', bob);
  await turns(50);
  const backup = world.backup();
  bob.kill();
  await toAll(world, alice, 'said to all');
  world.putBack(backup, false);
  await settled(world, alice, bob);
  await until(world, () => own(alice, 'said to all')[0] === 'refused', 'it is marked');
  assert.deepEqual(own(alice, 'first'), ['stored']);
  for (const person of [alice, bob]) person.kill();
});

for (const isKilled of [false, true]) {
  const title = `own messages that were sent while older ones were still to be fetched, and that a server put back by hand has lost${isKilled ? ', after a kill' : ''}`;
  test(`${title}: what was said to many is marked, what was private is sent again`, async () => {
    const { world, alice, bob } = await two();
    await emit(world, alice, bob, 'first');
    await acknowledged(world, alice);
    alice.kill();
    await toAll(world, bob, 'missed');
    assert.ok(bob.client?.privateMessage('alice', 'missed, private').ok);
    await until(world, isSent(bob), 'it is stored');
    bob.kill();
    world.isUnreadable = true;
    await start(world, alice);
    const backup = world.backup();
    await toAll(world, alice, 'lost');
    await emit(world, alice, bob, 'lost, private');
    world.isUnreadable = false;
    if (isKilled) alice.kill();
    world.putBack(backup, false);
    await settled(world, alice, bob);
    await until(world, has(bob, 'lost, private'), 'it is sent again');
    await acknowledged(world, alice);
    assert.deepEqual(own(alice, 'lost'), ['refused']);
    assert.deepEqual(own(alice, 'lost, private'), ['delivered']);
    await toAll(world, bob, 'new', alice);
    const lobby = (await alice.texts('lobby')).filter((text) => !text.startsWith('undefined'));
    assert.deepEqual(lobby, ['alice: lost', 'bob: missed', 'bob: new']);
    for (const person of [alice, bob]) person.kill();
  });
}

for (const [isKilled, hasRuns] of [
  [false, false],
  [true, false],
  [false, true],
] as const) {
  const title = `own messages whose numbers others have at a server that was put back${hasRuns ? ' by hand' : ''}${isKilled ? ', after a kill' : ''}`;
  test(`${title}: they are lost as well`, async () => {
    const { world, alice, bob } = await two({ hasRuns });
    await toAll(world, alice, 'first', bob);
    await emit(world, bob, alice, 'private, first');
    await turns(50);
    const backup = world.backup();
    bob.kill();
    for (const text of ['lost 1', 'lost 2', 'lost 3']) await toAll(world, alice, text);
    alice.kill();
    world.putBack(backup, false);
    await start(world, bob);
    await toAll(world, bob, 'new 1');
    await emit(world, bob, alice, 'private, new 1');
    await settled(world, alice, bob);
    if (isKilled) {
      alice.kill();
      await settled(world, alice, bob);
    }
    for (const number of [1, 2, 3]) {
      assert.deepEqual(own(alice, `lost ${number}`), ['refused']);
    }
    assert.deepEqual(own(alice, 'first'), ['stored']);
    for (const person of [alice, bob]) person.kill();
  });
}

test('who begins with what is new, at a server that was put back and does not know it: what is common is read once, also after a kill', async () => {
  const { world, alice, bob } = await two({ hasRuns: false });
  const log: string[] = [];
  const say = async (text: string) => {
    await toAll(world, alice, text);
    log.push(`alice: ${text}`);
  };
  bob.kill();
  bob.forgetAll();
  await say('before bob');
  await bob.start({ startsNow: true });
  await until(world, () => bob.isIn, 'bob is in');
  for (const text of ['first', 'second', 'third', 'fourth']) {
    await say(text);
    await until(world, has(bob, text), text);
  }
  const backups = [world.backup()];
  await say('lost');
  await until(world, has(bob, 'lost'), 'lost');
  for (let round = 1; round <= 2; round++) {
    bob.kill();
    for (const backup of backups) world.putBack(backup, false);
    await settled(world, alice);
    bob.kill();
    await bob.start({ startsNow: true });
    await until(world, () => bob.isIn, 'bob is in');
    await say(`round ${round}`);
    await until(world, has(bob, `round ${round}`), 'it is heard');
    bob.kill();
    await bob.start({ startsNow: true });
    await until(world, () => bob.isIn, 'bob is in');
  }
  const read = await bob.client?.history('lobby' as never, undefined, 1000);
  const texts = (read ?? []).flatMap(({ from, content }) =>
    from ? [`${from}: ${textOf(content)}`] : [],
  );
  assert.deepEqual(texts, log);
  assert.deepEqual(
    read?.flatMap(({ seq }) => seq ?? []),
    [1, 2, 3, 4, 5, 6],
    'each number once',
  );
  for (const person of [alice, bob]) person.kill();
});

const act = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('say', 'say privately') },
  { weight: 2, arbitrary: fc.constantFrom('back up', 'kill bob') },
  { weight: 2, arbitrary: fc.constantFrom('restore', 'rewind', 'set up anew') },
);

test('whatever the server says of its logs, each message once shown is found, in a stable order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 8, size: 'max' }), async (acts) => {
      const { world, alice, bob } = await two();
      const empty = world.backup();
      let backup = empty;
      let count = 0;
      const shown = new Map<string, string[]>();
      const look = async () => {
        for (const name of ['lobby', direct]) {
          // What is still on its way stands at the end. A mark in place of what came unreadable is no text.
          const kept = await bob.store.history(name as never, undefined, 10_000);
          const texts = kept
            .filter(
              ({ from, state, unreadable }) =>
                from !== undefined && state !== 'waiting' && unreadable === undefined,
            )
            .map(({ content }) => textOf(content));
          const before = shown.get(name) ?? [];
          assert.deepEqual(
            texts.filter((text) => before.includes(text)),
            before,
            `${name} after ${acts.join(', ')}`,
          );
          assert.equal(new Set(texts).size, texts.length, 'nothing is there twice');
          shown.set(name, texts);
        }
      };
      for (const one of acts) {
        count += 1;
        if (one === 'say') await toAll(world, alice, `text ${count}`);
        else if (one === 'say privately') await emit(world, alice, bob, `text ${count}`);
        else if (one === 'back up') backup = world.backup();
        else if (one === 'kill bob') bob.kill();
        else world.putBack(one === 'set up anew' ? empty : backup, one === 'restore');
        await settled(world, alice, bob);
        await look();
      }
      for (const person of [alice, bob]) person.kill();
    }),
    { numRuns: Number(process.env['RUNS'] ?? 3) },
  );
});
