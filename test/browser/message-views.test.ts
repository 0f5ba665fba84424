// Messages in a real browser, over a made-up session: reactions, answers and edits that nobody would send who means well
// cost little and stay in their place, and only what may be done is offered.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { browserTests, openScript } from '../support/browser.ts';

/** Shows one message with `more` in it. Gives the milliseconds that it took. */
function show(page: Page, more: object, refusal?: string): Promise<number> {
  return page.evaluate(`tested.show(...${JSON.stringify([more, refusal])})`);
}

const opened = (t: TestContext): Promise<Page> => openScript(t, 'message-views.tsx');
const maxKinds = 20;
const frameMs = 16;
/** As many as the model gives. */
const names = Array.from({ length: 50 }, (_, index) => `somebody_with_a_long_name_${index}`);
/** 31 bytes that are one character: a letter with signs over it. */
const pile = `a${'\u0301'.repeat(15)}`;

browserTests('messages in a page', () => {
  test('ten thousand reactions of twenty kinds are drawn within a frame, and named in a few words', async (t) => {
    const page = await opened(t);
    const emoji = (index: number): string => String.fromCodePoint(0x1_f600 + index);
    const reactions = Array.from({ length: maxKinds }, (_, index) => ({
      emoji: index === 0 ? pile : emoji(index),
      count: 10_000,
      mine: index === 1,
      names,
    }));
    // The fewest of many: on a busy machine the others are of its other work.
    const times: number[] = [];
    for (let round = 0; round < 40; round++) times.push(await show(page, { reactions }));
    assert.ok(Math.min(...times) < frameMs, `${times.join(', ')} ms`);
    const chips = page.getByRole('list', { name: 'Reactions' }).getByRole('button');
    assert.equal(await chips.count(), maxKinds);
    const mine = chips.nth(1);
    assert.equal(
      await mine.getAttribute('aria-label'),
      `${emoji(1)} 10000, you, ${names[0]}, ${names[1]} and 9,997 others`,
    );
    assert.equal(await mine.getAttribute('aria-pressed'), 'true');
    assert.equal(await mine.innerText(), `${emoji(1)} 10,000`);
    await mine.click();
    await chips.nth(2).click();
    assert.deepEqual(await page.evaluate('tested.asked'), [
      `take back 1 ${emoji(1)}`,
      `react 1 ${emoji(2)}`,
    ]);
  });

  test('what is answered is words in a direction of their own, and goes there; or it is said that it is not here', async (t) => {
    const page = await opened(t);
    const text = '<img src=x onerror=alert(1)> \u05E9\u05DC\u05D5\u05DD [bob] me too';
    await show(page, { reply: { seq: 1, id: '', key: undefined, from: 'carol', text } });
    const quote = page.getByRole('button', { name: 'answers carol' });
    assert.equal(await quote.locator('bdi').last().innerText(), text);
    assert.equal(await page.locator('.said img').count(), 0);
    await quote.click();
    await page.getByText('This device does not have that message.').waitFor();
    await show(page, { reply: { seq: 1, id: '', key: undefined, from: undefined, text: '' } });
    await page.getByText('answers a message that is not here, or not any more').waitFor();
  });

  test('a deleted message says who deleted it, and nothing more can be done with it', async (t) => {
    const page = await opened(t);
    await show(page, { content: { kind: 'text', text: '' }, deleted: { by: 'carol' } });
    await page.getByText('deleted by carol').waitFor();
    assert.equal(await page.getByRole('button').count(), 0);
  });

  test('what may not be done is not offered, and the reason is said once', async (t) => {
    const page = await opened(t);
    await show(page, { edited: { times: 1, at: 1_800_000_060_000 } }, 'That needs an account.');
    await page.locator('.said').hover();
    assert.equal(await page.getByRole('button', { name: 'Reply' }).count(), 0);
    await page.getByRole('button', { name: 'More: what bob said' }).click();
    const dialog = page.getByRole('dialog', { name: 'What bob said' });
    await dialog.getByText('Reply, React, Edit, Delete, Pin: That needs an account.').waitFor();
    const offered = await dialog.getByRole('button').allInnerTexts();
    assert.deepEqual(offered, ['×', 'Copy', 'Ignore bob', 'Copy link', 'Earlier forms']);
  });
});
