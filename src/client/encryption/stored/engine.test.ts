import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mock, test } from 'node:test';
import fc from 'fast-check';
import { flush, emit, twoPeople as two } from '../../../../test/support/worlds/direct-world.ts';
import { encodeUtf8 } from '../../../lib/bytes.ts';
import { textContent, textOf } from '../../content.ts';
import { maxDirectTextBytes, newMessageId } from './engine.ts';
import { rotateAfterTexts } from './limits.ts';

const hour = 3_600_000;

test('a text to somebody who is away waits for them, and the answer comes in the same session', async () => {
  const { world, alice, bob } = await two();
  await emit(alice, 'bob', 'hello');
  await emit(alice, 'bob', 'are you there?');
  await bob.read(100);
  assert.deepEqual(bob.textsOf('alice'), ['hello', 'are you there?']);
  await emit(bob, 'alice', 'yes');
  await alice.read(100);
  assert.deepEqual(alice.textsOf('bob'), ['yes']);
  assert.equal(await alice.sessionTo('bob'), await bob.sessionTo('alice'));
  assert.deepEqual(
    world.log.map(({ welcome }) => welcome !== undefined),
    [true, false, false],
    'the Welcome is not sent again once it is stored',
  );
});

test('whether a message is for this device is known by its session or its Welcome, before it is opened', async () => {
  const { world, alice, bob } = await two();
  await emit(alice, 'bob', 'hello');
  await emit(alice, 'bob', 'again');
  const [first, second] = world.log;
  assert.ok(first?.welcome !== undefined && second);
  const isFor = (who: typeof bob, { message, welcome }: typeof first) =>
    who.engine.isSealedForThis(message, welcome);
  assert.deepEqual([await isFor(bob, first), await isFor(bob, second)], [true, false]);
  await bob.read(100);
  assert.deepEqual([await isFor(bob, first), await isFor(bob, second)], [true, true]);
  const { bob: other } = await two();
  assert.deepEqual([await isFor(other, first), await isFor(other, second)], [false, false]);
  assert.equal(await bob.engine.isSealedForThis('?', undefined), false);
});

test('until the server has stored one, every message brings the Welcome: whichever arrives first lets them in', async () => {
  const { world, alice, bob } = await two();
  for (const text of ['one', 'two', 'three']) alice.say('bob', text);
  while ((await alice.seal()) !== 'nothing') continue;
  assert.ok(alice.outbox.every(({ sealed }) => sealed?.welcome !== undefined));
  await alice.send(3, true);
  const lost = world.log.shift();
  assert.ok(lost);
  await bob.read(100);
  assert.deepEqual(bob.textsOf('alice'), ['two', 'three']);
});

test('a session that was made and not used yet gives way to the next, one with texts is only left', async () => {
  const { alice, bob } = await two();
  assert.equal(await alice.takeKey('bob', 'none'), 'ready');
  assert.equal(await alice.takeKey('bob', 'none'), 'ready');
  assert.equal(alice.sessions.size, 1);
  alice.say('bob', 'one');
  await alice.seal();
  const left = await alice.sessionTo('bob');
  assert.equal(await alice.takeKey('bob', 'none'), 'ready');
  assert.equal(alice.sessions.size, 2);
  assert.notEqual(await alice.sessionTo('bob'), left);
  await emit(alice, 'bob', 'two');
  await bob.read(100);
  assert.deepEqual(bob.textsOf('alice'), ['one', 'two']);
  assert.equal(await alice.sessionTo('bob'), await bob.sessionTo('alice'));
});

test('both begin at the same moment: both are read, and both go on in the session that stands last', async () => {
  const { alice, bob } = await two();
  alice.say('bob', 'from alice');
  bob.say('alice', 'from bob');
  for (const person of [alice, bob]) await person.seal();
  for (const person of [alice, bob]) await person.seal();
  await alice.send(1, true);
  await bob.send(1, true);
  await alice.read(100);
  await bob.read(100);
  assert.deepEqual(alice.textsOf('bob'), ['from bob']);
  assert.deepEqual(bob.textsOf('alice'), ['from alice']);
  assert.equal(await alice.sessionTo('bob'), await bob.sessionTo('alice'));
});

