// The screen on a device with a long history: searching, jumping far back, and paging.

import { timesOf, type Row } from '../report/figures.ts';
import { words } from '../stored-history.ts';
import { Screen, type Server } from './program.ts';

const searches = 50;
const jumps = 20;
/** A key is held down until this many messages have passed. */
const pagedThrough = [10_000, 100_000];
/** Limits that a person does not notice. */
const goals = { searchMs: 50, jumpMs: 100, pageMs: 16, rssMb: 250 };

const enter = '\r';
const escape = '\u001B';
const pageUp = '\u001B[5~';
const nextConversation = '\u000E';
const clearLine = '\u0015';
/** The end of a frame. */
const frameEnd = '\u001B[?2026l';

const isFrame = (output: string): boolean => output.includes(frameEnd);
/** A frame with results: rows that begin with a date. (Of a long text only the part near the word is shown.) */
const isFound = (output: string): boolean =>
  / \d{4} \d\d:\d\d +#archive/.test(output) && isFrame(output);

/** bob's screen in the long conversation. */
async function openLong(server: Server, home: string): Promise<Screen> {
  const screen = new Screen(server, home, [80, 24]);
  await screen.shows('● connected');
  await screen.press(nextConversation, (output) => /\bn\d+ /.test(output));
  return screen;
}

/** From Enter, or a key in the box, to the results. */
export async function searching(server: Server, home: string): Promise<Row[]> {
  const screen = await openLong(server, home);
  const rows: Row[] = [];
  for (const [kind, query] of [
    ['a word of every third message', words.common],
    ['a word of ten messages', words.rare],
    ['one letter', 'b'],
    ['five letters', 'b l k m d'],
    ['a word in one conversation, of one person', `in:#archive from:person3 ${words.common}`],
  ] as const) {
    const times: number[] = [];
    for (let search = 0; search < searches; search++) {
      await screen.press(`/search ${query}`, (output) => output.includes(query));
      times.push(await screen.press(enter, isFound));
      await screen.press(escape, isFrame);
    }
    rows.push(...timesOf(`/search, ${kind}`, times, goals.searchMs));
  }
  const keys: number[] = [];
  await screen.press('/search', isFrame);
  await screen.press(enter, isFrame);
  for (let key = 0; key < searches; key++) {
    const letter = 'bcdfghjklmnprstvwz'[key % 18] ?? 'b';
    keys.push(await screen.press(letter, isFound));
    await screen.press(clearLine, isFrame);
  }
  rows.push(...timesOf('a letter typed into the search', keys, goals.searchMs));
  await screen.end();
  return rows;
}

/** From Enter on the oldest result to its place on the screen. */
export async function jumping(server: Server, home: string): Promise<Row[]> {
  const screen = await openLong(server, home);
  const times: number[] = [];
  for (let jump = 0; jump < jumps; jump++) {
    await screen.press(`/search ${words.first}`, (output) => output.includes(words.first));
    await screen.press(enter, isFound);
    times.push(await screen.press(enter, (output) => output.includes('Esc to the newest')));
    await screen.press(escape, isFrame);
  }
  await screen.end();
  return [...timesOf('to the first of all messages', times, goals.jumpMs)];
}

/** PgUp held down. */
export async function paging(server: Server, home: string, all: number): Promise<Row[]> {
  const screen = await openLong(server, home);
  const rows: Row[] = [];
  const times: number[] = [];
  const topOf = (output: string): number =>
    Math.min(...[...output.matchAll(/\bn(\d+) /g)].map(([, number]) => Number(number)));
  let top = topOf(screen.output);
  const first = top;
  for (const goal of pagedThrough.filter((count) => count < all)) {
    while (first - top < goal) {
      const last = top;
      // A frame that only shows newly loaded messages is not the page.
      times.push(await screen.press(pageUp, (output) => topOf(output) < last && isFrame(output)));
      top = topOf(screen.output);
    }
    const { rssMb } = await screen.usage();
    const count = goal.toLocaleString('en');
    rows.push(...timesOf(`a page, PgUp through ${count} messages`, times, goals.pageMs), {
      what: 'resident memory then',
      value: rssMb,
      unit: 'MB',
      goal: goals.rssMb,
    });
  }
  await screen.end();
  return rows;
}
