// 100,000 reactions to 1,000 messages, and a message with 10,000: what they cost a client. No server takes part: its lines
// are made before, and are not sealed.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryClientStore } from '../../src/client/store/memory-store.ts';
import type { ClientStore } from '../../src/client/store/store-port.ts';
import { openClientStore } from '../../src/platform/node/client-store/open.ts';
import { applySets, incoming, open, writeMessages, type Reacting } from '../reactions/reacted.ts';
import { median } from '../report/statistics.ts';
import type { Scenario } from '../scenario.ts';
import { cpuMs, medianOf } from '../sealed/cpu.ts';
import type { Measured, Stage } from '../stage.ts';

const many: Reacting = { messages: 1_000, reactions: 100_000, people: 100 };
const one: Reacting = { messages: 1, reactions: 10_000, people: 10_000 };
const ms = { unit: 'ms', better: 'less' } as const;

const scenario: Scenario = {
  name: 'reactions',
  title: '100,000 reactions to 1,000 messages, and 10,000 to one, the client',
  order: 84,
  figures: [
    { key: 'memorySetsMs', title: 'to the store in memory, CPU', ...ms },
    { key: 'memoryMs', title: 'to the inbox and that store, CPU', ...ms },
    { key: 'fileSetsMs', title: 'to the file, CPU', ...ms },
    { key: 'fileMs', title: 'to the inbox and the file, CPU', ...ms },
    { key: 'fileClockMs', title: 'the same by the clock', ...ms },
    { key: 'memoryOpenMs', title: 'opening one with 10,000, in memory', ...ms },
    { key: 'fileOpenMs', title: 'in the file', ...ms },
  ],
  connections: () => 0,
  limitSeconds: () => 300,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'it measures the client'),
  run,
};
export default scenario;

type Stores = <T>(use: (store: ClientStore) => Promise<T>) => Promise<T>;

async function run({ short }: Stage): Promise<Measured> {
  const times = short ? 1 : 5;
  const folder = await mkdtemp(join(tmpdir(), 'helo-bench-'));
  try {
    const inFile = storesIn(folder);
    const clocked: number[] = [];
    const timed = async (act: () => Promise<void>) => {
      const start = performance.now();
      await act();
      clocked.push(performance.now() - start);
    };
    return {
      memorySetsMs: await medianOf(times, () => applied(inMemory, sets)),
      memoryMs: await medianOf(times, () => applied(inMemory, lines)),
      fileSetsMs: await medianOf(times, () => applied(inFile, sets)),
      fileMs: await medianOf(times, () =>
        applied(inFile, (store) => {
          const apply = lines(store);
          return () => timed(apply);
        }),
      ),
      fileClockMs: median(clocked),
      memoryOpenMs: await opened(inMemory, times),
      fileOpenMs: await opened(inFile, times),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const inMemory: Stores = (use) => use(new MemoryClientStore());

/** A new file each time. */
function storesIn(folder: string): Stores {
  let count = 0;
  return async (use) => {
    count += 1;
    const opened = await openClientStore(join(folder, `${count}`), 'example.org:7625', 'alice');
    if (opened.kind !== 'open') throw new Error('another program has it open');
    try {
      return await use(opened.store);
    } finally {
      await opened.store.close();
    }
  };
}

const sets = (store: ClientStore) => () => applySets(store, many);
const lines = (store: ClientStore) => incoming(store, many);

function applied(stores: Stores, by: (store: ClientStore) => () => Promise<void>): Promise<number> {
  return stores(async (store) => {
    await writeMessages(store, many);
    return cpuMs(by(store));
  });
}

/** By the clock: it is one read, and what a view makes of it. */
function opened(stores: Stores, times: number): Promise<number> {
  return stores(async (store) => {
    await writeMessages(store, one);
    await applySets(store, one);
    return medianOf(2 * times + 1, async () => {
      const start = performance.now();
      const count = await open(store);
      const took = performance.now() - start;
      if (count !== one.reactions) throw new Error(`${count} have reacted`);
      return took;
    });
  });
}
