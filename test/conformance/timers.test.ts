import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeTimers } from '../../src/platform/node/runtime.ts';
import { systemClock } from '../../src/server/clock.ts';

test('a timer for longer than Node can wait does not fire at once', async () => {
  const fired: string[] = [];
  const cancels = [
    systemClock.after(2 ** 31, () => fired.push('server')),
    nodeTimers.after(40 * 86_400_000, () => fired.push('client')),
  ];
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const cancel of cancels) cancel();
  assert.deepEqual(fired, []);
});
