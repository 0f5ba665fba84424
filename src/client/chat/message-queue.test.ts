import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageQueue, queueMark } from './message-queue.ts';

test('what waits and what comes is taken in order, and counts as seen when the next one is asked for', async () => {
  const queue = new MessageQueue<number>(() => {});
  const seen: number[] = [];
  queue.put(1);
  queue.put(2);
  const messages = queue.iterate((number) => seen.push(number));
  assert.deepEqual(await messages.next(), { done: false, value: 1 });
  assert.deepEqual(seen, []);
  assert.deepEqual(await messages.next(), { done: false, value: 2 });
  assert.deepEqual(seen, [1]);
  const third = messages.next();
  await new Promise(setImmediate);
  queue.put(3);
  assert.deepEqual(await third, { done: false, value: 3 });
  queue.end();
  assert.equal((await messages.next()).done, true);
  assert.deepEqual(seen, [1, 2, 3]);
});

test('a slow reader makes the source wait, and lets it go on', async () => {
  const told: boolean[] = [];
  const queue = new MessageQueue<number>((isFull) => told.push(isFull));
  for (let number = 0; number <= queueMark; number++) queue.put(number);
  assert.deepEqual(told, [true]);
  const messages = queue.iterate(() => {});
  for (let number = 0; number <= queueMark / 2 + 1; number++) await messages.next();
  assert.deepEqual(told, [true, false]);
});

test('a listener gets what waited, then everything at once', () => {
  const queue = new MessageQueue<number>(() => {});
  queue.put(1);
  const got: number[] = [];
  queue.divert((number) => got.push(number));
  queue.put(2);
  assert.deepEqual(got, [1, 2]);
});