test('a crash before the write sends nothing, one after it sends the same bytes again', async () => {
  const { world, alice, bob } = await two();
  await emit(alice, 'bob', 'first');
  alice.say('bob', 'second');
  const sessions = structuredClone([...alice.sessions.values()]);
  await alice.seal('crash-before');
  assert.ok(alice.outbox.every((entry) => entry.sealed === undefined));
  assert.deepEqual([...alice.sessions.values()], sessions);
  await alice.seal('crash-after');
  const sealed = alice.outbox.at(0)?.sealed ?? assert.fail();
  await alice.send(1, false);
  alice.crash();
  await alice.send(1, true);
  assert.deepEqual(
    world.log.map(({ message }) => message).filter((message) => message === sealed.message),
    [sealed.message],
  );
  await bob.read(100, 'crash-before');
  assert.deepEqual(bob.textsOf('alice'), []);
  await bob.read(100, 'write-fails');
  assert.deepEqual(bob.textsOf('alice'), []);
  await bob.read(100);
  assert.deepEqual(bob.textsOf('alice'), ['first', 'second']);
});

test('a session is followed by a fresh one after many texts, and after a day; without a key it goes on', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) });
  try {
    const { world, alice, bob } = await two();
    await emit(alice, 'bob', 'text 0');
    const first = await alice.sessionTo('bob');
    for (let number = 1; number < rotateAfterTexts + 2; number++) {
      await emit(alice, 'bob', `text ${number}`);
    }
    const second = await alice.sessionTo('bob');
    assert.notEqual(second, first);
    await bob.read(1000);
    assert.equal(bob.textsOf('alice').length, rotateAfterTexts + 2);
    assert.equal(await bob.sessionTo('alice'), second, 'both move on');

    mock.timers.tick(25 * hour);
    await emit(alice, 'bob', 'the next day');
    await emit(alice, 'bob', 'in a fresh session');
    const third = await alice.sessionTo('bob');
    assert.notEqual(third, second);

    mock.timers.tick(25 * hour);
    world.register('bob', bob.device);
    await emit(alice, 'bob', 'there is no key any more');
    await emit(alice, 'bob', 'and writing goes on');
    assert.equal(await alice.sessionTo('bob'), third);
    await bob.read(1000);
    assert.equal(bob.textsOf('alice').at(-1), 'and writing goes on');
  } finally {
    mock.timers.reset();
  }
});

test('keys that were lost: what cannot be read says so, is asked for, and takes its place', async () => {
  const { alice, bob } = await two();
  await emit(alice, 'bob', 'read');
  await bob.read(100);
  await emit(alice, 'bob', 'lost one');
  await emit(alice, 'bob', 'lost two');
  bob.loseKeys();
  await bob.stock(5);
  await bob.read(100);
  const [, one, two2] = bob.textsOf('alice');
  for (const shown of [one, two2]) assert.match(shown ?? '', /keys that this device does not have/);
  await flush(bob);
  await alice.read(100);
  await flush(alice);
  await bob.read(100);
  assert.deepEqual(bob.textsOf('alice'), ['read', 'lost one', 'lost two']);
  assert.equal(await alice.sessionTo('bob'), await bob.sessionTo('alice'));
  await emit(alice, 'bob', 'and on');
  await bob.read(100);
  assert.equal(bob.textsOf('alice').at(-1), 'and on');
});

test('a session that was made for keys lost meanwhile: its maker hears of it, and writes in the other', async () => {
  const { alice, bob } = await two();
  await emit(alice, 'bob', 'read');
  await bob.read(100);
  await emit(alice, 'bob', 'lost');
  // The package is from before the loss, the session is used after it.
  assert.equal(await alice.takeKey('bob', 'none'), 'ready');
  bob.loseKeys();
  await bob.stock(5);
  await bob.read(100);
  await flush(bob);
  await alice.read(100);
  await flush(alice);
  await emit(alice, 'bob', 'and on');
  await bob.read(100);
  assert.deepEqual(bob.textsOf('alice').slice(0, 2), ['read', 'lost']);
  assert.equal(bob.textsOf('alice').at(-1), 'and on');
  assert.equal(await alice.sessionTo('bob'), await bob.sessionTo('alice'));
});

