// Simulated lives: programs are killed and things break at any step. Everything acknowledged is stored, arrives once
// and in order, and nobody acknowledges what they do not have. LIVES=n runs n of them, beginning with SEED; SEED alone
// prints one. PUT_BACK=never, restored or rewound says whether the server is restored to an earlier state (life.ts).
import { test } from 'node:test';
import { live, makeBeginnings } from '../support/lives/lives.ts';

const seed = Number(process.env['SEED'] ?? 1);
const isOne = process.env['SEED'] !== undefined && process.env['LIVES'] === undefined;
const putBack = (['never', 'restored', 'rewound'] as const).find(
  (one) => one === process.env['PUT_BACK'],
);
const lives = isOne ? 1 : Number(process.env['LIVES'] ?? 250);

test(`${lives} lives from seed ${seed} on: nothing lost, nothing twice, whatever breaks when`, async (t) => {
  const beginnings = await makeBeginnings();
  for (let number = seed; number < seed + lives; number++) {
    const story: string[] | undefined = isOne ? [] : undefined;
    try {
      await live(number, beginnings, { story, ...(putBack && { putBack }) });
    } catch (cause) {
      const what = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`the life of seed ${number} (SEED=${number} tells it): ${what}`, { cause });
    } finally {
      for (const line of story ?? []) t.diagnostic(line);
    }
    if (lives > 1000 && number % 1000 === 0) t.diagnostic(`${number - seed + 1} lives`);
  }
});
