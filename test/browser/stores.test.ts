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
import { assertAdopted, keptUnknown } from '../support/kept-unknown.ts';
import { callPage, remoteObject, type Handle } from '../support/remote-object.ts';

/** More of them take minutes: every call goes to the browser and back. */
const histories = Number(process.env['HELO_STORE_RUNS'] ?? 3);

async function openStore(
  page: Page,
  user: string,
  offered = 'store',
): Promise<ClientStoreUnderTest> {
  const open = async () =>
    remoteObject(page, await callPage<Handle>(page, [offered], [user])) as ClientStore;
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

const fresh = (offered: string) => async (): Promise<ClientStoreUnderTest> =>
  openStore(await sharedPage(), `user${(last += 1)}`, offered);

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
  for (const [title, store, pins] of [
    ['in a browser', 'store', 'pins'],
    ['in a browser, locked', 'lockedStore', 'lockedPins'],
  ] as const) {
    clientStoreConformance(title, fresh(store));
    clientStoreRandomly(title, { histories, searches: 10 * histories }, async () => fresh(store));
    pinsConformance(title, async () => {
      const page = await sharedPage();
      const user = `user${(last += 1)}`;
      const open = () => late(page, [pins], user) as PinStore;
      return { pins: open(), reopen: open };
    });
  }
  // All accounts share these: each example has a browser of its own.
  knownServersConformance('in a browser', async (t) => {
    const page = await openScript(t, 'stores.ts');
    const open = () => late(page, ['knownServers']) as KnownServers;
    return { servers: open(), reopen: open };
  });

  test('what is locked is found again, after a page that was killed in the middle too, and unlocked', async (t) => {
    const page = await openScript(t, 'stores.ts');
    const user = 'alice';
    const before = await openStore(page, user);
    await before.store.write([conversation(lobby, 1)]);
    const said = Array.from({ length: 600 }, (_, at) => message({ seq: at + 1 }));
    await before.store.write(said.map((message) => ({ type: 'message', message })));
    await before.store.write([{ type: 'kept-value', name: 'mutes', value: '#secret' }]);
    const shown = await before.store.history(lobby, undefined, 1_000);
    await before.store.close();
    const readable = async () => {
      const raw = await callPage<string>(page, ['everything'], [user]);
      return [lobby, said[0]?.from ?? '', 'secret', 'mutes'].filter((word) => raw.includes(word));
    };
    assert.equal((await readable()).length, 4);
    await assert.rejects(callPage(page, ['turn'], [user, 'lock', 0.5]), /killed/);
    await callPage(page, ['turn'], [user, 'lock']);
    assert.deepEqual(await readable(), []);
    const locked = await openStore(page, user, 'lockedStore');
    assert.deepEqual(await locked.store.history(lobby, undefined, 1_000), shown);
    assert.deepEqual((await locked.store.load()).values, [{ name: 'mutes', value: '#secret' }]);
    await locked.store.close();
    await assert.rejects(callPage(page, ['turn'], [user, 'unlock', 0.5]), /killed/);
    await callPage(page, ['turn'], [user, 'unlock']);
    const after = await openStore(page, user);
    assert.deepEqual(await after.store.history(lobby, undefined, 1_000), shown);
    await after.store.close();
  });

  test('messages that earlier versions have locked, which bound a row to other fields, are opened', async (t) => {
    const page = await openScript(t, 'stores.ts');
    const first = ['id', 'log', 'place', 'rank', 'seq', 'localId', 'textId', 'open'];
    for (const [user, bound] of [
      ['alice', [...first, 'conversation']],
      ['bob', [...first, 'ends', 'conversation']],
    ] as const) {
      const { store, reopen } = await openStore(page, user, 'lockedStore');
      await store.write([conversation(lobby, 1)]);
      await store.write([1, 2].map((seq) => ({ type: 'message', message: message({ seq }) })));
      const shown = await store.history(lobby, undefined, 9);
      await store.close();
      await callPage(page, ['lockedBefore'], [user, bound]);
      const again = await reopen();
      assert.deepEqual(await again.history(lobby, undefined, 9), shown);
      await again.close();
    }
  });

  test('a row of a locked store that is put in the place of another is refused, and one that is not locked', async (t) => {
    const page = await openScript(t, 'stores.ts');
    const { store, reopen } = await openStore(page, 'alice', 'lockedStore');
    await store.write([conversation(lobby, 1)]);
    await store.write([1, 2].map((seq) => ({ type: 'message', message: message({ seq }) })));
    await store.close();
    await callPage(page, ['copyRow'], ['alice', 'messages', 1, { id: 3, place: 3, seq: 3 }]);
    const changed = { name: 'PrivateFileError', message: /changed/ };
    await assert.rejects((await reopen()).history(lobby, undefined, 9), changed);
    const other = await openStore(page, 'bob');
    await other.store.write([conversation(lobby, 1)]);
    await other.store.close();
    await assert.rejects(openStore(page, 'bob', 'lockedStore'), changed);
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

  for (const offered of ['store', 'lockedStore']) {
    test(`what a page of before has kept as it did not know it is what it is (${offered})`, async () => {
      const page = await sharedPage();
      const user = `user${(last += 1)}`;
      const open = async () =>
        remoteObject(page, await callPage<Handle>(page, [offered], [user])) as ClientStore;
      const before = await open();
      await before.write(keptUnknown);
      await before.close();
      await callPage(page, ['asBefore'], [user]);
      for (let round = 0; round < 2; round++) {
        const store = await open();
        await assertAdopted(store);
        await store.close();
      }
    });
  }
});
