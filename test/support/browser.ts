// A real browser for tests: one process for each file of tests, a fresh profile and a fresh page for each test. Code for a
// page is joined from its sources and served from 127.0.0.1, which browsers count as secure. An error in a page, one in
// its console or a breach of its content security policy fails the test that opened it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { build } from 'esbuild';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { inRepository } from './repository.ts';
import type { Scope } from './scope.ts';
import { limitMs } from './time-limit.ts';

const program = 'chromium';
const flags = ['--no-sandbox', '--disable-background-networking'];
const policy =
  "default-src 'none'; script-src 'self'; connect-src 'self' ws://127.0.0.1:*; img-src data: blob:; media-src blob:; require-trusted-types-for 'script'";

/** The page's worker for files, which a page of these tests finds at /worker.js. */
const fileWorker = '../../../src/platform/browser/files/worker.ts';

export interface PageSettings {
  /** For errors that a test provokes, such as a connection that cannot be made. */
  readonly expected?: RegExp;
  /** What its camera sees: a file of moving pictures (Y4M). Such a profile has a browser of its own. */
  readonly camera?: string;
}

let browser: Promise<Browser> | undefined;
const endings: (() => unknown)[] = [];

/** For what lasts as long as the tests of the file: opening a page for each of many small ones takes the most time. */
export const wholeFile: Scope = { after: (action) => void endings.unshift(action) };

/**
 * The tests of a file, which share one browser. If none is installed, it says so. In one suite, because what follows all
 * tests of a file waits for processes to end, and the browser is one.
 */
export function browserTests(title: string, define: () => void): void {
  const isHere = spawnSync(program, ['--version']).status === 0;
  const skip = !isHere && `NOT TRIED, for want of ${program}: apt-get install ${program}`;
  describe(title, { skip }, () => {
    after(async () => {
      try {
        for (const end of endings) await end();
      } finally {
        await (await browser)?.close();
      }
    });
    define();
  });
}

/** A profile of its own, as of a person who has never been here, until the test ends. */
export async function openProfile(
  t: Scope,
  { expected, camera }: PageSettings = {},
): Promise<BrowserContext> {
  return watched(t, await (await browserFor(t, camera)).newContext(), expected);
}

/** The same on a disk, in a folder: a profile in memory has no limit for files. It is a browser of its own. */
export async function openDiskProfile(
  t: Scope,
  { expected }: PageSettings = {},
): Promise<{ readonly profile: BrowserContext; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'helo-test-'));
  const settings = { executablePath: programPath(), args: flags, timeout: limitMs };
  const profile = watched(t, await chromium.launchPersistentContext(folder, settings), expected);
  // After the browser, which writes until it ends.
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return { profile, folder };
}

function watched(t: Scope, context: BrowserContext, expected: RegExp | undefined): BrowserContext {
  context.setDefaultTimeout(limitMs);
  const wrong: string[] = [];
  const note = (text: string): void => {
    if (expected?.test(text) !== true) wrong.push(text);
  };
  context.on('weberror', (error) => note(String(error.error().stack ?? error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') note(message.text());
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(wrong, [], 'no page reports an error');
  });
  return context;
}

function browserFor(t: Scope, camera: string | undefined): Promise<Browser> {
  if (camera === undefined) return (browser ??= launch([]));
  const launched = launch([
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${camera}`,
  ]);
  t.after(async () => (await launched).close());
  return launched;
}

function launch(more: readonly string[]): Promise<Browser> {
  const args = [...flags, ...more];
  return chromium.launch({ executablePath: programPath(), args, timeout: limitMs });
}

/** A page in a profile of its own that runs `script`, a module in test/browser/pages/. */
export async function openScript(
  t: Scope,
  script: string,
  settings: PageSettings & { readonly profile?: BrowserContext; readonly url?: string } = {},
): Promise<Page> {
  const profile = settings.profile ?? (await openProfile(t, settings));
  const page = await profile.newPage();
  await page.goto(settings.url ?? (await serveScript(t, script)));
  return page;
}

/** Serves an empty page that runs `script`, until the test ends. Gives its URL. */
export async function serveScript(t: Scope, script: string): Promise<string> {
  const code = await scriptOf(script);
  const server = createServer((request, response) => {
    response.setHeader('Content-Security-Policy', policy);
    if (request.url === '/worker.js') {
      response.setHeader('Content-Type', 'text/javascript');
      void scriptOf(fileWorker, 'iife').then((worker) => response.end(worker));
    } else if (request.url === '/script.js') {
      response.setHeader('Content-Type', 'text/javascript').end(code);
    } else if (request.url === '/') {
      response
        .setHeader('Content-Type', 'text/html')
        .end(
          '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/script.js"></script>',
        );
    } else {
      response.writeHead(404).end();
    }
  });
  t.after(() => closeServer(server));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // An error of the page ends the test before what was to be done after it.
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function closeServer(server: Server): void {
  server.close();
  server.closeAllConnections();
}

const built = new Map<string, Promise<string>>();

function scriptOf(script: string, format: 'esm' | 'iife' = 'esm'): Promise<string> {
  const known = built.get(script) ?? buildScript(script, format);
  built.set(script, known);
  return known;
}

async function buildScript(script: string, format: 'esm' | 'iife'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [inRepository(`test/browser/pages/${script}`)],
    bundle: true,
    format,
    platform: 'browser',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    target: 'es2023',
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}

function programPath(): string {
  const { stdout } = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
  return stdout.trim();
}
