import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from './clock.fixture.ts';
import { ownHeap, SpareMemory, type HeapSize } from './spare-memory.ts';

const MiB = 1024 * 1024;

/** A heap that the second collection makes as small as `after` says. */
function watched(after: HeapSize) {
  const { clock, goTo } = createTestClock();
  const state = { size: { used: 20 * MiB, taken: 24 * MiB }, commands: 0, collections: 0 };
  const heap = {
    size: () => state.size,
    collectYoung() {
      state.collections++;
      if (state.collections % 2 === 0) state.size = after;
    },
  };
  const memory = new SpareMemory(heap, clock, () => state.commands);
  memory.start();
  return { state, goTo, memory };
}

test('what a crowd needed is given back once it is quiet, and once', () => {
  const { state, goTo } = watched({ used: 25 * MiB, taken: 33 * MiB });
  goTo(60_000);
  assert.equal(state.collections, 0);
  state.size = { used: 34 * MiB, taken: 66 * MiB };
  goTo(64_000);
  assert.equal(state.collections, 1);
  goTo(68_000);
  assert.equal(state.collections, 1);
  goTo(72_000);
  assert.equal(state.collections, 2);
  goTo(120_000);
  assert.equal(state.collections, 2);
});

test('nobody is stopped while people speak', () => {
  const { state, goTo, memory } = watched({ used: 25 * MiB, taken: 33 * MiB });
  state.size = { used: 34 * MiB, taken: 66 * MiB };
  for (let seconds = 4; seconds < 60; seconds += 4) {
    state.commands += 201;
    goTo(seconds * 1000);
  }
  assert.equal(state.collections, 0);
  memory.close();
  goTo(240_000);
  assert.equal(state.collections, 0);
});

test('whoever speaks between puts it off', () => {
  const { state, goTo } = watched({ used: 25 * MiB, taken: 33 * MiB });
  state.size = { used: 34 * MiB, taken: 66 * MiB };
  goTo(8000);
  state.commands += 201;
  goTo(12_000);
  assert.equal(state.collections, 1);
  goTo(16_000);
  assert.equal(state.collections, 2);
});

test('where it gave nothing back, it is not tried again', () => {
  const { state, goTo } = watched({ used: 30 * MiB, taken: 66 * MiB });
  state.size = { used: 34 * MiB, taken: 66 * MiB };
  goTo(120_000);
  assert.equal(state.collections, 2);
});

test('the young objects of this thread can be collected', () => {
  const heap = ownHeap();
  assert.ok(heap);
  let many: unknown[] = Array.from({ length: 100_000 }, () => ({}));
  const { used } = heap.size();
  assert.ok(many.length > 0 && used > 0);
  many = [];
  heap.collectYoung();
  heap.collectYoung();
  assert.ok(heap.size().used < used);
});
