import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SerialQueue } from './serial-queue.ts';

const noFault = (cause: unknown): never => assert.fail(String(cause));

test('tasks run one after the other, in order, whatever they await', async () => {
  const done: number[] = [];
  let running = 0;
  const queue = new SerialQueue(0, noFault);
  for (let number = 0; number < 20; number++) {
    queue.add(async () => {
      running += 1;
      assert.equal(running, 1);
      for (let turn = 0; turn < 20 - number; turn++) await Promise.resolve();
      done.push(number);
      running -= 1;
    });
  }
  await queue.idle();
  assert.deepEqual(
    done,
    Array.from({ length: 20 }, (_, number) => number),
  );
});

test('a task that throws is told, and the next one runs', async () => {
  const faults: unknown[] = [];
  const queue = new SerialQueue(0, (cause) => faults.push(cause));
  let isDone = false;
  queue.add(async () => {
    throw new Error('first');
  });
  queue.add(async () => {
    isDone = true;
  });
  await queue.idle();
  assert.ok(isDone);
  assert.equal(faults.length, 1);
});

test('what is offered is refused beyond the cap, and taken again when there is room', async () => {
  const queue = new SerialQueue(10_000, noFault);
  const run = async (): Promise<void> => {};
  assert.ok(queue.offer(6_000, run));
  assert.ok(!queue.offer(6_000, run));
  assert.ok(queue.offer(1, run), 'each counts for 1024 at least');
  assert.ok(queue.offer(1, run));
  assert.ok(queue.offer(1, run));
  assert.ok(!queue.offer(1, run));
  await queue.idle();
  assert.ok(queue.offer(10_000, run));
});
