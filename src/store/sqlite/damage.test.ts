// A database whose bytes the disk has changed: everything that is returned is as it was written, everything missing is
// reported, and damage causes nothing but an answer.
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
  trimAll,
  userName,
} from '../../../test/conformance/store.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { StoreError, type Segment, type Store } from '../../hub/store-port.ts';
import { inTransaction, openDatabase } from '../../sqlite/database.ts';
import { loadEngine, type Database } from '../../sqlite/engine.ts';
import { SqliteProblem } from '../../sqlite/problem.ts';
import { openStore } from './open.ts';
import { openBackup } from './backup/backup.ts';
import { checkDatabase } from './check/check.ts';
import { salvage } from './check/salvage.ts';
import { schema } from './schema.ts';
import { SegmentTable } from './segments.ts';

const logs = [1, 2, 3];
const perLog = 200;

/** A closed store with something of every kind. */
async function madeStore(t: TestContext): Promise<{ folder: string; path: string }> {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'whole.db');
  const store = await openStore(path);
  const group = groupName('team');
  await store.commit({
    changes: [
      ...['alice', 'bob', 'carl'].map((name, at) => ({
        type: 'account' as const,
        account: {
          id: accountId(at + 1),
          name: userName(name),
          device: 'd'.repeat(43),
          createdAt: 5,
          banned: false,
        },
      })),
      {
        type: 'device',
        device: {
          account: accountId(1),
          device: 'd'.repeat(43),
          addedAt: 5,
          seenAt: 6,
          can: { sealed: true },
        },
      },
      { type: 'group', group: { name: group, admin: accountId(1) } },
      { type: 'member', member: { group, account: accountId(1), since: 1, order: 1 } },
      { type: 'ban', group, folded: 'mallory' },
      logChange(1, 'lobby'),
      logChange(2, '#team'),
      logChange(3, '@alice+bob'),
      {
        type: 'cursor',
        cursor: { log: logId(3), account: accountId(1), device: 'd'.repeat(43), seq: 4 },
      },
      { type: 'stream', stream: { account: accountId(1), stream: 's', last: 4 } },
      { type: 'invite', invite: { hash: 'h'.repeat(43), expiresAt: 9, name: undefined } },
      { type: 'clock', clock: { age: 1_800_000_000_000, wall: 1_800_000_000_000 } },
    ],
    segments: [],
  });
  await store.stockKeys(
    accountId(1),
    'd'.repeat(43),
    ['p'.repeat(3000), 'q'.repeat(3000)],
    'r'.repeat(3000),
    false,
  );
  for (let first = 1; first <= perLog; first += 4) {
    const segments = logs.map((log) => large(segment(log, first, 4), first));
    await store.commit({ changes: [], segments });
  }
  await store.close();
  return { folder, path };
}

/** Sometimes a segment that does not fit a page. */
function large(small: Segment, first: number): Segment {
  if (first % 3 !== 0) return small;
  const bytes = Buffer.from(
    Buffer.from(small.bytes)
      .toString()
      .replaceAll('\n', `${'.'.repeat(3000)}\n`),
  );
  return { ...small, bytes };
}

const isTold = (error: unknown) =>
  (error instanceof StoreError || error instanceof SqliteProblem) && error.code !== 'closed';

/** Every number of a log: its segment as returned, `damaged`, or undefined if nothing was returned for it. */
async function given(store: Store, log: number): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const { first, count, bytes, isDamaged } of await store.read(
    range(log, { before: perLog + 1 }),
  )) {
    const text = isDamaged === true ? 'damaged' : Buffer.from(bytes).toString('latin1');
    for (let number = first; number < first + count; number++) found.set(number, text);
  }
  return found;
}

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const trials = Number(process.env['DAMAGES'] ?? 24);

