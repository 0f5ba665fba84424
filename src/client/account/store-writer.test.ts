import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientChange } from '../store/store-port.ts';
import { StoreWriter } from './store-writer.ts';

const change = (localId: string): ClientChange => ({ type: 'outbox-removed', localId });

/** A store whose writes end when the test says so. */
function makeStore() {
  const writes: { readonly ids: string[]; readonly end: (error?: Error) => void }[] = [];
  const write = (changes: readonly ClientChange[]) =>
    new Promise<void>((resolve, reject) => {
      const ids = changes.map((one) => (one.type === 'outbox-removed' ? one.localId : ''));
      writes.push({ ids, end: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  return { writes, write };
}

const turn = () => new Promise(setImmediate);

test('what comes while one write is under way shares the next, in its order', async () => {
  const store = makeStore();
  const writer = new StoreWriter(store, (cause) => assert.fail(String(cause)));
  const done: string[] = [];
  void writer.write([change('a')]).then(() => done.push('a'));
  await turn();
  void writer.write([change('b')]).then(() => done.push('b'));
  void writer.write([change('c'), change('d')]).then(() => done.push('cd'));
  await turn();
  assert.deepEqual(
    store.writes.map(({ ids }) => ids),
    [['a']],
  );
  store.writes[0]?.end();
  await turn();
  assert.deepEqual(done, ['a']);
  assert.deepEqual(
    store.writes.map(({ ids }) => ids),
    [['a'], ['b', 'c', 'd']],
  );
  store.writes[1]?.end();
  await writer.idle();
  assert.deepEqual(done, ['a', 'b', 'cd']);
});

test('after a write that failed nothing is written any more, and it is told once', async () => {
  const store = makeStore();
  const told: unknown[] = [];
  const writer = new StoreWriter(store, (cause) => told.push(cause));
  const first = writer.write([change('a')]);
  await turn();
  const second = writer.write([change('b')]);
  const disk = new Error('the disk is full');
  store.writes[0]?.end(disk);
  await assert.rejects(first, disk);
  await assert.rejects(second, disk);
  await assert.rejects(writer.write([change('c')]), disk);
  await writer.idle();
  assert.deepEqual(told, [disk]);
  assert.equal(store.writes.length, 1);
});
