// The own chain, which is left at the server, and chains of others, verified and compared with their pins.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { MemoryPins } from '../../../test/support/memory/memory-pins.ts';
import { suite } from '../../../test/support/pair.ts';
import { ciphers, rootBy, Signer, Somebody } from '../../../test/support/statements.ts';
import { createDevice } from '../../e2ee/device.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import type { ExtendedEvent, ExtendedEventOf } from '../../wire/extended/events.ts';
import type { Username } from '../../wire/text.ts';
import type { ClientChange, KeptValue } from '../store/store-port.ts';
import type { KeyEvent } from '../encryption/trust/key-events.ts';
import { TrustBook } from '../encryption/trust/trust-book.ts';
import { PendingRequests } from '../pending-requests.ts';
import { AccountChains } from './account-chains.ts';
import { lookUpMs } from './limits.ts';

const device = await createDevice(suite);
const bob = 'bob' as Username;
const bobs = new Signer('bob');
const ofBob = { device: encodeBase64url(bobs.key), links: [linkOf(bobs, 'bob')] };

function linkOf(signer: Signer, name: string): string {
  return encodeBase64url(rootBy(signer, name).bytes);
}

function welcome(links: number | undefined): ExtendedEventOf<'WELCOME'> {
  const none = { user: 'alice' as Username, created: false, conversations: [] };
  return { verb: 'WELCOME', ...none, ...(links !== undefined && { links }) };
}

function scene({ heard = () => {}, values = [] as readonly KeptValue[] } = {}) {
  const told: KeyEvent[] = [];
  const kept: ClientChange[] = [];
  const trusts = new TrustBook(new MemoryPins(), (event) => void told.push(event));
  const clock = new FakeTimers();
  const explained: string[] = [];
  const then = {
    changed: () => {},
    confirmed: () => {},
    revokes: {
      values,
      heard,
      write: async (change: () => ClientChange) => void kept.push(change()),
    },
    explained: (user: string) => void explained.push(user),
  };
  const nothing = { now: () => 1, news: () => {}, timers: clock, ...then };
  const chains = new AccountChains({ me: 'alice', suite, device, trusts, ...ciphers, ...nothing });
  const lines: { verb: string; label: string; user?: string; link?: string }[] = [];
  const write = (line: string) => {
    const space = line.indexOf(' ');
    const fields = JSON.parse(line.slice(space)) as { label: string; user?: string; link?: string };
    lines.push({ verb: line.slice(0, space), ...fields });
  };
  let requests = new PendingRequests(write);
  const line = async () => {
    while (lines.length === 0) await new Promise(setImmediate);
    return lines.shift() ?? assert.fail();
  };
  const login = (links: number | undefined) => chains.login(requests, welcome(links));
  /** The connection ends, and another one begins. */
  const reconnect = (links: number) => {
    chains.logout();
    requests.close();
    lines.length = 0;
    requests = new PendingRequests(write);
    login(links);
  };
  const answer = async (event: object) => {
    const { label } = await line();
    assert.ok(requests.receive({ label, ...event } as ExtendedEvent));
  };
  /** What is found of bob where the server answers so. */
  const found = async (event: object) => {
    const asked = chains.of(bob);
    await answer({ verb: 'ACCOUNT', user: bob, ...event });
    return asked;
  };
  const cut = () => requests.close();
  /** Waits until bob's chain is asked for, and shows it, or does not. */
  const answerAbout = async (who: Somebody | undefined) => {
    let asked = await line();
    while (asked.user !== bob) asked = await line();
    if (who === undefined) return;
    const links = who.links.map(({ bytes }) => encodeBase64url(bytes));
    const device = encodeBase64url(who.signer.key);
    const shown = { verb: 'ACCOUNT', label: asked.label, user: bob, device, links };
    assert.ok(requests.receive(shown as unknown as ExtendedEvent));
  };
  const more = { kept, answerAbout, cut, reconnect, clock, explained };
  return { chains, trusts, told, lines, line, login, answer, found, ...more };
}

test('who has revoked a device is known to sealed groups from when the server has shown it, told once, and known after a restart', async () => {
  let told = 0;
  const { login, found, chains, kept } = scene({ heard: () => (told += 1) });
  login(undefined);
  const other = new Somebody('bob');
  const show = () => {
    const links = other.links.map(({ bytes }) => encodeBase64url(bytes));
    return found({ device: encodeBase64url(other.signer.key), links });
  };
  const stolen = other.adds('laptop');
  assert.ok((await show()).ok);
  assert.deepEqual([chains.forGroups.others?.(), told], [[], 0]);
  other.revokes(stolen, 'stolen');
  for (let time = 0; time < 2; time++) assert.ok((await show()).ok);
  const [known] = chains.forGroups.others?.() ?? [];
  assert.deepEqual([known?.root16, known?.links.length, told], [other.root16, 3, 1]);
  assert.deepEqual(
    known?.chain.revoked.map(({ key }) => key),
    [stolen.signer.key],
  );
  // The program starts again, and the server was put back: it shows nothing of it.
  const values = kept.flatMap((change) =>
    change.type === 'kept-value' && change.value !== undefined
      ? [{ name: change.name, value: change.value }]
      : [],
  );
  assert.deepEqual(scene({ values }).chains.forGroups.others?.(), [known]);
  const damaged = values.map(({ name, value }) => ({ name, value: value.slice(1) }));
  assert.deepEqual(scene({ values: damaged }).chains.forGroups.others?.(), []);
});

