// The page for everybody: each screen is examined by axe-core in both themes, everything is reached by keys, and nothing
// is cut off, from a small telephone to a large wall.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { browserTests } from '../support/browser.ts';
import { examine, measure } from '../support/examine.ts';
import { enterPage, type PagePerson } from '../support/page-person.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Opens a dialogue, examines it, and closes it by Escape; the focus goes back to where it was. */
async function examineDialog({ page, dialog }: PagePerson, button: string): Promise<void> {
  const opener = page.getByRole('button', { name: button }).first();
  await opener.focus();
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await examine(page, button);
  await measure(page, button);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await opener.and(page.locator(':focus')).waitFor();
}

async function chatOfTwo(server: PageServer): Promise<PagePerson> {
  const bob = await enterPage(server, 'bob');
  const alice = await enterPage(server, 'alice');
  await bob.say('@alice shalom \u05E9\u05DC\u05D5\u05DD, see https://example.org/');
  await alice.open('bob');
  await alice.said('shalom').waitFor();
  await alice.say('an answer');
  await alice.said('an answer').locator('.state.delivered').waitFor();
  return alice;
}

/** What the page shows of everything, one after the other. */
async function everyScreen(
  { page, dialog, say, told, open }: PagePerson,
  look: (screen: string) => Promise<void>,
): Promise<void> {
  const list = async (): Promise<void> => {
    const button = page.getByRole('button', { name: 'All conversations' });
    if (await button.isVisible()) await button.click();
  };
  const press = (name: string): Promise<void> =>
    page.getByRole('button', { name, exact: true }).click();
  const close = async (): Promise<void> => {
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  };
  await say('/devices');
  await told('this device').first().waitFor();
  await look('a conversation, with notices');
  await page.getByRole('textbox', { name: /^Write/ }).fill('/');
  await page.getByRole('listbox').waitFor();
  await look('suggestions');
  await page.getByRole('textbox', { name: /^Write/ }).fill('');
  await press('About');
  await dialog.getByText('seen first').waitFor();
  await look('about a person');
  await dialog.getByRole('button', { name: 'Compare keys' }).click();
  await dialog.locator('.digits').waitFor();
  await look('safety number');
  await close();
  await say('/create_group tea');
  await page.getByRole('heading', { name: '#tea' }).waitFor();
  await look('an empty group');
  await press('About');
  await dialog.getByText('group tea, sealed').waitFor();
  await look('about a group');
  await close();
  const people = page.getByRole('button', { name: 'People', exact: true });
  if (await people.isVisible()) {
    await people.click();
    await look('people');
    await close();
  }
  await press('Find');
  await dialog.getByRole('textbox').fill('shalom');
  await dialog.getByText('1 message', { exact: true }).waitFor();
  await look('search');
  await close();
  await list();
  await look('the conversations');
  await press('Write or join …');
  await dialog.getByLabel('Name of a person or a group').fill('somebody');
  await look('the switcher');
  await close();
  await list();
  await press('Keys and commands');
  await look('the keys');
  await close();
  await list();
  await press('Settings');
  await look('settings');
  await dialog.getByRole('button', { name: 'Your devices' }).click();
  await dialog.getByText('this device').waitFor();
  await look('devices');
  await dialog.getByRole('button', { name: 'Make recovery words' }).click();
  await dialog.getByText('Write these twelve words down').waitFor();
  await look('recovery words');
  await close();
  await list();
  await open('Lobby');
  await look('the lobby');
}

