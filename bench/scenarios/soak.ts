// A server's memory over time: a busy lobby for an hour, and the process's resources each minute. Rows are printed as
// they come. Not one of the usual scenarios: it takes long, and compares nothing.

import { speakEvenly } from '../load/fixed-load.ts';
import { openRoom } from '../load/room.ts';
import type { Scenario } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';
import { openDescriptors, residentBytes } from '../system/process-meter.ts';
import { readMetrics } from '../system/metrics.ts';

const listeners = 50;
const speakers = 10;
const perSecond = 200;
const minutes = (short: boolean) => (short ? 5 : 60);

const scenario: Scenario = {
  name: 'soak',
  title: 'Soak: 200 messages a second to 50, kept',
  order: 200,
  apart: true,
  figures: [
    { key: 'afterFirst', title: 'resident after a minute', unit: 'bytes', better: 'less' },
    { key: 'half', title: 'resident at half time', unit: 'bytes', better: 'less' },
    { key: 'last', title: 'resident at the end', unit: 'bytes', better: 'less' },
    { key: 'most', title: 'most resident', unit: 'bytes', better: 'less' },
  ],
  connections: () => speakers + listeners,
  limitSeconds: (short) => minutes(short) * 90 + 600,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'measured with helo only'),
  run,
};
export default scenario;

async function run(stage: Stage): Promise<Measured> {
  const length = minutes(stage.short);
  const { pump, arrivals, settled, leave } = await openRoom(stage, {
    listeners,
    speakers,
    payloadBytes: 64,
    window: 1,
  });
  const rows: number[] = [];
  console.log(line(titles));
  console.log(`|${columns.map((width) => `${'-'.repeat(width + 1)}:`).join('|')}|`);
  const note = async (minute: number) => {
    const resident = residentBytes(stage.pid);
    rows.push(resident);
    const told = await readMetrics(stage.metricsPort);
    console.log(
      line([
        `${minute}`,
        megabytes(resident),
        megabytes(told('nodejs_heap_size_used_bytes')),
        megabytes(told('nodejs_heap_size_total_bytes')),
        megabytes(told('helo_store_heap_bytes')),
        megabytes(told('nodejs_external_memory_bytes')),
        `${openDescriptors(stage.pid)}`,
        arrivals.delivered.toLocaleString('en'),
      ]),
    );
  };
  await note(0);
  for (let minute = 1; minute <= length; minute++) {
    await speakEvenly(pump, speakers, perSecond, 60);
    await note(minute);
  }
  await settled();
  leave();
  return {
    afterFirst: rows[1] ?? NaN,
    half: rows[Math.ceil(length / 2)] ?? NaN,
    last: rows.at(-1) ?? NaN,
    most: Math.max(...rows),
  };
}

const titles = [
  'minute',
  'resident',
  'heap used',
  'heap taken',
  "store's heap used",
  'external',
  'descriptors',
  'deliveries',
];
const columns = titles.map((title) => Math.max(title.length, 11));

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell, at) => cell.padStart(columns[at] ?? 0)).join(' | ')} |`;
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? '–' : `${(bytes / 1e6).toFixed(1)} MB`;
}
