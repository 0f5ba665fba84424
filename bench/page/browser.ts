// The measured parts, as people have them: a server with its page, and Debian's Chromium.

import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';

export const options = {
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
};
export const program = fileURLToPath(new URL('../../../dist/cli/helo.js', import.meta.url));
const device = fileURLToPath(new URL('../../page-device.js', import.meta.url));

export interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  /** For connections of version 1. */
  readonly port: number;
  readonly data: string;
}

/** A server that takes everybody with an invitation in, and limits nobody. */
export async function startServer(home: string): Promise<Server> {
  const data = join(home, 'server');
  const flags = ['--port', '0', '--tls-port', 'off', '--web-port', '0', '--limits', 'off'];
  const args = [program, 'serve', ...flags, '--data', data];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, HOME: home, XDG_DATA_HOME: home },
  });
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    const plain = /plain text +\S+:(\d+) /.exec(text)?.[1];
    const web = /web page +127\.0\.0\.1:(\d+)/.exec(text)?.[1];
    if (plain === undefined || web === undefined || !text.includes('Stop with')) continue;
    return { child, url: `http://127.0.0.1:${web}/`, port: Number(plain), data };
  }
  throw new Error('the server did not start');
}

/** A code of invitation. */
export function inviteCode({ data }: Server): string {
  const args = [program, 'admin', 'invite', '--json', '--data', data];
  const made = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as {
    readonly code: string;
  };
  return made.code;
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch(options);
}

/** Opens the page in a profile of its own, and enters. */
export async function enter(browser: Browser, server: Server, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await enterAs(page, server, name);
  return page;
}

/** The same in this page. */
export async function enterAs(page: Page, { url }: Server, name: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Your name here').fill(name);
  await page.getByRole('button', { name: 'Enter', exact: true }).click();
  await isConnected(page);
}

export async function isConnected(page: Page): Promise<void> {
  await page.locator('.status p', { hasText: /● connected/ }).waitFor();
}

/** Calls a function of pages/device.ts in a page of the server's origin that has no client. */
export async function beside<T>(page: Page, { url }: Server, call: string): Promise<T> {
  await page.goto(`${url}icon.svg`);
  await page.evaluate(readFileSync(device, 'utf8'));
  return page.evaluate(call);
}

/** The memory of the page's JavaScript after its garbage was collected, in MB. */
export async function heapMb(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1_000_000;
}
