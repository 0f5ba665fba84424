// What the disk has changed in the tables of sealed groups: an altered line, roster or state is never given out, and a
// sealed group is never taken for an open one.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  accountId,
  groupName,
  logChange,
  logId,
  userName,
} from '../../../../test/conformance/store.ts';
import { temporaryFolder } from '../../../../test/support/temporary.ts';
import type { Change } from '../../../hub/records.ts';
import { loadEngine } from '../../../sqlite/engine.ts';
import { openStore } from '../open.ts';

const out = { user: userName('bob'), why: 'left' } as const;
const log = logId(1);

/** A store with a sealed group, in which `sql` has changed something since. */
async function changed(t: TestContext, sql: string) {
  const path = join(await temporaryFolder(t), 'helo.db');
  const store = await openStore(path);
  const line = (seq: number): Change => {
    const text = `MSG {"seq":${seq}}\n`;
    return { type: 'group-line', line: { log, seq, at: 1, line: text, items: [{ seq, out }] } };
  };
  const by = userName('alice');
  await store.commit({
    changes: [
      { type: 'group', group: { name: groupName('team'), admin: accountId(1) } },
      logChange(1, '#team'),
      line(1),
      line(2),
      {
        type: 'sealed-group',
        sealed: {
          log,
          groupId: 'aa',
          commits: [2, 1],
          lastOut: 2,
          commitsSinceTree: 1,
          trees: [{ tree: 1, at: 1, of: 1 }],
          lastTree: 1,
          rosterItems: 2,
        },
      },
      { type: 'group-info', info: { log, at: 2, by, info: 'info' } },
      { type: 'tree-part', part: { log, tree: 1, n: 1, bytes: 'tree' } },
    ],
    segments: [],
  });
  await store.close();
  const database = (await loadEngine())(path, { timeout: 0 });
  database.exec(sql);
  database.close();
  return path;
}

test('an altered line is left out and named, by the reader and by a check', async (t) => {
  const path = await changed(t, `UPDATE group_lines SET line = 'MSG {"seq":7}' WHERE seq = 1`);
  const store = await openStore(path);
  const { lines, damaged } = await store.readGroupLines(log, 0, 9, 999);
  assert.deepEqual([lines, damaged], [['MSG {"seq":2}\n'], [1]]);
  const { damages } = await store.check(false);
  assert.deepEqual(
    damages.map(({ table }) => table),
    ['group_lines'],
  );
  await store.close();
});

test('altered GroupInfos and parts of trees are given to nobody', async (t) => {
  const path = await changed(
    t,
    `UPDATE group_infos SET info = 'other'; UPDATE tree_parts SET bytes = 'other'`,
  );
  const store = await openStore(path);
  assert.deepEqual([await store.readGroupInfos(log), await store.readTree(log, 1)], [[], []]);
  await store.close();
});

test('an altered item of a roster is missing from it, and the group knows that', async (t) => {
  const path = await changed(t, `UPDATE rosters SET seq = 9 WHERE seq = 1`);
  const store = await openStore(path);
  const { rosters, sealedGroups } = await store.load();
  assert.deepEqual(rosters, [{ log, items: [{ seq: 2, out }] }]);
  assert.equal(sealedGroups[0]?.rosterItems, 2);
  await store.close();
});

test('a server does not start where the state of a sealed group is altered: the group would be open', async (t) => {
  const path = await changed(t, `UPDATE sealed_groups SET log = 2`);
  const store = await openStore(path);
  await assert.rejects(store.load(), { code: 'damaged' });
  await store.close();
});
