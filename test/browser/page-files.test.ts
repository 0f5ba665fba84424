// Files in the page as people send and get them: two people in two browsers, a browser and a terminal, people who are away,
// and names and contents that nobody would send who means well.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { browserTests } from '../support/browser.ts';
import { startChat } from '../support/chat-program.ts';
import { catPicture, png, savedBy, sendFiles } from '../support/page-files.ts';
import { examine, measure } from '../support/examine.ts';
import { enterPage, isConnected } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';
import { temporaryFolder } from '../support/temporary.ts';

browserTests('files in the page', () => {
  test('a picture is offered, accepted, seen by both, saved, and there again after a reload', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    await bob.say('/msg alice look at this');
    await bob.said('look at this').locator('.state.delivered').waitFor();
    await sendFiles(bob.page, [catPicture]);
    await alice.open('bob');
    const offered = alice.page.getByRole('region', { name: 'Files on their way' });
    await offered.getByText('cat.png').first().waitFor();
    await offered.getByText('you have never written to them').waitFor();
    await examine(alice.page, 'a file that is offered');
    await measure(alice.page, 'a file that is offered');
    await offered.getByRole('button', { name: 'Accept' }).click();
    const picture = alice.page.getByRole('img', { name: 'cat.png' });
    await picture.waitFor();
    assert.ok(png.equals(await savedBy(alice.page, 'cat.png')));
    // Who sent it sees it as well.
    await bob.page.getByRole('img', { name: 'cat.png' }).waitFor();
    await examine(alice.page, 'a picture that has come');
    await alice.page.getByRole('button', { name: 'Enlarge cat.png' }).click();
    await alice.dialog.getByRole('img', { name: 'cat.png' }).waitFor();
    await examine(alice.page, 'a large picture');
    await alice.page.keyboard.press('Escape');
    await alice.say('/files');
    await alice.dialog.getByText('it has come, whole').waitFor();
    await examine(alice.page, 'the files');
    await alice.page.reload();
    await isConnected(alice.page);
    await alice.open('bob');
    await picture.waitFor();
  });

  test('nothing is shown because of its name, and no name is more than text', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    // All of it at once: of a longer conversation the page has only what is near the window.
    await alice.page.setViewportSize({ width: 1200, height: 3000 });
    // Whom one has written to is taken from without a question.
    await alice.say('/msg bob send me something');
    await bob.unread('alice', 1).waitFor();
    await bob.open('alice');
    const markup = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    const long = `${'l'.repeat(200)}.png`;
    await sendFiles(bob.page, [
      { name: 'lies.png', mimeType: 'image/png', buffer: markup },
      { name: '<img src=x onerror=alert(1)>.html', mimeType: 'text/html', buffer: markup },
      { name: '\u202Egnp.exe', mimeType: 'image/png', buffer: Buffer.from('MZ') },
      { name: long, mimeType: 'image/svg+xml', buffer: png },
    ]);
    // The last one is a picture, whatever it is said to be.
    await alice.page.getByRole('img', { name: long }).waitFor();
    const save = alice.page.getByRole('button', { name: /^Save / });
    await save.nth(3).waitFor();
    assert.equal(
      await alice.page.locator('.said img, .said svg, .said iframe, .said object').count(),
      1,
    );
    assert.ok(markup.equals(await savedBy(alice.page, 'lies.png')));
    const text = await alice.page.getByRole('log').innerText();
    assert.ok(text.includes('gnp.exe') && !text.includes('\u202E'));
    await alice.page.setViewportSize({ width: 320, height: 3000 });
    await measure(alice.page, 'hostile names on a small telephone');
  });

  test('a browser and a terminal send files to each other', async (t) => {
    const server = await startPageServer(t);
    const folder = await temporaryFolder(t);
    const alice = await enterPage(server, 'alice');
    const bob = await startChat(t, { server: server.plain, name: 'bob' });
    bob.type('@alice hello');
    await alice.open('bob');
    await alice.said('hello').waitFor();
    await alice.say('and to you');
    await alice.said('and to you').locator('.state.delivered').waitFor();
    const plan = join(folder, 'plan.txt');
    const bytes = Buffer.alloc(300_000, 'a plan. ');
    await writeFile(plan, bytes);
    bob.type(`/send_file @alice ${plan}`);
    await alice.page.getByRole('button', { name: 'Save plan.txt' }).waitFor();
    assert.ok(bytes.equals(await savedBy(alice.page, 'plan.txt')));
    await sendFiles(alice.page, [{ name: 'answer.txt', mimeType: 'text/plain', buffer: bytes }]);
    const [, path = ''] = await bob.shows(
      'stdout',
      /File "([^"]+answer\.txt)" has successfully been saved!/,
    );
    assert.ok(bytes.equals(await readFile(path)));
  });
});
