// What is done with messages on the page, by two people in front of real browsers: edited, deleted, reacted to, answered;
// by pointer, by keys and by finger.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Locator } from 'playwright-core';
import { browserTests } from '../support/browser.ts';
import { examine, measure } from '../support/examine.ts';
import { enterPage, isConnected, type PagePerson } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';
import { eventually } from '../support/time-limit.ts';

interface Two {
  readonly alice: PagePerson;
  readonly bob: PagePerson;
}

/** Two people who have said something to each other in the lobby. */
async function twoPeople(t: TestContext): Promise<Two> {
  const server = await startPageServer(t);
  const alice = await enterPage(server, 'alice');
  const bob = await enterPage(server, 'bob');
  await alice.say('shall we met at nine');
  await bob.said('shall we met at nine').waitFor();
  await bob.say('who brings the cake');
  await alice.said('who brings the cake').waitFor();
  await alice.said('at nine').locator('.state.sent').waitFor();
  // What can be done is loaded behind the client.
  for (const { said } of [alice, bob])
    await said('at nine').getByRole('button', { name: 'More: what' }).waitFor();
  return { alice, bob };
}

/** Presses a button beside a message, as a pointer finds it. */
async function press(message: Locator, name: string): Promise<void> {
  await message.hover();
  await message.getByRole('button', { name }).click();
}

/** Opens all that can be done with a message, and presses one of it. */
async function choose({ dialog }: PagePerson, message: Locator, name: string): Promise<void> {
  await press(message, 'More: what');
  await dialog.getByRole('button', { name, exact: true }).click();
}

const composer = ({ page }: PagePerson): Locator => page.locator('.composer textarea');
/** Waits until that stands in the input. */
async function holds(person: PagePerson, text: string): Promise<void> {
  let value = '';
  await eventually(
    async () => (value = await composer(person).inputValue()) === text,
    `the text ${text}`,
    () => `there is: ${value}`,
  );
}
const reaction = (message: Locator, words: string | RegExp): Locator =>
  message.getByRole('list', { name: 'Reactions' }).getByRole('button', { name: words });

