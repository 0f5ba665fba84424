// The chain of one's own account at a server that keeps links: adding and revoking devices from several of them, and a
// server that takes links away or shows others.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryPins } from '../../../test/support/memory/memory-pins.ts';
import { suite } from '../../../test/support/pair.ts';
import { ciphers, rootBy, Signer } from '../../../test/support/statements.ts';
import { signWithDevice } from '../../e2ee/device-signature.ts';
import { createDevice, type Device } from '../../e2ee/device.ts';
import { decodeBase64url, encodeBase64url } from '../../lib/base64url.ts';
import { equalBytes } from '../../lib/bytes.ts';
import type { ExtendedEvent } from '../../wire/extended/events.ts';
import { consentToSign, parseLink } from '../../wire/statements/chain-link.ts';
import type { Username } from '../../wire/text.ts';
import type { OwnChainNews } from '../encryption/trust/device-news.ts';
import { PendingRequests } from '../pending-requests.ts';
import { OwnChain } from './own-chain.ts';

const alice = 'alice' as Username;

class Server {
  links: string[] = [];
  /** Called before a link is looked at. */
  before: () => void = () => {};
  /** Whether it takes links. */
  takes = true;
  /** How many links it still takes today. */
  today = Infinity;

  answer(line: string): ExtendedEvent {
    const { label, link } = JSON.parse(line.slice(line.indexOf(' '))) as {
      label: string;
      link: string;
    };
    const user = alice;
    if (line.startsWith('ACCOUNT')) return { verb: 'ACCOUNT', label, user, links: this.links };
    this.before();
    const request = { verb: 'FAILED', request: 'CHAIN', label } as const;
    if (!this.takes) return { ...request, code: 'link-refused', text: 'no' };
    const prev = parseLink(decodeBase64url(link) ?? new Uint8Array())?.prev;
    const last = decodeBase64url(this.links.at(-1) ?? '') ?? new Uint8Array();
    const isNext = this.links.length === 0 || (prev && equalBytes(prev, ciphers.sha256(last)));
    if (isNext !== true) return { ...request, code: 'stale', text: 'stale' };
    if (this.today-- < 1) return { ...request, code: 'too-many-links', text: 'tomorrow' };
    this.links.push(link);
    return { verb: 'CHAINED', label, links: this.links.length };
  }
}

async function at(server: Server, device: Device, pins = new MemoryPins()) {
  const told: string[] = [];
  const confirmed = { times: 0 };
  const news = (what: OwnChainNews) =>
    void told.push(
      what.kind === 'devices' ? what.changes.map(({ kind }) => kind).join() : what.kind,
    );
  const own = new OwnChain({
    me: 'alice',
    suite,
    device,
    now: () => 7,
    ciphers,
    store: pins,
    news,
    changed: () => {},
    confirmed: () => (confirmed.times += 1),
  });
  const login = async () => {
    const requests: PendingRequests = new PendingRequests((line) => {
      queueMicrotask(() => requests.receive(server.answer(line)));
    });
    const links = server.links.length;
    own.login(requests, { verb: 'WELCOME', user: alice, created: false, conversations: [], links });
    await own.get();
    return own;
  };
  await login();
  const consent = (prev: Uint8Array) =>
    signWithDevice(suite, device, consentToSign(prev, device.publicKey, 'terminal'));
  return { own, told, login, consent, pins, device, confirmed };
}

const fresh = async (server: Server) => at(server, await createDevice(suite));
const devicesOf = async ({ own }: { own: OwnChain }) => (await own.get()).chain.devices.length;

/** Two devices of alice: her first one, and one that it has added. */
async function two() {
  const server = new Server();
  const first = await fresh(server);
  const device = await createDevice(suite);
  const sign = (prev: Uint8Array) =>
    signWithDevice(suite, device, consentToSign(prev, device.publicKey, 'terminal'));
  const added = await first.own.add(device.publicKey, 'terminal', sign);
  assert.ok(added.ok);
  return { server, first, second: await at(server, device) };
}

