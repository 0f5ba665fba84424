// Files that have come, under the lock of the store: turned when the lock is put on or taken off, also by a page that ended
// in the middle; found to be changed; and what a thief of the browser's files has of them.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { browserTests, openDiskProfile, openScript } from '../support/browser.ts';
import { savedBy, sendFiles } from '../support/page-files.ts';
import { enterPage, isConnected, personAt } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';
import { callPage } from '../support/remote-object.ts';

const key = new Uint8Array(randomBytes(32));
const mib = 1024 * 1024;
const idOf = (number: number) => number.toString(16).padStart(32, '0');
const pathOf = (id: string) => `saved/${id}/a`;
const passphrase = 'orange trains whisper to nobody';

type Ask = <T>(name: string, ...args: readonly unknown[]) => Promise<T>;

/** What is asked of the files of alice, whose store has the key. */
async function opened(page: Page): Promise<Ask> {
  const ask: Ask = (name, ...args) => callPage(page, [name], ['alice', ...args]);
  await ask('open', { host: '127.0.0.1', port: 1 }, key);
  return ask;
}

async function put(ask: Ask, id: string, content: Buffer, isWhole = true): Promise<void> {
  await ask('write', id, 'plain', new Uint8Array(content));
  if (isWhole) await ask('verify', id);
}

async function saved(ask: Ask, id: string): Promise<Buffer | undefined> {
  const found = await ask<Uint8Array | undefined>('saved', pathOf(id));
  return found && Buffer.from(found);
}

async function kept(ask: Ask, id: string, form: 'plain' | 'sealed'): Promise<Buffer | undefined> {
  const found = await ask<Uint8Array | undefined>('read', id, form);
  return found && Buffer.from(found);
}

