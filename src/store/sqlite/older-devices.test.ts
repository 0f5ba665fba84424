// A database of before accounts had several devices: what an account had is what its one device has, and everybody is
// still who they were.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ciphers, rootBy, Signer } from '../../../test/support/statements.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import type { AccountId } from '../../hub/records.ts';
import { createHub } from '../../hub/restore.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import { inTransaction, openDatabase } from '../../sqlite/database.ts';
import { openStore } from './open.ts';
import { schema } from './schema.ts';
import { putSealed } from './tables/sealed-rows.ts';

const [alice, bob, carol] = [1, 2, 3].map((id) => id as AccountId);
const keyOf = (name: string) => encodeBase64url(new Signer(name).key);
const root = rootBy(new Signer('alice'), 'alice');

/** alice has left her root and key packages, bob has not, carol was reset. */
async function olderFile(path: string): Promise<void> {
  const until = schema.migrations.findIndex((sql) => sql.includes('CREATE TABLE devices'));
  const migrations = schema.migrations.slice(0, until);
  const old = await openDatabase(path, { ...schema, migrations });
  const account = (id: number, name: string, device: string | null) =>
    putSealed(old, 'accounts', {
      account: id,
      name,
      device,
      created_at: 5,
      banned: 0,
      name_checksum: null,
    });
  inTransaction(old, () => {
    account(1, 'alice', keyOf('alice'));
    account(2, 'bob', keyOf('bob'));
    account(3, 'carol', null);
    const hash = encodeBase64url(root.hash);
    const link = encodeBase64url(root.bytes);
    putSealed(old, 'account_links', { account: 1, n: 0, hash, link });
    putSealed(old, 'logs', { log: 1, name: '@alice+bob', last: 9, first: 3 });
    putSealed(old, 'logs', { log: 2, name: '@alice+carol', last: 9, first: 1 });
    putSealed(old, 'cursors', { log: 1, account: 1, seq: 7 });
    putSealed(old, 'cursors', { log: 1, account: 2, seq: 2 });
    putSealed(old, 'cursors', { log: 2, account: 3, seq: 4 });
    putSealed(old, 'key_packages', { id: 5, account: 1, package: 'first' });
    putSealed(old, 'key_packages', { id: 6, account: 2, package: 'other' });
    putSealed(old, 'key_packages', { id: 7, account: 1, package: 'second' });
    putSealed(old, 'last_resorts', { account: 1, package: 'last' });
    old.exec(
      "INSERT INTO abilities VALUES (1, 1, NULL); DELETE FROM counters WHERE name = 'unsealed'",
    );
    putSealed(old, 'counters', { name: 'account', value: 3 });
    putSealed(old, 'counters', { name: 'log', value: 2 });
  });
  old.close();
}

test('a database of before has the devices of its accounts, their cursors and key packages, and nothing damaged', async (t) => {
  const path = join(await temporaryFolder(t), 'old.db');
  await olderFile(path);
  const before = Date.now();
  for (const opening of [1, 2]) {
    const store = await openStore(path);
    const { devices, cursors, links, directory } = await store.load();
    const known = devices.map(({ seenAt, ...rest }) => {
      assert.ok(seenAt >= before - 1000, 'they count as seen now');
      return rest;
    });
    assert.deepEqual(
      known,
      [
        { account: alice, device: keyOf('alice'), addedAt: 5, can: { sealed: true } },
        { account: bob, device: keyOf('bob'), addedAt: 5, can: { sealed: false } },
      ],
      `${opening}`,
    );
    assert.deepEqual(
      cursors.map(({ log, account, device, seq }) => [log, account, device, seq]),
      [
        [1, alice, keyOf('alice'), 7],
        [1, bob, keyOf('bob'), 2],
        [2, carol, '', 4],
      ],
    );
    assert.equal(links.length, 1);
    assert.equal(directory, 1);
    assert.deepEqual(await store.readDirectory(0, 9), [
      { n: 0, name: 'alice', what: encodeBase64url(root.hash) },
    ]);
    assert.deepEqual((await store.check(false)).damages, []);
    await store.close();
  }
  const store = await openStore(path);
  t.after(() => store.close());
  const take = async () => (await store.takeKey(1 as AccountId, [keyOf('alice')]))?.package;
  assert.deepEqual([await take(), await take(), await take()], ['first', 'second', 'last']);
});

test('a server that starts on a database of before lets the same devices in, with the same roots', async (t) => {
  const path = join(await temporaryFolder(t), 'old.db');
  await olderFile(path);
  const store = await openStore(path);
  t.after(() => store.close());
  const hub = createHub(await store.load(), ciphers.sha256);
  const [first, second, third] = [...hub.accounts.values()].map(({ account }) => account);
  assert.deepEqual(
    first?.devices.map(({ key }) => key),
    [keyOf('alice')],
  );
  assert.deepEqual([first?.chain?.root, first?.chain?.links], [encodeBase64url(root.hash), 1]);
  assert.ok(first?.chain?.end, 'further links may follow');
  assert.deepEqual(
    second?.devices.map(({ key }) => key),
    [keyOf('bob')],
  );
  assert.deepEqual([third?.devices, third?.chain], [[], undefined]);
  const [direct] = first?.directs?.values() ?? [];
  assert.deepEqual(
    direct?.sides.map(({ got, furthest }) => [got, furthest]),
    [
      [7, 7],
      [2, 2],
    ],
  );
});
