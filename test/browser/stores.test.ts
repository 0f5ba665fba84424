// What a browser stores of an account, in a real one: the same examples as in memory and in files, and the same after
// random histories.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import type { PinStore } from '../../src/client/encryption/trust/pin-store.ts';
import type { KnownServers } from '../../src/client/ports.ts';
import type { ClientChange, ClientStore } from '../../src/client/store/store-port.ts';
import { clientStoreRandomly } from '../conformance/client-store-random.ts';
import {
  clientStoreConformance,
  conversation,
  lobby,
  message,
  type ClientStoreUnderTest,
} from '../conformance/client-store.ts';
import { knownServersConformance } from '../conformance/known-servers.ts';
import { pinsConformance } from '../conformance/pins.ts';
import { browserTests, openScript, wholeFile } from '../support/browser.ts';
import { callPage, remoteObject, type Handle } from '../support/remote-object.ts';

/** More of them take minutes: every call goes to the browser and back. */
const histories = Number(process.env['HELO_STORE_RUNS'] ?? 3);

async function openStore(page: Page, user: string): Promise<ClientStoreUnderTest> {
  const open = async () =>
    remoteObject(page, await callPage<Handle>(page, ['store'], [user])) as ClientStore;
  let store = await open();
  const reopen = async () => {
    await store.close();
    store = await open();
    return store;
  };
  return { store, reopen };
}

let shared: Promise<Page> | undefined;
let last = 0;

/** One page for all: the stores in it are each of another name. */
function sharedPage(): Promise<Page> {
  shared ??= openScript(wholeFile, 'stores.ts');
  return shared;
}

async function fresh(): Promise<ClientStoreUnderTest> {
  return openStore(await sharedPage(), `user${(last += 1)}`);
}

/** An object of the page. One that is not awaited is opened by its first call. */
function late(page: Page, offered: readonly string[], ...args: string[]): object {
  const handle = callPage<Handle>(page, offered, args);
  return new Proxy(
    {},
    {
      get:
        (_target, name) =>
        async (...given: readonly unknown[]) =>
          callPage(page, [String(name)], given, await handle),
    },
  );
}

browserTests('what a browser stores', () => {
  clientStoreConformance('in a browser', fresh);
  clientStoreRandomly('in a browser', { histories, searches: 10 * histories }, async () => fresh);
  pinsConformance('in a browser', async () => {
    const page = await sharedPage();
    const user = `user${(last += 1)}`;
    const open = () => late(page, ['pins'], user) as PinStore;
    return { pins: open(), reopen: open };
  });
  // All accounts share these: each example has a browser of its own.
  knownServersConformance('in a browser', async (t) => {
    const page = await openScript(t, 'stores.ts');
    const open = () => late(page, ['knownServers']) as KnownServers;
    return { servers: open(), reopen: open };
  });

  test('with a full disk nothing of a change set is stored, and the reason is told in words', async (t) => {
    const page = await openScript(t, 'stores.ts');
    const limit = await page.context().newCDPSession(page);
    const { origin } = new URL(page.url());
    await limit.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 500_000 });
    const { store, reopen } = await openStore(page, 'alice');
    await store.write([conversation(lobby, 1)]);
    const large = { type: 'kept-value', name: 'large', value: randomBytes(1e6).toString('hex') };
    const said: ClientChange = { type: 'message', message: message({ seq: 1 }) };
    await assert.rejects(store.write([said, large as ClientChange]), {
      name: 'PrivateFileError',
      message: /no more room/,
    });
    assert.deepEqual(await store.history(lobby, undefined, 9), []);
    await limit.send('Storage.overrideQuotaForOrigin', { origin });
    await store.write([said, large as ClientChange]);
    assert.equal((await (await reopen()).history(lobby, undefined, 9)).length, 1);
  });

  test('data that somebody deletes while it is used ends with a reason, not in silence', async (t) => {
    const page = await openScript(t, 'stores.ts');
    const { store } = await openStore(page, 'alice');
    await store.write([conversation(lobby, 1)]);
    await callPage(page, ['deleteData'], ['alice']);
    await assert.rejects(store.write([conversation(lobby, 2)]), {
      name: 'PrivateFileError',
      message: /closed or deleted/,
    });
  });
});
