// The lock of what a browser stores, as a person meets it: put on at the entry or later, opened by a passphrase or a
// passkey, changed, taken off, forgotten. And what a thief finds who takes the files of the browser.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { browserTests, openDiskProfile } from '../support/browser.ts';
import { enterPage, isConnected, personAt } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';

const passphrase = 'orange trains whisper to nobody';
const other = 'seven quiet boats under a lamp';

async function enterName(page: Page, url: string, name: string, locks = false): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Your name here').fill(name);
  if (locks) await page.getByRole('checkbox', { name: /^Lock what this browser/ }).check();
  await page.getByRole('button', { name: 'Enter', exact: true }).click();
}

async function choose(page: Page, words: string, by = passphrase): Promise<void> {
  await page.getByLabel('Passphrase', { exact: true }).fill(by);
  await page.getByLabel('The same once more').fill(by);
  await page.getByRole('button', { name: words, exact: true }).click();
}

async function open(page: Page, by = passphrase): Promise<void> {
  await page.getByText('I cannot open it any more').waitFor();
  await page.getByLabel('Passphrase', { exact: true }).fill(by);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
}

async function settings(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click();
}

/** The files under `folder` that have one of `words` in them. */
async function filesWith(folder: string, words: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // oxlint-disable-next-line no-await-in-loop -- one file in memory at a time
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    for (const word of words)
      if (bytes.includes(word) || bytes.includes(Buffer.from(word, 'utf16le')))
        found.push(`${word} in ${path}`);
  }
  return found;
}

browserTests('the lock of what a browser stores', () => {
  test('a browser that is locked from its first entry on has nothing for a thief of its files', async (t) => {
    const { profile, folder } = await openDiskProfile(t);
    const server = await startPageServer(t);
    const page = await profile.newPage();
    await enterName(page, server.url, 'alice', true);
    await choose(page, 'Lock it');
    await isConnected(page);
    const alice = personAt(page, profile, 'alice');
    const bob = await enterPage(server, 'bob');
    await alice.say('@bob markertext1');
    await bob.open('alice');
    await bob.said('markertext1').waitFor();
    await bob.say('markertext2');
    await alice.open('bob');
    await alice.said('markertext2').waitFor();
    await page.getByRole('textbox', { name: /^Write/ }).fill('markerdraft');
    await page.reload();
    // Nothing is shown before it is open, and what does not open it costs nothing.
    await open(page, other);
    await page.getByRole('alert').getByText('Nothing is lost').waitFor();
    assert.equal(await page.getByText('markertext').count(), 0);
    await open(page);
    await isConnected(page);
    await alice.open('bob');
    await alice.said('markertext2').waitFor();
    const draft = page.getByRole('textbox', { name: /^Write/ });
    assert.equal(await draft.inputValue(), 'markerdraft');
    await profile.close();
    const words = ['markertext1', 'markertext2', 'markerdraft', '@alice', '"bob"'];
    assert.deepEqual(await filesWith(folder, words), []);
  });

  test('a store is locked later, its passphrase changed, and the lock taken off; nothing is lost', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const { page } = alice;
    await alice.say('said before');
    await alice.said('said before').waitFor();
    await settings(page);
    await alice.dialog.getByRole('button', { name: 'Lock what this browser keeps' }).click();
    await choose(page, 'Lock it');
    await page.getByText('The lock is chosen').waitFor();
    // Until it is opened, nothing was touched.
    await page.getByRole('button', { name: 'Leave it unlocked' }).click();
    await isConnected(page);
    await alice.said('said before').waitFor();
    await settings(page);
    await alice.dialog.getByRole('button', { name: 'Lock what this browser keeps' }).click();
    await choose(page, 'Lock it');
    await open(page);
    await isConnected(page);
    await alice.said('said before').waitFor();
    await alice.say('said locked');
    await alice.said('said locked').waitFor();
    await settings(page);
    await alice.dialog.getByText('was made before the lock').waitFor();
    await alice.dialog.getByRole('button', { name: 'Change what opens it' }).click();
    await alice.dialog.getByLabel('The passphrase that holds now').fill(passphrase);
    await alice.dialog.getByRole('button', { name: 'Go on' }).click();
    await choose(page, 'Take this from now on', other);
    await open(page);
    await page.getByRole('alert').getByText('Nothing is lost').waitFor();
    await open(page, other);
    await isConnected(page);
    await settings(page);
    await alice.dialog.getByRole('button', { name: 'Take the lock off' }).click();
    await alice.dialog.getByLabel('The passphrase that holds now').fill(other);
    await alice.dialog.getByRole('button', { name: 'Take the lock off' }).last().click();
    await page.getByText('The lock is being taken off').waitFor();
    await open(page, other);
    await isConnected(page);
    await alice.said('said locked').waitFor();
    await page.reload();
    await isConnected(page);
    await alice.said('said before').waitFor();
  });

  test('a passkey opens it, where the browser has them for the page', async (t) => {
    const server = await startPageServer(t);
    const profile = await server.profile();
    const page = await profile.newPage();
    const keys = await profile.newCDPSession(page);
    await keys.send('WebAuthn.enable');
    await keys.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        hasPrf: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    // A passkey belongs to a name, and an address of numbers is none.
    const url = server.url.replace('127.0.0.1', 'localhost');
    await enterName(page, url, 'carol', true);
    await page.getByRole('button', { name: /^Lock it by a passkey/ }).click();
    await isConnected(page);
    const carol = personAt(page, profile, 'carol');
    await carol.say('said with a passkey');
    await carol.said('said with a passkey').waitFor();
    await settings(page);
    await carol.dialog.getByRole('button', { name: 'Lock now' }).click();
    await page.getByRole('button', { name: 'Open by the passkey' }).click();
    await isConnected(page);
    await carol.said('said with a passkey').waitFor();
  });

  test('what nobody can open any more is erased, after a second question', async (t) => {
    const server = await startPageServer(t);
    const profile = await server.profile();
    const page = await profile.newPage();
    await enterName(page, server.url, 'dora', true);
    await choose(page, 'Lock it');
    await isConnected(page);
    await page.reload();
    await page.getByText('I cannot open it any more').click();
    const erase = page.getByRole('button', { name: /^Erase what this browser has/ });
    await erase.click();
    await page.getByRole('button', { name: /really\?$/ }).click();
    await page.getByLabel('Your name here').waitFor();
    const left = await page.evaluate<string[]>(
      'indexedDB.databases().then((all) => all.map(({ name }) => name))',
    );
    assert.deepEqual(left, ['helo']);
  });
});
