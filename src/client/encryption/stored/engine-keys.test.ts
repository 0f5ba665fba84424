// Keys of others: who is trusted, what is held back, and own key packages: how long they serve.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { textContent, textOf } from '../../content.ts';
import {
  DirectWorld,
  flush,
  emit,
  twoPeople as two,
  type DirectPerson,
} from '../../../../test/support/worlds/direct-world.ts';
import { suite, value } from '../../../../test/support/pair.ts';
import { createDevice } from '../../../e2ee/device.ts';
import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { keyRetryMs, maxPackages, maxSessions } from './limits.ts';

const day = 24 * 3_600_000;

/** Bob at another device, with nothing from the one before. */
async function newDevice(world: DirectWorld, bob: DirectPerson): Promise<void> {
  bob.device = await createDevice(suite);
  bob.loseKeys();
  bob.pins.clear();
  world.register('bob', bob.device);
  await bob.stock(5);
}

function loud(person: DirectPerson): string[] {
  return person.events.map(({ type }) => type).filter((type) => type === 'key-changed');
}

test('another device: nothing is sealed for it before the word, and nothing from before is said again to it', async () => {
  const { world, alice, bob } = await two();
  await emit(alice, 'bob', 'for the old device');
  await newDevice(world, bob);
  await emit(alice, 'bob', 'for whom?');
  assert.equal(await flush(alice), 'key-changed');
  assert.deepEqual(loud(alice), ['key-changed']);
  assert.equal(world.log.length, 1, 'nothing has left');
  alice.crash();
  assert.equal(await flush(alice), 'key-changed', 'a new start forgets the word, not the caution');

  value(await alice.engine.trust('bob'));
  assert.equal(await flush(alice), 'nothing');
  await bob.read(100);
  assert.equal(bob.textsOf('alice').at(-1), 'for whom?');
  assert.match(bob.textsOf('alice')[0] ?? '', /asked for again/);
  await flush(bob);
  await alice.read(100);
  await flush(alice);
  assert.equal(alice.withheld, 1);
  await bob.read(100);
  assert.match(bob.textsOf('alice')[0] ?? '', /asked for again/);
});

test('a key that is not trusted gets nothing, and the server is not asked over and over', async () => {
  const { world, alice, bob } = await two();
  await emit(alice, 'bob', 'hello');
  await newDevice(world, bob);
  await emit(alice, 'bob', 'held');
  value(await alice.engine.distrust('bob'));
  assert.equal(await flush(alice), 'key-refused');
  const wait = alice.engine.retryAt('bob') ?? assert.fail();
  assert.ok(wait > Date.now() && wait <= Date.now() + keyRetryMs);
  assert.equal(await flush(alice), 'key-refused');
  assert.equal(world.log.length, 1);
});

test('a text under a changed key is shown as such, blocks, and its questions are not answered', async () => {
  const { world, alice, bob } = await two();
  await emit(alice, 'bob', 'for the old device');
  await newDevice(world, bob);
  await bob.read(100);
  await emit(bob, 'alice', 'it is me');
  const opened = [];
  for (const { from, seq, message, welcome } of world.log) {
    if (from === 'bob') opened.push(await alice.engine.open('bob', seq, message, welcome));
  }
  assert.deepEqual(
    opened.map((one) => (one.kind === 'message' ? `${textOf(one.content)}, ${one.key}` : one.kind)),
    ['control', 'it is me, changed'],
  );
  alice.say('bob', 'held');
  assert.equal(await alice.seal(), 'key-changed');
});

