// Trees for those who enter: asked for every 32 commits, left in parts, and whole or not there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inShort, SealedStage } from '../../../../test/support/sealed-stage.ts';
import { commitsPerTree } from './sealed-state.ts';

function begun(): SealedStage {
  const world = new SealedStage();
  world.account(1, 'alice');
  world.account(2, 'bob');
  world.found(1, 'lunch');
  world.commit(2, 'lunch', 'enter');
  world.clear(1, 2);
  return world;
}

const treesOf = (world: SealedStage) => world.state('lunch').trees.map(({ at, of }) => [at, of]);
const part = (at: number, n: number, of: number, bytes = `part${n}`) =>
  ({ verb: 'TREE', label: 't', in: '#lunch', at, n, of, bytes }) as never;

test('whoever commits when the last tree is old is asked for the next one, until it is there', () => {
  const world = begun();
  let asked = 0;
  for (let at = 1; at < commitsPerTree + 2; at++) {
    const [sent] = world.commit(1, 'lunch', 'rotate').slice(-1);
    if (typeof sent === 'object' && sent.verb === 'SENT' && sent.wantTree === true) asked++;
    world.stage.pass(100);
  }
  assert.equal(asked, 3);
  const last = world.state('lunch').commits[0]?.seq ?? 0;
  world.stage.request(1, part(last, 1, 1));
  const [sent] = world.commit(1, 'lunch', 'rotate').slice(-1);
  assert.ok(typeof sent === 'object' && sent.verb === 'SENT' && sent.wantTree === undefined);
});

test('a tree counts when its last part is there; one of each member is kept, and the one of the founding', () => {
  const world = begun();
  const [first = [0, 0]] = treesOf(world);
  world.stage.request(2, part(2, 1, 2));
  assert.deepEqual(treesOf(world), [first]);
  world.stage.request(2, part(2, 2, 2));
  const stored = world.stage.events(2);
  assert.deepEqual(stored, [
    { verb: 'STORED', label: 't', in: '#lunch', at: 2, n: 1 },
    { verb: 'STORED', label: 't', in: '#lunch', at: 2, n: 2, whole: true },
  ]);
  assert.deepEqual(treesOf(world), [[2, 2], first]);
  const log = world.stage.hub.groups.get('lunch')?.log?.id ?? 0;
  assert.deepEqual(world.stage.memory.treeOf(log, 2), ['part1', 'part2']);
  // Another one of the same commit, where the first was wrong.
  world.stage.request(1, part(2, 1, 1, 'right'));
  assert.deepEqual(treesOf(world), [[2, 1], [2, 2], first]);
  // The latest of each.
  for (let times = 0; times < 5; times++) world.stage.request(2, part(2, 1, 1, 'false'));
  assert.deepEqual(treesOf(world), [[2, 1], [2, 1], first]);
  assert.deepEqual(world.stage.memory.treeOf(log, 2), []);
  assert.deepEqual(world.stage.memory.treeOf(log, 3), ['right']);
});

test('parts come in order, by one member at a time, and of a commit that is known', () => {
  const world = begun();
  world.stage.request(2, part(2, 1, 3));
  world.clear(2);
  for (const wrong of [
    part(2, 3, 3),
    part(2, 2, 4),
    part(1, 2, 3),
    part(99, 1, 1),
    part(2, 2, 1),
  ]) {
    world.stage.request(2, wrong);
    assert.deepEqual(inShort(world.stage.events(2)), ['stale']);
  }
  world.stage.request(1, part(2, 1, 1));
  assert.deepEqual(inShort(world.stage.events(1)), ['stale']);
  world.stage.pass(60_000);
  world.stage.request(1, part(2, 1, 1));
  assert.deepEqual(inShort(world.stage.events(1)), ['STORED']);
});
