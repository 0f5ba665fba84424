// Simulated lives of sealed groups on devices, with a hostile server and hostile members (rogue-life.ts). ROGUE_LIVES=n
// lives n of them from SEED on, with ROGUE_ACCOUNTS accounts at most; SEED alone tells one. Most have toy ciphers; every
// twentieth has the real ones, and every fourth has nobody who is hostile.
import { test } from 'node:test';
import { liveWithRogues } from '../support/group-lives/rogue-life.ts';
import { Dice } from '../support/lives/fate.ts';
import { openToyCiphers } from '../support/lives/toy-ciphers.ts';
import { suite as realSuite } from '../support/pair.ts';

const seed = Number(process.env['SEED'] ?? 1);
const isOne = process.env['SEED'] !== undefined && process.env['ROGUE_LIVES'] === undefined;
const lives = isOne ? 1 : Number(process.env['ROGUE_LIVES'] ?? 40);
const mostAccounts = Number(process.env['ROGUE_ACCOUNTS'] ?? 8);
const goesOn = process.env['ROGUE_ALL'] !== undefined;
const realEvery = 20;
const honestEvery = 4;

test(`${lives} lives of sealed groups with rogues from seed ${seed} on: all who may be in agree in the end`, async (t) => {
  const failures: string[] = [];
  for (let number = seed; number < seed + lives; number++) {
    const dice = new Dice(number);
    const isReal = number % realEvery === 0;
    const suite = isReal ? realSuite : (await openToyCiphers(number)).suite;
    const accounts = 2 + dice.below((isReal ? Math.min(5, mostAccounts) : mostAccounts) - 1);
    const options = {
      accounts,
      steps: (isReal ? 6 : 14) * accounts,
      isHostile: number % honestEvery !== 0,
    };
    try {
      const summary = await liveWithRogues(suite, number, options);
      if (isOne) t.diagnostic(`${accounts} accounts: ${summary}`);
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
