// The page as people use it: real servers, a real browser, and the terminal program on the other side.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { browserTests } from '../support/browser.ts';
import { startChat } from '../support/chat-program.ts';
import { enterPage, isConnected } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';
import { runProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { eventually } from '../support/time-limit.ts';

browserTests('the page', () => {
  test('two people meet in the lobby, write in private, and compare keys', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    await alice.say('hello everybody');
    await bob.said('hello everybody').waitFor();
    await alice.say('/msg bob for you alone');
    await alice.said('for you alone').locator('.state.delivered').waitFor();
    await alice.protection('end-to-end encrypted, key not verified').waitFor();
    await bob.unread('alice', 1).waitFor();
    assert.equal(await bob.page.title(), '(1) Lobby – helo');
    await bob.open('alice');
    await bob.said('for you alone').getByText('encrypted').first().waitFor();
    await eventually(async () => (await bob.page.title()) === 'alice – helo', 'the title');
    const digits = await Promise.all(
      [alice, bob].map(async ({ page, dialog }) => {
        await page.getByRole('button', { name: 'About' }).click();
        await dialog.getByRole('button', { name: 'Compare keys' }).click();
        return dialog.locator('.digits').innerText();
      }),
    );
    assert.match(digits[0] ?? '', /^(?:\d{5}\s){11}\d{5}$/);
    assert.equal(digits[0], digits[1]);
    await alice.dialog.getByRole('button', { name: 'It is the same there' }).click();
    await alice.dialog.getByText('You have verified it.').waitFor();
    await alice.page.keyboard.press('Escape');
    await alice.protection('end-to-end encrypted, key verified').waitFor();
  });

  test('a reload keeps the name, what was said and what is typed', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    await bob.say('/msg alice keep this');
    await bob.said('keep this').locator('.state.delivered').waitFor();
    await alice.open('bob');
    await alice.said('keep this').waitFor();
    await alice.say('kept');
    await bob.said('kept').waitFor();
    await alice.page.getByLabel('Write to bob').fill('half a sen');
    await alice.page.reload();
    await isConnected(alice.page);
    await alice.open('bob');
    await alice.said('keep this').waitFor();
    await alice.said('kept').waitFor();
    const typed = alice.page.getByLabel('Write to bob');
    await eventually(async () => (await typed.inputValue()) === 'half a sen', 'the draft');
    await bob.say('and after it');
    await alice.said('and after it').waitFor();
  });

  test('what is stored is read before the client is loaded, and what is typed then is sent after', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    await bob.say('read me early');
    await alice.said('read me early').waitFor();
    await alice.say('/msg bob and this');
    await alice.said('and this').locator('.state.delivered').waitFor();
    await withoutServiceWorker(alice.page);
    let load = (): void => {};
    const mayLoad = new Promise<void>((resolve) => (load = resolve));
    await alice.page.route('**/connect-*.js', async (route) => {
      await mayLoad;
      await route.continue();
    });
    await alice.page.reload();
    await alice.said('read me early').waitFor();
    await alice.open('bob');
    await alice.said('and this').waitFor();
    await alice.protection('end-to-end encrypted, key not verified').waitFor();
    await alice.say('typed too early');
    await alice.page.getByLabel('Write to bob').fill('half a sen');
    await bob.say('said meanwhile');
    load();
    await bob.open('alice');
    await bob.said('typed too early').waitFor();
    assert.equal(await alice.page.getByLabel('Write to bob').inputValue(), 'half a sen');
    assert.equal(await alice.said('and this').count(), 1, 'nothing is shown twice');
    await alice.open('Lobby');
    await alice.said('said meanwhile').waitFor();
    assert.equal(await alice.said('read me early').count(), 1, 'nothing is shown twice');
  });

  test('what is sent before the client is loaded is not lost with the page', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    await alice.say('first');
    await alice.said('first').locator('.state.sent').waitFor();
    await withoutServiceWorker(alice.page);
    // Nobody answers.
    await alice.page.route('**/connect-*.js', () => {});
    await alice.page.reload();
    await alice.said('first').waitFor();
    await alice.say('sent too early');
    await alice.page.getByLabel('Write to everybody').fill('half a sen');
    await alice.page.unroute('**/connect-*.js');
    await alice.page.reload();
    await isConnected(alice.page);
    const typed = alice.page.getByLabel('Write to everybody');
    await eventually(
      async () => (await typed.inputValue()) === 'sent too early\nhalf a sen',
      'the draft',
    );
  });

  test('a group is made, entered, written in, and somebody is put out of it', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    await alice.page.getByRole('button', { name: 'Write or join' }).click();
    await alice.dialog.getByLabel('Name of a person or a group').fill('tea');
    await alice.dialog.getByRole('button', { name: 'Make the group tea', exact: true }).click();
    await alice.page.getByRole('heading', { name: '#tea' }).waitFor();
    await alice.protection('sealed: only its members can read it').waitFor();
    await bob.say('/join tea');
    await bob.page.getByRole('heading', { name: '#tea' }).waitFor();
    await bob.say('is there cake');
    await alice.said('is there cake').waitFor();
    await alice.say('there is');
    await bob.said('there is').waitFor();
    await alice.page.getByRole('button', { name: 'About' }).click();
    await alice.dialog.getByText('What you can do about bob').click();
    await alice.dialog.getByRole('button', { name: 'Put out for good' }).click();
    await alice.dialog.getByRole('button', { name: 'Put out for good: really?' }).click();
    await bob.page.getByPlaceholder('You are not in tea').waitFor();
  });

  test('what others write is text, in a direction of its own, and a long text is cut at first', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const mallory = await startChat(t, { server: server.plain, name: 'mallory' });
    mallory.type('<img src=x onerror=alert(1)> <b>bold</b> javascript:alert(1)');
    await alice.said('<img src=x onerror=alert(1)> <b>bold</b>').waitFor();
    mallory.type('\u202Eesrever\u2066 \u05E9\u05DC\u05D5\u05DD');
    await alice.said('esrever \u05E9\u05DC\u05D5\u05DD').waitFor();
    const made = alice.page.locator('.said img, .said b, .said script, .said a');
    assert.equal(await made.count(), 0);
    mallory.type('wide'.repeat(5_000));
    const long = alice.said('widewide');
    await long.getByRole('button', { name: '17,000 more characters' }).click();
    await alice.said('wide'.repeat(5_000)).waitFor();
    const beyond = await alice.page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.equal(beyond, 0, 'nothing is wider than the page');
  });

  test('somebody at a terminal and somebody in a browser write to each other in private', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await startChat(t, { server: server.plain, name: 'bob' });
    await alice.page.getByRole('button', { name: 'bob : write in private' }).click();
    await alice.say('from a page');
    await bob.shows('stdout', /from a page/);
    bob.type('@alice from a terminal');
    await alice.said('from a terminal').waitFor();
    await alice.said('from a page').locator('.state.delivered').waitFor();
  });

  test('Enter does not send while a writing system composes, and Shift+Enter makes a line', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const input = alice.page.getByLabel('Write to everybody');
    await input.pressSequentially('to');
    // As a browser reports it: the composition has the key.
    await input.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    await input.dispatchEvent('keydown', { key: 'Enter', keyCode: 229 });
    await input.press('Shift+Enter');
    await input.pressSequentially('gether');
    assert.equal(await input.inputValue(), 'to\ngether');
    assert.equal(await alice.page.locator('.said').count(), 0);
    await input.press('Enter');
    // One message, with its lines.
    await alice.said('gether').locator('.state.sent').waitFor();
    assert.equal(await alice.page.locator('.said').count(), 1);
    assert.match(await alice.said('gether').locator('.words').innerText(), /^to\ngether/);
  });

  test('a text is set as it was written: emphasis, code, quotations, and nothing else', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    const text = '**so**\n> *it* was\n```\n  a <b>\n```\n<i>[x](http://e.example)</i>';
    await alice.page.getByLabel('Write to everybody').fill(text);
    await alice.page.getByLabel('Write to everybody').press('Enter');
    const words = bob.said('so').locator('.words');
    await words.locator('strong', { hasText: 'so' }).waitFor();
    assert.equal(await words.locator('blockquote').innerText(), 'it was');
    assert.equal(await words.locator('blockquote em').innerText(), 'it');
    assert.equal(await words.locator('pre').innerText(), '  a <b>');
    assert.match(await words.innerText(), /<i>\[x\]\(http:\/\/e\.example\)<\/i>$/);
    assert.equal(await words.locator('i').count(), 0);
  });

  test('a browser becomes a device of an account at a terminal, and both write as the same person', async (t) => {
    const server = await startPageServer(t);
    const bob = await enterPage(server, 'bob');
    const terminal = await startChat(t, { server: server.plain, name: 'alice' });
    terminal.type('from the terminal');
    await bob.said('from the terminal').waitFor();
    const page = await (await server.profile()).newPage();
    await page.goto(server.url);
    await page.getByLabel('Your name here').fill('alice');
    await page.getByRole('button', { name: 'link this browser to it' }).click();
    const code = page.getByText(/^\/link [\dA-Z-]+$/);
    terminal.type(await code.innerText());
    await terminal.tells(/wants to be a device of your account/);
    await page.getByText('the other device asks for these digits').waitFor();
    terminal.type(await code.innerText());
    await terminal.tells(/is a device of your account now/);
    await isConnected(page);
    await page.getByLabel('Write to everybody').fill('from the page');
    await page.keyboard.press('Enter');
    await bob.said('from the page').waitFor();
    assert.equal(await bob.page.locator('.said .name', { hasText: 'alice' }).count(), 2);
  });

  test('a link with a code lets a newcomer in by the name alone, and the code leaves the address', async (t) => {
    const data = join(await temporaryFolder(t), 'server');
    const server = await startPageServer(t, ['--data', data, '--registration', 'invite']);
    const made = await runProgram(t, { args: ['admin', 'invite', '--json', '--data', data] });
    const { code } = JSON.parse(made.stdout) as { code: string };
    const { page, say, said } = await enterPage(server, 'alice', { hash: `#invite=${code}` });
    assert.equal(page.url(), server.url);
    assert.equal(await page.getByLabel('Invite code').count(), 0);
    await say('I am in');
    await said('I am in').locator('.state.sent').waitFor();
  });

  test('of two tabs one has the account, and it moves to the other when that is asked for', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    await alice.say('from the first');
    await alice.said('from the first').locator('.state.sent').waitFor();
    const second = await alice.profile.newPage();
    await second.goto(server.url);
    await second.getByText('Another tab has your private messages').waitFor();
    await second.getByRole('button', { name: 'Have them here' }).click();
    await alice.page.getByText('You have left.').waitFor();
    await second.locator('.said', { hasText: 'from the first' }).waitFor();
    await second.getByText('Another tab has').waitFor({ state: 'detached' });
    await second.getByLabel('Write to everybody').fill('from the second');
    await second.keyboard.press('Enter');
    const said = second.locator('.said', { hasText: 'from the second' });
    await said.locator('.state.sent').waitFor();
  });
});

/** From the next load on, what the page fetches comes from the server. */
async function withoutServiceWorker(page: Page): Promise<void> {
  await page.evaluate(`navigator.serviceWorker.ready.then((worker) => worker.unregister())`);
}
