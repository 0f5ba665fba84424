// The page as a person waits for it: what it loads before a message can be read, its first frame, the way in, others'
// messages in a burst, and a long history.

import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { words } from '../stored-history.ts';
import { percentile, timesOf, type Row } from '../report/figures.ts';
import { beside, enter, heapMb, inviteCode, isConnected, type Server } from './browser.ts';

const assets = fileURLToPath(new URL('../../../dist/web/assets/', import.meta.url));
const starts = 7;
const burst = 200;
const searches = 10;
const frames = 600;
const textBytes = 200;
const texts = 4_000;
export const conversations = 20;
/** Of all but the longest. */
const shortHistory = 100;
const goals = {
  firstMessageKb: 60,
  allKb: 160,
  coldPaintMs: 400,
  keptPaintMs: 150,
  inviteMs: 5_000,
  taskMs: 50,
  frameMs: 17,
  sealed: 4_000,
  opened: 3_500,
  heapMb: 80,
};

/** What a browser without a copy loads until somebody who comes back reads a message, and all that there is. */
export async function weights(browser: Browser, server: Server): Promise<Row[]> {
  const page = await enter(browser, server, 'weigher');
  await say(page, 'to be read');
  await withoutCopy(page);
  // When a message stands there first.
  await page.addInitScript(`new MutationObserver((_, observer) => {
    if (document.querySelector('.said') === null) return;
    observer.disconnect();
    globalThis.readAt = performance.now();
  }).observe(document, { childList: true, subtree: true })`);
  await page.reload();
  await isConnected(page);
  await page.waitForLoadState('networkidle');
  const loadedBy = (moment: string): Promise<string[]> =>
    page.evaluate(`performance.getEntriesByType('resource')
      .filter(({ startTime }) => startTime < ${moment})
      .map(({ name }) => name.replace(/.*\\//, ''))`);
  const before = scriptKb(await loadedBy('readAt'));
  const connected = scriptKb(await loadedBy('Infinity'));
  await page.context().close();
  const all = scriptKb(readdirSync(assets).filter((name) => name.endsWith('.js')));
  const unit = 'kB';
  return [
    {
      what: 'JavaScript before the first message, gzip',
      value: before,
      unit,
      goal: goals.firstMessageKb,
    },
    { what: 'once the chat is connected', value: connected, unit },
    { what: 'all that there is', value: all, unit, goal: goals.allKb },
  ];
}

function scriptKb(names: readonly string[]): number {
  const sizes = names
    .filter((name) => name.endsWith('.js') && name !== 'sw.js')
    .map((name) => readFileSync(`${assets}${name}.gz`).length);
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

/** The first contentful paint: in a new profile, and with the page that the browser keeps. */
export async function paints(browser: Browser, { url }: Server): Promise<Row[]> {
  const cold: number[] = [];
  const kept: number[] = [];
  for (let start = 0; start < starts; start++) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(url);
    cold.push(await paintOf(page));
    await page.evaluate(`navigator.serviceWorker.ready`);
    await page.waitForLoadState('networkidle');
    await page.reload();
    kept.push(await paintOf(page));
    await page.context().close();
  }
  return [
    median(`first contentful paint, cold, median of ${starts}`, cold, goals.coldPaintMs),
    median('with the service worker', kept, goals.keptPaintMs),
  ];
}

function paintOf(page: Page): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    new PerformanceObserver((list) => {
      for (const { name, startTime } of list.getEntries())
        if (name === 'first-contentful-paint') resolve(startTime);
    }).observe({ type: 'paint', buffered: true });
  })`);
}

/** From the opened link to an own message that the server has stored. */
export async function invited(browser: Browser, server: Server): Promise<Row[]> {
  const times: number[] = [];
  for (let start = 0; start < starts; start++) {
    const code = inviteCode(server);
    const page = await (await browser.newContext()).newPage();
    const began = performance.now();
    await page.goto(`${server.url}#invite=${code}`);
    await page.getByLabel('Your name here').fill(`guest${start}`);
    await page.getByRole('button', { name: 'Enter', exact: true }).click();
    await say(page, 'here I am');
    times.push(performance.now() - began);
    await page.context().close();
  }
  return [median('link with an invite to the first own message stored', times, goals.inviteMs)];
}