test('keys that do not fit are refused: of another device than is named, of another name, malformed, none', async () => {
  const { world, alice, bob } = await two();
  const carol = await world.join('carol');
  await carol.stock(1);
  const bobs = world.takeKey('bob') ?? assert.fail();
  const carols = world.takeKey('carol') ?? assert.fail();
  const arrive = async (token: string, device: string): Promise<string> => {
    const came = await alice.engine.keyArrived('bob', token, device);
    return came.kind === 'blocked' ? came.why : came.kind;
  };
  assert.equal(await arrive(bobs.token, carols.device), 'key-refused');
  assert.equal(await arrive(carols.token, carols.device), 'key-refused');
  assert.equal(await arrive('rubbish', bobs.device), 'key-refused');
  const { kept, strangers } = alice.pins;
  assert.deepEqual([kept.size, strangers.size], [0, 0], 'nothing of it is pinned');
  world.register('bob', bob.device);
  alice.crash();
  assert.equal(await emit(alice, 'bob', 'hello'), 'no-key');
  mock.timers.enable({ apis: ['Date'], now: Date.now() + keyRetryMs });
  try {
    await bob.stock(1);
    assert.equal(await flush(alice), 'nothing');
  } finally {
    mock.timers.reset();
  }
  assert.deepEqual((await alice.pins.get('bob'))?.key, bob.device.publicKey);
});

test('a pin that cannot be read: nobody is written to on a guess', async () => {
  const { alice, bob, world } = await two();
  await emit(alice, 'bob', 'hello');
  alice.pins.get = () => Promise.reject(new Error('disk'));
  alice.crash();
  assert.equal(await emit(alice, 'bob', 'again'), 'pin-unreadable');
  await bob.read(1);
  await emit(bob, 'alice', 'hello');
  const { seq, message, welcome } = world.log.at(-1) ?? assert.fail();
  const opened = await alice.engine.open('bob', seq, message, welcome);
  assert.ok(opened.kind === 'message' && opened.key === 'changed');
});

test('safety numbers agree on both sides, and a verified key stands so', async () => {
  const { alice, bob } = await two();
  await emit(alice, 'bob', 'hello');
  await bob.read(1);
  const { digits } = value(await alice.engine.safetyNumber('bob'));
  assert.equal(value(await bob.engine.safetyNumber('alice')).digits, digits);
  value(await alice.engine.markVerified('bob', digits));
  assert.equal(await alice.engine.keyStanding('bob', bob.device.publicKey), 'verified');
  const other = await alice.engine.markVerified('bob', digits.replace(/\d/, 'x'));
  assert.ok(!other.ok && other.error.code === 'other-key');
});

test('a package serves once: its private part goes with the write that keeps the session', async () => {
  const { alice, bob } = await two();
  const before = bob.packages.size;
  await emit(alice, 'bob', 'hello');
  await bob.read(1, 'crash-before');
  assert.equal(bob.packages.size, before);
  assert.equal(bob.sessions.size, 0);
  await bob.read(1);
  assert.equal(bob.packages.size, before - 1);
  assert.equal(bob.sessions.size, 1);
});

test('the last resort serves many, and an old session that comes again by it shows nothing', async () => {
  const world = new DirectWorld();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  await bob.stock(0);
  const carol = await world.join('carol');
  await emit(alice, 'bob', 'from alice');
  await emit(carol, 'bob', 'from carol');
  await bob.read(100);
  assert.deepEqual(
    [...bob.textsOf('alice'), ...bob.textsOf('carol')],
    ['from alice', 'from carol'],
  );

  const { message, welcome } = world.log[0] ?? assert.fail();
  for (let number = 0; number < maxSessions; number++) {
    alice.loseKeys();
    await emit(alice, 'bob', `again ${number}`);
  }
  await bob.read(100);
  assert.equal(bob.sessions.size, maxSessions + 1, 'the first one is forgotten');
  const replayed = await bob.engine.open('alice', 99, message, welcome);
  assert.equal(replayed.kind, 'repeat');
});

test('the last resort is made once until the server has it, and is replaced weekly', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) });
  try {
    const world = new DirectWorld();
    const bob = await world.join('bob');
    const first = await bob.engine.makePackages(0, true);
    assert.equal(first.changes.length, 1);
    bob.write({ changes: first.changes }, 'crash-after');
    assert.ok(bob.engine.needsLastResort());
    const second = await bob.engine.makePackages(0, true);
    assert.deepEqual([second.lastResort, second.changes], [first.lastResort, []]);
    bob.write({ changes: bob.engine.lastResortStocked() });
    assert.ok(!bob.engine.needsLastResort());
    for (let week = 1; week <= 3; week++) {
      mock.timers.tick(7 * day);
      bob.write({ changes: bob.engine.tidy() });
      assert.ok(bob.engine.needsLastResort());
      const next = await bob.engine.makePackages(0, true);
      assert.notEqual(next.lastResort, first.lastResort);
      bob.write({ changes: [...next.changes, ...bob.engine.lastResortStocked()] });
      assert.equal(bob.packages.size, 2, 'and the one before it');
    }
  } finally {
    mock.timers.reset();
  }
});

