// Single bytes that the disk has changed inside the small tables, whose pages still fit together: names, keys, members,
// groups, bans. Whatever is given is what was written, or the damage is told.
import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  accountId,
  groupName,
  logChange,
  logId,
  range,
  segment,
  upload,
  userName,
} from '../../../../test/conformance/store.ts';
import { temporaryFolder } from '../../../../test/support/temporary.ts';
import type { AccountRecord, Change, Records } from '../../../hub/records.ts';
import { StoreError } from '../../../hub/store-port.ts';
import { openDatabase } from '../../../sqlite/database.ts';
import { loadEngine } from '../../../sqlite/engine.ts';
import { SqliteProblem } from '../../../sqlite/problem.ts';
import { openBackup } from '../backup/backup.ts';
import { openStore } from '../open.ts';
import { schema } from '../schema.ts';

const names = ['alice', 'bob', 'carl', 'dora', 'emil'];
const packages = names.map((name) => name.repeat(4));
const lastLog = 6;

function changes(): Change[] {
  const group = groupName('team');
  const made: Change[] = [
    { type: 'group', group: { name: group, admin: accountId(1), private: true } },
    { type: 'group', group: { name: groupName('other'), admin: accountId(2) } },
    { type: 'clock', clock: { age: 1_800_000_000_000, wall: 1_800_000_000_000 } },
    { type: 'quotas', quotas: [{ account: accountId(1), bytes: 77_777, at: 88_888 }] },
    logChange(1, 'lobby', 4_000, 3_000),
  ];
  names.forEach((name, at) => {
    const [id, log] = [accountId(at + 1), logId(at + 2)];
    const device = Buffer.alloc(32, name).toString('base64url');
    const hash = Buffer.alloc(32, `h${name}`).toString('base64url');
    made.push(
      { type: 'account', account: account(at + 1, name, device) },
      {
        type: 'device',
        device: { account: id, device, addedAt: 5_000, seenAt: 6_000, can: { sealed: true } },
      },
      { type: 'link', link: { account: id, n: 0, hash, link: `link-of-${name}` } },
      { type: 'member', member: { group, account: id, since: 1_000 + at, order: at + 1 } },
      { type: 'ban', group, folded: `mallory_${name}` },
      {
        type: 'address-ban',
        ban: { group, address: `10.0.0.${at}`, because: `eve_${name}`, until: 999_999_999 },
      },
      { type: 'invited', invited: { group, account: id } },
      { type: 'block', block: { account: id, name: userName(`pest_${name}`) } },
      { type: 'invite', invite: { hash, expiresAt: 9_999_999, name } },
      logChange(at + 2, `@${name}+zed`, 3_000, 2_000),
      { type: 'cursor', cursor: { log, account: id, device, seq: 1_234_567 } },
      { type: 'stream', stream: { account: id, stream: `stream-${name}`, last: 7_654_321 } },
      { type: 'kept-file', file: upload(at + 1, 'ABCDE'.charAt(at), 123_456) },
    );
  });
  return made;
}

function account(id: number, name: string, device: string): AccountRecord {
  return {
    id: accountId(id),
    name: userName(name),
    device,
    createdAt: 1_700_000_000_000,
    banned: id === 5,
  };
}

async function madeFile(t: TestContext) {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'whole.db');
  const store = await openStore(path);
  await store.commit({ changes: changes(), segments: [segment(1, 4_001, 4)] });
  await store.stockKeys(accountId(1), 'key', packages, 'last'.repeat(6), false);
  const records = await store.load();
  await store.close();
  return { folder, path, records };
}

/** What is a list in `Records`, and is not begun anew by each opening. */
const lists = [
  'accounts',
  'devices',
  'links',
  'links',
  'groups',
  'members',
  'bans',
  'addressBans',
  'logs',
  'cursors',
  'streams',
  'invited',
  'blocks',
  'invites',
  'quotas',
  'keptFiles',
] as const;

/** The lists in which something is not as it was written. An account that nobody gets into counts as left out. */
function altered(before: Records, now: Records): string[] {
  return lists.filter((list) => {
    const written = new Set((before[list] as readonly unknown[]).map((row) => JSON.stringify(row)));
    return (now[list] as readonly unknown[]).some((row) => {
      const known = before.accounts.find(({ id }) => id === (row as AccountRecord).id);
      const isLocked =
        list === 'accounts' &&
        (row as AccountRecord).device === undefined &&
        known?.name === (row as AccountRecord).name;
      return !isLocked && !written.has(JSON.stringify(row));
    });
  });
}

function isLess(before: Records, now: Records): boolean {
  const locked = now.accounts.some(({ device }) => device === undefined);
  return locked || lists.some((list) => now[list].length < before[list].length);
}

const isTold = (error: unknown) =>
  (error instanceof StoreError && error.code === 'damaged') ||
  (error instanceof SqliteProblem && (error.code === 'damaged' || error.code === 'foreign'));

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const places = Number(process.env['DAMAGES'] ?? 24);

