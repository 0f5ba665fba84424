import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { Change } from '../../src/hub/records.ts';
import type { LogRange, Retention, Segment, Store } from '../../src/hub/store-port.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { temporaryFolder } from '../support/temporary.ts';
import {
  accountId,
  groupName,
  logChange,
  lasting,
  logId,
  range,
  segment,
  storeConformance,
  texts,
  trimAll,
  userName,
  type StoreUnderTest,
} from './store.ts';

storeConformance('in memory', async () => {
  const store = new MemoryStore();
  return { store, reopen: async () => store };
});
storeConformance('in a file', openFile);

async function openFile(t: TestContext): Promise<StoreUnderTest> {
  const path = join(await temporaryFolder(t), 'helo.db');
  let store = await openStore(path);
  t.after(() => store.close());
  const reopen = async () => {
    await store.close();
    store = await openStore(path);
    return store;
  };
  return { store, reopen };
}

type Act =
  | { readonly type: 'commit'; readonly changes: readonly Change[]; readonly said: readonly Said[] }
  | { readonly type: 'trim'; readonly retention: Retention; readonly now: number }
  | { readonly type: 'stock'; readonly account: number; readonly replace: boolean }
  | { readonly type: 'take'; readonly account: number }
  | { readonly type: 'reopen' };

/** This many messages in a log, after a gap in its numbers. */
interface Said {
  readonly log: number;
  readonly gap: number;
  readonly count: number;
  readonly at: number;
}

const few = fc.integer({ min: 1, max: 3 });
const aName = fc.constantFrom('one', 'two', 'three');
const aGroup = aName.map(groupName);
const anAccount = few.map(accountId);
const aDevice = fc.constantFrom('key', 'other');
const aLog = few.map(logId);
const anything: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    type: fc.constant('account' as const),
    account: fc
      .record({
        id: anAccount,
        name: aName.map(userName),
        device: fc.option(fc.constant('key'), { nil: undefined }),
        createdAt: few,
        banned: fc.boolean(),
      })
      .map((account) => ({ ...account })),
  }),
  anAccount.map((id): Change => ({ type: 'account-removed', id })),
  fc.tuple(anAccount, aDevice, few).map(([account, device, seenAt]): Change => ({
    type: 'device',
    device: { account, device, addedAt: 1, seenAt, can: { sealed: seenAt > 3 } },
  })),
  fc
    .tuple(anAccount, aDevice)
    .map(([account, device]): Change => ({ type: 'device-removed', account, device })),
  anAccount.map((account): Change => ({ type: 'account-reset', account })),
  fc
    .tuple(aGroup, fc.option(anAccount, { nil: undefined }))
    .map(([name, admin]): Change => ({ type: 'group', group: { name, admin } })),
  aGroup.map((name): Change => ({ type: 'group-removed', name })),
  fc.tuple(aGroup, anAccount, few, few).map(([group, account, since, order]): Change => ({
    type: 'member',
    member: { group, account, since, order },
  })),
  fc
    .tuple(aGroup, anAccount)
    .map(([group, account]): Change => ({ type: 'member-removed', group, account })),
  fc.tuple(aGroup, aName).map(([group, folded]): Change => ({ type: 'ban', group, folded })),
  fc
    .tuple(aGroup, aName)
    .map(([group, folded]): Change => ({ type: 'ban-removed', group, folded })),
  fc.tuple(few, few).map(([log, last]) => logChange(log, `#group${log}`, last)),
  aLog.map((log): Change => ({ type: 'log-removed', log })),
  fc
    .tuple(aLog, fc.integer({ min: 1, max: 30 }))
    .map(([log, first]): Change => ({ type: 'log-trimmed', log, first })),
  fc.tuple(aLog, anAccount, aDevice, few).map(([log, account, device, seq]): Change => {
    return { type: 'cursor', cursor: { log, account, device, seq } };
  }),
  fc.tuple(anAccount, aName, few).map(([account, stream, last]): Change => ({
    type: 'stream',
    stream: { account, stream, last },
  })),
  fc
    .tuple(anAccount, aName)
    .map(([account, stream]): Change => ({ type: 'stream-removed', account, stream })),
  fc.tuple(aName, few).map(([hash, expiresAt]): Change => ({
    type: 'invite',
    invite: { hash, expiresAt, name: expiresAt > 2 ? hash : undefined },
  })),
  aName.map((hash): Change => ({ type: 'invite-removed', hash })),
);
const said = fc.record({
  log: few,
  gap: fc.integer({ min: 0, max: 2 }),
  count: few,
  at: fc.integer({ min: 0, max: 100 }),
});
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.array(anything, { size: 'max', maxLength: 6 }), fc.array(said, { maxLength: 4 }))
      .map(([changes, said]): Act => ({ type: 'commit', changes, said })),
  },
  fc
    .tuple(
      fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
      fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    )
    .map(([maxAgeMs, maxCount]): Act => ({
      type: 'trim',
      retention: { maxAgeMs, maxCount },
      now: 100,
    })),
  fc
    .tuple(few, fc.boolean())
    .map(([account, replace]): Act => ({ type: 'stock', account, replace })),
  few.map((account): Act => ({ type: 'take', account })),
  fc.constant<Act>({ type: 'reopen' }),
);
const someRange: fc.Arbitrary<LogRange> = fc
  .tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.nat(40),
    fc.nat(40),
    fc.constantFrom('start' as const, 'end' as const),
    fc.nat(12),
    fc.nat(60),
  )
  .map(([log, after, before, from, maxMessages, maxBytes]) =>
    range(log, { after, before, from, maxMessages, maxBytes }),
  );

