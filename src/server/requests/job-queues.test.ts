import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobQueues } from './job-queues.ts';

test('one at a time in a lane, in order, and lanes do not wait for one another', async () => {
  const queues = new JobQueues<string>(10);
  const done: string[] = [];
  const finish = new Map<string, () => void>();
  const job = (name: string) => async () => {
    await new Promise<void>((resolve) => finish.set(name, resolve));
    done.push(name);
  };
  const end = async (name: string) => {
    finish.get(name)?.();
    await new Promise(setImmediate);
  };
  for (const name of ['a1', 'a2', 'b1']) assert.ok(queues.run(name.charAt(0), job(name)));
  assert.deepEqual([...finish.keys()], ['a1', 'b1']);
  await end('b1');
  await end('a1');
  assert.deepEqual([...finish.keys()], ['a1', 'b1', 'a2']);
  await end('a2');
  assert.deepEqual(done, ['b1', 'a1', 'a2']);
  assert.ok(queues.run('a', job('a3')));
  await end('a3');
  assert.equal(done.at(-1), 'a3');
});

test('a lane that is full takes no more, and takes again when it is not', async () => {
  const queues = new JobQueues<string>(1);
  let finish = () => {};
  const slow = () => new Promise<void>((resolve) => (finish = resolve));
  assert.ok(queues.run('a', slow));
  assert.ok(queues.run('a', () => Promise.resolve()));
  assert.equal(queues.run('a', slow), false);
  assert.ok(queues.run('b', () => Promise.resolve()));
  finish();
  await new Promise(setImmediate);
  assert.ok(queues.run('a', slow));
});