test('a last resort that was made while the clock was ahead is replaced when it is right', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2027, 0, 1) });
  try {
    const world = new DirectWorld();
    const bob = await world.join('bob');
    const first = await bob.engine.makePackages(0, true);
    bob.write({ changes: [...first.changes, ...bob.engine.lastResortStocked()] });
    assert.ok(!bob.engine.needsLastResort());
    mock.timers.setTime(Date.UTC(2026, 0, 1));
    assert.ok(bob.engine.needsLastResort());
    bob.write({ changes: bob.engine.tidy() });
    assert.equal(bob.packages.size, 1, 'what was sealed for it can still be read');
  } finally {
    mock.timers.reset();
  }
});

test('somebody who was away for two months reads what waits, and only then are old keys thrown away', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) });
  try {
    const { alice, bob } = await two();
    mock.timers.tick(25 * day);
    await emit(alice, 'bob', 'hello');
    mock.timers.tick(35 * day);
    await bob.read(100);
    assert.deepEqual(bob.textsOf('alice'), ['hello']);
    bob.write({ changes: bob.engine.tidy() });
    assert.deepEqual(
      [...bob.packages.values()].map(({ lastResort }) => lastResort),
      [true],
    );
  } finally {
    mock.timers.reset();
  }
});

test('packages that were made and never used are bounded', async () => {
  const world = new DirectWorld();
  const bob = await world.join('bob');
  bob.write({ changes: (await bob.engine.makePackages(maxPackages + 3, false)).changes });
  assert.equal(bob.packages.size, maxPackages);
});

test('records that are damaged count as lost, are cleared away, and never throw', async () => {
  const { alice, bob } = await two();
  await emit(alice, 'bob', 'hello');
  await bob.read(1);
  for (const [groupId, record] of bob.sessions) {
    bob.sessions.set(groupId, { ...record, bytes: record.bytes.slice(0, 7) });
  }
  for (const [reference, record] of bob.packages) {
    bob.packages.set(reference, { ...record, bytes: new Uint8Array(0) });
  }
  bob.crash();
  await emit(alice, 'bob', 'and on');
  await bob.read(1);
  assert.match(bob.textsOf('alice').at(-1) ?? '', /does not have any more/);
  bob.write({ changes: bob.engine.tidy() });
  assert.deepEqual([bob.sessions.size, bob.packages.size], [0, 0]);
});

test('nothing of a text stands in what is sent', async () => {
  const { world, alice } = await two();
  await emit(alice, 'bob', 'hello');
  const { message, welcome = '' } = world.log[0] ?? assert.fail();
  for (const text of ['hello', encodeBase64url(Buffer.from('hello'))]) {
    for (const sent of [message, welcome]) {
      assert.ok(!sent.includes(text));
      assert.ok(!Buffer.from(decodeBase64url(sent) ?? []).includes(text));
    }
  }
});

test('what is for one device only is sealed for no other', async () => {
  const world = new DirectWorld();
  const [alice, bob] = [await world.join('alice'), await world.join('bob')];
  await bob.stock(2);
  alice.say('bob', 'first');
  assert.equal(await alice.seal(), 'ready');
  assert.equal(await alice.seal(), 'sealed');
  const frame = { id: '0'.repeat(32), content: textContent('again') };
  const sealed = async (of: Uint8Array) =>
    (await alice.engine.seal('bob', frame, encodeBase64url(of))).kind;
  assert.equal(await sealed(alice.device.publicKey), 'other-device');
  assert.equal(await sealed(bob.device.publicKey), 'sealed');
});
