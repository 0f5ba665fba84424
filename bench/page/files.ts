// A large file from the page to a terminal and back: how fast, at what cost for each side, and in how much memory.

import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Page } from 'playwright-core';
import { defaultAcceptUpTo } from '../../src/client/files/limits.ts';
import type { Row } from '../report/figures.ts';
import { start, stop } from '../system/children.ts';
import { cpuSeconds, residentBytes } from '../system/process-meter.ts';
import { enterAs, program, type Server } from './browser.ts';
import { browserPids, type BrowserPids } from './browser-pids.ts';
import { LooseBrowser } from './loose-browser.ts';

const goals = { mibPerSecond: 60, memoryMb: 300 };
const mib = 1024 * 1024;
const writtenAtOnce = 16 * mib;
const lookEveryMs = 100;
/** A gigabyte on a machine that has other things to do. */
const limitMs = 300_000;

/** alice is at the page, bob at a terminal; who of the two sends, and what both have used. */
export async function files(server: Server, size: number): Promise<Row[]> {
  const home = await mkdtemp(join(tmpdir(), 'helo-bench-'));
  const bob = new Terminal(server, home);
  const profileFolder = join(home, 'profile');
  const browser = await LooseBrowser.start(profileFolder);
  try {
    const page = await browser.page();
    await acquainted(page, server, bob);
    const meter = new Meter(profileFolder, server, bob);
    const sent = join(home, 'sent.bin');
    await writeRandom(sent, size);
    await choose(page, sent);
    const out = await meter.during(() => toTerminal(browser, page, bob));
    if ((await digest(out.saved)) !== (await digest(sent)))
      throw new Error('another file has come');
    const back = join(home, 'back.bin');
    await rm(sent);
    await writeRandom(back, size);
    const again = await browser.page();
    const into = await meter.during(() => toPage(browser, again, bob, back, size));
    await (await browser.page()).getByRole('button', { name: 'Save back.bin' }).waitFor();
    return [
      ...rowsOf(`${size} MiB from the page to a terminal`, size, out),
      ...rowsOf(`${size} MiB from a terminal to the page`, size, into),
    ];
  } finally {
    await browser.close();
    await bob.end();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** How long it took in all and after the file was hashed, in seconds. */
interface Took {
  readonly all: number;
  readonly moving: number;
}

interface Used extends Took {
  readonly page: number;
  readonly browser: number;
  readonly server: number;
  readonly terminal: number;
  readonly memory: number;
}

function rowsOf(what: string, size: number, used: Used): Row[] {
  const unit = 'ms/MiB';
  const each = (seconds: number): number => (seconds * 1000) / size;
  return [
    { what, value: size / used.all, unit: 'MiB/s' },
    {
      what: 'behind its hash, which is told first',
      value: size / used.moving,
      unit: 'MiB/s',
      atLeast: goals.mibPerSecond,
    },
    { what: 'CPU of the page and its workers', value: each(used.page), unit },
    { what: 'of the rest of the browser', value: each(used.browser), unit },
    { what: 'of the server', value: each(used.server), unit },
    { what: 'of the terminal', value: each(used.terminal), unit },
    { what: 'most memory of the page', value: used.memory, unit: 'MB', goal: goals.memoryMb },
  ];
}

/** Enters with alice; she and bob have written to each other, so that files are taken from each other. */
async function acquainted(page: Page, server: Server, bob: Terminal): Promise<void> {
  await enterAs(page, server, 'alice');
  bob.type('@alice hello');
  await page
    .getByRole('navigation', { name: 'Conversations' })
    .getByRole('button', { name: /\bbob\b/ })
    .click();
  await page.locator('.said', { hasText: 'hello' }).waitFor();
  const input = page.getByRole('textbox', { name: /^Write / });
  await input.fill('and to you');
  await input.press('Enter');
  await bob.shows(/and to you/);
}

async function choose(page: Page, path: string): Promise<void> {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Send files' }).click(),
  ]);
  await chooser.setFiles(path);
  await page.getByRole('list', { name: 'To be sent' }).waitFor();
}

async function toTerminal(
  browser: LooseBrowser,
  page: Page,
  bob: Terminal,
): Promise<Took & { readonly saved: string }> {
  const began = performance.now();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await browser.leave();
  await bob.shows(/receiving sent\.bin/);
  const offered = performance.now();
  const [, saved = ''] = await bob.shows(/File "([^"]+sent\.bin)" has successfully been saved/);
  return { ...tookSince(began, offered), saved };
}

async function toPage(
  browser: LooseBrowser,
  page: Page,
  bob: Terminal,
  path: string,
  size: number,
): Promise<Took> {
  const began = performance.now();
  bob.type(`/send_file @alice ${path}`);
  // A larger one than a client takes without a question.
  if (size * mib > defaultAcceptUpTo)
    await page.getByRole('button', { name: 'Accept' }).click({ timeout: limitMs });
  else await bob.shows(/sending back\.bin/);
  const offered = performance.now();
  await browser.leave();
  await bob.shows(/File has successfully been delivered/);
  return tookSince(began, offered);
}

function tookSince(began: number, offered: number): Took {
  const ended = performance.now();
  return { all: (ended - began) / 1000, moving: (ended - offered) / 1000 };
}

async function writeRandom(path: string, size: number): Promise<void> {
  const file = await open(path, 'w', 0o600);
  const piece = new Uint8Array(writtenAtOnce);
  for (let left = size * mib; left > 0; left -= piece.length) {
    await file.write(randomFillSync(piece).subarray(0, left));
  }
  await file.close();
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** bob at `helo chat` in pipes. */
class Terminal {
  readonly #child;
  #output = '';
  #more: () => void = () => {};

  constructor({ port }: Server, home: string) {
    const args = ['chat', '--server', `127.0.0.1:${port}`, '--name', 'bob', '--plain'];
    const files = ['--downloads', join(home, 'downloads'), '--accept-up-to', '100GB'];
    this.#child = start(process.execPath, [program, ...args, ...files], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, HOME: join(home, 'bob'), XDG_DATA_HOME: join(home, 'bob') },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#more();
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found !== null) return found;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`the terminal did not show ${pattern}: ${this.#output}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#more = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async end(): Promise<void> {
    await stop(this.#child);
  }
}

/** What the processes use meanwhile. */
class Meter {
  readonly #pids: BrowserPids;
  readonly #others: { readonly server: number; readonly terminal: number };

  constructor(profileFolder: string, server: Server, bob: Terminal) {
    this.#pids = browserPids(profileFolder);
    this.#others = { server: server.child.pid ?? 0, terminal: bob.pid };
  }

  async during<T extends Took>(work: () => Promise<T>): Promise<Used & T> {
    const before = this.#cpu();
    let memory = 0;
    const look = setInterval(() => {
      memory = Math.max(memory, residentBytes(this.#pids.page));
    }, lookEveryMs);
    try {
      const took = await work();
      const after = this.#cpu();
      return {
        ...took,
        page: after.page - before.page,
        browser: after.browser - before.browser,
        server: after.server - before.server,
        terminal: after.terminal - before.terminal,
        memory: memory / 1_000_000,
      };
    } finally {
      clearInterval(look);
    }
  }

  #cpu() {
    const { page, rest } = this.#pids;
    return {
      page: cpuSeconds(page),
      browser: rest.reduce((sum, pid) => sum + cpuSeconds(pid), 0),
      server: cpuSeconds(this.#others.server),
      terminal: cpuSeconds(this.#others.terminal),
    };
  }
}
