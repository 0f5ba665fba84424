// Simulated lives of sealed groups on devices, with a hostile server and hostile members (rogue-life.ts). ROGUE_LIVES=n
// lives n of them from SEED on, with ROGUE_LEAST to ROGUE_ACCOUNTS accounts (2 to 8); SEED alone tells one. Most have toy ciphers; every
// twentieth has the real ones, and every fourth has nobody who is hostile.
import { test } from 'node:test';
import { rogueLifeOf } from '../support/group-lives/rogue-life.ts';

const seed = Number(process.env['SEED'] ?? 1);
const isOne = process.env['SEED'] !== undefined && process.env['ROGUE_LIVES'] === undefined;
const lives = isOne ? 1 : Number(process.env['ROGUE_LIVES'] ?? 40);
const most = Number(process.env['ROGUE_ACCOUNTS'] ?? 8);
const least = Number(process.env['ROGUE_LEAST'] ?? 2);
const goesOn = process.env['ROGUE_ALL'] !== undefined;

test(`${lives} lives of sealed groups with rogues from seed ${seed} on: all who may be in agree in the end`, async (t) => {
  const failures: string[] = [];
  for (let number = seed; number < seed + lives; number++) {
    try {
      const summary = await rogueLifeOf(number, { least, most });
      if (isOne) t.diagnostic(summary);
    } catch (cause) {
      const what = cause instanceof Error ? (cause.stack ?? '') : String(cause);
      const told = `the group of seed ${number} (SEED=${number} tells it): ${what}`;
      if (!goesOn) throw new Error(told, { cause });
      failures.push(told);
      console.error(told.split('\n').slice(0, 3).join(' | ').slice(0, 700));
    }
    if (lives > 200 && number % 100 === 0) t.diagnostic(`${number - seed + 1} lives`);
  }
  if (failures.length > 0) throw new Error(`${failures.length} lives failed: ${failures[0]}`);
});
