// What a browser stores, when something is in its way: another tab while there is a lock, a page that was hidden for long,
// and a disk that is full.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { browserTests, openDiskProfile } from '../support/browser.ts';
import { enterPage, isConnected, personAt, type PagePerson } from '../support/page-person.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';

const passphrase = 'orange trains whisper to nobody';

/** Somebody whose browser is locked from the first entry on. */
async function enterLocked(server: PageServer, name: string): Promise<PagePerson> {
  const profile = await server.profile();
  const page = await profile.newPage();
  await page.goto(server.url);
  await page.getByLabel('Your name here').fill(name);
  await page.getByRole('checkbox', { name: /^Lock what this browser/ }).check();
  await page.getByRole('button', { name: 'Enter', exact: true }).click();
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByLabel('The same once more').fill(passphrase);
  await page.getByRole('button', { name: 'Lock it', exact: true }).click();
  await isConnected(page);
  return personAt(page, profile, name);
}

async function open(page: Page): Promise<void> {
  await page.getByText('I cannot open it any more').waitFor();
  await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
}

/** As if the person looked elsewhere for so many minutes. */
async function lookAway(page: Page, minutes: number): Promise<void> {
  await page.evaluate(`(() => {
    const turn = (hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    };
    turn(true);
    const now = Date.now;
    const from = now();
    Date.now = () => now() + ${minutes * 60_000};
    turn(false);
    Date.now = now;
  })()`);
}

/** Says long texts until the chat is over. */
async function sayUntilFull({ page, say }: PagePerson): Promise<void> {
  const over = page.locator('.status').getByRole('alert');
  for (let count = 1; ; count++) {
    await say(`number ${count} ${'x'.repeat(3_000)}`);
    if ((await over.count()) > 0) return;
  }
}

browserTests('what a browser stores, when something is in its way', () => {
  test('of two tabs with a lock each asks for the passphrase, and the account moves to the one that is asked', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterLocked(server, 'alice');
    await alice.say('from the first');
    await alice.said('from the first').locator('.state.sent').waitFor();
    const second = await alice.profile.newPage();
    await second.goto(server.url);
    await open(second);
    await second.getByText('Another tab has your private messages').waitFor();
    await second.getByRole('button', { name: 'Have them here' }).click();
    await alice.page.getByText('You have left.').waitFor();
    await open(second);
    await isConnected(second);
    await second.locator('.said', { hasText: 'from the first' }).waitFor();
    assert.equal(await second.getByText('Another tab has').count(), 0);
    const there = personAt(second, alice.profile, 'alice');
    await there.say('from the second');
    await there.said('from the second').locator('.state.sent').waitFor();
    // And back again: the first tab has nothing open any more.
    await alice.page.getByRole('button', { name: 'Connect again' }).click();
    await open(alice.page);
    await alice.page.getByRole('button', { name: 'Have them here' }).click();
    await second.getByText('You have left.').waitFor();
    await open(alice.page);
    await isConnected(alice.page);
    await alice.said('from the second').waitFor();
  });

  test('a locked page that was hidden for as long as its person has set is locked again, and before that it is not', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterLocked(server, 'alice');
    const { page, dialog } = alice;
    await alice.say('for my eyes');
    await alice.said('for my eyes').waitFor();
    await lookAway(page, 600);
    await page.getByRole('button', { name: 'Settings' }).click();
    await dialog
      .getByRole('group', { name: /^Minutes hidden/ })
      .getByLabel('5', { exact: true })
      .check();
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: /^Write/ }).fill('half a sen');
    await lookAway(page, 4);
    await alice.said('for my eyes').waitFor();
    await lookAway(page, 6);
    await page.getByText('I cannot open it any more').waitFor();
    assert.equal(await page.getByText('for my eyes').count(), 0);
    await open(page);
    await isConnected(page);
    await alice.said('for my eyes').waitFor();
    assert.equal(await page.getByRole('textbox', { name: /^Write/ }).inputValue(), 'half a sen');
  });

  test('on a full disk nobody enters, and a chat that is under way ends with what to do; nothing that was kept is lost', async (t) => {
    const { profile } = await openDiskProfile(t, { expected: /Quota|quota/ });
    const server = await startPageServer(t);
    const bob = await enterPage(server, 'bob');
    const page = await profile.newPage();
    const disk = await profile.newCDPSession(page);
    const { origin } = new URL(server.url);
    const full = { origin, quotaSize: 100 };
    await disk.send('Storage.overrideQuotaForOrigin', full);
    await page.goto(server.url);
    await page.getByLabel('Your name here').fill('alice');
    await page.getByRole('button', { name: 'Enter', exact: true }).click();
    await page.getByText('it has no more room for this page').waitFor();
    await disk.send('Storage.overrideQuotaForOrigin', { origin });
    await page.reload();
    await page.getByLabel('Your name here').fill('alice');
    await page.getByRole('button', { name: 'Enter', exact: true }).click();
    await isConnected(page);
    const alice = personAt(page, profile, 'alice');
    await alice.say('with room');
    await bob.said('with room').waitFor();
    await disk.send('Storage.overrideQuotaForOrigin', full);
    // A browser looks at what is left now and then only: so much is more than it lets through meanwhile.
    await sayUntilFull(alice);
    await page.locator('.status').getByText('it has no more room for this page').waitFor();
    await disk.send('Storage.overrideQuotaForOrigin', { origin });
    await page.getByRole('button', { name: 'Connect again' }).click();
    await isConnected(page);
    await alice.said('number').first().waitFor();
    await alice.say('with room again');
    await bob.said('with room again').waitFor();
  });
});