browserTests('the page for everybody', () => {
  test('axe-core finds nothing on any screen in either theme, and dialogues give the focus back', async (t) => {
    const server = await startPageServer(t);
    const entry = await (await server.profile()).newPage();
    await entry.goto(server.url);
    await entry.getByLabel('Your name here').waitFor();
    await examine(entry, 'the entry');
    const alice = await chatOfTwo(server);
    for (const button of ['About', 'Find', 'Settings', 'Write or join', 'Keys and commands'])
      await examineDialog(alice, button);
    await everyScreen(alice, (screen) => examine(alice.page, screen));
    await alice.page.setViewportSize({ width: 800, height: 640 });
    await examineDialog(alice, 'People');
    await alice.say('/recovery new');
    await alice.dialog.getByLabel('Twelve words').waitFor();
    await examine(alice.page, 'a question');
    await alice.page.keyboard.press('Escape');
    await entry.getByLabel('Your name here').fill('alice');
    await entry.getByRole('button', { name: 'link this browser to it' }).click();
    await entry.getByText(/^\/link [\dA-Z-]+$/).waitFor();
    await examine(entry, 'linking');
  });

  // 200 % zoom shows half of a window: 640 by 400 is that of a laptop.
  for (const [width, height] of [
    [320, 640],
    [640, 400],
    [3840, 2160],
  ] as const) {
    test(`nothing is cut off on ${width} by ${height} pixels, and what is touched is large enough`, async (t) => {
      const alice = await chatOfTwo(await startPageServer(t));
      await alice.page.setViewportSize({ width, height });
      await everyScreen(alice, (screen) => measure(alice.page, screen));
      if (width < 1000) await examine(alice.page, 'a narrow page');
    });
  }

  test('the screens of the lock and of recovery words are for everybody, and led by keys alone', async (t) => {
    const server = await startPageServer(t);
    const page = await (await server.profile()).newPage();
    const keys = async (...pressed: readonly string[]): Promise<void> => {
      // oxlint-disable-next-line no-await-in-loop -- one key after the other
      for (const key of pressed) await page.keyboard.press(key);
    };
    const look = async (screen: string): Promise<void> => {
      await examine(page, screen);
      // A small telephone, and a laptop at 200 %.
      for (const [width, height] of [
        [320, 640],
        [640, 400],
      ] as const) {
        await page.setViewportSize({ width, height });
        await measure(page, `${screen} at ${width}`);
      }
    };
    await page.goto(server.url);
    await page.getByLabel('Your name here').waitFor();
    await page.keyboard.type('alice');
    await keys('Tab', 'Tab', 'Space', 'Enter');
    const first = page.getByLabel('Passphrase', { exact: true });
    await first.waitFor();
    await look('a new lock');
    await first.focus();
    await page.keyboard.type('five words by keys alone');
    await keys('Tab', 'Tab');
    await page.keyboard.type('five words by keys alone');
    await keys('Enter');
    await page.locator('.status').getByText('connected').first().waitFor();
    await page.setViewportSize({ width: 1280, height: 720 });
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Change what opens it' }).click();
    await page.getByLabel('The passphrase that holds now').waitFor();
    await look('the lock in the settings');
    await page.reload();
    await first.waitFor();
    await look('a locked page');
    await page.getByText('I cannot open it any more').click();
    await look('a lock that is forgotten');
    await first.focus();
    await page.keyboard.type('five words by keys alone');
    await keys('Enter');
    await page.locator('.status').getByText('connected').first().waitFor();
    const other = await (await server.profile()).newPage();
    await other.goto(server.url);
    await other.getByLabel('Your name here').fill('alice');
    await other.getByRole('button', { name: 'I have its twelve recovery words' }).click();
    await other.getByLabel('The twelve words').waitFor();
    await examine(other, 'recovery words');
    await other.setViewportSize({ width: 320, height: 640 });
    await measure(other, 'recovery words');
  });

  test('a newcomer who is asked for a code can answer, or leave it', async (t) => {
    const data = join(await temporaryFolder(t), 'server');
    const server = await startPageServer(t, ['--data', data, '--registration', 'invite']);
    const page = await (await server.profile()).newPage();
    await page.goto(server.url);
    await page.getByLabel('Your name here').fill('alice');
    await page.getByRole('button', { name: 'Enter', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Code').waitFor();
    await examine(page, 'the question for a code');
    await measure(page, 'the question for a code');
    await page.keyboard.press('Escape');
    await page.locator('.notice', { hasText: 'you are a guest' }).waitFor();
  });

  test('a chat is led by keys alone', async (t) => {
    const { page, said, dialog } = await chatOfTwo(await startPageServer(t));
    await page.keyboard.press('Alt+PageUp');
    await page.getByLabel('Write to everybody').waitFor();
    await page.keyboard.type('/msg bob by keys');
    await page.keyboard.press('Enter');
    await said('by keys').waitFor();
    await page.keyboard.press('Control+g');
    await dialog.waitFor();
    await page.keyboard.type('lob');
    await page.keyboard.press('Enter');
    await page.getByLabel('Write to everybody').waitFor();
    await page.keyboard.press('Control+Shift+F');
    await page.keyboard.type('shalom');
    await dialog.getByText('1 message', { exact: true }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await said('shalom').waitFor();
    await page.getByRole('log').focus();
    await page.keyboard.press('?');
    await dialog.getByText('the next with something unread').waitFor();
  });

  test('the focus goes through all of the chat and is caught nowhere, and comes back out of dialogues', async (t) => {
    const { page, dialog } = await chatOfTwo(await startPageServer(t));
    const settings = page.getByRole('button', { name: 'Settings' });
    await settings.focus();
    const way = await wayOfFocus(page);
    // Whether the message or the notice comes first is not said. Behind a link stands what can be done with its message.
    const tools = ['Reply', 'React', 'More: what bob said'];
    const within = new Set(['https://example.org/', 'Compare keys with bob', 'BODY', ...tools]);
    const seen = way.filter((one) => !within.has(one)).map((one) => one.replaceAll(/\s+/g, ' '));
    assert.ok(way.includes('https://example.org/') && way.includes('Compare keys with bob'));
    assert.deepEqual(seen, [
      'Settings',
      '≡ Lobby everybody',
      '● bob person, here',
      'Write or join …',
      'Keys and commands',
      'Find',
      'About',
      'Messages',
      'Send files',
      'Write to bob',
      'Send',
      '● bob : write in private',
      'Settings',
    ]);
    // Of two dialogues that follow each other the second gives back what the first took.
    await settings.focus();
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Your devices' }).click();
    await dialog.getByText('this device').waitFor();
    await page.keyboard.press('Escape');
    await settings.and(page.locator(':focus')).waitFor();
    // A choice that leads to where one is already.
    await page.getByLabel('Write to bob').focus();
    await page.keyboard.press('Control+g');
    await dialog.getByLabel('Name of a person or a group').fill('bob');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await page.getByLabel('Write to bob').and(page.locator(':focus')).waitFor();
  });
});

/** What has the focus after each Tab, until it is where it began. */
async function wayOfFocus(page: Page): Promise<readonly string[]> {
  const most = 60;
  const focused = (): Promise<string> =>
    page.evaluate(
      `((one) => one === document.body ? 'BODY' : one.ariaLabel || one.innerText)(document.activeElement)`,
    );
  const way = [await focused()];
  while (way.length < most) {
    await page.keyboard.press('Tab');
    way.push(await focused());
    if (way.at(-1) === way[0]) break;
  }
  return way;
}