test(`a byte that is changed in one of ${places} places that hold something: no altered value is given, and what is missing is told`, async (t) => {
  const { folder, path, records } = await madeFile(t);
  const content = await readFile(path);
  const counts = { refused: 0, told: 0, whole: 0 };
  for (let seed = 1; seed <= places; seed++) {
    const below = random(seed);
    let at = 100 + below(content.length - 100);
    while (content[at] === 0) at = 100 + below(content.length - 100);
    const changed = Buffer.from(content);
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << below(8)), at);
    const copy = join(folder, `${seed}.db`);
    await writeFile(copy, changed);
    const place = `seed ${seed}, byte ${at}`;
    let store;
    try {
      store = await openStore(copy);
      const now = await store.load();
      const { damages } = await store.check(true);
      assert.deepEqual(altered(records, now), [], place);
      if (isLess(records, now)) assert.notDeepEqual(damages, [], place);
      assert.ok(now.lastAccount >= names.length && now.lastLog >= lastLog, place);
      const taken = [];
      for (let tries = 0; tries <= packages.length; tries++) {
        taken.push((await store.takeKey(accountId(1), ['key']))?.package);
      }
      for (const one of taken) {
        assert.ok(
          one === undefined || one === 'last'.repeat(6) || packages.includes(one),
          `${place}: ${one}`,
        );
      }
      const given = await store.read(range(1, { before: 4_005 }));
      for (const { bytes, isDamaged } of given) {
        if (isDamaged !== true) assert.equal(bytes.length, 28, place);
      }
      counts[damages.length > 0 ? 'told' : 'whole']++;
      if (damages.length > 0) {
        await assert.rejects(store.backup(join(folder, `${seed}.backup`)), isTold, place);
      }
    } catch (error) {
      if (!isTold(error)) throw error;
      counts.refused++;
    } finally {
      await store?.close();
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.refused > 0 && counts.told > 0 && counts.whole > 0);
});

test('a table whose name or column is altered counts as damaged', async (t) => {
  const { folder, path } = await madeFile(t);
  for (const [table, sql] of [
    ['account_links', 'ALTER TABLE account_links RENAME TO bccount_links'],
    ['members', 'ALTER TABLE members RENAME COLUMN position TO qosition'],
    ['streams', 'ALTER TABLE streams RENAME COLUMN last TO mast'],
  ] as const) {
    const copy = join(folder, `renamed ${table}.db`);
    await copyFile(path, copy);
    await tamper(copy, sql);
    const opening = async () => {
      const store = await openStore(copy);
      try {
        await store.load();
      } finally {
        await store.close();
      }
    };
    await assert.rejects(opening, isTold, table);
  }
});

/** Carries out `sql` on the file behind the server's back. */
async function tamper(path: string, sql: string): Promise<void> {
  const database = (await loadEngine())(path, { timeout: 0 });
  database.exec(sql);
  database.close();
}

const alterations = {
  devices: ["UPDATE devices SET device = 'x' || substr(device, 2) WHERE account = 3", 'devices'],
  account_links: ["UPDATE account_links SET link = 'other' WHERE account = 3", 'links'],
  members: ['UPDATE members SET since = 1 WHERE account = 2', 'members'],
  bans: ["UPDATE bans SET folded = 'mallory_blice' WHERE folded = 'mallory_alice'", 'bans'],
  address_bans: ["UPDATE address_bans SET until = 1 WHERE address = '10.0.0.1'", 'addressBans'],
  cursors: ['UPDATE cursors SET seq = seq + 1 WHERE account = 3', 'cursors'],
  streams: ['UPDATE streams SET last = last + 1 WHERE account = 3', 'streams'],
  invited: ['UPDATE invited SET account = 9 WHERE account = 3', 'invited'],
  blocks: ["UPDATE blocks SET name = 'qest_bob' WHERE name = 'pest_bob'", 'blocks'],
  invites: ["UPDATE invites SET name = 'eve' WHERE name = 'carl'", 'invites'],
  quotas: ['UPDATE quotas SET bytes = 0', 'quotas'],
} as const;

test('a row with an altered value is left out and told with its place, by each table whose rows nobody gains by missing', async (t) => {
  const { folder, path, records } = await madeFile(t);
  for (const [table, [sql, list]] of Object.entries(alterations)) {
    const copy = join(folder, `${table}.db`);
    await copyFile(path, copy);
    await tamper(copy, sql);
    const store = await openStore(copy);
    const now = await store.load();
    const { damages } = await store.check(true);
    const backup = store.backup(join(folder, `${table}.backup`));
    await assert.rejects(backup, isTold, table);
    await store.close();
    assert.deepEqual(altered(records, now), [], table);
    assert.equal(now[list].length, records[list].length - 1, table);
    assert.deepEqual(
      damages.map((damage) => damage.table),
      [table],
    );
    assert.match(damages[0]?.what ?? '', /^a row \(.+\) is not as it was written$/);
  }
});