/** Somebody says 200 things at once. */
export async function bursts(browser: Browser, server: Server): Promise<Row[]> {
  const page = await enter(browser, server, 'listener');
  await page.evaluate(`globalThis.tasks = [0]; new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: 'longtask' })`);
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true).resume();
  socket.write('HELO speaker\n');
  await page
    .getByRole('button', { name: /speaker/ })
    .first()
    .waitFor();
  const longest: number[] = [];
  for (let round = 0; round < starts; round++) {
    const lines = Array.from(
      { length: burst },
      (_, at) => `BCST ${round}: this is line ${at} of it\n`,
    );
    socket.write(lines.join(''));
    await page.locator('.said', { hasText: `${round}: this is line ${burst - 1} of it` }).waitFor();
    await page.waitForTimeout(200);
    longest.push(await page.evaluate<number>(`Math.max(0, ...tasks.splice(1))`));
  }
  socket.destroy();
  await page.context().close();
  return [
    median(
      `${burst} messages in a burst: longest task over 50 ms (0: none)`,
      longest,
      goals.taskMs,
    ),
  ];
}

/** A device with a long history: 20 conversations, one of them with `count` messages. */
export async function longHistory(browser: Browser, server: Server, count: number): Promise<Row[]> {
  const page = await enter(browser, server, 'reader');
  const groups = Array.from({ length: conversations - 1 }, (_, at) => `group${at}`);
  for (const [at, group] of groups.entries()) {
    const many = at === 0 ? count : shortHistory;
    await beside(page, server, `helo.fill('reader', '${group}', ${many})`);
  }
  await page.goto(server.url);
  await isConnected(page);
  for (const group of groups.toReversed()) {
    await page
      .getByRole('navigation')
      .getByRole('button', { name: new RegExp(`\\b${group}\\b`) })
      .click();
    await page.locator('.said').first().waitFor();
  }
  const session = await page.context().newCDPSession(page);
  const heap = await heapMb(session);
  const found = await searchTimes(page);
  const scrolled = await scrolling(page);
  const rows: Row[] = [
    {
      what: `heap with ${conversations} conversations and ${count.toLocaleString('en')} messages stored`,
      value: heap,
      unit: 'MB',
      goal: goals.heapMb,
    },
    median(
      `frame times while scrolling through them, median of ${frames}`,
      scrolled,
      goals.frameMs,
    ),
    { what: 'the longest of 99 % of them', value: percentile(scrolled, 0.99), unit: 'ms' },
    ...found,
    { what: 'heap after that', value: await heapMb(session), unit: 'MB' },
  ];
  await page.context().close();
  return rows;
}

async function scrolling(page: Page): Promise<number[]> {
  return page.evaluate(`new Promise((resolve) => {
    const times = [];
    let last = performance.now();
    const frame = (now) => {
      times.push(now - last);
      last = now;
      document.querySelector('[role=log]').scrollBy(0, -400);
      if (times.length > ${frames}) resolve(times.slice(1));
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  })`);
}

/** From the words in the field to what was found. The field waits 150 ms after the last key. */
async function searchTimes(page: Page): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [word, what] of [
    [words.common, 'a word of every third message'],
    [words.rare, 'a word of one message in ten thousand'],
    [words.first, 'a word of the first message alone'],
  ] as const) {
    const times: number[] = [];
    for (let at = 0; at < searches; at++) {
      await page.getByRole('button', { name: 'Find', exact: true }).click();
      const dialog = page.getByRole('dialog');
      const began = performance.now();
      await dialog.getByLabel('Beginnings of words').fill(word);
      await dialog.getByText(/^\d+ messages?$/).waitFor();
      times.push(performance.now() - began);
      await page.keyboard.press('Escape');
    }
    rows.push(...timesOf(`search, ${what}`, times).slice(0, 1));
  }
  return rows;
}

/** Private messages, in the page itself. */
export async function sealing(browser: Browser, server: Server): Promise<Row[]> {
  const page = await (await browser.newContext()).newPage();
  const rates: (readonly [number, number])[] = [];
  for (let round = 0; round < 3; round++)
    rates.push(await beside(page, server, `helo.sealing(${textBytes}, ${texts})`));
  await page.context().close();
  const unit = 'a second';
  return [
    {
      what: `messages of ${textBytes} bytes sealed in the page`,
      value: percentile(
        rates.map(([sealed]) => sealed),
        0.5,
      ),
      unit,
      atLeast: goals.sealed,
    },
    {
      what: 'opened there',
      value: percentile(
        rates.map(([, opened]) => opened),
        0.5,
      ),
      unit,
      atLeast: goals.opened,
    },
  ];
}

function median(what: string, values: readonly number[], goal: number): Row {
  return { what, value: percentile(values, 0.5), unit: 'ms', goal };
}

/** Says something in the open conversation. Resolves when the server has stored it. */
async function say(page: Page, text: string): Promise<void> {
  const input = page.getByRole('textbox', { name: /^Write / });
  await input.fill(text);
  await input.press('Enter');
  await page.locator('.said', { hasText: text }).locator('.state.sent').waitFor();
}

/** The next load comes from the server. */
async function withoutCopy(page: Page): Promise<void> {
  await page.evaluate(`navigator.serviceWorker.ready.then((worker) => worker.unregister())`);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
}
