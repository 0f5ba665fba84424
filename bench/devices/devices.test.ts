// The parts of the scenario of several devices, small: they measure, and what they measure has happened.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServerProgram } from '../../test/support/program.ts';
import { measureHistory } from './history.ts';
import { measureLinking } from './linking.ts';
import { measureSealing } from './sealing.ts';

test('sealing is measured for one device and for five, which read it', async () => {
  const { sealFewMs, sealManyMs, sealRatio } = await measureSealing(1, 3);
  assert.ok(sealFewMs > 0 && sealManyMs > 0 && sealRatio > 0);
});

test('a linking is measured up to the first message on the new device', async (t) => {
  const { plain } = await startServerProgram(t);
  const { linkedMs, firstMessageMs } = await measureLinking(plain, 1);
  assert.ok(linkedMs > 0 && firstMessageMs > linkedMs);
});

test('a backup, its increments and a history that moves are measured, and an increment is no whole backup', async (t) => {
  const { plain } = await startServerProgram(t);
  const cost = await measureHistory(t, plain, 1_000);
  assert.ok(cost.incrementBytes > 0 && cost.incrementBytes < cost.backupBytes / 2);
  assert.ok(cost.spreadBytes > cost.incrementBytes);
  assert.ok(cost.backupMs > 0 && cost.movedMs > 0 && cost.movedCpuMs > 0);
});