test('after any history both adapters hold, give and leave out the same', async (t) => {
  const history = fc.array(act, { size: 'max', minLength: 1, maxLength: 25 });
  const ranges = fc.array(someRange, { size: 'max', minLength: 20, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(history, ranges, async (acts, ranges) => {
      const folder = await temporaryFolder(t);
      const path = join(folder, 'helo.db');
      const model = new MemoryStore();
      let store = await openStore(path);
      const lasts = new Map<number, number>();
      // Numbers of logs are never reused: after a removal, the next log in its place has another number.
      const ages = new Map<number, number>();
      const live = (place: number, removed = false): number => {
        const age = ages.get(place) ?? 0;
        if (removed) ages.set(place, age + 1);
        return place + age * 3;
      };
      /** Every message that was ever stored: a naive model of the logs. */
      const kept = new Set<string>();
      const both = async <T>(ask: (store: Store) => Promise<T>): Promise<T> => {
        const expected = await ask(model);
        assert.deepEqual(await ask(store), expected);
        return expected;
      };
      try {
        for (const [step, act] of acts.entries()) {
          switch (act.type) {
            case 'commit': {
              const changes = act.changes.map((change) => withLiveLog(change, live));
              const segments = act.said.map((one) =>
                nextSegment({ ...one, log: live(one.log) }, lasts),
              );
              await both((store) => store.commit({ changes, segments }));
              for (const line of texts(segments).split('\n')) kept.add(line);
              break;
            }
            case 'trim':
              await both((store) => trimAll(store, act.retention, act.now));
              break;
            case 'stock': {
              const { account, replace } = act;
              const packages = [`${step}a`, `${step}b`];
              const lastResort = step % 2 === 0 ? `${step}last` : undefined;
              await both((store) =>
                store.stockKeys(accountId(account), 'key', packages, lastResort, replace),
              );
              break;
            }
            case 'take':
              await both((store) => store.takeKey(accountId(act.account), ['other', 'key']));
              break;
            case 'reopen':
              await store.close();
              store = await openStore(path);
          }
          const records = await both(lasting);
          for (const { log, last } of records.logs) {
            lasts.set(log, Math.max(lasts.get(log) ?? 0, last));
          }
        }
        for (const { log } of (await model.load()).logs) {
          const all = texts(await both((store) => store.read(range(log)))).split('\n');
          assert.ok(all.every((line) => kept.has(line)));
          assert.equal(new Set(all).size, all.length, 'nothing twice');
        }
        for (const range of ranges) await both((store) => store.read(range));
      } finally {
        await store.close();
      }
    }),
    { numRuns: 30 },
  );
});

function withLiveLog(change: Change, live: (place: number, removed: boolean) => number): Change {
  const isRemoved = change.type === 'log-removed';
  switch (change.type) {
    case 'log':
      return { ...change, log: { ...change.log, log: logId(live(change.log.log, isRemoved)) } };
    case 'cursor':
      return {
        ...change,
        cursor: { ...change.cursor, log: logId(live(change.cursor.log, isRemoved)) },
      };
    case 'log-removed':
    case 'log-trimmed':
      return { ...change, log: logId(live(change.log, isRemoved)) };
    default:
      return change;
  }
}

function nextSegment({ log, gap, count, at }: Said, lasts: Map<number, number>): Segment {
  const first = (lasts.get(log) ?? 0) + 1 + gap;
  lasts.set(log, first + count - 1);
  return segment(log, first, count, at);
}
