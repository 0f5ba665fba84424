// A process that commits as fast as possible and prints what was acknowledged: to be killed, or to reach a limit.
// Usage: node commit-loop.js FILE FIRST BYTES, where FIRST is odd. Prints the last number of each acknowledged commit,
// and at the end the code of the first refusal.

import type { LogId } from '../../src/hub/records.ts';
import { StoreError } from '../../src/hub/store-port.ts';
import type { ConversationName } from '../../src/wire/extended/names.ts';
import { openStore } from '../../src/store/sqlite/open.ts';

const [path = '', start = '', size = ''] = process.argv.slice(2);
const store = await openStore(path);
const log = 1 as LogId;
const name = 'lobby' as ConversationName;
await store.commit({
  changes: [{ type: 'log', log: { log, name, last: 0, first: 1 } }],
  segments: [],
});

/** Two messages in two segments, and a log with that number in place of the one before: all of it or nothing. */
async function commit(first: number): Promise<void> {
  const bytes = new Uint8Array(Number(size)).fill(first & 0xff);
  await store.commit({
    changes: [
      { type: 'log', log: { log: (first + 1) as LogId, name, last: first, first: 1 } },
      { type: 'log-removed', log: (first - 1) as LogId },
    ],
    segments: [0, 1].map((more) => ({ log, first: first + more, count: 1, at: first, bytes })),
  });
  process.stdout.write(`${first + 1}\n`);
}

let next = Number(start);
try {
  // Four at once, like a server that does not wait.
  for (;;) {
    const turns = await Promise.allSettled([0, 1, 2, 3].map((turn) => commit(next + 2 * turn)));
    // One of them may be stored behind another that was refused.
    for (const turn of turns) if (turn.status === 'rejected') throw turn.reason;
    next += 8;
  }
} catch (error) {
  const [code, message] = error instanceof StoreError ? [error.code, error.message] : ['', error];
  process.stdout.write(`${code}\n`);
  process.stderr.write(`${String(message)}\n`);
  await store.close();
}
