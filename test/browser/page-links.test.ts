// Links to messages on the page: copied from a message, followed from the address bar, from a text, and by command; and
// the day that is chosen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserTests } from '../support/browser.ts';
import { enterPage } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';
import { eventually } from '../support/time-limit.ts';

browserTests('links to messages', () => {
  test('a link is copied, and leads another person to the message; its address goes to no server', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    await alice.say('where it began');
    await bob.said('where it began').waitFor();
    await alice.said('where it began').locator('.state.sent').waitFor();
    await bob.said('where it began').getByRole('button', { name: 'More: what' }).waitFor();

    await bob.page.evaluate(`
      globalThis.copied = [];
      const clipboard = { writeText: async (text) => void globalThis.copied.push(text) };
      Object.defineProperty(navigator, 'clipboard', { value: clipboard });
    `);
    const first = bob.said('where it began');
    await first.hover();
    await first.getByRole('button', { name: 'More: what' }).click();
    await bob.dialog.getByRole('button', { name: 'Copy link' }).click();
    let link = '';
    await eventually(async () => {
      const texts = await bob.page.evaluate<string[]>('globalThis.copied');
      link = texts[0] ?? '';
      return link !== '';
    }, 'the copied link');
    assert.match(link, /^helo:[\w-]{8}\/\d+\/[\w-]{22}$/);
    await bob.page.keyboard.press('Escape');

    for (let i = 1; i <= 30; i += 1) await bob.say(`line ${i}`);
    await alice.said('line 30').waitFor();
    const asked: string[] = [];
    alice.page.on('request', (request) => asked.push(request.url()));
    await alice.page.evaluate(`location.hash = 'm=${link.slice('helo:'.length)}'`);
    const there = alice.said('where it began');
    await eventually(
      () => there.evaluate((row) => row.getBoundingClientRect().top >= 0),
      'the message is shown',
    );
    await eventually(async () => (await alice.page.evaluate('location.hash')) === '', 'no hash');
    assert.ok(!asked.some((url) => url.includes('m=')), asked.join(' '));

    const composer = alice.page.locator('.composer textarea');
    await composer.fill(`/goto ${link.replace(/.$/, (end) => (end === 'A' ? 'Q' : 'A'))}`);
    await composer.press('Enter');
    await alice.page.getByText('That message is not here').waitFor();

    await alice.page.keyboard.press('Control+g');
    await alice.dialog.getByLabel('A day in').fill('2020-01-02');
    await alice.page.getByText(/^from .* on$/).waitFor();
  });
});
