// A whole client in a real browser, with a real server and a real `helo chat`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { serverKeyOf } from '../../src/client/connection/server-address.ts';
import { browserTests, openProfile, openScript, serveScript } from '../support/browser.ts';
import { enterChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { callPage } from '../support/remote-object.ts';
import { openSocketBridge } from '../support/servers/socket-bridge.ts';
import { eventually } from '../support/time-limit.ts';

const ask = <T>(page: Page, name: string, ...args: readonly unknown[]): Promise<T> =>
  callPage<T>(page, [name], args);

async function hears(page: Page, what: string): Promise<void> {
  const heard = () => ask<readonly string[]>(page, 'heard');
  let last: readonly string[] = [];
  await eventually(
    async () => (last = await heard()).includes(what),
    what,
    () => last.join('\n'),
  );
}

browserTests('a client in a browser', () => {
  test('it logs in, is heard in the lobby, and speaks privately with somebody at a terminal', async (t) => {
    // It ends before the server does.
    const profile = await openProfile(t);
    const server = await startServerProgram(t);
    const address = await openSocketBridge(t, server.plain);
    const url = await serveScript(t, 'client.ts');
    const page = await openScript(t, 'client.ts', { profile, url });
    assert.equal(await ask(page, 'start', 'alice', address), false);
    await hears(page, 'open');
    const bob = await enterChat(t, { server: server.plain, name: 'bob' });
    assert.ok(await ask(page, 'say', 'hello from a page'));
    await bob.prints('[alice] hello from a page');
    bob.type('hello to the page');
    await hears(page, 'lobby open bob: hello to the page');
    bob.type('/msg alice for you alone');
    await hears(page, 'private sealed bob: for you alone');
    assert.ok(await ask(page, 'sayTo', 'bob', 'and for you'));
    await hears(page, 'own delivered: and for you');
    await bob.shows('stdout', /and for you/);

    const key = await ask(page, 'deviceKey');
    const name = `helo ${serverKeyOf(address)} alice`;
    assert.deepEqual(await ask(page, 'exportKey', name), ['held', false, 'InvalidAccessError']);

    // Reloaded, it is the same device and has the history.
    await ask(page, 'quit');
    await page.reload();
    assert.equal(await ask(page, 'start', 'alice', address), false);
    await hears(page, 'open');
    assert.deepEqual(await ask(page, 'deviceKey'), key);
    assert.deepEqual(await ask(page, 'texts', 'lobby'), ['hello from a page', 'hello to the page']);
    assert.deepEqual(await ask(page, 'texts', '@alice+bob'), ['for you alone', 'and for you']);
    bob.type('/msg alice still you?');
    await hears(page, 'private sealed bob: still you?');
  });

  test('one tab has the account, and another takes it over when it asks', async (t) => {
    // It ends before the server does.
    const profile = await openProfile(t);
    const server = await startServerProgram(t);
    const address = await openSocketBridge(t, server.plain);
    const url = await serveScript(t, 'client.ts');
    const first = await openScript(t, 'client.ts', { profile, url });
    const second = await openScript(t, 'client.ts', { profile, url });
    assert.equal(await ask(first, 'start', 'alice', address), false);
    await hears(first, 'open');
    assert.ok(await ask(first, 'say', 'from the first tab'));
    await hears(first, 'own stored: from the first tab');
    assert.equal(await ask(second, 'start', 'alice', address), true, 'it is busy');
    await hears(second, 'open');
    await ask(second, 'takeOver');
    assert.equal(await ask(first, 'asked'), 1);
    await ask(second, 'quit');
    await hears(second, 'closed');
    assert.equal(await ask(second, 'start', 'alice', address), false);
    assert.deepEqual(await ask(second, 'texts', 'lobby'), ['from the first tab']);
    await hears(first, 'closed');
    // A tab that is gone has let it go, however it went.
    await second.close();
    const third = await openScript(t, 'client.ts', { profile, url });
    assert.ok(await ask(third, 'isFree', `helo ${serverKeyOf(address)} alice`));
    assert.equal(await ask(third, 'start', 'alice', address), false);
  });

  test('a page that came over a network that others can read says so, and starts nothing', async (t) => {
    const profile = await openProfile(t);
    const url = await serveScript(t, 'client.ts');
    // To a browser this is a page of another machine.
    const other = 'http://chat.test/';
    await profile.route(`${other}**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      await route.fulfill({ response: await profile.request.get(new URL(pathname, url).href) });
    });
    const page = await openScript(t, 'client.ts', { profile, url: other });
    const address = { transport: 'web', scheme: 'http', host: 'chat.test', port: 80 };
    await assert.rejects(ask(page, 'start', 'alice', address), {
      name: 'PrivateFileError',
      message: /https/,
    });
  });
});
