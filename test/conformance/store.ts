// What every store promises, as examples that each adapter runs. store.test.ts compares the adapters with each other by
// random histories.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  noRecords,
  type AccountId,
  type Change,
  type DeviceRecord,
  type KeptFileRecord,
  type LogId,
  type Records,
} from '../../src/hub/records.ts';
import { StoreError, type LogRange, type Segment, type Store } from '../../src/hub/store-port.ts';
import type { RosterItem } from '../../src/wire/extended/events.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';
import type { KeptFileId } from '../../src/wire/kept-files.ts';
import type { GroupName, Username } from '../../src/wire/text.ts';

/** A store under test. `reopen` closes it and opens what it has stored. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly reopen: () => Promise<Store>;
}

export const accountId = (number: number) => number as AccountId;
export const logId = (number: number) => number as LogId;
export const userName = (name: string) => name as Username;
export const groupName = (name: string) => name as GroupName;
export const conversationName = (name: string) => name as ConversationName;

export function logChange(log: number, name: string, last = 0, first = 1): Change {
  return { type: 'log', log: { log: logId(log), name: conversationName(name), last, first } };
}

/** A segment whose lines name their messages. Its bytes are a part of a larger block, as in delivery. */
export function segment(log: number, first: number, count: number, at = 1_000): Segment {
  const lines = Array.from({ length: count }, (_, index) => `${log}:${first + index}\n`).join('');
  const block = Buffer.from(`before ${lines} behind`, 'latin1');
  const bytes = new Uint8Array(block.buffer, block.byteOffset + 7, lines.length);
  return { log: logId(log), first, count, at, bytes };
}

/** The text of the segments. */
export function texts(segments: readonly Segment[]): string {
  return segments.map(({ bytes }) => Buffer.from(bytes).toString('latin1')).join('');
}

export function range(log: number, part: Partial<LogRange> = {}): LogRange {
  return {
    log: logId(log),
    after: 0,
    before: Number.MAX_SAFE_INTEGER,
    from: 'start',
    maxMessages: 1_000_000,
    maxBytes: 1_000_000_000,
    ...part,
  };
}

const fileId = (letter: string) => `${letter.repeat(21)}A` as KeptFileId;

export function upload(owner: number, letter: string, bytes: number): KeptFileRecord {
  return {
    id: fileId(letter),
    owner: accountId(owner),
    conversation: conversationName('#team'),
    bytes,
    since: 1_000,
    upload: { bound: 77 },
  };
}

function sentFile(owner: number, letter: string): KeptFileRecord {
  const { upload: _, ...record } = upload(owner, letter, 70);
  const people = [
    { account: accountId(2), taken: true },
    { account: accountId(3), taken: false },
  ];
  return { ...record, sent: { seq: 9, people } };
}

function blob(owner: number, letter: string): KeptFileRecord {
  const { upload: _, ...record } = upload(owner, letter, 70);
  return { ...record, blob: { of: 'backup', bound: 71 } };
}

/** What a store remembers, without its runs: only a file has those. */
export async function lasting(store: Store): Promise<Records> {
  return { ...(await store.load()), runs: [], marks: [] };
}