test(`bytes that are changed anywhere (${trials} times): nothing altered is given, nothing is left out silently`, async (t) => {
  const { folder, path } = await madeStore(t);
  const whole = await openStore(path);
  const expected = new Map<number, Map<number, string>>();
  for (const log of logs) expected.set(log, await given(whole, log));
  await whole.close();
  const content = await readFile(path);
  const counts = { refused: 0, damaged: 0, whole: 0 };
  for (let seed = 1; seed <= trials; seed++) {
    const below = random(seed);
    const changed = Buffer.from(content);
    const isPage = seed % 5 === 0;
    const page = 4096 * (1 + below(content.length / 4096 - 1));
    if (isPage) changed.fill(0, page, page + 4096);
    else {
      for (let flips = 1 + below(seed % 2 === 0 ? 2 : 12); flips > 0; flips--) {
        const at = below(content.length);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 + below(255)), at);
      }
    }
    const copy = join(folder, `${seed}.db`);
    await writeFile(copy, changed);
    let store: Store | undefined;
    try {
      store = await openStore(copy);
      await store.load();
      let isWhole = true;
      for (const log of logs) {
        const found = await given(store, log);
        for (const [number, text] of expected.get(log) ?? []) {
          const now = found.get(number);
          assert.ok(
            now === text || now === 'damaged',
            `seed ${seed}, log ${log}, number ${number}: ${now?.slice(0, 40)}`,
          );
          isWhole &&= now === text;
        }
      }
      counts[isWhole ? 'whole' : 'damaged']++;
      // A continued read also reports what it cannot read.
      await store.commit({ changes: [], segments: [segment(1, perLog + 1, 1)] });
      await trimAll(store, { maxAgeMs: 1, maxCount: 10 }, 1);
      await store.check(false);
    } catch (error) {
      if (!isTold(error)) throw error;
      counts.refused++;
    } finally {
      await store?.close();
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.refused > 0 && counts.damaged > 0 && counts.whole > 0);
});

/** Changes one byte of the text of the segment that begins with `first`. */
async function spoil(path: string, log: number, first: number): Promise<void> {
  const database = (await loadEngine())(path, { timeout: 0 });
  const bytes = `substr(bytes, 1, 1) || x'00' || substr(bytes, 3)`;
  database.exec(
    `UPDATE segments SET bytes = CAST(${bytes} AS BLOB) WHERE log = ${log} AND first = ${first}`,
  );
  database.close();
}

test('a damaged segment is told with its numbers from either end, and what is around it is given', async (t) => {
  const { path } = await madeStore(t);
  await spoil(path, 1, 101);
  const database = (await loadEngine())(path, { timeout: 0 });
  database.exec('DELETE FROM segments WHERE log = 1 AND first IN (9, 13)');
  database.close();
  const store = await openStore(path);
  t.after(() => store.close());
  const read = async (part: object) =>
    (await store.read(range(1, { before: perLog + 1, ...part })))
      .filter(({ isDamaged }) => isDamaged)
      .map(({ first, count }) => [first, first + count - 1]);
  for (const from of ['start', 'end'] as const) {
    assert.deepEqual(await read({ from }), [
      [9, 16],
      [101, 104],
    ]);
    assert.deepEqual(await read({ from, after: 10, before: 103 }), [
      [11, 16],
      [101, 102],
    ]);
    assert.deepEqual(await read({ from, after: 16, before: 101 }), []);
  }
  const { damages, messages } = await store.check(false);
  assert.deepEqual(
    damages.map(({ name, first, last }) => [name, first, last]),
    [
      ['lobby', 9, 16],
      ['lobby', 101, 104],
    ],
  );
  assert.equal(messages, 3 * perLog - 12);
  assert.deepEqual(
    (await store.check(true)).damages.map(({ first }) => first),
    [9, 101],
  );
});

