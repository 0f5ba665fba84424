import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { logChange, logId, segment } from '../../../test/conformance/store.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { createHub } from '../../hub/restore.ts';
import { partingOf, sureUpTo } from '../../hub/runs.ts';
import type { Records } from '../../hub/records.ts';
import { openStore } from './open.ts';

const say = (first: number, log = 1) => ({ changes: [], segments: [segment(log, first, 1)] });

/** What one opening finds, and then appends messages with these numbers. */
async function run(path: string, ...said: readonly number[]): Promise<Records> {
  const store = await openStore(path);
  try {
    for (const first of said) await store.commit(say(first));
    return await store.load();
  } finally {
    await store.close();
  }
}

async function begun(t: TestContext): Promise<string> {
  const path = join(await temporaryFolder(t), 'helo.db');
  const store = await openStore(path);
  await store.commit({ changes: [logChange(1, 'lobby')], segments: [] });
  await store.close();
  return path;
}

async function copied(t: TestContext, path: string): Promise<string> {
  const target = join(await temporaryFolder(t), 'helo.db');
  for (const end of ['', '-wal', '.commits'])
    await copyFile(path + end, target + end).catch(() => {});
  return target;
}

const runsOf = ({ runs }: Records) => runs.map(({ run: number }) => number);

/** Up to where the lobby is the same for a device that was told of `runs`, at a server that starts with `records`. */
function sure(records: Records, runs: readonly number[]): number | 'unknown' | undefined {
  const hub = createHub(records);
  const parting = partingOf(hub, runs);
  const log = hub.logs.get(logId(1));
  assert.ok(log);
  return parting.kind === 'unknown' ? 'unknown' : sureUpTo(log, parting);
}

test('every opening begins a run of its own, and those of before are known', async (t) => {
  const path = await begun(t);
  const first = await run(path, 1, 2);
  const second = await run(path, 3);
  const third = await run(path);
  assert.deepEqual(runsOf(second).slice(1), runsOf(first));
  assert.deepEqual(runsOf(third).slice(1), runsOf(second));
  assert.equal(new Set(runsOf(third)).size, 4);
  assert.equal(sure(first, runsOf(first)), undefined, 'nothing has happened since');
  assert.equal(sure(second, runsOf(first)), 2);
  assert.equal(sure(third, runsOf(first)), 2);
  assert.equal(sure(third, runsOf(second)), 3);
});

test('a copy of a whole data directory that is put back, taken of a stopped server or of a running one', async (t) => {
  const path = await begun(t);
  await run(path, 1, 2);
  const stopped = await copied(t, path);
  const store = await openStore(path);
  t.after(() => store.close());
  await store.commit(say(3));
  const running = await copied(t, path);
  for (const first of [4, 5]) await store.commit(say(first));
  const device = runsOf(await store.load());
  // The same number of messages, and more, are sent again before the device comes.
  assert.equal(sure(await run(stopped, 3, 4, 5, 6), device), 2);
  assert.equal(sure(await run(running, 4, 5, 6, 7), device), 3);
  assert.equal(sure(await run(running), device), 3, 'also at a later start');
});

test('a log that has been begun since is none that a device can have, whatever its number', async (t) => {
  const path = join(await temporaryFolder(t), 'helo.db');
  await run(path);
  const copy = await copied(t, path);
  const device = runsOf(await run(path));
  const store = await openStore(copy);
  t.after(() => store.close());
  await store.commit({ changes: [logChange(1, 'lobby')], segments: [] });
  await store.commit(say(1));
  assert.equal(sure(await store.load(), device), 0);
});

test('who was here long ago hears how far a log was then, and who was here before all that is remembered is told that', async (t) => {
  const path = await begun(t);
  const begin = runsOf(await run(path));
  const old = runsOf(await run(path, 1));
  let records = await run(path, 2);
  for (let start = 0; start < 62; start++) records = await run(path, ...(start === 30 ? [3] : []));
  assert.equal(records.runs.length, 64);
  assert.equal(sure(records, old), 1);
  assert.equal(sure(records, begin), 'unknown');
  assert.ok(records.marks.length <= 3, 'a log that does not grow takes no room');
});
