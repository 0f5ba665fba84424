// The store's use of memory is bounded and reported.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { logChange, segment } from '../../../test/conformance/store.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { closeDatabase, openDatabase, pragmaNumber } from '../../sqlite/database.ts';
import { openStore } from './open.ts';

test("the heap of the store's thread is told once it has answered", async (t) => {
  const store = await openStore(join(await temporaryFolder(t), 'helo.db'));
  t.after(() => store.close());
  assert.equal(store.heapBytes, undefined);
  await store.commit({ changes: [logChange(1, 'lobby')], segments: [segment(1, 1, 1)] });
  const { heapBytes = 0 } = store;
  assert.ok(heapBytes > 2 ** 20 && heapBytes < 2 ** 30, `${heapBytes}`);
});

test('how many pages a connection keeps is said by us and not by the engine', async (t) => {
  const schema = { applicationId: 7, title: 'a file', migrations: ['CREATE TABLE t (a)'] };
  const database = await openDatabase(join(await temporaryFolder(t), 'a.db'), schema);
  t.after(() => closeDatabase(database));
  assert.equal(pragmaNumber(database, 'cache_size'), -2000);
});
