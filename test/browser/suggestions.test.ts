// Suggestions over the input of the page: by keys, by a finger, for whoever hears them, and without disturbing whoever
// writes with a writing system that composes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserTests } from '../support/browser.ts';
import { enterPage } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';

browserTests('suggestions', () => {
  test('commands, names and groups are completed by keys and by a finger', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    await bob.say('/create_group team --open');
    await bob.page.getByRole('heading', { name: '#team' }).waitFor();
    await bob.open('Lobby');
    await bob.say('here I am');
    await alice.said('here I am').waitFor();
    const { page } = alice;
    const input = page.getByRole('textbox', { name: 'Write to everybody' });
    const list = page.getByRole('listbox', { name: 'Suggestions' });
    const options = list.getByRole('option');
    const value = (): Promise<string> => input.inputValue();

    await input.pressSequentially('/ver');
    await list.getByRole('option', { name: '/verify compare keys with somebody' }).waitFor();
    await page.getByText('1 suggestion: arrows choose, Tab takes').waitFor();
    await input.press('Tab');
    // The name comes next, so the list is there again.
    assert.equal(await value(), '/verify ');
    await options.filter({ hasText: 'bob' }).waitFor();
    await input.press('ArrowDown');
    const active = await input.getAttribute('aria-activedescendant');
    assert.equal(await page.locator(`#${active ?? ''}`).getAttribute('aria-selected'), 'true');
    await input.press('Enter');
    assert.equal(await value(), '/verify bob ');
    await list.waitFor({ state: 'detached' });

    await input.fill('and @b');
    await options.filter({ hasText: '@bob' }).click();
    assert.equal(await value(), 'and @bob ');
    await input.and(page.locator(':focus')).waitFor();

    // Escape leaves what is typed, and Tab goes on to the button then.
    await input.fill('/he');
    await list.waitFor();
    await input.press('Escape');
    await list.waitFor({ state: 'detached' });
    assert.equal(await value(), '/he');
    await input.press('Tab');
    assert.equal(await page.locator(':focus').innerText(), 'Send');

    // An ordinary word opens nothing, and Enter sends what stands there.
    await input.fill('');
    await input.pressSequentially('bo');
    assert.equal(await list.count(), 0);
    await input.fill('');
    await input.pressSequentially('for @bo');
    await list.waitFor();
    await input.press('Enter');
    await bob.said('for @bo').waitFor();

    await bob.page.getByRole('textbox', { name: 'Write to everybody' }).fill('see #te');
    await bob.page.getByRole('option', { name: '#team' }).click();
    assert.equal(
      await bob.page.getByRole('textbox', { name: /^Write/ }).inputValue(),
      'see #team ',
    );
  });

  test('a writing system that composes has its keys, and a suggestion ends what it composes', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    await (await enterPage(server, 'nihao')).say('hello');
    await alice.said('hello').waitFor();
    const { page } = alice;
    const input = page.getByRole('textbox', { name: 'Write to everybody' });
    await input.pressSequentially('@');
    const system = await page.context().newCDPSession(page);
    await system.send('Input.imeSetComposition', {
      text: 'ni',
      selectionStart: 2,
      selectionEnd: 2,
    });
    const option = page.getByRole('option', { name: '@nihao' });
    await option.waitFor();
    for (const key of ['Tab', 'ArrowDown', 'Enter', 'Escape']) {
      await input.dispatchEvent('keydown', { key, isComposing: true });
      await input.dispatchEvent('keydown', { key, keyCode: 229 });
    }
    await option.waitFor();
    assert.equal(await option.getAttribute('aria-selected'), 'false');
    assert.equal(await input.inputValue(), '@ni');
    await option.click();
    assert.equal(await input.inputValue(), '@nihao ');
    await input.pressSequentially('x');
    assert.equal(await input.inputValue(), '@nihao x');
  });
});
