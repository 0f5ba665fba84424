import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { range } from '../../../test/conformance/store.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { openStore } from './open.ts';
import { verifyStore } from './check/verify.ts';

const fixture = fileURLToPath(new URL('../../../test/support/commit-loop.js', import.meta.url));
const rounds = Number(process.env['KILL_ROUNDS'] ?? 8);

test(`what was acknowledged is there after kill -9 (${rounds} rounds)`, async (t) => {
  const path = join(await temporaryFolder(t), 'helo.db');
  let next = 3;
  for (let round = 0; round < rounds; round++) {
    // Some are killed in their first commits, some in a checkpoint, some in the middle of a large commit.
    const child = spawn(process.execPath, [fixture, path, String(next), String(20 + 2500 * round)]);
    t.after(() => child.kill('SIGKILL'));
    child.stderr.pipe(process.stderr);
    const killAt = next + 8 + ((round * 97) % 300);
    let acknowledged = next - 1;
    for await (const line of createInterface({ input: child.stdout })) {
      assert.match(line, /^\d+$/);
      acknowledged = Math.max(acknowledged, Number(line));
      if (acknowledged >= killAt) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    assert.equal(child.signalCode, 'SIGKILL');

    await verifyStore(path);
    const store = await openStore(path);
    const { logs } = await store.load();
    const last = logs.find(({ log }) => log === 1)?.last ?? 0;
    assert.ok(
      last >= acknowledged,
      `round ${round}: ${acknowledged} was acknowledged, ${last} is there`,
    );
    const kept = await store.read(range(1));
    assert.equal(kept.length, last - 2, 'no segment is missing');
    for (const { first, bytes } of kept) {
      const ofCommit = first - 1 + (first % 2);
      assert.ok(bytes.every((byte) => byte === (ofCommit & 0xff)));
    }
    // The two segments of a commit and its changes were stored together.
    assert.deepEqual(
      logs.map(({ log }) => log),
      [1, last],
    );
    await store.close();
    next = last + 1;
  }
});
