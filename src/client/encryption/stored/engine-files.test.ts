// What is about files, which not every client knows: whom it is encrypted for, and how that is known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flush, emit, twoPeople as two } from '../../../../test/support/worlds/direct-world.ts';
import type { FileContent } from '../../content.ts';

const note = { kind: 'file-note', note: Uint8Array.of(1, 6, 255) } as const;
const file: FileContent = {
  kind: 'file',
  at: 'sender',
  name: 'plan.pdf',
  size: 2_000_000,
  sha256: new Uint8Array(32).fill(7),
};

test('notes about files go both ways in a session, whoever began it, and after a restart of either', async () => {
  const { alice, bob } = await two();
  alice.put('bob', file);
  alice.put('bob', note);
  assert.equal(await flush(alice), 'nothing');
  await bob.read(100);
  assert.deepEqual(bob.notes, [{ from: 'alice', note: note.note }]);
  alice.crash();
  bob.crash();
  for (const [from, to] of [
    [bob, alice],
    [alice, bob],
  ] as const) {
    from.put(to.name, note);
    assert.equal(await flush(from), 'nothing');
    await to.read(100);
    assert.deepEqual(to.notes.at(-1), { from: from.name, note: note.note });
  }
});

test('a client whose session does not say that it knows them gets texts, and nothing about files', async () => {
  for (const beginner of ['alice', 'bob'] as const) {
    const { world, alice, bob } = await two({ bob: [] });
    const began = beginner === 'alice' ? alice : bob;
    await emit(began, began === alice ? 'bob' : 'alice', 'hello');
    await (began === alice ? bob : alice).read(100);
    for (const content of [file, note]) {
      alice.put('bob', content);
      assert.equal(await flush(alice), 'not-known-there', `${beginner} began`);
      alice.outbox = [];
    }
    await emit(alice, 'bob', 'a text');
    await bob.read(100);
    assert.deepEqual(bob.textsOf('alice').at(-1), 'a text');
    assert.deepEqual(bob.notes, []);
    assert.equal(world.log.length, 2);
  }
});

test('once the other client is a later one, the next session says so', async () => {
  const { alice, bob } = await two({ bob: [] });
  await emit(alice, 'bob', 'hello');
  await bob.read(100);
  bob.able = undefined;
  bob.crash();
  assert.equal(await bob.engine.isStockOutdated(), true, 'its key packages do not say it');
  await bob.stock(1);
  assert.equal(await bob.engine.isStockOutdated(), false);
  // It begins a session itself.
  await bob.takeKey('alice', 'none');
  await emit(bob, 'alice', 'updated');
  await alice.read(100);
  alice.put('bob', note);
  assert.equal(await flush(alice), 'nothing');
  await bob.read(100);
  assert.equal(bob.notes.length, 1);
});

test('a changed key holds what is about files as it holds a text', async () => {
  const { world, alice, bob } = await two();
  await emit(alice, 'bob', 'hello');
  await bob.read(100);
  const impostor = await world.join('bob');
  await impostor.stock(5);
  alice.say('bob', 'to the new device');
  await flush(alice);
  for (const content of [file, note]) {
    alice.put('bob', content);
    assert.equal(await alice.seal(), 'key-changed');
  }
});