/** Runs the examples on an empty adapter from `open`. */
export function storeConformance(
  adapter: string,
  open: (t: TestContext) => Promise<StoreUnderTest>,
): void {
  const example = (title: string, run: (under: StoreUnderTest) => Promise<void>) =>
    test(`${adapter}: ${title}`, async (t) => {
      await run(await open(t));
    });

  example('an empty one has no records', async ({ store }) => {
    assert.deepEqual(await lasting(store), noRecords);
  });

  example('everything of a commit is there after opening it again', async ({ store, reopen }) => {
    const changes: Change[] = [
      account(1, 'alice', 'key'),
      account(2, 'Bob', undefined, true),
      account(3, 'carol', 'key'),
      device(1, 'key', { can: { sealed: true } }),
      device(1, 'laptop', { seenAt: 0 }),
      device(1, 'laptop', { can: { sealed: true, devices: true } }),
      device(3, 'key'),
      device(3, 'gone'),
      start(1, 'key', 'a.1'),
      start(1, 'key', 'b.2'),
      start(1, 'laptop', 'c.3'),
      start(2, 'reset', 'd.4'),
      start(3, 'gone', 'e.5'),

      link(3, 1),
      link(3, 0),
      link(1, 0),
      link(2, 0),
      { type: 'account-reset', account: accountId(2) },
      entry(0, 'alice', 'hash 1 0'),
      entry(1, 'Bob', 'reset'),
      entry(2, 'carol', 'hash 3 0'),
      entry(2, 'carol', 'hash 3 0'),
      { type: 'group', group: { name: groupName('team'), admin: accountId(1) } },
      { type: 'group', group: { name: groupName('visitors'), admin: undefined } },
      member('team', 2, 1),
      member('team', 1, 2),
      { type: 'ban', group: groupName('team'), folded: 'mallory' },
      addressBan('team', 'a1', 'eve', 5),
      addressBan(undefined, 'a2', 'eve', 6),
      addressBan(undefined, 'a1', '', undefined),
      addressBan(undefined, 'a2', 'eve', 7),
      addressBan(undefined, 'a2', 'mallory', 8),
      addressBan(undefined, 'a3', 'mallory', 9),
      removed(addressBan(undefined, 'a3', 'mallory', 9)),
      addressBan('visitors', 'a1', 'eve', 5),
      { type: 'group', group: { name: groupName('gone'), admin: undefined } },
      addressBan('gone', 'a1', 'eve', 5),
      { type: 'group-removed', name: groupName('gone') },
      logChange(1, 'lobby'),
      logChange(2, '#team', 7, 5),
      logChange(3, '@alice+Bob'),
      { type: 'cursor', cursor: { log: logId(3), account: accountId(2), device: 'one', seq: 4 } },
      { type: 'cursor', cursor: { log: logId(3), account: accountId(2), device: 'two', seq: 2 } },
      { type: 'cursor', cursor: { log: logId(3), account: accountId(2), device: 'two', seq: 3 } },
      { type: 'cursor', cursor: { log: logId(3), account: accountId(3), device: 'gone', seq: 3 } },
      { type: 'device-removed', account: accountId(3), device: 'gone' },
      stream(1, 'used_first', 3),
      stream(1, 'used_last', 1),
      stream(1, 'used_first', 4),
      { type: 'group', group: { name: groupName('secret'), admin: accountId(1), private: true } },
      { type: 'invited', invited: { group: groupName('secret'), account: accountId(2) } },
      { type: 'invited', invited: { group: groupName('secret'), account: accountId(1) } },
      { type: 'invited-removed', invited: { group: groupName('secret'), account: accountId(1) } },
      { type: 'block', block: { account: accountId(1), name: userName('Mallory') } },
      { type: 'block', block: { account: accountId(1), name: userName('eve') } },
      { type: 'block-removed', block: { account: accountId(1), name: userName('EVE') } },
      { type: 'invite', invite: { hash: 'hash', expiresAt: 99, name: undefined } },
      { type: 'invite', invite: { hash: 'other', expiresAt: 98, name: 'bob' } },
      { type: 'quotas', quotas: [{ account: accountId(2), bytes: 1, at: 2 }] },
      {
        type: 'quotas',
        quotas: [
          { account: accountId(1), bytes: 7, at: 8 },
          { account: undefined, bytes: 5, at: 6 },
        ],
      },
      { type: 'kept-file', file: upload(2, 'B', 5) },
      { type: 'kept-file', file: upload(1, 'A', 5) },
      { type: 'kept-file', file: upload(1, 'C', 5) },
      { type: 'kept-file', file: sentFile(1, 'A') },
      { type: 'kept-file', file: blob(1, 'E') },
      { type: 'group-rules', group: groupName('team'), rules: { topic: 'goals', slow: 5 } },
      { type: 'group-rules', group: groupName('secret'), rules: { public: true } },
      { type: 'group-rules', group: groupName('secret'), rules: undefined },
      { type: 'kept-file-removed', id: fileId('C') },
      { type: 'kept-file-removed', id: fileId('D') },
      { type: 'clock', clock: { age: 5, wall: 6 } },
      { type: 'clock', clock: { age: 7, wall: 4 } },
    ];
    await store.commit({ changes, segments: [segment(1, 1, 3), segment(3, 1, 5)] });
    const expected: Records = {
      accounts: [
        record(1, 'alice', 'key'),
        record(2, 'Bob', undefined, true),
        record(3, 'carol', 'key'),
      ],
      devices: [
        device(1, 'key', { can: { sealed: true } }).device,
        device(1, 'laptop', { can: { sealed: true, devices: true } }).device,
        device(3, 'key').device,
      ],
      starts: [start(1, 'key', 'b.2').start, start(1, 'laptop', 'c.3').start],
      links: [
        { account: accountId(1), n: 0, hash: 'hash 1 0', link: 'link 1 0' },
        { account: accountId(3), n: 0, hash: 'hash 3 0', link: 'link 3 0' },
        { account: accountId(3), n: 1, hash: 'hash 3 1', link: 'link 3 1' },
      ],
      directory: 3,
      groups: [
        { name: groupName('secret'), admin: accountId(1), private: true },
        { name: groupName('team'), admin: accountId(1) },
        { name: groupName('visitors'), admin: undefined },
      ],
      members: [
        { group: groupName('team'), account: accountId(2), since: 1, order: 1 },
        { group: groupName('team'), account: accountId(1), since: 1, order: 2 },
      ],
      bans: [{ group: groupName('team'), folded: 'mallory' }],
      rules: [{ group: groupName('team'), rules: { topic: 'goals', slow: 5 } }],
      addressBans: [
        addressBan('team', 'a1', 'eve', 5).ban,
        addressBan(undefined, 'a1', '', undefined).ban,
        addressBan(undefined, 'a2', 'eve', 7).ban,
        addressBan(undefined, 'a2', 'mallory', 8).ban,
        addressBan('visitors', 'a1', 'eve', 5).ban,
      ],
      logs: [
        { log: logId(1), name: conversationName('lobby'), last: 3, first: 1 },
        { log: logId(2), name: conversationName('#team'), last: 7, first: 5 },
        { log: logId(3), name: conversationName('@alice+Bob'), last: 5, first: 1 },
      ],
      sealedGroups: [],
      sealedLeaves: [],
      rosters: [],
      cursors: [
        { log: logId(3), account: accountId(2), device: 'one', seq: 4 },
        { log: logId(3), account: accountId(2), device: 'two', seq: 3 },
      ],
      streams: [
        { account: accountId(1), stream: 'used_last', last: 1 },
        { account: accountId(1), stream: 'used_first', last: 4 },
      ],
      invited: [{ group: groupName('secret'), account: accountId(2) }],
      blocks: [{ account: accountId(1), name: userName('Mallory') }],
      invites: [
        { hash: 'hash', expiresAt: 99, name: undefined },
        { hash: 'other', expiresAt: 98, name: 'bob' },
      ],
      quotas: [
        { account: undefined, bytes: 5, at: 6 },
        { account: accountId(1), bytes: 7, at: 8 },
      ],
      keptFiles: [sentFile(1, 'A'), upload(2, 'B', 5), blob(1, 'E')],
      lastAccount: 3,
      lastLog: 3,
      generation: 0,
      ends: [],
      runs: [],
      marks: [],
      putBack: undefined,
      clock: { age: 7, wall: 4 },
    };
    assert.deepEqual(await lasting(store), expected);
    const again = await reopen();
    assert.deepEqual(await lasting(again), expected);
    assert.equal(texts(await again.read(range(1))), '1:1\n1:2\n1:3\n');
    assert.deepEqual(await again.readLinks(accountId(3)), ['link 3 0', 'link 3 1']);
    assert.deepEqual(await again.readLinks(accountId(2)), []);
    assert.deepEqual(
      (await again.readDirectory(0, 2)).map(({ n, name, what }) => [n, name, what]),
      [
        [0, 'alice', 'hash 1 0'],
        [1, 'Bob', 'reset'],
      ],
    );
    assert.deepEqual(
      (await again.readDirectory(2, 2)).map(({ n }) => n),
      [2],
    );
    assert.deepEqual(await again.readDirectory(3, 2), []);
  });

  example(
    'what is removed takes along what is its own, and no number comes back',
    async (under) => {
      const { store } = under;
      const made: Change[] = [
        account(1, 'alice', 'key'),
        account(2, 'bob', 'key'),
        { type: 'group', group: { name: groupName('team'), admin: accountId(1) } },
        member('team', 1, 1),
        member('team', 2, 2),
        { type: 'ban', group: groupName('team'), folded: 'mallory' },
        logChange(1, '#team'),
        logChange(2, '@alice+bob'),
        { type: 'cursor', cursor: { log: logId(2), account: accountId(2), device: 'key', seq: 1 } },
        device(2, 'key'),
        stream(2, 's', 1),
        link(2, 0),
      ];
      await store.commit({ changes: made, segments: [segment(1, 1, 1), segment(2, 1, 1)] });
      await store.stockKeys(accountId(2), 'key', ['package'], 'last', false);
      const removed: Change[] = [
        { type: 'account-removed', id: accountId(2) },
        { type: 'log-removed', log: logId(2) },
      ];
      // Sent in the same turn, and useless to everybody now.
      await store.commit({ changes: removed, segments: [segment(2, 2, 1)] });
      const without = await lasting(store);
      assert.deepEqual(
        without.members.map((one) => one.account),
        [1],
      );
      assert.deepEqual([without.cursors, without.streams, without.links], [[], [], []]);
      assert.deepEqual(without.devices, []);
      assert.deepEqual(await store.readLinks(accountId(2)), []);
      assert.equal(await store.takeKey(accountId(2), ['key']), undefined);
      assert.deepEqual(await store.read(range(2)), []);
      await store.commit({
        changes: [
          { type: 'group-removed', name: groupName('team') },
          { type: 'log-removed', log: logId(1) },
          ...removed,
        ],
        segments: [],
      });
      const again = await lasting(await under.reopen());
      assert.deepEqual([again.groups, again.members, again.bans, again.logs], [[], [], [], []]);
      assert.deepEqual([again.lastAccount, again.lastLog], [2, 2]);
    },
  );

  const sealed = {
    log: logId(1),
    groupId: 'aa',
    commits: [3, 1],
    lastOut: 2,
    commitsSinceTree: 1,
    trees: [{ tree: 1, at: 1, of: 1 }],
    lastTree: 1,
    rosterItems: 3,
  };
  const out = { user: userName('bob'), why: 'left' } as const;
  const groupLine = (seq: number, items: readonly RosterItem[] = [], at = 1_000): Change => {
    return { type: 'group-line', line: { log: logId(1), seq, at, line: `1:${seq}\n`, items } };
  };

  example('a sealed group is there after opening the store again', async ({ store, reopen }) => {
    const items = [
      { seq: 2, out },
      { seq: 2, record: 'cc' },
    ] as const;
    const leaves = [{ root: 'r', key: 'k' }, undefined, { root: 'q', key: 'l' }];
    const changes: Change[] = [
      logChange(1, '#team'),
      groupLine(2, items),
      groupLine(3, [{ seq: 3, entry: { device: 'd'.repeat(42) + 'A', chain: ['e', 'f'] } }]),
      { type: 'sealed-group', sealed: { ...sealed, commits: [1] } },
      { type: 'sealed-leaves', log: logId(1), leaves: [] },
      { type: 'sealed-group', sealed },
      { type: 'sealed-leaves', log: logId(1), leaves },
    ];
    await store.commit({ changes, segments: [segment(1, 1, 1), segment(1, 4, 2)] });
    const check = async (under: Store) => {
      const { sealedGroups, sealedLeaves, rosters, logs } = await lasting(under);
      assert.deepEqual(sealedGroups, [sealed]);
      assert.deepEqual(sealedLeaves, [{ log: 1, leaves }]);
      const entry = { seq: 3, entry: { device: 'd'.repeat(42) + 'A', chain: ['e', 'f'] } };
      assert.deepEqual(rosters, [{ log: 1, items: [...items, entry] }]);
      assert.deepEqual(await under.readRoster(logId(1)), [...items, entry]);
      // In the log its lines stand among the messages.
      assert.equal(logs[0]?.last, 5);
      assert.equal(texts(await under.read(range(1))), '1:1\n1:2\n1:3\n1:4\n1:5\n');
    };
    await check(store);
    await check(await reopen());
  });

  example('lines of sealed groups are read in parts, and outlive messages', async ({ store }) => {
    await store.commit({
      changes: [logChange(1, '#team'), groupLine(1), groupLine(2), groupLine(4, [], 2_000)],
      segments: [segment(1, 3, 1)],
    });
    const read = (after: number, lines = 9, bytes = 999) =>
      store.readGroupLines(logId(1), after, lines, bytes);
    const all = ['1:1\n', '1:2\n', '1:4\n'];
    assert.deepEqual(await read(0), { lines: all, damaged: [], more: false });
    assert.deepEqual(await read(0, 2), { lines: all.slice(0, 2), damaged: [], more: true });
    assert.deepEqual(await read(0, 9, 1), { lines: all.slice(0, 1), damaged: [], more: true });
    assert.deepEqual(await read(1), { lines: all.slice(1), damaged: [], more: false });
    await trimAll(store, { maxAgeMs: undefined, maxCount: 1 }, 2_000);
    assert.equal(texts(await store.read(range(1))), '1:4\n');
    assert.deepEqual((await read(0)).lines, all);
    const dayMs = 86_400_000;
    await trimAll(store, { maxAgeMs: undefined, maxCount: undefined }, 1_001 + 400 * dayMs);
    assert.deepEqual((await read(0)).lines, all.slice(2));
  });

  example('the last GroupInfos and trees are kept, and go with the log', async ({ store }) => {
    const by = userName('alice');
    const info = (at: number): Change => {
      return { type: 'group-info', info: { log: logId(1), at, by, info: `i${at}` } };
    };
    const part = (tree: number, n: number): Change => {
      return { type: 'tree-part', part: { log: logId(1), tree, n, bytes: `t${tree}${n}` } };
    };
    const lost = { ...info(9), info: { log: logId(7), at: 9, by, info: 'lost' } } as Change;
    await store.commit({
      changes: [
        logChange(1, '#team'),
        ...[1, 2, 3, 4].map(info),
        part(1, 1),
        part(2, 1),
        part(2, 2),
        part(3, 1),
        { type: 'trees-kept', log: logId(1), trees: [2, 3] },
        lost,
        groupLine(1),
        { type: 'sealed-group', sealed },
      ],
      segments: [],
    });
    assert.deepEqual(
      (await store.readGroupInfos(logId(1))).map(({ at, info }) => [at, info]),
      [
        [4, 'i4'],
        [3, 'i3'],
        [2, 'i2'],
      ],
    );
    assert.deepEqual(await store.readTree(logId(1), 1), []);
    assert.deepEqual(await store.readTree(logId(1), 2), ['t21', 't22']);
    assert.deepEqual(await store.readGroupInfos(logId(7)), []);
    await store.commit({ changes: [{ type: 'log-removed', log: logId(1) }], segments: [] });
    await trimAll(store, { maxAgeMs: undefined, maxCount: undefined }, 0);
    assert.deepEqual(await store.readGroupInfos(logId(1)), []);
    assert.deepEqual(await store.readTree(logId(1), 2), []);
    assert.deepEqual((await store.readGroupLines(logId(1), 0, 9, 99)).lines, []);
    const { sealedGroups, rosters } = await lasting(store);
    assert.deepEqual([sealedGroups, rosters], [[], []]);
  });

  example(
    'a room that is founded anew begins with nothing of before, and its messages stay',
    async ({ store, reopen }) => {
      const info = { log: logId(1), at: 1, by: userName('alice'), info: 'i' };
      const part = { log: logId(1), tree: 1, n: 1, bytes: 't' };
      const item = { seq: 5, record: 'dd' };
      await store.commit({
        changes: [
          logChange(1, '@alice+bob'),
          groupLine(1, [{ seq: 1, record: 'cc' }]),
          { type: 'sealed-group', sealed },
          { type: 'sealed-leaves', log: logId(1), leaves: [{ root: 'r', key: 'k' }] },
          { type: 'group-info', info },
          { type: 'tree-part', part },
        ],
        segments: [segment(1, 2, 3)],
      });
      const leaves = [{ root: 'q', key: 'l' }];
      const anew = { ...sealed, groupId: 'bb', commits: [5], rosterItems: 1 };
      await store.commit({
        changes: [
          { type: 'unsealed', log: logId(1) },
          groupLine(5, [item]),
          { type: 'sealed-group', sealed: anew },
          { type: 'sealed-leaves', log: logId(1), leaves },
        ],
        segments: [],
      });
      const check = async (under: Store) => {
        const { sealedGroups, sealedLeaves, rosters } = await lasting(under);
        assert.deepEqual([sealedGroups, sealedLeaves], [[anew], [{ log: 1, leaves }]]);
        assert.deepEqual(rosters, [{ log: 1, items: [item] }]);
        assert.deepEqual(await under.readGroupInfos(logId(1)), []);
        assert.deepEqual(await under.readTree(logId(1), 1), []);
        assert.deepEqual((await under.readGroupLines(logId(1), 0, 9, 99)).lines, ['1:5\n']);
        assert.equal(texts(await under.read(range(1))), '1:1\n1:2\n1:3\n1:4\n1:5\n');
      };
      await check(store);
      await check(await reopen());
    },
  );

  example('changes carried out twice are as good as once', async ({ store }) => {
    const changes: Change[] = [
      account(1, 'alice', 'key'),
      logChange(1, 'lobby'),
      { type: 'ban-removed', group: groupName('none'), folded: 'x' },
      { type: 'member-removed', group: groupName('none'), account: accountId(9) },
      { type: 'log-trimmed', log: logId(9), first: 3 },
      { type: 'stream-removed', account: accountId(9), stream: 's' },
      { type: 'invite-removed', hash: 'none' },
    ];
    await store.commit({ changes, segments: [] });
    const once = await lasting(store);
    await store.commit({ changes, segments: [] });
    assert.deepEqual(await lasting(store), once);
  });

  example('a log reaches as far as its segments, also once they are gone', async (under) => {
    const { store } = under;
    await store.commit({ changes: [logChange(1, 'lobby')], segments: [] });
    await store.commit({ changes: [], segments: [segment(1, 1, 2), segment(1, 4, 3)] });
    // Older records of the hub do not undo these messages.
    await store.commit({ changes: [logChange(1, 'lobby', 1)], segments: [] });
    assert.deepEqual(at(await store.load()), { last: 6, first: 1 });
    const trimmed: Change = { type: 'log-trimmed', log: logId(1), first: 5 };
    await store.commit({ changes: [trimmed], segments: [] });
    assert.equal(texts(await store.read(range(1))), '1:4\n1:5\n1:6\n', 'whole segments go');
    assert.deepEqual(at(await store.load()), { last: 6, first: 5 });
    await store.commit({ changes: [{ ...trimmed, first: 7 }], segments: [] });
    assert.deepEqual(await store.read(range(1)), []);
    assert.deepEqual(at(await (await under.reopen()).load()), { last: 6, first: 7 });
  });

  example('reading: whole segments of a range, from either end, up to a cap', async ({ store }) => {
    const segments = [segment(1, 1, 2), segment(1, 3, 1), segment(1, 6, 3), segment(1, 9, 1)];
    await store.commit({ changes: [logChange(1, 'lobby'), logChange(2, '#other')], segments });
    await store.commit({ changes: [], segments: [segment(2, 1, 1)] });
    const read = async (part: Partial<LogRange>) =>
      (await store.read(range(1, part))).map(({ first }) => first);
    assert.deepEqual(await read({}), [1, 3, 6, 9]);
    assert.deepEqual(await read({ after: 1 }), [1, 3, 6, 9]);
    assert.deepEqual(await read({ after: 2 }), [3, 6, 9]);
    assert.deepEqual(await read({ after: 4 }), [6, 9], 'in a gap');
    assert.deepEqual(await read({ after: 9 }), []);
    assert.deepEqual(await read({ before: 7 }), [1, 3, 6]);
    assert.deepEqual(await read({ before: 6 }), [1, 3]);
    assert.deepEqual(await read({ before: 1 }), []);
    assert.deepEqual(await read({ maxMessages: 3 }), [1, 3]);
    assert.deepEqual(await read({ maxMessages: 4 }), [1, 3, 6]);
    assert.deepEqual(await read({ after: 1, maxMessages: 2 }), [1, 3], 'of the range');
    assert.deepEqual(await read({ maxMessages: 0 }), []);
    assert.deepEqual(await read({ maxBytes: 1 }), [1]);
    assert.deepEqual(await read({ maxBytes: 9 }), [1, 3]);
    assert.deepEqual(await read({ from: 'end', maxMessages: 1 }), [9]);
    assert.deepEqual(await read({ from: 'end', maxMessages: 2 }), [6, 9]);
    assert.deepEqual(await read({ from: 'end', before: 8, maxMessages: 2 }), [6], 'of the range');
    assert.deepEqual(await read({ from: 'end', after: 6, maxMessages: 9 }), [6, 9]);
    const [one] = await store.read(range(1, { after: 8 }));
    assert.deepEqual({ ...one, bytes: undefined }, { ...segments[3], bytes: undefined });
  });

  example('what is read is the caller’s own', async ({ store }) => {
    const said = segment(1, 1, 1);
    await store.commit({ changes: [logChange(1, 'lobby')], segments: [said] });
    said.bytes.fill(0);
    const [read] = await store.read(range(1));
    assert.equal(texts(read === undefined ? [] : [read]), '1:1\n');
    read?.bytes.fill(0);
    assert.equal(texts(await store.read(range(1))), '1:1\n');
  });

  example(
    'trimming by age and by count, each log by itself, in bounded parts',
    async ({ store }) => {
      const changes = [logChange(1, 'lobby'), logChange(2, '#quiet'), logChange(3, '@alice+bob')];
      const many = Array.from({ length: 1_500 }, (_, index) =>
        segment(1, index + 1, 1, index < 1_200 ? 10 : 500),
      );
      await store.commit({ changes, segments: many });
      await store.commit({ changes: [], segments: [segment(2, 1, 9, 500), segment(3, 1, 1, 400)] });
      const none = { maxAgeMs: undefined, maxCount: undefined };
      assert.deepEqual(await store.trim(none, 1_000), { trimmed: [], expired: [], more: false });
      const byAge = { maxAgeMs: 500, maxCount: undefined };
      const first = await store.trim(byAge, 1_000);
      const trimmed = [{ log: logId(1), first: 251, messages: 250 }];
      assert.deepEqual(first, { trimmed, expired: [], more: true });
      const second = await trimAll(store, byAge, 1_000);
      assert.deepEqual(second.get(logId(1)), 1_201);
      assert.deepEqual(
        second.get(logId(3)),
        2,
        'one of which nothing is left goes on with the next',
      );
      assert.deepEqual(await trimAll(store, { ...byAge, directMaxAgeMs: 1_000 }, 1_000), new Map());
      const byCount = { maxAgeMs: undefined, maxCount: 8 };
      assert.deepEqual(await trimAll(store, byCount, 0), new Map([[1, 1_493]]));
      assert.equal((await store.read(range(2))).length, 1, 'a segment that is needed stays whole');
      const records = await store.load();
      assert.deepEqual(
        records.logs.map(({ last, first }) => [last, first]),
        [
          [1_500, 1_493],
          [9, 1],
          [1, 2],
        ],
      );
      await store.commit({ changes: [], segments: [segment(3, 2, 1, 900)] });
      assert.equal(texts(await store.read(range(3))), '3:2\n');
    },
  );

  example('a message is erased: its line stays, without what was said', async (under) => {
    const { store, reopen } = under;
    const said = (seq: number, fields: object) =>
      `MSG ${JSON.stringify({ in: 'lobby', seq, at: 5, ...fields })}\n`;
    const kept = (seq: number, id = `s.${seq}`) => said(seq, { from: 'alice', id, text: 'kept' });
    const lines = [
      kept(4),
      said(5, { from: 'bob', guest: true, text: 'the secret of the guest' }),
      said(6, { from: 'alice', id: 's.6', text: 'a secret', content: 'CHRo', file: 1 }),
      said(7, { from: 'alice', id: 's.7', commit: 'Y29tbWl0', info: 'aW5mbw' }),
      said(8, { out: { user: 'bob', why: 'kicked' } }),
    ];
    const bytes = Buffer.from(lines.join(''), 'latin1');
    const log = logId(1);
    await store.commit({
      changes: [logChange(1, 'lobby')],
      segments: [
        segment(1, 1, 3),
        { log, first: 4, count: 5, at: 1_000, bytes },
        { log, first: 9, count: 1, at: 1_000, bytes: Buffer.from(kept(9)) },
      ],
    });
    const erased = [5, 6, 6, 7, 8, 12, 1].map((seq): Change => ({ type: 'line-erased', log, seq }));
    await store.commit({
      changes: [...erased, { ...erased[0], log: logId(9) } as Change],
      segments: [],
    });
    const expected = [
      '1:1\n1:2\n1:3\n',
      lines[0],
      said(5, { from: 'bob', guest: true, erased: true }),
      said(6, { from: 'alice', id: 's.6', erased: true }),
      lines[3],
      lines[4],
      kept(9),
    ].join('');
    assert.equal(texts(await store.read(range(1))), expected);
    const again = await reopen();
    assert.equal(texts(await again.read(range(1))), expected);
    assert.deepEqual((await again.check(false)).damages, []);
    // What comes next goes on behind it.
    await again.commit({ changes: [], segments: [segment(1, 10, 1)] });
    assert.equal(texts(await again.read(range(1, { after: 9 }))), '1:10\n');
  });

  example(
    'what names its own time is erased when that is over, also after a start',
    async (under) => {
      const { reopen } = under;
      const none = { maxAgeMs: undefined, maxCount: undefined };
      const line = (seq: number) =>
        `MSG ${JSON.stringify({ in: 'lobby', seq, at: 5, from: 'alice', id: `s.${seq}`, sealed: 'c2VhbGVk' })}\n`;
      const [log, gone] = [logId(1), logId(2)];
      const expiring = (of: LogId, seq: number, ends: number): Change => ({
        type: 'line-expiring',
        log: of,
        seq,
        ends,
      });
      const bytes = Buffer.from([1, 2, 3, 4].map(line).join(''));
      await under.store.commit({
        changes: [
          logChange(1, 'lobby'),
          logChange(2, '#gone'),
          expiring(log, 2, 2_000),
          expiring(log, 3, 3_000),
          expiring(log, 4, 1_000),
          expiring(gone, 1, 1_000),
        ],
        segments: [{ log, first: 1, count: 4, at: 1, bytes }],
      });
      const changes: Change[] = [
        { type: 'line-erased', log, seq: 4 },
        { type: 'log-removed', log: gone },
      ];
      await under.store.commit({ changes, segments: [] });
      assert.deepEqual((await under.store.trim(none, 1_999)).expired, []);
      const store = await reopen();
      assert.deepEqual((await store.trim(none, 2_000)).expired, [{ log, seq: 2 }]);
      assert.deepEqual((await store.trim(none, 2_000)).expired, []);
      const words = ['sealed', 'erased', 'expired'];
      const left = texts(await store.read(range(1)));
      assert.deepEqual(
        left.split('\n').map((text) => words.filter((word) => text.includes(word)).join(' ')),
        ['sealed', 'erased expired', 'sealed', 'erased', ''],
      );
      assert.deepEqual((await store.check(false)).damages, []);
    },
  );

  example('trimming by bytes, the oldest first, and never what was said last', async (under) => {
    const { store, reopen } = under;
    const changes = [logChange(1, 'lobby'), logChange(2, '@alice+bob')];
    // 48 bytes each.
    const segments = [1, 2].flatMap((log) =>
      Array.from({ length: 10 }, (_, index) => segment(log, 100 + 10 * index, 8)),
    );
    await store.commit({ changes, segments });
    const byBytes = (maxBytes: number) => ({ maxAgeMs: undefined, maxCount: undefined, maxBytes });
    assert.equal(segments[0]?.bytes.byteLength, 48);
    assert.deepEqual(await trimAll(store, byBytes(480), 0), new Map(), 'private ones do not count');
    assert.deepEqual(await trimAll(store, byBytes(479), 0), new Map([[1, 110]]));
    assert.deepEqual(await trimAll(store, byBytes(192), 0), new Map([[1, 160]]));
    const again = await reopen();
    await again.commit({ changes: [], segments: [segment(1, 200, 8)] });
    assert.deepEqual(await trimAll(again, byBytes(192), 0), new Map([[1, 170]]));
    assert.deepEqual(await trimAll(again, byBytes(1), 0), new Map([[1, 200]]));
    assert.equal(texts(await again.read(range(1))).split('\n').length, 9);
    assert.equal((await again.read(range(2))).length, 10);
  });

  example('a key package is of the first device that has one', async ({ store }) => {
    const alice = accountId(1);
    await store.stockKeys(alice, 'phone', ['p'], undefined, false);
    await store.stockKeys(alice, 'laptop', ['l'], 'last', false);
    const take = (...devices: string[]) => store.takeKey(alice, devices);
    assert.deepEqual(await take('laptop'), { device: 'laptop', package: 'l', stock: 0 });
    assert.deepEqual(await take('old', 'phone', 'laptop'), {
      device: 'phone',
      package: 'p',
      stock: 0,
    });
    assert.deepEqual(await take('phone', 'laptop'), {
      device: 'laptop',
      package: 'last',
      stock: 0,
    });
    assert.equal(await take('phone'), undefined);
    assert.equal(await take(), undefined);
    await store.stockKeys(alice, 'phone', ['q'], undefined, true);
    assert.deepEqual(
      [await store.countKeys(alice, 'phone'), await store.countKeys(alice, 'x')],
      [1, 0],
    );
    const removed: Change = { type: 'device-removed', account: alice, device: 'laptop' };
    await store.commit({ changes: [removed], segments: [] });
    assert.equal(await take('laptop'), undefined);
    assert.equal((await take('phone'))?.package, 'q');
  });

  example('a reset takes all devices along, and leaves how far they were', async (under) => {
    const { store } = under;
    const changes: Change[] = [
      account(1, 'alice', 'key'),
      device(1, 'key'),
      device(1, 'laptop'),
      logChange(1, '@alice+bob'),
      { type: 'cursor', cursor: { log: logId(1), account: accountId(1), device: 'key', seq: 4 } },
      { type: 'cursor', cursor: { log: logId(1), account: accountId(1), device: '', seq: 5 } },
      link(1, 0),
    ];
    await store.commit({ changes, segments: [] });
    await store.stockKeys(accountId(1), 'laptop', ['l'], 'last', false);
    const reset: Change = { type: 'account-reset', account: accountId(1) };
    await store.commit({ changes: [reset], segments: [] });
    const { devices, links, cursors, accounts } = await lasting(await under.reopen());
    assert.deepEqual([devices, links, accounts.length], [[], [], 1]);
    assert.deepEqual(
      cursors.map((one) => [one.device, one.seq]),
      [['', 5]],
    );
    assert.equal(await store.countKeys(accountId(1), 'laptop').catch(() => 0), 0);
  });

  example(
    'key packages are given out once, then the last resort again and again',
    async (under) => {
      const { store } = under;
      const alice = accountId(1);
      assert.equal(await store.takeKey(alice, ['d']), undefined);
      assert.equal(await store.stockKeys(alice, 'd', ['a', 'b'], 'last', false), 2);
      assert.equal(await store.stockKeys(alice, 'd', ['c'], undefined, false), 3);
      assert.equal(await store.stockKeys(accountId(2), 'd', ['other'], undefined, false), 1);
      assert.deepEqual(await store.takeKey(alice, ['d']), { device: 'd', package: 'a', stock: 2 });
      const again = await under.reopen();
      const taken = await Promise.all([again.takeKey(alice, ['d']), again.takeKey(alice, ['d'])]);
      assert.deepEqual(taken, [
        { device: 'd', package: 'b', stock: 1 },
        { device: 'd', package: 'c', stock: 0 },
      ]);
      assert.deepEqual(await again.takeKey(alice, ['d']), {
        device: 'd',
        package: 'last',
        stock: 0,
      });
      assert.deepEqual(await again.takeKey(alice, ['d']), {
        device: 'd',
        package: 'last',
        stock: 0,
      });
      assert.equal(await again.countKeys(alice, 'd'), 0);
      assert.equal(await again.stockKeys(alice, 'd', ['d'], 'newer', false), 1);
      assert.equal(await again.stockKeys(alice, 'd', ['e'], undefined, true), 1);
      assert.deepEqual(await again.takeKey(alice, ['d']), { device: 'd', package: 'e', stock: 0 });
      assert.equal(await again.takeKey(alice, ['d']), undefined, 'replaced with the others');
      await again.stockKeys(alice, 'd', ['f'], 'last', false);
      const removed: Change = { type: 'device-removed', account: alice, device: 'd' };
      await again.commit({ changes: [removed], segments: [] });
      assert.equal(await again.takeKey(alice, ['d']), undefined);
    },
  );

  example('calls are carried out in their order, without waiting for each other', async (under) => {
    const { store } = under;
    const commits = [store.commit({ changes: [logChange(1, 'lobby')], segments: [] })];
    const reads: Promise<readonly Segment[]>[] = [];
    for (let number = 1; number <= 100; number++) {
      commits.push(store.commit({ changes: [], segments: [segment(1, number, 1)] }));
      if (number % 10 === 0) reads.push(store.read(range(1, { after: number - 1 })));
    }
    for (const [index, read] of (await Promise.all(reads)).entries()) {
      assert.equal(texts(read), `1:${(index + 1) * 10}\n`);
    }
    await Promise.all(commits);
  });

  example('closing ends what was asked for; behind it there is nothing', async ({ store }) => {
    const last = store.commit({ changes: [logChange(1, 'lobby')], segments: [] });
    await store.close();
    await last;
    const isClosed = (error: unknown) => error instanceof StoreError && error.code === 'closed';
    await assert.rejects(store.load(), isClosed);
    await assert.rejects(store.commit({ changes: [], segments: [] }), isClosed);
    await store.close();
  });
}