test('a device leaves its root where the server has none, and the same one wherever it is made again', async () => {
  const { login, line, chains } = scene();
  login(0);
  const { verb, link } = await line();
  assert.equal(verb, 'CHAIN');
  const own = await chains.own.get();
  assert.deepEqual(own.links, [link]);
  assert.deepEqual(own.chain.rootKey, device.publicKey);
  assert.equal(own.chain.name, 'alice');
  assert.deepEqual((await scene().chains.own.get()).links, own.links);
});

test('a server that says nothing of chains is asked nothing', async () => {
  const { login, lines } = scene();
  login(undefined);
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  assert.deepEqual(lines, []);
});

test('what the server has of the own account holds only if this device has signed it', async () => {
  const { login, answer, chains } = scene();
  const own = await chains.own.get();
  login(1);
  const links = [linkOf(new Signer('thief'), 'alice')];
  await answer({
    verb: 'ACCOUNT',
    user: 'alice',
    device: encodeBase64url(device.publicKey),
    links,
  });
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  assert.deepEqual(await chains.own.get(), own);
});

test('the chain of somebody unknown is given, and pins nothing', async () => {
  const { login, found, trusts, told } = scene();
  login(undefined);
  const chain = await found(ofBob);
  assert.ok(chain.ok);
  assert.equal(chain.value.standing, 'unknown');
  assert.deepEqual(chain.value.chain.rootKey, bobs.key);
  assert.deepEqual(chain.value.root16, rootBy(bobs, 'bob').hash.slice(0, 16));
  assert.equal(await trusts.of(bob).pin(), undefined);
  assert.deepEqual(told, []);
});

test('the root of another key than the pinned one is a changed key, and is announced as one', async () => {
  const { login, found, trusts, told } = scene();
  login(undefined);
  await trusts.of(bob).judge(bobs.key);
  told.length = 0;
  const same = await found(ofBob);
  assert.equal(same.ok && same.value.standing, 'pinned');
  const other = new Signer('false bob');
  const changed = await found({
    device: encodeBase64url(other.key),
    links: [linkOf(other, 'bob')],
  });
  assert.equal(changed.ok && changed.value.standing, 'changed');
  assert.deepEqual(told, [{ type: 'key-changed', user: 'bob', wasVerified: false }]);
  assert.equal(trusts.of(bob).isBlocked, true);
});

test('what is no chain of that account and its device is refused', async () => {
  const { login, found } = scene();
  login(undefined);
  const other = encodeBase64url(new Signer('other').key);
  const [link = ''] = ofBob.links;
  for (const answer of [
    { ...ofBob, device: other },
    { ...ofBob, links: [linkOf(bobs, 'carol')] },
    { ...ofBob, links: [link, link] },
    { ...ofBob, links: [`${link.slice(0, -2)}AA`] },
    { ...ofBob, links: ['AAAA'] },
  ]) {
    assert.deepEqual(await found(answer), { ok: false, error: 'not-valid' });
  }
  assert.deepEqual(await found({ ...ofBob, links: [] }), { ok: false, error: 'no-chain' });
  assert.deepEqual(await found({ ...ofBob, device: undefined }), { ok: false, error: 'no-chain' });
});

test('a refusal, and a connection that ends, are told apart', async () => {
  const { login, chains, answer, cut: end, line } = scene();
  assert.deepEqual(await chains.of(bob), { ok: false, error: 'gone' });
  login(undefined);
  const refused = async (code: string) => {
    const asked = chains.of(bob);
    await answer({ verb: 'FAILED', request: 'ACCOUNT', code, text: 'x' });
    return asked;
  };
  assert.deepEqual(await refused('no-such-account'), { ok: false, error: 'no-account' });
  assert.deepEqual(await refused('store-failed'), { ok: false, error: 'refused' });
  const cut = chains.of(bob);
  await line();
  end();
  assert.deepEqual(await cut, { ok: false, error: 'gone' });
});

test('that a connection ended before the chain was here makes no key a changed one: the next login is asked', async () => {
  const { login, trusts, told, answerAbout, reconnect } = scene();
  login(1);
  const trust = trusts.of(bob);
  const other = new Somebody('bob');
  await trust.judge(other.signer.key);
  const phone = other.adds('phone');
  const judged = trust.judge(phone.signer.key);
  await answerAbout(undefined);
  reconnect(1);
  await answerAbout(other);
  assert.equal(await judged, 'pinned');
  assert.deepEqual(
    told.map(({ type }) => type),
    ['key-new', 'devices-changed'],
  );
});

test('a key that nobody has explained for long counts as a changed one, until a later login explains it', async () => {
  const { chains, cut, login, trusts, answerAbout, reconnect, clock, explained } = scene();
  login(1);
  const trust = trusts.of(bob);
  const other = new Somebody('bob');
  await trust.judge(other.signer.key);
  const judged = trust.judge(other.adds('phone').signer.key);
  await answerAbout(undefined);
  clock.advance(lookUpMs);
  assert.equal(await judged, 'changed');
  assert.equal(trust.isBlocked, true);
  reconnect(1);
  await answerAbout(other);
  for (let turn = 0; explained.length === 0 && turn < 100; turn++) await new Promise(setImmediate);
  assert.deepEqual([trust.isBlocked, explained], [false, ['bob']]);
  // Who ends waits for no other login.
  const last = trust.judge(other.adds('laptop').signer.key);
  await answerAbout(undefined);
  chains.logout();
  chains.close();
  cut();
  assert.equal(await last, 'changed');
});
