// A sealed group of 20 in which 10,000 texts were said while one member was away: what opening it costs their client, all
// of it, from the connection to the last text on the disk (the library, docs/LIBRARY.md). One member says all of them,
// and renews its keys as often as it is due.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chat } from '../../src/client/chat/chat.ts';
import { connect } from '../../src/library/connect.ts';
import type { Scenario } from '../scenario.ts';
import { cpuMs } from '../sealed/cpu.ts';
import type { Measured, Stage } from '../stage.ts';

const people = 20;
/** Texts of the speaker that are not yet known to be stored. */
const underWay = 200;

const scenario: Scenario = {
  name: 'sealed-missed',
  title: `10,000 missed messages in a sealed group of ${people}, the client`,
  order: 82,
  figures: [
    { key: 'openMs', title: 'opening all of them, CPU', unit: 'ms', better: 'less' },
    { key: 'perTextMs', title: 'for each', unit: 'ms', better: 'less' },
  ],
  long: true,
  connections: () => people,
  limitSeconds: () => 300,
  unfit: ({ name }) => (name === 'helo' ? undefined : 'knows nothing of sealed groups'),
  run,
};
export default scenario;

async function run({ port, short }: Stage): Promise<Measured> {
  const missed = short ? 1000 : 10_000;
  const folder = await mkdtemp(join(tmpdir(), 'helo-bench-'));
  const comes = (name: string): Promise<Chat> =>
    connect({ server: `127.0.0.1:${port}`, name, data: join(folder, name) });
  try {
    await gather(comes);
    const speaker = await comes('user0');
    await say(speaker, missed);
    await speaker.close();
    const openMs = await cpuMs(async () => {
      const reader = await comes('reader');
      await hears(reader, missed);
      await reader.close();
    });
    return { openMs, perTextMs: openMs / missed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each enters and goes, the reader last. */
async function gather(comes: (name: string) => Promise<Chat>): Promise<void> {
  const founder = await comes('user0');
  await founder.createGroup('lunch', { sealed: true });
  await founder.close();
  for (let person = 1; person < people; person++) {
    const who = await comes(person === people - 1 ? 'reader' : `user${person}`);
    await who.joinGroup('lunch');
    await who.close();
  }
}

async function say(speaker: Chat, count: number): Promise<void> {
  for (let said = 0; said < count; said += underWay) {
    const texts = Array.from(
      { length: underWay },
      (_, at) => `This is text ${said + at + 1}, said while you were away.`,
    );
    await Promise.all(texts.map((text) => speaker.say('#lunch', text).stored));
  }
}

/** Each once and in their order, until the last one. */
async function hears(reader: Chat, count: number): Promise<void> {
  let heard = 0;
  for await (const { place, text } of reader.messages()) {
    if (place !== '#lunch') continue;
    heard += 1;
    if (!text.startsWith(`This is text ${heard},`)) throw new Error(`${heard} is "${text}"`);
    if (heard === count) return;
  }
  throw new Error(`only ${heard} came`);
}
