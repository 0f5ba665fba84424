// Draws docs/page.png from the running program: a server, three people, and the page of one of them in a real browser.
// Needs a build, and Debian's chromium. Usage: npm run screenshot:page [-- THEME FILE]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const [theme = 'light', file = `${root}docs/page.png`] = process.argv.slice(2);
const home = mkdtempSync(join(tmpdir(), 'helo-shot-'));
const server = spawn(
  process.execPath,
  [`${root}dist/cli/helo.js`, 'serve', '--port', '0', '--tls-port', 'off', '--web-port', '0'],
  { env: { ...process.env, HOME: home, XDG_DATA_HOME: home } },
);
const url = await new Promise((resolve) => {
  let text = '';
  server.stdout.on('data', (chunk) => {
    text += String(chunk);
    const [, port] = /web page +127\.0\.0\.1:(\d+)/.exec(text) ?? [];
    if (port !== undefined) resolve(`http://127.0.0.1:${port}/`);
  });
});
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
});

async function enter(name) {
  const context = await browser.newContext({
    viewport: { width: 1100, height: 620 },
    colorScheme: theme === 'dark' ? 'dark' : 'light',
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.getByLabel('Your name here').fill(name);
  await page.keyboard.press('Enter');
  const input = page.getByRole('textbox', { name: /^Write / });
  await input.waitFor();
  const said = (text) => page.locator('.said', { hasText: text });
  const say = async (text) => {
    await input.fill(text);
    await input.press('Enter');
  };
  return { page, say, said };
}

try {
  const [alice, bob, carol] = [await enter('alice'), await enter('bob'), await enter('carol')];
  await carol.say('good morning, the build is green again');
  await alice.said('good morning').waitFor();
  await alice.say('/create_group release');
  await alice.page.getByRole('heading', { name: '#release' }).waitFor();
  await carol.say('/join release');
  await carol.page.getByRole('heading', { name: '#release' }).waitFor();
  await alice.say('/msg bob did you get the keys to the office?');
  await alice.said('the keys').locator('.state.delivered').waitFor();
  await bob.page.getByRole('button', { name: /alice.*unread/ }).click();
  await bob.say('yes, they are with me. Shall we compare our numbers at lunch?');
  await alice.said('with me').waitFor();
  await alice.say('gladly, at one: https://example.org/canteen');
  await alice.said('gladly').locator('.state.delivered').waitFor();
  await carol.say('the notes are done, @alice');
  await alice.page.getByRole('button', { name: /release.*1 unread/ }).waitFor();
  await alice.page.screenshot({ path: file });
} finally {
  await browser.close();
  server.kill();
  rmSync(home, { recursive: true, force: true });
}
