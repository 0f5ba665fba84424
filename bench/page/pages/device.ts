// In a page, beside the page's own code: fills the store of an account, and seals and opens messages. Its functions are
// called by browser.ts as `helo.fill` and `helo.seal`.
import { createDevice, deviceOf, type Device } from '../../../src/e2ee/device.ts';
import { joinSession, readWelcome } from '../../../src/e2ee/join-session.ts';
import { createKeyPackage, readKeyPackage } from '../../../src/e2ee/key-package.ts';
import { open, readSealed, seal } from '../../../src/e2ee/pair-session.ts';
import { startSession } from '../../../src/e2ee/start-session.ts';
import { openSuite, type Suite } from '../../../src/e2ee/suite.ts';
import type { Result } from '../../../src/lib/result.ts';
import { addressOfPage } from '../../../src/platform/browser/address.ts';
import { browserCryptoProvider } from '../../../src/platform/browser/crypto/crypto-provider.ts';
import { newSigningPair, SigningKeys } from '../../../src/platform/browser/crypto/signing-keys.ts';
import { BrowserClientStore } from '../../../src/platform/browser/store/client-store.ts';
import { openAccountDatabase } from '../../../src/platform/browser/store/database.ts';
import { serverKeyOf } from '../../../src/client/connection/server-address.ts';
import { writeHistory } from '../../stored-history.ts';

const rareEvery = 10_000;

/** Writes `count` messages into a group that `user` has left. */
async function fill(user: string, group: string, count: number): Promise<void> {
  const database = await openAccountDatabase(serverKeyOf(addressOfPage(location)), user);
  const store = await BrowserClientStore.open(database, () => {});
  await writeHistory(store, { group, count, rareEvery });
  await store.close();
  database.close();
}

/** How many private texts of `bytes` are sealed, and how many opened, in a second. */
async function sealing(bytes: number, count: number): Promise<readonly [number, number]> {
  const keys = new SigningKeys();
  const suite = await openSuite(browserCryptoProvider(keys));
  const [alice, bob] = [await makeDevice(suite, keys), await makeDevice(suite, keys)];
  const pending = await createKeyPackage(suite, bob, 'bob', Date.now());
  const read = valueOf(await readKeyPackage(suite, pending.bytes, 'bob', Date.now()));
  const started = valueOf(await startSession(suite, alice, 'alice', read, Date.now()));
  const welcome = valueOf(readWelcome(started.welcome));
  let one = started.session;
  let other = valueOf(await joinSession(suite, bob, 'bob', pending, welcome, 'alice'));
  const text = new Uint8Array(bytes).fill(97);
  const sealed: Uint8Array[] = [];
  let began = performance.now();
  for (let at = 0; at < count; at++) {
    const done = await seal(one, text);
    one = done.session;
    sealed.push(done.bytes);
  }
  const sealedPerSecond = (count * 1000) / (performance.now() - began);
  began = performance.now();
  for (const message of sealed)
    other = valueOf(await open(other, valueOf(readSealed(message)))).session;
  return [sealedPerSecond, (count * 1000) / (performance.now() - began)];
}

/** As a page has one: no script reads its key. */
async function makeDevice(suite: Suite, keys: SigningKeys): Promise<Device> {
  const pair = await newSigningPair();
  if (pair === undefined) return createDevice(suite);
  return valueOf(await deviceOf(suite, pair.publicKey, keys.hold(pair.publicKey, pair.privateKey)));
}

function valueOf<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

Object.assign(globalThis, { helo: { fill, sealing } });