browserTests('messages of the page', () => {
  test('a text is edited, answered, reacted to and deleted, and both see it, also after a reload', async (t) => {
    const { alice, bob } = await twoPeople(t);
    await composer(alice).fill('half a sen');
    await choose(alice, alice.said('at nine'), 'Edit');
    await alice.page.getByText('Editing: shall we met at nine').waitFor();
    await holds(alice, 'shall we met at nine');
    await composer(alice).and(alice.page.locator(':focus')).waitFor();
    await composer(alice).fill('shall we meet at nine');
    await composer(alice).press('Enter');
    await bob
      .said('shall we meet at nine')
      .getByText(/^edited \d/)
      .waitFor();
    // The draft is there again.
    await holds(alice, 'half a sen');
    await composer(alice).fill('');
    assert.equal(await bob.page.title(), 'Lobby – helo', 'an edit is no new message');

    await choose(bob, bob.said('meet at nine'), 'Earlier forms');
    await bob.dialog.getByText('shall we met at nine').waitFor();
    await bob.dialog.getByText('shall we meet at nine').waitFor();
    await bob.page.keyboard.press('Escape');

    await press(bob.said('meet at nine'), 'React');
    await bob.dialog.getByRole('button', { name: 'thumbs up' }).click();
    await reaction(alice.said('meet at nine'), '👍 1, bob').click();
    await reaction(bob.said('meet at nine'), '👍 2, you and alice').waitFor();
    const pressed = reaction(bob.said('meet at nine'), '👍').getAttribute('aria-pressed');
    assert.equal(await pressed, 'true');

    await press(alice.said('who brings'), 'Reply');
    await alice.page.getByText('Replying to bob: who brings the cake').waitFor();
    await alice.say('I do');
    const answer = bob.said('I do');
    await answer.getByRole('button', { name: 'answers bob who brings the cake' }).click();
    await bob.said('who brings the cake').first().and(bob.page.locator(':focus')).waitFor();
    assert.equal(await alice.page.getByText('Replying to').count(), 0);

    await choose(bob, bob.said('who brings').first(), 'Delete …');
    await bob.dialog.getByRole('button', { name: 'Delete for everybody' }).click();
    const mark = alice.page.locator('.said', { hasText: /^bob.*deleted$/s });
    await mark.waitFor();
    await alice.said('I do').getByText('deleted').waitFor();

    for (const { page } of [alice, bob]) {
      await page.reload();
      await isConnected(page);
    }
    await mark.waitFor();
    await reaction(bob.said('meet at nine'), '👍 2, you and alice').waitFor();
    await reaction(alice.said('meet at nine'), '👍 2, you and bob').click();
    await reaction(bob.said('meet at nine'), '👍 1, you').waitFor();
    await bob
      .said('meet at nine')
      .getByText(/^edited \d/)
      .waitFor();
    assert.equal(await alice.page.getByText('who brings').count(), 0);
    assert.equal(await bob.page.getByText('met at nine').count(), 0);
  });

  test('what a text is for is there again after a reload, and nobody answers what was deleted', async (t) => {
    const { alice, bob } = await twoPeople(t);
    const { page } = alice;
    await press(alice.said('who brings'), 'Reply');
    await composer(alice).fill('I do, if you');
    await page.getByText('Replying to bob: who brings the cake').waitFor();
    await page.reload();
    await page.getByText('Replying to bob: who brings the cake').waitFor();
    await holds(alice, 'I do, if you');
    await alice.say('I do, if you like');
    await bob.said('I do, if you like').getByText('who brings the cake').waitFor();

    await composer(alice).fill('half a sen');
    await choose(alice, alice.said('at nine'), 'Edit');
    await composer(alice).fill('shall we meet');
    await page.reload();
    await page.getByText('Editing: shall we met at nine').waitFor();
    await holds(alice, 'shall we meet');
    // Before that an edit is refused, and stands there again.
    await isConnected(page);
    await composer(alice).fill('shall we meet at nine');
    await composer(alice).press('Enter');
    await bob.said('shall we meet at nine').waitFor();
    await holds(alice, 'half a sen');
    await composer(alice).fill('');

    await press(alice.said('who brings').first(), 'Reply');
    await page.getByText('Replying to bob').waitFor();
    await page.goto('about:blank');
    await choose(bob, bob.said('who brings').first(), 'Delete …');
    await bob.dialog.getByRole('button', { name: 'Delete for everybody' }).click();
    await bob.said('who brings the cake').first().waitFor({ state: 'detached' });
    await page.goBack();
    await isConnected(page);
    await page.getByText('Replying to').waitFor({ state: 'detached' });
    await alice.said('I do, if you').getByText('deleted').waitFor();
    assert.equal(await page.getByText('Replying to').count(), 0);
  });

  test('whoever hears the page hears new messages, edits and deletions, and not each reaction', async (t) => {
    const { alice, bob } = await twoPeople(t);
    const heard = alice.page.locator('.hidden[aria-live=polite]');
    await bob.say('it rains');
    await heard.getByText('bob: it rains', { exact: true }).waitFor();
    await press(bob.said('it rains'), 'React');
    await bob.dialog.getByRole('button', { name: 'thumbs up' }).click();
    await reaction(alice.said('it rains'), '👍 1, bob').waitFor();
    assert.equal(await heard.innerText(), 'bob: it rains');
    await choose(bob, bob.said('it rains'), 'Edit');
    await composer(bob).fill('it snows');
    await composer(bob).press('Enter');
    await heard.getByText('bob edited: it snows', { exact: true }).waitFor();
    await choose(bob, bob.said('it snows'), 'Delete …');
    await bob.dialog.getByRole('button', { name: 'Delete for everybody' }).click();
    await heard.getByText('bob deleted a message', { exact: true }).waitFor();
  });

  test('in private too, and what may not be done is not offered but said', async (t) => {
    const { alice, bob } = await twoPeople(t);
    await alice.say('/msg bob for you alone');
    await alice.said('for you alone').locator('.state.delivered').waitFor();
    await bob.open('alice');
    const theirs = bob.said('for you alone');
    await press(theirs, 'More: what');
    await bob.dialog.getByText('Only who said it can edit it.').waitFor();
    assert.equal(await bob.dialog.getByRole('button', { name: 'Edit' }).count(), 0);
    await bob.dialog.getByRole('button', { name: 'heart' }).click();
    await reaction(alice.said('for you alone'), '❤️ 1, bob').waitFor();
    await choose(alice, alice.said('for you alone'), 'Edit');
    await composer(alice).fill('for you');
    await composer(alice).press('Enter');
    await theirs.waitFor({ state: 'detached' });
    await bob
      .said('for you')
      .getByText(/^edited/)
      .waitFor();
    // What is typed as a reaction is one emoji, or it is said that it is none.
    await press(bob.said('for you'), 'React');
    await bob.dialog.getByLabel('Another one').fill('no');
    await bob.dialog.getByRole('button', { name: 'React', exact: true }).click();
    await bob.dialog.getByText('That is not one emoji.').waitFor();
    await bob.dialog.getByLabel('Another one').fill('🧑🏽‍🚀');
    await bob.dialog.getByRole('button', { name: 'React', exact: true }).click();
    await reaction(alice.said('for you'), '🧑🏽‍🚀 1, bob').waitFor();
  });

  test('all of it by keys', async (t) => {
    const { alice, bob } = await twoPeople(t);
    const { page, dialog } = alice;
    const focused = page.locator(':focus');
    await composer(alice).focus();
    await page.keyboard.press('ArrowUp');
    await page.getByText('Editing: shall we met at nine').waitFor();
    await page.keyboard.press('Escape');
    await holds(alice, '');
    await page.keyboard.press('Control+ArrowUp');
    await alice.said('who brings').and(focused).waitFor();
    await page.keyboard.press('ArrowUp');
    await alice.said('at nine').and(focused).waitFor();
    await page.keyboard.press('ArrowDown');
    await alice.said('who brings').and(focused).waitFor();
    await page.keyboard.press('r');
    await page.getByText('Replying to bob').waitFor();
    await composer(alice).and(focused).waitFor();
    await page.keyboard.type('I do');
    await page.keyboard.press('Enter');
    await bob.said('I do').getByRole('button', { name: 'answers bob' }).waitFor();
    await alice.said('I do').locator('.state.sent').waitFor();
    await holds(alice, '');
    await page.keyboard.press('Control+ArrowUp');
    await alice.said('I do').and(focused).waitFor();
    await page.keyboard.press('+');
    await dialog.getByRole('button', { name: 'rocket' }).focus();
    await page.keyboard.press('Enter');
    await reaction(bob.said('I do'), '🚀 1, alice').waitFor();
    await alice.said('I do').and(focused).waitFor();
    await page.keyboard.press('Tab');
    await alice.said('I do').getByRole('button').and(focused).waitFor();
    await page.keyboard.press('d');
    assert.equal(await dialog.count(), 0, 'a letter at a button is not for the message');
    await page.keyboard.press('Escape');
    await composer(alice).and(focused).waitFor();
    await page.keyboard.press('Control+ArrowUp');
    await alice.said('I do').and(focused).waitFor();
    await page.keyboard.press('d');
    await dialog.getByRole('button', { name: 'Keep it' }).and(focused).waitFor();
    await page.keyboard.press('Enter');
    await alice.said('I do').and(focused).waitFor();
    await page.keyboard.press('Enter');
    await dialog.getByRole('heading', { name: 'Your message' }).waitFor();
    await page.keyboard.press('Escape');
    await alice.said('I do').and(focused).waitFor();
    await page.keyboard.press('ArrowDown');
    await composer(alice).and(focused).waitFor();
    assert.equal(await alice.said('I do').count(), 1);
  });

  test('a long press opens it, a swipe replies, and a finger that scrolls does neither', async (t) => {
    const { alice } = await twoPeople(t);
    const { page, dialog } = alice;
    const touch = await page.context().newCDPSession(page);
    await touch.send('Emulation.setTouchEmulationEnabled', { enabled: true });
    const box = await alice.said('who brings').locator('.words').boundingBox();
    assert.ok(box !== null);
    const [x, y] = [box.x + 60, box.y + 8];
    const at = (type: 'touchStart' | 'touchMove' | 'touchEnd', right = 0, down = 0) =>
      touch.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: type === 'touchEnd' ? [] : [{ x: x + right, y: y + down }],
      });
    await at('touchStart');
    await dialog.getByRole('heading', { name: 'What bob said' }).waitFor();
    await at('touchEnd');
    await examine(page, 'what can be done with a message');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const swipe = async (right: number, down: number): Promise<void> => {
      await at('touchStart');
      for (let step = 1; step <= 8; step++)
        await at('touchMove', (right * step) / 8, (down * step) / 8);
      await at('touchEnd');
    };
    await swipe(10, 90);
    await swipe(-90, 0);
    await swipe(35, 0);
    assert.equal(await page.getByText('Replying to').count(), 0);
    await swipe(90, 8);
    await page.getByText('Replying to bob: who brings the cake').waitFor();
    assert.equal(await dialog.count(), 0);
    await composer(alice).and(page.locator(':focus')).waitFor();
  });

  for (const [width, height] of [
    [320, 640],
    [640, 400],
  ] as const) {
    test(`nothing of it is cut off on ${width} by ${height} pixels, and axe-core finds nothing`, async (t) => {
      const { alice, bob } = await twoPeople(t);
      const { page, dialog } = alice;
      await press(bob.said('at nine'), 'Reply');
      await bob.say(`yes ${'and so on '.repeat(30)}`);
      await press(bob.said('at nine').first(), 'React');
      await bob.dialog.getByRole('button', { name: 'eyes' }).click();
      await reaction(alice.said('at nine').first(), '👀 1, bob').waitFor();
      await page.setViewportSize({ width, height });
      const look = async (screen: string): Promise<void> => {
        await measure(page, screen);
        await examine(page, screen);
      };
      await look('with a quote and a reaction');
      for (const view of ['React', 'More: what']) {
        await alice.said('yes').hover();
        await look('the tools of a message');
        await press(alice.said('yes'), view);
        await dialog.waitFor();
        await look(view);
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
      }
      await press(alice.said('yes'), 'Reply');
      await page.getByText('Replying to bob').waitFor();
      await look('an answer');
      await page.keyboard.press('Escape');
      // On a low page the answered message is out of sight: its quote leads there.
      await alice.said('yes').getByRole('button', { name: 'answers alice' }).click();
      const own = page.locator('.said.own', { hasText: 'at nine' });
      await own.waitFor();
      await choose(alice, own, 'Delete …');
      await look('the question before deleting');
      await dialog.getByRole('button', { name: 'Delete for everybody' }).click();
      await eventually(async () => (await alice.said('at nine').count()) === 0, 'it is deleted');
      await look('a mark of a deleted message');
    });
  }
});
