// Files on the page over what happens to people: somebody is away, several are in a room, a transfer is stopped, a browser is
// full, and somebody has no account.
import assert from 'node:assert/strict';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { browserTests, openDiskProfile } from '../support/browser.ts';
import { startChat } from '../support/chat-program.ts';
import { catPicture, onTheirWay, png, savedBy, sendFiles } from '../support/page-files.ts';
import {
  enterPage,
  isConnected,
  pageAgain,
  personAt,
  type PagePerson,
} from '../support/page-person.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';
import { temporaryFolder } from '../support/temporary.ts';

const mebibyte = 1024 * 1024;

/** Two who have written to each other, each in the conversation with the other. */
async function acquainted(server: PageServer): Promise<readonly [PagePerson, PagePerson]> {
  const alice = await enterPage(server, 'alice');
  const bob = await enterPage(server, 'bob');
  await alice.say('/msg bob hello');
  await bob.open('alice');
  await bob.said('hello').waitFor();
  await bob.say('and to you');
  await alice.said('and to you').waitFor();
  return [alice, bob];
}

/** A file of zeros. */
async function largeFile(path: string, bytes: number): Promise<string> {
  const file = await open(path, 'w');
  await file.truncate(bytes);
  await file.close();
  return path;
}

browserTests('files on the page, in the long run', () => {
  test('a picture for somebody who is away waits at the server, and is fetched when its sender has gone', async (t) => {
    const server = await startPageServer(t);
    const [alice, bob] = await acquainted(server);
    await bob.page.close();
    await sendFiles(alice.page, [catPicture]);
    await alice.said('cat.png').locator('.state.sent').waitFor();
    await alice.say('/files');
    await alice.dialog.getByText('at the server, encrypted, until it is taken').waitFor();
    await alice.page.close();
    const back = await pageAgain(bob, server);
    await back.open('alice');
    await back.page.getByRole('img', { name: 'cat.png' }).waitFor();
    assert.ok(png.equals(await savedBy(back.page, 'cat.png')));
  });

  for (const [room, args] of [
    ['a group', []],
    ['the lobby', ['--lobby', 'sealed']],
  ] as const) {
    test(`a file in ${room} that is sealed comes to everybody in it`, async (t) => {
      const server = await startPageServer(t, args);
      const people = [];
      for (const name of ['alice', 'bob', 'carol']) people.push(await enterPage(server, name));
      const [alice, ...others] = people as [PagePerson, ...PagePerson[]];
      if (room === 'a group') {
        await alice.say('/create_group tea');
        await alice.page.getByRole('heading', { name: '#tea' }).waitFor();
      }
      await alice.protection('sealed: only its members can read it').waitFor();
      for (const other of others) {
        if (room === 'a group') {
          await other.say('/join tea');
          await other.page.getByRole('heading', { name: '#tea' }).waitFor();
        }
        await other.protection('sealed: only its members can read it').waitFor();
        await other.say(`${other.name} is here`);
        await alice.said(`${other.name} is here`).waitFor();
      }
      // Whom one has written to is taken from without a question, and others are asked about.
      await sendFiles(alice.page, [catPicture]);
      for (const other of others) {
        await onTheirWay(other).getByRole('button', { name: 'Accept' }).click();
        await other.page.getByRole('img', { name: 'cat.png' }).waitFor();
        assert.ok(png.equals(await savedBy(other.page, 'cat.png')));
      }
      await onTheirWay(alice).waitFor({ state: 'detached' });
    });
  }

  test('a large file shows how far it is, and is stopped by its sender', async (t) => {
    const server = await startPageServer(t);
    const folder = await temporaryFolder(t);
    const alice = await enterPage(server, 'alice');
    const downloads = ['--downloads', folder];
    const bob = await startChat(t, { server: server.plain, name: 'bob', args: downloads });
    bob.type('@alice hello');
    await alice.open('bob');
    await alice.said('hello').waitFor();
    await sendFiles(alice.page, await largeFile(join(folder, 'film.bin'), 150 * mebibyte));
    const card = onTheirWay(alice);
    await card.getByText('bob is asked whether to take it').waitFor();
    bob.type('/accept 1');
    const progress = card.getByRole('progressbar', { name: 'film.bin, to bob' });
    await progress.and(alice.page.locator('[value]:not([value="0"])')).waitFor();
    // Nobody reads any more: it stays where it is.
    bob.process.kill('SIGSTOP');
    await card.getByText(/^\d+ % of 157 MB/).waitFor();
    await card.getByRole('button', { name: 'Cancel film.bin' }).click();
    await alice.told('film.bin was not delivered to bob: you cancelled it').waitFor();
    await card.waitFor({ state: 'detached' });
    bob.process.kill('SIGCONT');
    await bob.shows('stderr', /film\.bin from alice was not saved: they cancelled it/);
    await alice.say('never mind');
    await bob.shows('stdout', /never mind/);
  });

  test('a browser without room for a file says so, keeps the chat, and takes it from the server once there is room', async (t) => {
    const { profile } = await openDiskProfile(t);
    const server = await startPageServer(t);
    const folder = await temporaryFolder(t);
    const alice = await enterPage({ ...server, profile: () => Promise.resolve(profile) }, 'alice');
    await alice.say('/create_group tea');
    await alice.page.getByRole('heading', { name: '#tea' }).waitFor();
    const bob = await startChat(t, { server: server.plain, name: 'bob' });
    bob.type('/join tea');
    bob.type('@@tea I am here');
    await alice.said('I am here').waitFor();
    const session = await profile.newCDPSession(alice.page);
    const { origin } = new URL(server.url);
    // It is less than the file and more than the chat has.
    const quotaSize = 40 * mebibyte;
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
    const path = await largeFile(join(folder, 'film.bin'), 50 * mebibyte);
    bob.type(`/send_file #tea ${path}`);
    await onTheirWay(alice).getByRole('button', { name: 'Accept' }).click();
    await alice.told('not saved: there is not enough room on the disk').waitFor();
    await alice.say('it is full here');
    await bob.shows('stdout', /it is full here/);
    await alice.say('/files');
    await alice.dialog.getByText('there is not enough room').waitFor();
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await alice.dialog.getByRole('button', { name: 'Try it again film.bin' }).click();
    await alice.dialog.getByText('it has come, whole').waitFor();
    await alice.page.keyboard.press('Escape');
    assert.equal((await savedBy(alice.page, 'film.bin')).length, 50 * mebibyte);
  });

  test('a browser that becomes a device has the history, with what was said about pictures, and gets the next one', async (t) => {
    const server = await startPageServer(t);
    const [alice, bob] = await acquainted(server);
    await sendFiles(bob.page, [catPicture]);
    await alice.page.getByRole('img', { name: 'cat.png' }).waitFor();
    const profile = await server.profile();
    const page = await profile.newPage();
    await page.goto(server.url);
    await page.getByLabel('Your name here').fill('alice');
    await page.getByRole('button', { name: 'link this browser to it' }).click();
    const code = page.getByText(/^\/link [\dA-Z-]+$/);
    const given = alice.dialog.getByLabel(/^Code that a new device shows/);
    const take = alice.dialog.getByRole('button', { name: 'Take it in' });
    await alice.page.getByRole('button', { name: 'Settings' }).click();
    await alice.dialog.getByRole('button', { name: 'devices' }).click();
    await given.fill((await code.innerText()).slice('/link '.length));
    await take.click();
    await page.getByText('the other device asks for these digits').waitFor();
    await given.fill((await page.locator('.to-type').innerText()).slice('/link '.length));
    await take.click();
    await isConnected(page);
    await alice.page.keyboard.press('Escape');
    const give = alice.page.getByRole('log').getByRole('button', { name: 'Give it the history' });
    await give.click();
    // What was decided is not asked any more.
    await give.waitFor({ state: 'detached' });
    const second = personAt(page, profile, 'alice');
    await second.open('bob');
    await second.said('hello').waitFor();
    await second.said('cat.png').waitFor();
    await sendFiles(bob.page, [{ ...catPicture, name: 'dog.png' }]);
    // Its account has written to him before this browser was a device of it: nobody is asked.
    await second.page.getByRole('img', { name: 'dog.png' }).waitFor();
    assert.ok(png.equals(await savedBy(second.page, 'dog.png')));
  });

  test('somebody without an account sends files, and gets them', async (t) => {
    const data = join(await temporaryFolder(t), 'server');
    const invited = ['--data', data, '--registration', 'invite', '--guests', 'on'];
    const server = await startPageServer(t, invited);
    const page = await (await server.profile()).newPage();
    await page.goto(server.url);
    await page.getByLabel('Your name here').fill('alice');
    await page.getByRole('button', { name: 'Enter', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Code').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.notice', { hasText: 'you are a guest' }).waitFor();
    const alice = personAt(page, page.context(), 'alice');
    const folder = await temporaryFolder(t);
    const guest = ['--guest', '--downloads', folder];
    const bob = await startChat(t, { server: server.plain, name: 'bob', args: guest });
    bob.type('@alice hello');
    await alice.open('bob');
    await alice.said('hello').waitFor();
    await alice.say('and to you');
    await bob.shows('stdout', /and to you/);
    await sendFiles(page, [catPicture]);
    const [, path = ''] = await bob.shows(
      'stdout',
      /File "([^"]+cat\.png)" has successfully been saved!/,
    );
    assert.ok(png.equals(await readFile(path)));
    bob.type(`/send_file @alice ${path}`);
    await onTheirWay(alice).getByRole('img', { name: 'cat.png' }).waitFor();
  });
});
