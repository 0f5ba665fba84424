// Simulated lives of people with several devices who answer, edit, delete and react, while programs, cables and the server
// break at any step. In the end every device shows the same of every message, and what was deleted is in no file of any
// device or of the server. AMENDED_LIVES=n lives n of them from SEED on; SEED alone tells one.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkAmended } from '../support/device-lives/amended-end.ts';
import { liveWithDevices, makeDeviceBeginnings } from '../support/device-lives/beginnings.ts';
import { temporaryFolder } from '../support/temporary.ts';

const seed = Number(process.env['SEED'] ?? 1);
const isOne = process.env['SEED'] !== undefined && process.env['AMENDED_LIVES'] === undefined;
const lives = isOne ? 1 : Number(process.env['AMENDED_LIVES'] ?? 4);

test(`${lives} lives with edits and deletions from seed ${seed} on: all devices show the same, and nothing deleted is left`, async (t) => {
  const { acquainted } = await makeDeviceBeginnings();
  const folder = await temporaryFolder(t);
  const faults: string[] = [];
  let [compared, deleted] = [0, 0];
  for (let number = seed; number < seed + lives; number++) {
    const story: string[] | undefined = isOne ? [] : undefined;
    const options = { story, putBack: 'never', amends: true } as const;
    try {
      const beginnings = { strangers: acquainted, acquainted };
      const life = await liveWithDevices(number, beginnings, options);
      assert.ok(life.amending);
      const found = await checkAmended(life, life.amending, join(folder, String(number)));
      compared += found.compared;
      deleted += found.deleted;
      life.end();
    } catch (cause) {
      if (isOne) throw cause;
      const what = cause instanceof Error ? cause.message : String(cause);
      faults.push(`the life of seed ${number} (SEED=${number} tells it): ${what}`);
    } finally {
      for (const line of story ?? []) t.diagnostic(line);
    }
  }
  assert.deepEqual(faults, []);
  t.diagnostic(`${compared} messages were changed, ${deleted} texts deleted`);
  assert.ok(isOne || (compared > 0 && deleted > 0), 'something was edited and deleted');
});
