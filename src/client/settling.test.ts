// Waiting for what is unsent when a program leaves: as long as something moves, and not longer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settling } from './settling.ts';

/** What happens at which second: an answer comes, a text is done, or only the connection ends. */
type Happening = readonly [second: number, what: 'answer' | 'done' | 'lost'];

/** How long it waits for `texts`, in seconds, with six at most without anything that moves. */
async function waits(texts: number, happenings: readonly Happening[]): Promise<number> {
  let [at, left, answers] = [0, texts, 0];
  const due = [...happenings];
  await settling(
    {
      underWay: () => left,
      heard: () => answers,
      now: () => at,
      moves: async (withinMs) => {
        const end = at + withinMs;
        for (;;) {
          const [next] = due;
          if (next === undefined || next[0] * 1000 > end) {
            at = end;
            return false;
          }
          due.shift();
          at = next[0] * 1000;
          if (next[1] === 'answer') answers += 1;
          if (next[1] === 'done') left -= 1;
          // An answer alone changes nothing in the outbox.
          if (next[1] !== 'answer') return true;
        }
      },
    },
    6000,
  );
  return at / 1000;
}

test('nothing is on its way: it does not wait', async () => {
  assert.equal(await waits(0, []), 0);
});

test('nothing moves: it waits its time once, whatever becomes of the connection', async () => {
  assert.equal(await waits(1, []), 6);
  assert.equal(
    await waits(1, [
      [2, 'lost'],
      [4, 'lost'],
    ]),
    6,
  );
});

test('each text that is done gives the next ones their time', async () => {
  assert.equal(
    await waits(2, [
      [5, 'done'],
      [10, 'done'],
    ]),
    10,
  );
  assert.equal(
    await waits(3, [
      [5, 'done'],
      [10, 'done'],
    ]),
    16,
  );
});

test('a text that needs several answers first is waited for as long as they come', async () => {
  assert.equal(
    await waits(1, [
      [4, 'answer'],
      [9, 'answer'],
      [14, 'answer'],
      [19, 'done'],
    ]),
    19,
  );
});

test('where a server only answers, the wait has an end', async () => {
  const answers = Array.from({ length: 200 }, (_, at): Happening => [at + 1, 'answer']);
  assert.equal(await waits(1, answers), 60);
});