browserTests('files under the lock of a browser', () => {
  test('files of every size are turned, there and back, and have nothing of their content meanwhile', async (t) => {
    const ask = await opened(await openScript(t, 'files.ts'));
    const contents = [0, 1, mib - 1, mib, mib + 1, 3 * mib].map((size) => randomBytes(size));
    for (const [number, content] of contents.entries()) await put(ask, idOf(number), content);
    await ask('turn', key, 'sealed');
    for (const [number, content] of contents.entries()) {
      const id = idOf(number);
      assert.equal(await kept(ask, id, 'plain'), undefined);
      const sealed = await kept(ask, id, 'sealed');
      assert.equal(
        sealed?.length,
        content.length + 32 * Math.max(1, Math.ceil(content.length / mib)),
      );
      if (content.length >= 64) assert.ok(!sealed.includes(content.subarray(0, 64)));
      assert.deepEqual(await saved(ask, id), content, `${content.length} bytes`);
    }
    await ask('turn', key, 'plain');
    for (const [number, content] of contents.entries()) {
      assert.equal(await kept(ask, idOf(number), 'sealed'), undefined);
      assert.deepEqual(await kept(ask, idOf(number), 'plain'), content);
    }
  });

  test('a page that ends in the middle of turning loses nothing', async (t) => {
    const ask = await opened(await openScript(t, 'files.ts'));
    const content = randomBytes(2 * mib + 7);
    const id = idOf(1);
    await put(ask, id, content);
    // It has begun to write the other form, or has written it and not removed this one.
    await ask('write', id, 'sealed', new Uint8Array(100));
    await ask('turn', key, 'sealed');
    assert.deepEqual(await saved(ask, id), content);
    await ask('write', id, 'plain', new Uint8Array(100));
    await ask('turn', key, 'plain');
    assert.deepEqual(await kept(ask, id, 'plain'), content);
    // Of what has not come whole, the pieces that have stay, and nothing is said to be whole.
    const part = idOf(2);
    await put(ask, part, content, false);
    await ask('turn', key, 'sealed');
    assert.equal(await saved(ask, part), undefined);
    await ask('turn', key, 'plain');
    assert.deepEqual(await kept(ask, part, 'plain'), content.subarray(0, 2 * mib));
  });

  test('a file that something has changed, cut, or put in the place of another one is not shown', async (t) => {
    const content = randomBytes(2 * mib + 7);
    const page = await openScript(t, 'files.ts');
    const ask = await opened(page);
    const ids = Array.from({ length: 6 }, (_, number) => idOf(number + 1));
    for (const id of ids) await put(ask, id, content);
    await ask('turn', key, 'sealed');
    const [first = '', flipped = '', cut = '', empty = '', swapped = '', other = ''] = ids;
    const whole = await kept(ask, first, 'sealed');
    assert.ok(whole);
    const piece = mib + 32;
    const change = async (id: string, bytes: Buffer) =>
      ask('write', id, 'sealed', new Uint8Array(bytes));
    const own = async (id: string) => (await kept(ask, id, 'sealed')) ?? Buffer.alloc(0);
    const bent = await own(flipped);
    bent[piece + 20] = (bent[piece + 20] ?? 0) ^ 1;
    await change(flipped, bent);
    await change(cut, (await own(cut)).subarray(0, 2 * piece));
    await change(empty, Buffer.alloc(0));
    const turned = await own(swapped);
    await change(
      swapped,
      Buffer.concat([
        turned.subarray(piece, 2 * piece),
        turned.subarray(0, piece),
        turned.subarray(2 * piece),
      ]),
    );
    await change(other, whole);
    for (const id of [flipped, cut, empty, swapped, other])
      assert.equal(await saved(ask, id), undefined);
    assert.deepEqual(await saved(ask, first), content);
  });

  test('a file that came before the lock and one that came after it are locked, opened and unlocked', async (t) => {
    const { profile, folder } = await openDiskProfile(t);
    const server = await startPageServer(t);
    const page = await profile.newPage();
    await page.goto(server.url);
    await page.getByLabel('Your name here').fill('alice');
    await page.getByRole('button', { name: 'Enter', exact: true }).click();
    await isConnected(page);
    const alice = personAt(page, profile, 'alice');
    const bob = await enterPage(server, 'bob');
    await alice.say('/msg bob send me something');
    await bob.unread('alice', 1).waitFor();
    await bob.open('alice');
    const before = Buffer.from('markerbefore '.repeat(200_000));
    const after = Buffer.from('markerafter '.repeat(200_000));
    const sends = (name: string, buffer: Buffer) =>
      sendFiles(bob.page, [{ name, mimeType: 'text/plain', buffer }]);
    const save = (name: string) => page.getByRole('button', { name: `Save ${name}` }).last();
    await sends('before.txt', before);
    await alice.open('bob');
    await save('before.txt').waitFor();
    const open = async () => {
      await page.getByText('I cannot open it any more').waitFor();
      await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
      await page.getByRole('button', { name: 'Open', exact: true }).click();
      await isConnected(page);
      await alice.open('bob');
    };
    await page.getByRole('button', { name: 'Settings' }).click();
    await alice.dialog.getByRole('button', { name: 'Lock what this browser keeps' }).click();
    await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await page.getByLabel('The same once more').fill(passphrase);
    await page.getByRole('button', { name: 'Lock it', exact: true }).click();
    await open();
    assert.ok(before.equals(await savedBy(page, 'before.txt')));
    await sends('after.txt', after);
    await save('after.txt').waitFor();
    await page.reload();
    await open();
    for (const [name, content] of [
      ['before.txt', before],
      ['after.txt', after],
    ] as const)
      assert.ok(content.equals(await savedBy(page, name)), name);
    const found = await filesWith(join(folder, 'Default', 'File System'), [
      'markerbefore',
      'markerafter',
    ]);
    assert.deepEqual(found, []);
    await page.getByRole('button', { name: 'Settings' }).click();
    await alice.dialog.getByRole('button', { name: 'Take the lock off' }).click();
    await alice.dialog.getByLabel('The passphrase that holds now').fill(passphrase);
    await alice.dialog.getByRole('button', { name: 'Take the lock off' }).last().click();
    await page.getByText('The lock is being taken off').waitFor();
    await open();
    for (const [name, content] of [
      ['before.txt', before],
      ['after.txt', after],
    ] as const)
      assert.ok(content.equals(await savedBy(page, name)), name);
    assert.equal(
      (await filesWith(join(folder, 'Default', 'File System'), ['markerbefore'])).length,
      1,
    );
  });
});

/** The files under `folder` that have one of `words` in them. */
async function filesWith(folder: string, words: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    for (const word of words) if (bytes.includes(word)) found.push(`${word} in ${entry.name}`);
  }
  return found;
}