function promised(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

test('a device that was added logs in with the chain of its account, and adds and revokes others itself', async () => {
  const { server, first, second } = await two();
  assert.equal(server.links.length, 2);
  assert.deepEqual((await second.own.get()).chain.rootKey, first.device.publicKey);
  const isSibling = ({ own }: { own: OwnChain }, { device }: { device: Device }) =>
    own.isSibling(encodeBase64url(device.publicKey));
  assert.ok(await isSibling(first, second));
  assert.ok(await isSibling(second, first));
  assert.ok(!(await isSibling(first, first)), 'oneself');
  assert.ok(!(await isSibling(first, await fresh(new Server()))), 'a stranger');
  const third = await createDevice(suite);
  const sign = (prev: Uint8Array) =>
    signWithDevice(suite, third, consentToSign(prev, third.publicKey, 'bot'));
  assert.ok((await second.own.add(third.publicKey, 'bot', sign)).ok);
  assert.equal(await devicesOf(second), 3);
  first.own.grown();
  await first.login();
  assert.deepEqual(first.told, ['added']);
  assert.ok((await first.own.revoke(third.publicKey, 'stolen')).ok);
  await second.login();
  assert.deepEqual(second.told, ['revoked']);
  assert.equal(await devicesOf(second), 2);
});

test('what a device knows of its chain is confirmed once in a run: what follows from a revoke is done where the run of it had ended', async () => {
  const { server, first, second } = await two();
  assert.ok((await first.own.revoke(second.device.publicKey, 'stolen')).ok);
  const again = await at(server, first.device, first.pins);
  await again.own.grown();
  assert.equal(again.confirmed.times, 1);
  await again.login();
  await again.own.grown();
  assert.equal(again.confirmed.times, 1);
  assert.deepEqual(again.told, []);
});

test('a link that another device overtakes is signed again, with another consent', async () => {
  const { server, first, second } = await two();
  const third = await createDevice(suite);
  // The server takes a link of the other device first.
  const copy = new Server();
  copy.links = [...server.links];
  const there = await at(copy, second.device);
  const other = await createDevice(suite);
  const sign = (prev: Uint8Array) =>
    signWithDevice(suite, other, consentToSign(prev, other.publicKey, 'bot'));
  assert.ok((await there.own.add(other.publicKey, 'bot', sign)).ok);
  server.before = () => {
    server.before = () => {};
    server.links = copy.links;
  };
  const asked: string[] = [];
  const added = await first.own.add(third.publicKey, 'web', async (prev) => {
    asked.push(encodeBase64url(prev));
    return signWithDevice(suite, third, consentToSign(prev, third.publicKey, 'web'));
  });
  assert.ok(added.ok);
  assert.equal(new Set(asked).size, 2);
  assert.equal(added.value.chain.devices.length, 4);
});

test('nothing waits for a new device that is gone: neither a login nor another link', async () => {
  const { server, first, second } = await two();
  const third = await createDevice(suite);
  const asked: string[] = [];
  const { promise: isAsked, resolve: ask } = promised();
  const { promise: isHere, resolve: comeBack } = promised();
  const added = first.own.add(third.publicKey, 'web', async (prev) => {
    asked.push(encodeBase64url(prev));
    ask();
    await isHere;
    return signWithDevice(suite, third, consentToSign(prev, third.publicKey, 'web'));
  });
  await isAsked;
  await first.login();
  assert.ok((await first.own.revoke(second.device.publicKey, 'stolen')).ok);
  // The server shows what it had before: what was revoked meanwhile is revoked all the same.
  const before = [...server.links];
  server.links = before.slice(0, -1);
  comeBack();
  const done = await added;
  assert.ok(done.ok);
  assert.equal(asked.length, 2);
  assert.deepEqual(server.links.slice(0, -1), before);
  assert.equal(done.value.chain.revoked.length, 1);
});

test('nothing is added without the consent of the new device, nor with another one', async () => {
  const server = new Server();
  const first = await fresh(server);
  const key = (await createDevice(suite)).publicKey;
  const none = await first.own.add(key, 'web', async () => undefined);
  assert.deepEqual(none, { ok: false, error: 'no-consent' });
  const other = await first.own.add(key, 'web', first.consent);
  assert.deepEqual(other, { ok: false, error: 'link-refused' });
  assert.equal(server.links.length, 1);
});

test('a server that has lost links gets them again, and one that hides them is told of loudly', async () => {
  const { server, first } = await two();
  server.links.pop();
  await first.login();
  assert.deepEqual(first.told.splice(0), ['put-back']);
  assert.equal(server.links.length, 2);
  server.links.pop();
  server.takes = false;
  await first.login();
  assert.deepEqual(first.told, ['taken-away']);
  assert.equal(await devicesOf(first), 2);
});

test('a server that has lost more links than it takes in a day gets the rest at a login on the next one', async () => {
  const { server, first, second } = await two();
  assert.ok((await first.own.revoke(second.device.publicKey, 'stolen')).ok);
  const all = server.links;
  server.links = all.slice(0, 1);
  server.today = 1;
  await first.login();
  assert.deepEqual(first.told.splice(0), ['put-back-in-part']);
  assert.equal(await devicesOf(first), 1, 'what is known of a revoke holds meanwhile');
  server.today = 1;
  await first.login();
  assert.deepEqual(first.told, ['put-back']);
  assert.deepEqual(server.links, all);
});

test('a server that has lost links gets them from two devices at once: the one that comes second finds them there', async () => {
  const { server, first, second } = await two();
  await second.login();
  const all = server.links;
  server.links = all.slice(0, 1);
  server.before = () => {
    server.before = () => {};
    server.links = [...all];
  };
  await first.login();
  assert.deepEqual(first.told, []);
  assert.deepEqual((await first.own.get()).links, all);
  assert.deepEqual(first.own.latest?.links, all, 'the server has confirmed it');
});

test('of a chain that contradicts the one that was seen nothing holds, in the next run either', async () => {
  const { server, first, second } = await two();
  await first.login();
  // A fork: the server shows the other device another link in the place of one.
  const forked = new Server();
  forked.links = server.links.slice(0, 1);
  const third = await createDevice(suite);
  const elsewhere = await at(forked, first.device);
  const consent = (prev: Uint8Array) =>
    signWithDevice(suite, third, consentToSign(prev, third.publicKey, 'web'));
  assert.ok((await elsewhere.own.add(third.publicKey, 'web', consent)).ok);
  server.links = forked.links;
  const again = await at(server, first.device, first.pins);
  assert.deepEqual(again.told, ['contradicted']);
  assert.deepEqual((await again.own.get()).links, (await second.own.get()).links);
  // Of somebody else, with or without this device's key.
  server.links = [encodeBase64url(rootBy(new Signer('thief'), 'alice').bytes)];
  await again.login();
  assert.equal(again.told.at(-1), 'not-in-it');
  const signed = await again.own.revoke(third.publicKey, 'stolen');
  assert.deepEqual(signed, { ok: false, error: 'not-valid' });
});

test('a server that has no chain any more gets all of it again, and no second root from a later device', async () => {
  const { server, first, second } = await two();
  await first.login();
  const all = server.links;
  server.links = [];
  await first.login();
  assert.deepEqual(first.told, ['put-back']);
  assert.deepEqual(server.links, all);
  // The server takes a root from its own device alone.
  server.links = [];
  server.takes = false;
  await second.login();
  assert.deepEqual(second.told, ['taken-away']);
  assert.deepEqual((await second.own.get()).links, all);
});

test('an account without a chain begins anew with a device that is none of the former one, and that is told', async () => {
  const { server, first, second } = await two();
  await first.own.revoke(second.device.publicKey, 'lost');
  const pins = new MemoryPins();
  await pins.putChain('alice', first.pins.chains.get('alice') ?? assert.fail());
  server.links = [];
  const again = await at(server, second.device, pins);
  assert.deepEqual(again.told, ['reset']);
  assert.deepEqual((await again.own.get()).chain.rootKey, second.device.publicKey);
  const plain = new Server();
  const { told, login } = await fresh(plain);
  plain.links = [];
  await login();
  assert.deepEqual(told, []);
});
