// An account comes back in a browser that has nothing of it, by its recovery words: with what was said before, out of the
// backup at the server or in a file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateMnemonic } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { Page } from 'playwright-core';
import { browserTests } from '../support/browser.ts';
import { enterPage, isConnected, personAt, type PagePerson } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';

/** The words that the account gets, which are shown once. */
async function makeWords({ page, dialog }: PagePerson): Promise<string> {
  await page.getByRole('button', { name: 'Settings' }).click();
  await dialog.getByRole('button', { name: 'Your devices' }).click();
  await dialog.getByRole('button', { name: 'Make recovery words' }).click();
  const told = dialog.getByText('Write these twelve words down');
  const [, words] = /in their order: ([a-z ]+)\./.exec(await told.innerText()) ?? [];
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.ok(words !== undefined);
  return words;
}

/** The words with another first one. Of the checksums of such words one in sixteen is right: not of these. */
function withAnotherWord(words: string): string {
  const others = ['zebra', 'able', 'zone', 'bird'].map((word) => words.replace(/^\w+/, word));
  const wrong = others.find((one) => !validateMnemonic(one, wordlist));
  assert.ok(wrong !== undefined);
  return wrong;
}

async function begin(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Your name here').fill(name);
  await page.getByRole('button', { name: 'I have its twelve recovery words' }).click();
  await page.getByLabel('The twelve words').waitFor();
}

browserTests('recovery words in the page', () => {
  test('they make a new browser a device, with what was said before, and take the others out', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    await alice.say('remember this');
    await alice.said('remember this').waitFor();
    const words = await makeWords(alice);
    await alice.say('/backup on');
    await alice.page.getByText('your history is at the server, encrypted').first().waitFor();
    const profile = await server.profile();
    const page = await profile.newPage();
    await begin(page, server.url, 'alice');
    const field = page.getByLabel('The twelve words');
    await field.fill('zebra zebbra ');
    await page.getByText('Word 2 is none that recovery words have').waitFor();
    await field.fill(withAnotherWord(words));
    await page.getByText('12 of 12 words').waitFor();
    await page.getByRole('button', { name: 'Recover', exact: true }).click();
    await page.getByRole('alert').getByText('stand in another order').waitFor();
    // As it was copied from elsewhere.
    await field.fill(`1. ${words.toUpperCase().replaceAll(' ', '\n')}\n`);
    await page.getByLabel('Take all my other devices out').check();
    await page.getByRole('button', { name: 'Recover', exact: true }).click();
    await isConnected(page);
    const again = personAt(page, profile, 'alice');
    await again.said('remember this').waitFor();
    await alice.page.getByText('Connect again').waitFor();
    await page.reload();
    await isConnected(page);
    await again.say('here again');
    await again.said('here again').waitFor();
  });

  test('the history comes out of a file that the person has', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    await alice.say('remember the file');
    await alice.said('remember the file').waitFor();
    const words = await makeWords(alice);
    const made = alice.page.waitForEvent('download');
    await alice.say('/backup ./mine.helo');
    const backup = await (await made).path();
    const profile = await server.profile();
    const page = await profile.newPage();
    await begin(page, server.url, 'alice');
    await page.getByLabel('The twelve words').fill(words);
    const file = page.getByLabel('A backup in a file');
    await file.setInputFiles({
      name: 'other.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('no backup'),
    });
    await page.getByRole('button', { name: 'Recover', exact: true }).click();
    await page.getByRole('alert').getByText('no backup of helo').waitFor();
    await file.setInputFiles(backup);
    await page.getByRole('button', { name: 'Recover', exact: true }).click();
    await isConnected(page);
    await personAt(page, profile, 'alice').said('remember the file').waitFor();
  });
});