test('a backup of a damaged store is refused, or holds what is whole', async (t) => {
  const { folder, path } = await madeStore(t);
  await spoil(path, 2, 41);
  const store = await openStore(path);
  t.after(() => store.close());
  const target = join(folder, 'backup');
  await assert.rejects(
    store.backup(target),
    (error: unknown) =>
      error instanceof StoreError &&
      error.code === 'damaged' &&
      error.message.includes('#team, 41 to 44'),
  );
  await assert.rejects(readFile(target), 'nothing was written');
  const attachments = [{ name: 'a', bytes: Buffer.from('key') }];
  await store.backup(target, attachments, true);
  const backup = await openBackup(target);
  const restored = join(folder, 'restored.db');
  await backup.install(restored);
  backup.close();
  const again = await openStore(restored);
  t.after(() => again.close());
  assert.deepEqual((await again.load()).accounts, (await store.load()).accounts);
  const { damages, messages } = await again.check(false);
  assert.deepEqual([damages, messages], [[], 3 * perLog - 4]);
});

test('segments of an older helo are sealed little by little, and give the same', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'old.db');
  const old = await openDatabase(path, { ...schema, migrations: schema.migrations.slice(0, 1) });
  inTransaction(old, () => {
    old.exec("INSERT INTO logs VALUES (1, 'lobby', 0, 1)");
    const put = old.prepare('INSERT INTO segments VALUES (1, ?, 2, 1800000000000, ?)');
    for (let first = 1; first < 1000; first += 3) put.run(first, segment(1, first, 2).bytes);
  });
  old.close();
  await copyFile(path, join(folder, 'copy.db'));
  const store = await openStore(path);
  const none = { maxAgeMs: undefined, maxCount: undefined };
  const before = await store.read(range(1));
  for (let round = 0; round < 3; round++) await store.trim(none, 0);
  assert.deepEqual(await store.read(range(1)), before);
  assert.deepEqual((await store.check(false)).damages, [], 'gaps that were there are none');
  await store.close();
  const database = (await loadEngine())(path, { timeout: 0 });
  const rows = database
    .prepare('SELECT count(*) AS left FROM segments WHERE checksum IS NULL')
    .get();
  assert.deepEqual({ ...(rows as object) }, { left: 0 });
  database.close();
});

test('what is said and thrown away while a check or a salvage reads is no damage', async (t) => {
  const { path } = await madeStore(t);
  const connect = await loadEngine();
  const writer = connect(path, { timeout: 1_000 });
  const segments = new SegmentTable(writer);
  let [next, kept] = [perLog + 1, 0];
  /** Between any two statements the server appends and deletes something. */
  const meanwhile = () =>
    inTransaction(writer, () => {
      for (const log of logs) segments.append(segment(log, next, 1));
      next += 1;
      kept += 1;
      segments.trim({ maxAgeMs: undefined, maxCount: Math.max(20, perLog - kept * 4) }, 0);
    });
  const reader = connect(path, { readOnly: true, timeout: 1_000 });
  const busy: Database = {
    exec: (sql) => reader.exec(sql),
    function: (...given) => reader.function(...given),
    close: () => reader.close(),
    get isTransaction() {
      return reader.isTransaction;
    },
    prepare: (sql) => {
      const statement = reader.prepare(sql);
      const then = <T>(act: () => T): T => {
        meanwhile();
        return act();
      };
      return {
        run: (...values) => statement.run(...values),
        get: (...values) => then(() => statement.get(...values)),
        all: (...values) => then(() => statement.all(...values)),
        iterate: (...values) => then(() => statement.iterate(...values)),
      };
    },
  };
  for (const isQuick of [true, false]) {
    assert.deepEqual(checkDatabase(busy, isQuick).damages, []);
  }
  const copy = join(await temporaryFolder(t), 'copy.db');
  await salvage(busy, copy);
  busy.close();
  writer.close();
  const store = await openStore(copy);
  for (const log of logs) {
    const found = await store.read(range(log));
    assert.ok(found.length > 0);
    assert.ok(
      found.every(({ isDamaged }) => isDamaged !== true),
      'no gap in it',
    );
  }
  await store.close();
});
