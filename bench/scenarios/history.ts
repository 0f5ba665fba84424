// A conversation with a million messages: opening it at its end, and catching up on ten thousand missed ones.

import { setTimeout as wait } from 'node:timers/promises';
import { personName } from '../dialect.ts';
import { logIn } from '../load/helo-login.ts';
import { Histogram } from '../load/histogram.ts';
import { fillerOf, mark } from '../load/payload.ts';
import { Talk } from '../load/talk.ts';
import { Writer } from '../load/writer.ts';
import type { Scenario } from '../scenario.ts';
import type { Measured, Stage } from '../stage.ts';
import { residentBytes } from '../system/process-meter.ts';

const messages = 1_000_000;
const missed = 10_000;
const screen = 50;
/** The most messages that one request returns. */
const page = 1000;
const times = 50;

const scenario: Scenario = {
  name: 'history',
  title: 'A conversation of a million messages',
  order: 70,
  figures: [
    { key: 'openP50', title: `the last ${screen}, p50`, unit: 'ms', better: 'less' },
    { key: 'openP99', title: `the last ${screen}, p99`, unit: 'ms', better: 'less' },
    { key: 'missedMs', title: 'the last 10,000, median', unit: 'ms', better: 'less' },
    {
      key: 'grown',
      title: 'memory that the server grew by meanwhile',
      unit: 'bytes',
      better: 'less',
    },
    { key: 'resident', title: 'memory of the server', unit: 'bytes', better: 'less' },
  ],
  needs: 'archive',
  long: true,
  connections: () => 2,
  limitSeconds: () => 240,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'is asked in another way'),
  run,
};
export default scenario;

async function run(stage: Stage): Promise<Measured> {
  const last = await fill(stage, stage.short ? 2 * missed : messages);
  await wait(1000);
  const reader = new Talk(stage.port);
  await logIn(reader, personName(1));
  const before = residentBytes(stage.pid);
  const open = new Histogram();
  const back = new Histogram();
  for (let time = 0; time < times; time++) {
    open.add(await took(async () => void (await ask(reader, { before: last + 1, limit: screen }))));
  }
  for (let time = 0; time < 9; time++) {
    back.add(
      await took(async () => {
        // A page ends earlier if its messages are long.
        for (let after = last - missed; after < last;) {
          after += await ask(reader, { after, limit: page });
        }
      }),
    );
  }
  const resident = residentBytes(stage.pid);
  reader.client.destroy();
  return {
    openP50: open.quantile(0.5),
    openP99: open.quantile(0.99),
    missedMs: back.quantile(0.5),
    grown: resident - before,
    resident,
  };
}

/** Writes until the lobby has `count` messages. Returns the number of the last one. */
async function fill({ archive, port, fail }: Stage, count: number): Promise<number> {
  const talk = new Talk(port);
  const name = personName(0);
  await archive.join(talk, name);
  const payload = mark(0, 0) + fillerOf(64);
  const writer = new Writer(talk, archive, { name, payload, window: 4096 }, new Histogram(), fail);
  writer.start();
  while (writer.confirmed < count) await wait(50);
  await writer.stop();
  talk.client.destroy();
  return writer.confirmed;
}

/** Requests a page. Returns how many messages came. */
async function ask(reader: Talk, range: object): Promise<number> {
  reader.send(`HISTORY ${JSON.stringify({ in: 'lobby', ...range })}\n`);
  const [, json = ''] = await reader.until(/^HISTORY_END (.*)\n/m);
  const { count } = JSON.parse(json) as { count: number };
  if (count === 0) throw new Error('messages were asked for, and none came');
  return count;
}

async function took(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
