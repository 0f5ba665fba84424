import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { logChange, range, segment, texts, trimAll } from '../../../test/conformance/store.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { StoreError, type Segment } from '../../hub/store-port.ts';
import { SqliteProblem } from '../../sqlite/problem.ts';
import { openStore } from './open.ts';
import { verifyStore } from './check/verify.ts';

const refused = (code: StoreError['code']) => (error: unknown) =>
  error instanceof StoreError && error.code === code;
const large = (first: number): Segment => ({
  ...segment(1, first, 1),
  bytes: new Uint8Array(50_000).fill(first & 0xff),
});

test('full: nothing of the commit is kept, what is there is read, and it goes on where there is room', async (t) => {
  const path = join(await temporaryFolder(t), 'helo.db');
  const store = await openStore(path, { maxBytes: 1_000_000 });
  t.after(() => store.close());
  await store.commit({ changes: [logChange(1, 'lobby')], segments: [] });
  let stored = 0;
  const fill = async () => {
    for (;;) {
      await store.commit({ changes: [], segments: [large(stored + 1)] });
      stored++;
    }
  };
  await assert.rejects(fill(), refused('full'));
  assert.ok(stored > 5);
  const changes = [logChange(2, '#team')];
  await assert.rejects(store.commit({ changes, segments: [large(stored + 1)] }), refused('full'));
  assert.equal((await store.load()).logs.length, 1, 'its changes neither');
  assert.equal((await store.read(range(1))).length, stored);
  // A small commit that waits behind it is stored and acknowledged separately.
  const [big, small] = await Promise.allSettled([
    store.commit({ changes: [], segments: [large(stored + 1)] }),
    store.commit({ changes: [], segments: [segment(1, stored + 2, 1)] }),
  ]);
  assert.deepEqual([big?.status, small?.status], ['rejected', 'fulfilled']);
  await trimAll(store, { maxAgeMs: undefined, maxCount: 3 }, 0);
  await store.commit({ changes, segments: [large(stored + 3)] });
  assert.equal((await store.read(range(1, { from: 'end', maxMessages: 1 })))[0]?.first, stored + 3);
  await verifyStore(path);
});

test('a disk that takes no more in the middle of a file: an answer, and nothing half', async (t) => {
  const path = join(await temporaryFolder(t), 'helo.db');
  const fixture = fileURLToPath(new URL('../../../test/support/commit-loop.js', import.meta.url));
  // In blocks of 1,024 bytes. The write-ahead log reaches the limit, as on a full disk.
  const script = 'ulimit -f 2000; exec "$0" "$@"';
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    script,
    process.execPath,
    fixture,
    path,
    '3',
    '30000',
  ]);
  const lines = stdout.trim().split('\n');
  assert.equal(lines.pop(), 'full');
  const acknowledged = Math.max(...lines.map(Number));
  assert.ok(acknowledged > 10, `printed: ${stdout}`);
  await verifyStore(path);
  const store = await openStore(path);
  t.after(() => store.close());
  // One commit of the last four may be missing before those that are there: its messages, and its change of the logs.
  const { logs } = await store.load();
  assert.ok(logs.some(({ last }) => last >= acknowledged));
  assert.ok((await store.read(range(1))).length >= 2 * lines.length);
});

test('a file that was moved away takes nothing, until it is back', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'helo.db');
  const store = await openStore(path);
  t.after(() => store.close());
  await store.commit({ changes: [logChange(1, 'lobby')], segments: [segment(1, 1, 1)] });
  await rename(path, join(folder, 'elsewhere'));
  await assert.rejects(
    store.commit({ changes: [], segments: [segment(1, 2, 1)] }),
    refused('failed'),
  );
  await assert.rejects(store.commit({ changes: [], segments: [] }), refused('failed'), 'the probe');
  await writeFile(path, '');
  await assert.rejects(
    store.commit({ changes: [], segments: [] }),
    refused('failed'),
    'another one',
  );
  await rename(join(folder, 'elsewhere'), path);
  await store.commit({ changes: [], segments: [segment(1, 2, 1)] });
  assert.equal(texts(await store.read(range(1))), '1:1\n1:2\n');
});

test('two servers on one file: the second is refused, and takes it when the first has ended', async (t) => {
  const path = join(await temporaryFolder(t), 'helo.db');
  const first = await openStore(path);
  await assert.rejects(
    openStore(path),
    (error: unknown) =>
      error instanceof SqliteProblem &&
      error.code === 'busy' &&
      error.message === `${path} is in use by another server (process ${process.pid})`,
  );
  // The refused store has not disturbed the one that holds the file.
  await assert.rejects(openStore(path), SqliteProblem);
  await first.commit({ changes: [logChange(1, 'lobby')], segments: [] });
  await first.close();
  const second = await openStore(path);
  assert.equal((await second.load()).logs.length, 1);
  await second.close();
});

test('a backup of a working store is whole, 0600, and takes no other file’s place', async (t) => {
  const folder = await temporaryFolder(t);
  const store = await openStore(join(folder, 'helo.db'));
  t.after(() => store.close());
  await store.commit({ changes: [logChange(1, 'lobby')], segments: [segment(1, 1, 3)] });
  const target = join(folder, 'backup');
  const last = store.commit({ changes: [], segments: [segment(1, 4, 1)] });
  const backup = store.backup(target);
  let next = 5;
  const isRunning = { value: true };
  void backup.finally(() => (isRunning.value = false));
  while (isRunning.value) {
    await store.commit({ changes: [], segments: [segment(1, next++, 1)] });
  }
  await Promise.all([last, backup]);
  assert.equal((await stat(target)).mode & 0o777, 0o600);
  await verifyStore(target);
  const restored = await openStore(target);
  assert.match(texts(await restored.read(range(1))), /^1:1\n1:2\n1:3\n1:4\n/);
  await restored.close();
  await assert.rejects(store.backup(target), refused('failed'));
  await mkdir(join(folder, 'folder'));
  await assert.rejects(store.backup(join(folder, 'none', 'backup')), refused('failed'));
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.startsWith('.')),
    [],
  );
});