test('a message that the server damaged is asked for in the session there is', async () => {
  const { world, alice, bob } = await two();
  await emit(alice, 'bob', 'first');
  await bob.read(1);
  await emit(alice, 'bob', 'damaged');
  const last = world.log.at(-1) ?? assert.fail();
  const middle = last.message.length >> 1;
  const other = last.message[middle] === 'A' ? 'B' : 'A';
  const message = last.message.slice(0, middle) + other + last.message.slice(middle + 1);
  world.log[world.log.length - 1] = { ...last, message };
  await bob.read(100);
  assert.match(bob.textsOf('alice')[1] ?? '', /damaged/);
  const session = await alice.sessionTo('bob');
  await flush(bob);
  await alice.read(100);
  await flush(alice);
  await bob.read(100);
  assert.deepEqual(bob.textsOf('alice'), ['first', 'damaged']);
  assert.equal(await bob.sessionTo('alice'), session);
});

test('a message in a foreign conversation is not shown, and one that comes twice is known', async () => {
  const { world, alice, bob } = await two();
  await world.join('carol');
  await emit(alice, 'bob', 'for bob');
  const { message, welcome } = world.log[0] ?? assert.fail();
  const foreign = await bob.engine.open('carol', 1, message, welcome);
  assert.equal(foreign.kind, 'unreadable', 'a Welcome names its maker');
  await bob.read(1);
  const moved = await bob.engine.open('carol', 2, message, undefined);
  assert.ok(moved.kind === 'unreadable' && /another conversation/.test(moved.reason));
  assert.equal((await bob.engine.open('alice', 2, message, welcome)).kind, 'repeat');
  assert.equal((await alice.engine.open('bob', 2, message, welcome)).kind, 'repeat', 'reflected');
});

test('a new log, and one that was restored, begin again: fresh sessions go before those of before', async () => {
  const { world, alice, bob } = await two();
  for (let number = 0; number < 5; number++) await emit(bob, 'alice', `text ${number}`);
  await alice.read(100);
  await emit(alice, 'bob', 'hello');
  await bob.read(100);
  world.log.length = 0;
  bob.loseKeys();
  await bob.stock(3);
  for (const person of [alice, bob]) {
    const peer = person === alice ? 'bob' : 'alice';
    person.write({ changes: person.engine.logRestarted(peer, 0), cursor: 0 });
    person.shown.clear();
  }
  await emit(bob, 'alice', 'here I am');
  await alice.read(100);
  assert.deepEqual(alice.textsOf('bob'), ['here I am']);
  await emit(alice, 'bob', 'welcome back');
  await bob.read(100);
  assert.deepEqual(bob.textsOf('alice'), ['welcome back']);
});

test('a Welcome that a restored server has lost: what follows goes in a fresh session, which the other can read', async () => {
  const { world, alice, bob } = await two();
  await emit(alice, 'bob', 'lost with its Welcome');
  world.log.length = 0;
  for (const person of [alice, bob]) {
    const peer = person === alice ? 'bob' : 'alice';
    person.write({ changes: person.engine.logRestarted(peer, 0), cursor: 0 });
  }
  await emit(alice, 'bob', 'after it');
  await bob.read(100);
  assert.deepEqual(bob.textsOf('alice'), ['after it']);
});

