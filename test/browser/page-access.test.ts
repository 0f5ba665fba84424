// The page for everybody: each screen is examined by axe-core in both themes, everything is reached by keys, and nothing
// is wider than a small telephone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { browserTests } from '../support/browser.ts';
import { enterPage, type PagePerson } from '../support/page-person.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Finding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Fails if axe-core finds anything on the page as it is, in the light or the dark theme. */
async function examine(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Evaluated from outside, where the policy of the page does not hold.
    await page.evaluate(axe);
    const violations = await page.evaluate<readonly Finding[]>(
      'axe.run().then(({ violations }) => violations)',
    );
    const found = violations.map(({ id, help, nodes }) => [id, help, nodes[0]?.html]);
    assert.deepEqual(found, [], `${screen}, ${colorScheme}`);
  }
}

/** Opens a dialogue, examines it, and closes it by Escape; the focus goes back to where it was. */
async function examineDialog({ page, dialog }: PagePerson, button: string): Promise<void> {
  const opener = page.getByRole('button', { name: button }).first();
  await opener.focus();
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await examine(page, button);
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

browserTests('the page for everybody', () => {
  test('axe-core finds nothing on any screen in either theme, and dialogues give the focus back', async (t) => {
    const server = await startPageServer(t);
    const entry = await (await server.profile()).newPage();
    await entry.goto(server.url);
    await entry.getByLabel('Your name here').waitFor();
    await examine(entry, 'the entry');
    const alice = await chatOfTwo(server);
    await examine(alice.page, 'the chat');
    for (const button of ['About', 'Find', 'Settings', 'Write or join', 'Keys and commands'])
      await examineDialog(alice, button);
    await alice.page.setViewportSize({ width: 320, height: 640 });
    await examine(alice.page, 'a narrow page');
    const beyond = await alice.page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.equal(beyond, 0, 'nothing is wider than a small telephone');
    await alice.page.getByRole('button', { name: 'All conversations' }).click();
    await examine(alice.page, 'the conversations of a narrow page');
    const low: unknown = await alice.page.evaluate(
      `[...document.querySelectorAll('button, input, textarea')]
        .filter((one) => one.offsetHeight > 0 && one.offsetHeight < 44)
        .map((one) => one.outerHTML)`,
    );
    assert.deepEqual(low, [], 'what is touched is 44 pixels high');
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
});