test('a group, a log, a counter or the name of an account with an altered value ends the start, with its place', async (t) => {
  const { folder, path } = await madeFile(t);
  for (const [sql, place] of [
    ["UPDATE chat_groups SET private = 0 WHERE name = 'team'", /chat_groups: a row \(team 1\)/],
    ['UPDATE chat_groups SET admin = 3', /chat_groups: a row \(other 3\)/],
    ["UPDATE logs SET name = '@blice+zed' WHERE log = 2", /logs: a row \(2 @blice\+zed\)/],
    ['UPDATE logs SET first = first + 1 WHERE log = 2', /logs: a row \(2 @alice\+zed\)/],
    ["UPDATE counters SET value = 2 WHERE name = 'account'", /counters: a row \(account 2\)/],
    ["UPDATE accounts SET name = 'blice' WHERE account = 1", /accounts: a row \(1 blice\)/],
    ['UPDATE accounts SET account = 11 WHERE account = 1', /accounts: a row \(11 alice\)/],
  ] as const) {
    const copy = join(folder, 'altered.db');
    await copyFile(path, copy);
    await tamper(copy, sql);
    const store = await openStore(copy);
    const isPlaced = (error: unknown) =>
      error instanceof StoreError && error.code === 'damaged' && place.test(error.message);
    await assert.rejects(store.load(), isPlaced, sql);
    // What is damaged stays so, whatever is changed in it.
    await store.commit({
      changes: [{ type: 'log-trimmed', log: logId(2), first: 9 }],
      segments: [],
    });
    if (sql.includes('logs')) await assert.rejects(store.load(), isPlaced, sql);
    await store.close();
  }
});

test('an account with an altered key keeps its name and lets nobody in before a reset, also out of a backup', async (t) => {
  const { folder, path, records } = await madeFile(t);
  await tamper(path, "UPDATE accounts SET device = 'x' || substr(device, 2) WHERE account = 2");
  const store = await openStore(path);
  t.after(() => store.close());
  const bob = { ...records.accounts[1], device: undefined };
  const expected = records.accounts.map((one) => (one.id === 2 ? bob : one));
  assert.deepEqual((await store.load()).accounts, expected);
  assert.match((await store.check(true)).damages[0]?.what ?? '', /2 bob.*reset-device/);
  const target = join(folder, 'backup');
  await store.backup(target, [], true);
  const backup = await openBackup(target);
  const restored = join(folder, 'restored.db');
  await backup.install(restored);
  backup.close();
  const again = await openStore(restored);
  assert.deepEqual((await again.load()).accounts, expected);
  assert.deepEqual((await again.check(false)).damages, []);
  await again.close();
  // The operator has given it a new key.
  const change = account(2, 'bob', 'new');
  await store.commit({ changes: [{ type: 'account', account: change }], segments: [] });
  assert.deepEqual((await store.check(false)).damages, []);
});

test('a damaged key package is given to nobody', async (t) => {
  const { path } = await madeFile(t);
  await tamper(path, "UPDATE key_packages SET package = 'wrong' WHERE id IN (1, 3)");
  await tamper(path, "UPDATE last_resorts SET package = 'wrong'");
  const store = await openStore(path);
  t.after(() => store.close());
  assert.equal((await store.check(false)).damages.length, 3);
  const taken = [];
  for (let tries = 0; tries < 4; tries++)
    taken.push((await store.takeKey(accountId(1), ['key']))?.package);
  assert.deepEqual(taken, [packages[1], packages[3], packages[4], undefined]);
});

test('rows of an older helo are sealed once, as they are', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'old.db');
  const migrations = schema.migrations.slice(0, 10);
  const old = await openDatabase(path, { ...schema, migrations });
  old.exec("INSERT INTO accounts VALUES (1, 'alice', 'key', 5, 0), (2, 'bob', NULL, 5, 1)");
  old.exec(
    "INSERT INTO chat_groups VALUES ('team', 1, 0); INSERT INTO counters VALUES ('account', 2)",
  );
  old.exec(
    "INSERT INTO members VALUES ('team', 1, 1, 1); INSERT INTO key_packages VALUES (7, 1, 'p')",
  );
  old.close();
  for (const opening of [1, 2]) {
    const store = await openStore(path);
    const { accounts, members, lastAccount } = await store.load();
    assert.deepEqual([accounts.length, members.length, lastAccount], [2, 1, 2], `${opening}`);
    assert.deepEqual((await store.check(false)).damages, []);
    await store.close();
  }
  // Later a row without a checksum is one that was damaged.
  await tamper(path, 'UPDATE members SET since = 2, checksum = NULL');
  const store = await openStore(path);
  t.after(() => store.close());
  assert.deepEqual((await store.load()).members, []);
  assert.deepEqual(
    (await store.check(true)).damages.map(({ table }) => table),
    ['members'],
  );
});
