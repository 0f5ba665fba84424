// A group in the page: what it is about, who is what in it, what one may do there by buttons, and the directory.
import { test } from 'node:test';
import { browserTests } from '../support/browser.ts';
import { examine } from '../support/examine.ts';
import { enterPage } from '../support/page-person.ts';
import { startPageServer } from '../support/page-server.ts';

browserTests('groups in the page', () => {
  test('[13.15] an owner sets a topic, makes a moderator, who silences somebody; and the group is found in the directory', async (t) => {
    const server = await startPageServer(t);
    const alice = await enterPage(server, 'alice');
    const bob = await enterPage(server, 'bob');
    await alice.say('/create_group tea --open');
    await alice.page.getByRole('heading', { name: '#tea' }).waitFor();
    await alice.say('/public on');
    await alice
      .told('#tea is in the directory now')
      .or(alice.page.getByText('in the directory now'))
      .first()
      .waitFor();
    await bob.page.getByRole('button', { name: 'Write or join' }).click();
    await bob.dialog.getByRole('button', { name: 'Public groups' }).click();
    await bob.dialog.getByRole('button', { name: '#tea 1 member' }).click();
    await bob.page.getByRole('heading', { name: '#tea' }).waitFor();
    await bob.say('is there cake');
    await alice.said('is there cake').waitFor();
    await alice.page.getByRole('button', { name: 'About' }).click();
    await alice.dialog.getByLabel('Topic', { exact: true }).fill('cake at four');
    await alice.dialog.getByRole('button', { name: 'Set the topic' }).click();
    await alice.dialog.getByText('the topic of #tea is set').waitFor();
    await alice.dialog.getByText('What you can do about bob').click();
    await alice.dialog.getByRole('button', { name: 'Make a moderator' }).click();
    await alice.dialog.getByRole('button', { name: /bob.*moderator/ }).waitFor();
    await bob.page.getByText('moderator').first().waitFor();
    await examine(alice.page, 'the dialogue of a group');
    await bob.page.getByRole('button', { name: 'About' }).click();
    await bob.dialog.getByRole('button', { name: 'Let only owners and moderators write' }).click();
    await alice.dialog.getByText('only owners and moderators write', { exact: true }).waitFor();
    const carol = await enterPage(server, 'carol');
    await carol.say('/groups');
    await carol.dialog.getByText('cake at four').waitFor();
    await examine(carol.page, 'the directory');
    await carol.dialog.getByRole('button', { name: '#tea 2 members' }).click();
    await carol.page.getByRole('heading', { name: '#tea' }).waitFor();
    await carol.say('me too');
    await carol.page.getByText('only owners and moderators write').first().waitFor();
    await carol.say('/members');
    await carol.dialog.getByText('cake at four').waitFor();
  });
});