test('an older copy of the store is put back: no key of it is used again, and all goes on in a fresh session', async () => {
  const { alice, bob } = await two();
  await emit(alice, 'bob', 'one');
  const copy = structuredClone(alice.sessions);
  await emit(alice, 'bob', 'two');
  alice.sessions = copy;
  alice.crash();
  alice.write({ changes: alice.engine.restoredFromCopy() });
  await emit(alice, 'bob', 'three');
  await bob.read(100);
  assert.deepEqual(bob.textsOf('alice'), ['one', 'two', 'three']);
  assert.equal(await alice.sessionTo('bob'), await bob.sessionTo('alice'));
});

test('a server that keeps no private messages: they are read all the same, and nothing is asked for', async () => {
  const { alice, bob } = await two();
  alice.say('bob', 'live');
  assert.equal(await alice.seal(), 'ready');
  assert.equal(await alice.seal(), 'sealed');
  const sealed = alice.outbox.at(0)?.sealed ?? assert.fail();
  alice.write({ changes: alice.engine.stored('bob', sealed, undefined) });
  const opened = await bob.engine.open('alice', undefined, sealed.message, sealed.welcome);
  assert.ok(opened.kind === 'message' && textOf(opened.content) === 'live');
  bob.write({ changes: opened.changes });
  assert.equal(await alice.sessionTo('bob'), await bob.sessionTo('alice'));
  bob.loseKeys();
  const lost = await bob.engine.open('alice', undefined, sealed.message, undefined);
  assert.ok(lost.kind === 'unreadable' && /ask for it/.test(lost.reason));
  assert.deepEqual(bob.engine.questions(), []);
});

test('the longest text goes through, a longer one is refused, and nothing is used up by it', async () => {
  const { alice, bob } = await two();
  await emit(alice, 'bob', 'x'.repeat(maxDirectTextBytes));
  await bob.read(1);
  assert.equal(encodeUtf8(bob.textsOf('alice')[0] ?? '').length, maxDirectTextBytes);
  const long = 'x'.repeat(maxDirectTextBytes + 9);
  const id = newMessageId((length) => randomBytes(length));
  const refused = await alice.engine.seal('bob', { id, content: textContent(long) });
  assert.equal(refused.kind, 'too-long');
});

test('two calls at once are a bug that is told, because a key would be used twice', async () => {
  const { alice } = await two();
  const id = newMessageId((length) => randomBytes(length));
  const frame = { id, content: textContent('x') };
  const one = alice.engine.seal('bob', frame);
  await assert.rejects(alice.engine.seal('bob', frame), /one call at a time/);
  assert.throws(() => alice.engine.questions(), /one call at a time/);
  assert.equal((await one).kind, 'needs-key');
});

test('whatever the server sends, nothing throws and nothing is shown', async () => {
  const { world, alice, bob } = await two();
  await emit(alice, 'bob', 'hello');
  const { message, welcome = '' } = world.log[0] ?? assert.fail();
  const { token, device } = world.takeKey('bob') ?? assert.fail();
  const twisted = (from: string): fc.Arbitrary<string> =>
    fc.oneof(
      fc.constant(from),
      fc.string({ maxLength: 30 }),
      fc.nat({ max: from.length }).map((length) => from.slice(0, length)),
      fc.nat({ max: from.length - 1 }).map((at) => `${from.slice(0, at)}_${from.slice(at + 1)}`),
    );
  const made = fc.tuple(
    fc.constantFrom('alice', 'carol', '', '__proto__'),
    twisted(message),
    fc.option(twisted(welcome), { nil: undefined }),
    twisted(token),
    twisted(device),
  );
  await fc.assert(
    fc.asyncProperty(made, async ([peer, sealed, letter, key, of]) => {
      bob.crash();
      const isWhole = peer === 'alice' && sealed === message && letter === welcome;
      const opened = await bob.engine.open(peer, 1, sealed, letter);
      assert.equal(opened.kind === 'message', isWhole);
      bob.engine.questions();
      const arrived = await alice.engine.keyArrived(peer, key, of);
      assert.equal(arrived.kind, 'blocked');
      const again = await alice.engine.seal('bob', { content: { kind: 'ask', numbers: [1] } });
      assert.equal(again.kind, 'sealed');
    }),
    { numRuns: 300 },
  );
});
