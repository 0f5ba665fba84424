// Who is writing and who has read how far, between two full screens and a page: in a sealed group of the three.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { browserTests } from '../support/browser.ts';
import { enterPage } from '../support/page-person.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';
import { messagesOf } from '../support/screen.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { keys, openTerminal, type TestTerminal } from '../support/terminal.ts';
import { eventually } from '../support/time-limit.ts';

async function atScreen(
  t: TestContext,
  { plain }: PageServer,
  name: string,
): Promise<TestTerminal> {
  const data = await temporaryFolder(t);
  const chat = `helo chat --server ${plain.host}:${plain.port} --name ${name} --data ${data}`;
  const size = { columns: 130, rows: 30 };
  const terminal = await openTerminal(t, chat, { ...size, env: { NO_COLOR: '1' } });
  await terminal.shows('● connected');
  return terminal;
}

/** Goes on typing until it is seen: it may be lost while somebody enters the group. */
async function typesUntil(
  type: () => unknown,
  isSeen: () => boolean | Promise<boolean>,
  what: string,
) {
  await eventually(async () => {
    await type();
    return isSeen();
  }, what);
}

browserTests('signals on the page and on two full screens', () => {
  test('all see who is writing, and the one who said it who has read it; only those see it who show it', async (t) => {
    const server = await startPageServer(t);
    const carol = await enterPage(server, 'carol');
    const alice = await atScreen(t, server, 'alice');
    const bob = await atScreen(t, server, 'bob');
    alice.type('/create_group lunch --sealed', keys.enter);
    await alice.shows('#lunch, ◇ sealed group');
    bob.type('/join lunch', keys.enter);
    await bob.until(() => messagesOf(bob).includes('you are in: what is said'), 'bob is in');
    await carol.say('/join lunch');
    await carol.told('you are in: what is said').waitFor();

    const typing = carol.page.locator('.typing');
    const input = carol.page.getByRole('textbox', { name: /^Write / });
    await typesUntil(
      () => bob.type('x'),
      async () =>
        (await typing.textContent()) === 'bob is typing' &&
        alice.lines().some((line) => line.includes('bob is typing')),
      'on the page and on a screen that bob is typing',
    );
    assert.equal(
      await typing.locator('xpath=ancestor-or-self::*[@aria-live or @role="status"]').count(),
      0,
    );
    bob.type(keys.enter);
    await eventually(async () => (await typing.textContent()) === '', 'its end with the message');
    await typesUntil(
      () => input.pressSequentially('y'),
      () => alice.lines().some((line) => line.includes('carol is typing')),
      'on a screen that carol is typing',
    );
    // It ends by itself.
    await alice.until((lines) => !lines.some((line) => line.includes('is typing')), 'its end');

    // Nobody has allowed anything but alice and bob.
    alice.type('/receipts on', keys.enter);
    await alice.shows('receipts are on in #lunch');
    bob.type('/receipts on', keys.enter);
    await bob.shows('receipts are on in #lunch');
    alice.type('have you read this?', keys.enter);
    await alice.shows('have you read this? ✓ read by 1');
    await carol.said('have you read this?').waitFor();
    await carol.page.getByRole('button', { name: 'About' }).click();
    await carol.dialog.getByLabel('Show here how far I have read').check();
    await alice.shows('have you read this? ✓ read by 2');
    await bob.until(() => /x ✓ read by 2/.test(messagesOf(bob)), 'who has read what bob said');
  });
});
