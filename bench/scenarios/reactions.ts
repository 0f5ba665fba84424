// 100,000 reactions to 1,000 messages, and a message with 10,000: what they cost a client. No server takes part: its lines
// are made before, and are not sealed.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryClientStore } from '../../src/client/store/memory-store.ts';
import type { ClientStore } from '../../src/client/store/store-port.ts';
import { openClientStore } from '../../src/platform/node/client-store/open.ts';
import { applyLines, applySets, open, writeMessages, type Reacting } from '../reactions/reacted.ts';
import { median } from '../report/statistics.ts';
import type { Scenario } from '../scenario.ts';
import { cpuMs, medianOf } from '../sealed/cpu.ts';
import type { Measured, Stage } from '../stage.ts';

/** A message gets its reactions while twenty others do. */
const many: Reacting = { messages: 1_000, reactions: 100_000, people: 100, atOnce: 20 };
/** The same in the order that costs a file the most: each to another message than the thousand before. */
const scattered: Reacting = { ...many, atOnce: 1_000 };
const one: Reacting = { messages: 1, reactions: 10_000, people: 10_000, atOnce: 1 };
const ms = { unit: 'ms', better: 'less' } as const;

const scenario: Scenario = {
  name: 'reactions',
  title: '100,000 reactions to 1,000 messages, and 10,000 to one, the client',
  order: 84,
  figures: [
    { key: 'memorySetsMs', title: 'applied to the store in memory, CPU', ...ms },
    { key: 'memoryMs', title: 'by the inbox to that, CPU', ...ms },
    { key: 'fileSetsMs', title: 'applied to the file, CPU', ...ms },
    { key: 'scatteredMs', title: 'the same, scattered over all messages, CPU', ...ms },
    { key: 'fileMs', title: 'by the inbox to that, CPU', ...ms },
    { key: 'fileClockMs', title: 'the same by the clock', ...ms },
    { key: 'memoryOpenMs', title: 'opening one with 10,000, in memory', ...ms },
    { key: 'fileOpenMs', title: 'the same in the file', ...ms },
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
    const memory = await medians(times, () => lines(inMemory));
    const file = await medians(times, () => lines(inFile));
    return {
      memorySetsMs: await medianOf(times, () => sets(inMemory, many)),
      memoryMs: memory.cpu,
      fileSetsMs: await medianOf(times, () => sets(inFile, many)),
      scatteredMs: await medianOf(times, () => sets(inFile, scattered)),
      fileMs: file.cpu,
      fileClockMs: file.clock,
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

function sets(stores: Stores, reacting: Reacting): Promise<number> {
  return stores(async (store) => {
    await writeMessages(store, reacting);
    return cpuMs(() => applySets(store, reacting));
  });
}

interface Lap {
  readonly cpu: number;
  readonly clock: number;
}

function lines(stores: Stores): Promise<Lap> {
  return stores(async (store) => {
    await writeMessages(store, many);
    let [cpu, clock] = [0, 0];
    await applyLines(store, many, async (handle) => {
      const start = performance.now();
      cpu += await cpuMs(handle);
      clock += performance.now() - start;
    });
    return { cpu, clock };
  });
}

async function medians(times: number, measure: () => Promise<Lap>): Promise<Lap> {
  const laps: Lap[] = [];
  for (let time = 0; time < times; time++) laps.push(await measure());
  return { cpu: median(laps.map(({ cpu }) => cpu)), clock: median(laps.map(({ clock }) => clock)) };
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
