// The screen under load: the time to the first frame, CPU, the delay from key to screen, and memory.

import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile, timesOf, type Row } from '../report/figures.ts';
import { Screen, speaker, type Server, type Size } from './program.ts';

const starts = 15;
const loadSeconds = 15;
const linesPerSecond = 200;
const keystrokes = 200;
const longConversation = 100_000;
const goals = { firstFrameMs: 250, cpuPercent: 10, keyMs: 16 };

/** From Enter in the shell to the first frame. `where` names the device. */
export async function firstFrames(server: Server, home: string, where: string): Promise<Row[]> {
  const times: number[] = [];
  for (let start = 0; start < starts; start++) {
    const began = performance.now();
    const screen = new Screen(server, home, [80, 24]);
    await screen.shows('F1 help');
    times.push(performance.now() - began);
    await screen.end();
  }
  const what = `from Enter to the first frame${where}, median of ${starts}`;
  return [{ what, value: percentile(times, 0.5), unit: 'ms', goal: goals.firstFrameMs }];
}

/** The cost of the screen at 200 messages a second, and the delay of a key meanwhile. */
export async function underLoad(server: Server, home: string, size: Size): Promise<Row[]> {
  const screen = new Screen(server, home, size);
  await screen.shows('● connected');
  const eve = await speaker(server, `eve${size[0]}`);
  let said = 0;
  const every = 10;
  const timer = setInterval(() => {
    for (let line = 0; line < (linesPerSecond * every) / 1000; line++) {
      said += 1;
      eve.write(
        `BCST message number ${said} with some words behind it, https://example.org/${said}\n`,
      );
    }
  }, every);
  await pause(2000);
  const before = await screen.usage();
  const began = performance.now();
  const keys: number[] = [];
  const gap = (loadSeconds * 1000) / keystrokes;
  for (let key = 0; key < keystrokes; key++) {
    // The row of the input is drawn again with every key, so new text in it is seen at once.
    const letters = `k${String(key).padStart(3, '0')}`;
    const took = await screen.press(letters, (output) => output.includes(letters));
    keys.push(took);
    screen.pty.write('\u0015');
    await pause(Math.max(0, gap - took));
  }
  const wall = performance.now() - began;
  const after = await screen.usage();
  clearInterval(timer);
  eve.destroy();
  await screen.end();
  const at = `${size.join('x')}, at ${linesPerSecond} messages a second`;
  const share = ((after.cpuMs - before.cpuMs) / wall) * 100;
  return [
    { what: `${at}: of a core`, value: share, unit: '%', goal: goals.cpuPercent },
    ...timesOf(`${at}: a key is seen`, keys, goals.keyMs),
  ];
}

/** The memory for a long conversation that is received live. */
export async function memory(server: Server, home: string): Promise<Row[]> {
  const screen = new Screen(server, home, [80, 24]);
  await screen.shows('● connected');
  // Messages from before are unread, and the screen would stay before them.
  screen.pty.write('\u001b');
  await pause(500);
  const before = await screen.usage();
  const eve = await speaker(server, 'mallory');
  for (let line = 1; line <= longConversation; line++) {
    const hasRoom = eve.write(`BCST message number ${line} with some words behind it\n`);
    if (!hasRoom) await once(eve, 'drain');
  }
  await screen.shows(`message number ${longConversation} `);
  const after = await screen.usage();
  await screen.end();
  eve.destroy();
  const count = longConversation.toLocaleString('en');
  return [
    { what: 'resident memory at the start', value: before.rssMb, unit: 'MB' },
    { what: `resident memory when ${count} messages came`, value: after.rssMb, unit: 'MB' },
  ];
}
