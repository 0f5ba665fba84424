// Simulated lives of people with several devices: devices are linked, revoked, recovered and stolen, programs are killed and
// things break at any step. In the end nothing is lost, doubled or readable with what was stolen, and the devices of a
// person have the same history and have read as far. DEVICE_LIVES=n lives n of them from SEED on; SEED alone tells one.
// PUT_BACK=restored or rewound: the server is put back to older data as well.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveWithDevices, makeDeviceBeginnings } from '../support/device-lives/beginnings.ts';
import { checkLife } from '../support/device-lives/life-end.ts';

const seed = Number(process.env['SEED'] ?? 1);
const isOne = process.env['SEED'] !== undefined && process.env['DEVICE_LIVES'] === undefined;
const lives = isOne ? 1 : Number(process.env['DEVICE_LIVES'] ?? 4);
const putBack: 'never' | 'restored' | 'rewound' =
  (['restored', 'rewound'] as const).find((one) => one === process.env['PUT_BACK']) ?? 'never';

test(`${lives} lives with several devices from seed ${seed} on: the devices of a person end with the same`, async (t) => {
  const beginnings = await makeDeviceBeginnings();
  const faults: string[] = [];
  for (let number = seed; number < seed + lives; number++) {
    const story: string[] | undefined = isOne ? [] : undefined;
    const options = { story, putBack };
    try {
      const life = await liveWithDevices(number, beginnings, options);
      await checkLife(life);
      if (isOne) t.diagnostic(life.summary);
    } catch (cause) {
      if (isOne) throw cause;
      const what = cause instanceof Error ? cause.message : String(cause);
      faults.push(`the life of seed ${number} (SEED=${number} tells it): ${what}`);
      if (lives > 20) console.error(faults.at(-1)?.slice(0, 400));
    } finally {
      for (const line of story ?? []) t.diagnostic(line);
    }
    if (lives > 20 && number % 20 === 0) console.error(`${number - seed + 1} lives`);
  }
  assert.deepEqual(faults, []);
});