/** Trims until nothing is left to do. Returns where each log begins at the end. */
export async function trimAll(
  store: Store,
  retention: Parameters<Store['trim']>[0],
  now: number,
): Promise<Map<LogId, number>> {
  const firsts = new Map<LogId, number>();
  for (;;) {
    const { trimmed, more } = await store.trim(retention, now);
    for (const { log, first } of trimmed) firsts.set(log, first);
    if (!more) return firsts;
  }
}

function record(id: number, name: string, device: string | undefined, banned = false) {
  return { id: accountId(id), name: userName(name), device, createdAt: 5, banned };
}

function addressBan(
  group: string | undefined,
  address: string,
  because: string,
  until: number | undefined,
): Extract<Change, { type: 'address-ban' }> {
  const place = group === undefined ? undefined : groupName(group);
  return { type: 'address-ban', ban: { group: place, address, because, until } };
}

function removed({ ban }: ReturnType<typeof addressBan>): Change {
  return { type: 'address-ban-removed', ban };
}

function device(id: number, key: string, more: Partial<DeviceRecord> = {}) {
  const record = {
    account: accountId(id),
    device: key,
    addedAt: 5,
    seenAt: 6,
    can: { sealed: false },
  };
  return { type: 'device' as const, device: { ...record, ...more } };
}

function start(account: number, device: string, text: string) {
  return { type: 'start' as const, start: { account: accountId(account), device, start: text } };
}

function account(id: number, name: string, device: string | undefined, banned = false): Change {
  return { type: 'account', account: record(id, name, device, banned) };
}

function member(group: string, account: number, order: number): Change {
  const member = { group: groupName(group), account: accountId(account), since: 1, order };
  return { type: 'member', member };
}

function stream(account: number, name: string, last: number): Change {
  return { type: 'stream', stream: { account: accountId(account), stream: name, last } };
}

function link(account: number, n: number): Change {
  const text = `${account} ${n}`;
  return {
    type: 'link',
    link: { account: accountId(account), n, hash: `hash ${text}`, link: `link ${text}` },
  };
}

function entry(n: number, name: string, what: string): Change {
  return { type: 'directory', entry: { n, name, what } };
}

function at({ logs: [log] }: Records) {
  return { last: log?.last, first: log?.first };
}
