// What a person does not want to hear or see, in the page: whom they ignore, what calls for them, and when nothing does.
import { test } from 'node:test';
import { browserTests } from '../support/browser.ts';
import { enterPage, pageAgain } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';
import { eventually } from '../support/time-limit.ts';

browserTests('quiet in the page', () => {
  test('what an ignored person says is one line, also after a reload, and comes back', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    await alice.say('an ugly word');
    await bob.said('an ugly word').hover();
    await bob.said('an ugly word').getByRole('button', { name: 'More: what alice said' }).click();
    await bob.dialog.getByRole('button', { name: 'Ignore alice' }).click();
    await bob.page.keyboard.press('Escape');
    await bob.told('a message of alice, ignored').waitFor();
    await bob.said('an ugly word').waitFor({ state: 'detached' });
    await alice.say('bob, one more');
    await bob.told('2 messages of alice, ignored').waitFor();
    await bob.page.close();
    const again = await pageAgain(bob, server);
    await again.told('2 messages of alice, ignored').waitFor();
    await again.page.getByRole('button', { name: 'Show again' }).click();
    await again.said('an ugly word').waitFor();
    await again.said('bob, one more').waitFor();
  });

  test('rules of a conversation, and nothing that disturbs', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    const titled = (title: string) =>
      eventually(async () => (await bob.page.title()) === title, title);
    await alice.say('/msg bob first');
    await titled('(1) Lobby – helo');
    await bob.page.getByRole('button', { name: 'Settings' }).click();
    await bob.dialog.getByRole('button', { name: 'For an hour' }).click();
    await bob.dialog.getByText('do not disturb until').first().waitFor();
    await bob.page.keyboard.press('Escape');
    await titled('Lobby – helo');
    await bob.page.locator('.list-head').getByText('do not disturb').waitFor();
    await bob.unread('alice', 1).waitFor();
    await bob.page.getByRole('button', { name: 'Settings' }).click();
    await bob.dialog.getByRole('button', { name: 'Off', exact: true }).click();
    await bob.page.keyboard.press('Escape');
    await titled('(1) Lobby – helo');
    await bob.say('/notify @alice nothing');
    await titled('Lobby – helo');
    await bob.page.getByText('person, here, nothing calls').waitFor();
  });
});
