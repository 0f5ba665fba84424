// Commits of clients that do what they may not: the hub refuses each, and nothing changes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inShort, SealedStage, type Twist } from '../../../../test/support/sealed-stage.ts';
import { groupIdOf } from '../../../../test/support/statements.ts';

/** alice has founded the group, bob and carol are in; dave is not. */
function begun(): SealedStage {
  const world = new SealedStage();
  for (const [at, name] of ['alice', 'bob', 'carol', 'dave'].entries()) world.account(at + 1, name);
  world.found(1, 'lunch');
  world.commit(2, 'lunch', 'enter');
  world.commit(3, 'lunch', 'enter');
  world.clear(1, 2, 3, 4);
  return world;
}

function refused(
  by: number,
  kind: 'enter' | 'remove' | 'rotate',
  code: string,
  twistOf: (world: SealedStage) => Twist,
): void {
  const world = begun();
  const before = JSON.stringify(world.stage.memory.records());
  const twist = twistOf(world);
  assert.deepEqual(inShort(world.commit(by, 'lunch', kind, twist)), [code]);
  assert.equal(JSON.stringify(world.stage.memory.records()), before);
  assert.deepEqual(world.stage.events(by === 1 ? 2 : 1), []);
}

test('a leaf of somebody who is in is not removed, whoever asks for it', () => {
  refused(2, 'remove', 'commit-refused', () => ({ removed: [2] }));
  refused(1, 'remove', 'commit-refused', () => ({ removed: [1] }));
  refused(1, 'remove', 'commit-refused', (world) => ({
    records: [world.out(1, 'lunch', 'bob')],
    removed: [2],
  }));
});

test("a newcomer removes nobody else's leaf, and enters under no other name or key", () => {
  refused(4, 'enter', 'commit-refused', () => ({ removed: [0] }));
  refused(4, 'enter', 'commit-refused', () => ({ removed: [0, 1] }));
  refused(4, 'enter', 'commit-refused', (world) => ({
    outline: { signatureKey: world.person('bob').signer.key },
  }));
  refused(4, 'enter', 'no-chain', (world) => ({ parts: { chain: world.person('bob').account } }));
  refused(4, 'enter', 'no-chain', () => ({ parts: { chain: undefined } }));
});

test('a device that is in enters again only in the place of its own leaf', () => {
  refused(2, 'enter', 'commit-refused', () => ({}));
  const world = begun();
  assert.deepEqual(inShort(world.commit(2, 'lunch', 'enter', { removed: [1] })), ['SENT']);
});

test('records are refused that are not signed, not by the committer, or by nobody who may', () => {
  refused(1, 'rotate', 'record-refused', () => ({ parts: { records: undefined } }));
  refused(2, 'remove', 'record-refused', (world) => ({
    records: [world.out(2, 'lunch', 'carol')],
    removed: [2],
  }));
  refused(2, 'remove', 'record-refused', (world) => ({
    records: [world.out(1, 'lunch', 'carol')],
    removed: [2],
  }));
  refused(1, 'rotate', 'record-refused', (world) => {
    const next = { kind: 'refound', next: groupIdOf('other'), suite: 'x' } as const;
    return { records: [world.record(1, 'lunch', next)] };
  });
});

test('a record that was stored once does not stand there again', () => {
  const world = begun();
  const record = world.out(1, 'lunch', 'carol', 'kick');
  world.commit(1, 'lunch', 'remove', { records: [record], removed: [2] });
  world.commit(3, 'lunch', 'enter');
  const again = world.commit(1, 'lunch', 'remove', { records: [record], removed: [2] });
  assert.deepEqual(inShort(again).at(-1), 'record-refused');
});

test('a commit of another group, kind, member or state is refused', () => {
  refused(2, 'rotate', 'commit-refused', () => ({ outline: { groupId: groupIdOf('other') } }));
  refused(2, 'rotate', 'commit-refused', () => ({ removed: [2] }));
  refused(2, 'remove', 'commit-refused', () => ({ removed: [] }));
  refused(2, 'rotate', 'commit-refused', () => ({ outline: { sender: { kind: 'newcomer' } } }));
  refused(2, 'rotate', 'commit-refused', () => ({
    outline: { sender: { kind: 'member', leaf: 0 } },
  }));
  refused(2, 'rotate', 'commit-refused', () => ({
    outline: { authenticatedData: new Uint8Array() },
  }));
  refused(2, 'rotate', 'commit-refused', () => ({ parts: { outline: undefined } }));
  refused(2, 'rotate', 'commit-refused', () => ({ request: { on: 99 } }));
  refused(4, 'rotate', 'not-a-member', () => ({}));
});

test('what its authenticated data say of the roster must be so: otherwise a record has come in between', () => {
  refused(2, 'rotate', 'stale', () => ({ head: new Uint8Array(32) }));
});

test('who is not in the group, or whose group is open, leaves no tree', () => {
  const world = begun();
  const part = { verb: 'TREE', label: 't', in: '#lunch', at: 3, n: 1, of: 1, bytes: 'aa' } as const;
  world.stage.request(4, part);
  assert.deepEqual(inShort(world.stage.events(4)), ['not-a-member']);
  world.stage.line(1, 'CREATE_GROUP /create_group open');
  world.clear(1);
  world.stage.request(1, { ...part, in: '#open' });
  assert.deepEqual(inShort(world.stage.events(1)), ['not-sealed']);
});
