// Simulated lives of sealed groups: in the end all honest members agree, whatever was lost, damaged or made up in between
// (group-life.ts). GROUP_LIVES=n lives n of them from SEED on, with GROUP_ACCOUNTS accounts at most; SEED alone tells
// one. Most have toy ciphers; every twentieth has the real ones.
import { test } from 'node:test';
import { liveGroup } from '../support/group-lives/group-life.ts';
import { Dice } from '../support/lives/fate.ts';
import { openToyCiphers } from '../support/lives/toy-ciphers.ts';
import { suite as realSuite } from '../support/pair.ts';

const seed = Number(process.env['SEED'] ?? 1);
const isOne = process.env['SEED'] !== undefined && process.env['GROUP_LIVES'] === undefined;
const lives = isOne ? 1 : Number(process.env['GROUP_LIVES'] ?? 24);
const mostAccounts = Number(process.env['GROUP_ACCOUNTS'] ?? 6);
const realEvery = 20;

test(`${lives} lives of sealed groups from seed ${seed} on: all who may be in agree in the end`, async (t) => {
  for (let number = seed; number < seed + lives; number++) {
    const dice = new Dice(number);
    const isReal = number % realEvery === 0;
    const suite = isReal ? realSuite : (await openToyCiphers(number)).suite;
    const accounts = 2 + dice.below((isReal ? Math.min(6, mostAccounts) : mostAccounts) - 1);
    const steps = (isReal ? 6 : 15) * accounts;
    try {
      const summary = await liveGroup(suite, number, { accounts, steps });
      if (isOne) t.diagnostic(`${accounts} accounts: ${summary}`);
    } catch (cause) {
      const what = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`the group of seed ${number} (SEED=${number} tells it): ${what}`, { cause });
    }
    if (lives > 200 && number % 100 === 0) t.diagnostic(`${number - seed + 1} lives`);
  }
});
