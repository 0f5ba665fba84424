// Several devices of one account [12.1, 12.3, 13.4]: who may log in, who is told of changes, and what waits for whom.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addition, linkBy, rootBy, Signer, Somebody } from '../../../test/support/statements.ts';
import { encodeBase64url } from '../../lib/base64url.ts';
import type { RequestOf } from '../../wire/extended/requests.ts';
import type { ChainLink } from '../../wire/statements/chain-link.ts';
import type { Checked } from '../../wire/statements/statement.ts';
import type { ConnectionId } from '../effects.ts';
import type { HubInput } from '../inputs.ts';
import { deviceOf, Stage } from '../stage.fixture.ts';
import { maxLinksPerDay } from './account-chains.ts';
import { idleDeviceMs } from './devices.ts';

type How = Partial<Extract<HubInput, { type: 'authenticated' }>>;
type Heard = ReturnType<Stage['events']>;

const revoked =
  '-ERR this device was taken out of that account, log in with another of its devices or link a new one';
const taken = '-ERR that name belongs to an account with another device, take another name';
const can = { sealed: true, devices: true };

const keyOf = ({ signer }: Somebody) => encodeBase64url(signer.key);

/** The codes and verbs of what somebody hears. */
const inShort = (events: Heard) =>
  events.map((event) => {
    if (typeof event === 'string') return event;
    return event.verb === 'FAILED' ? event.code : event.verb;
  });

function chain(stage: Stage, connection: number, link: Checked<ChainLink> | undefined): Heard {
  stage.run({
    type: 'chain',
    connection: connection as ConnectionId,
    label: 'l',
    link,
    at: stage.now,
  });
  return stage.events(connection);
}

function logIn(stage: Stage, connection: number, who: Somebody, how: How = {}): Heard {
  return stage.account(connection, who.name, { device: keyOf(who), can, ...how });
}

/** alice is at her first device (1), which has left a root and added a laptop. */
function begun(env = {}): { stage: Stage; alice: Somebody; laptop: Somebody } {
  const stage = new Stage(env);
  const alice = new Somebody('alice');
  logIn(stage, 1, alice);
  chain(stage, 1, alice.links[0]);
  const laptop = alice.adds('laptop');
  assert.deepEqual(inShort(chain(stage, 1, alice.links[1])), ['CHAINED']);
  return { stage, alice, laptop };
}

function revoke(stage: Stage, connection: number, by: Somebody, whom: Somebody): Heard {
  by.revokes(whom, 'stolen');
  return chain(stage, connection, by.links.at(-1));
}

test('[12.1] a device that another one has added logs in, at the same time too, and after a restart', () => {
  const { stage, alice, laptop } = begun();
  const [welcome] = logIn(stage, 2, laptop);
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  assert.deepEqual([welcome.created, welcome.links], [false, 2]);
  const later = stage.restart();
  assert.deepEqual(inShort(logIn(later, 3, laptop)), ['WELCOME']);
  assert.deepEqual(inShort(logIn(later, 4, alice)), ['WELCOME']);
  assert.deepEqual(later.account(5, 'alice', { device: deviceOf('mallory') }), [taken]);
});

test('[12.3] the own other connections are told that the chain has grown, those that know of it', () => {
  const { stage, alice, laptop } = begun();
  logIn(stage, 2, laptop);
  logIn(stage, 3, alice, { can: { sealed: true } });
  stage.account(4, 'bob');
  alice.adds('phone', 'web');
  assert.deepEqual(inShort(chain(stage, 1, alice.links[2])), ['CHAINED']);
  assert.deepEqual(stage.events(2), [{ verb: 'CHAIN_CHANGED', user: 'alice', links: 3 }]);
  assert.deepEqual([stage.events(3), stage.events(4)], [[], []]);
});

test('[12.1] a revoked device is put out at once, and does not come in again, also after a restart', () => {
  const { stage, alice, laptop } = begun();
  logIn(stage, 2, laptop);
  assert.deepEqual(inShort(revoke(stage, 1, alice, laptop)), ['CHAINED']);
  assert.deepEqual(inShort(stage.events(2)), ['CHAIN_CHANGED', revoked]);
  assert.ok(stage.closed.has(2 as ConnectionId));
  assert.deepEqual(logIn(stage, 3, laptop), [revoked]);
  assert.deepEqual(logIn(stage.restart(), 4, laptop), [revoked]);
  assert.deepEqual(
    stage.memory.records().devices.map(({ device }) => device),
    [keyOf(alice)],
  );
});

test('[12.1] the first device may be revoked too: the account goes on with the others', () => {
  const { stage, alice, laptop } = begun();
  logIn(stage, 2, laptop);
  assert.deepEqual(inShort(revoke(stage, 2, laptop, alice)), ['CHAINED']);
  assert.deepEqual(inShort(stage.events(1)), ['CHAIN_CHANGED', revoked]);
  assert.equal(stage.memory.records().accounts[0]?.device, keyOf(laptop));
  const later = stage.restart();
  assert.deepEqual(logIn(later, 3, alice), [revoked]);
  assert.deepEqual(inShort(logIn(later, 4, laptop)), ['WELCOME']);
});

test('[12.1] where the last device is revoked nobody logs in, also with a code, before the operator resets it', () => {
  const stage = new Stage();
  const alice = new Somebody('alice');
  logIn(stage, 1, alice);
  chain(stage, 1, alice.links[0]);
  assert.deepEqual(revoke(stage, 1, alice, alice), [revoked]);
  stage.admin({ act: 'invite', hash: 'h', expiresAt: stage.now + 1000, name: 'alice' });
  const other = { device: deviceOf('other'), invite: 'h' };
  assert.deepEqual(stage.account(2, 'alice', other), [taken]);
  const later = stage.restart();
  assert.deepEqual(later.account(3, 'alice', other), [taken]);
  assert.deepEqual(logIn(later, 4, alice), [revoked]);
  later.admin({ act: 'reset-device', name: 'alice' });
  assert.deepEqual(inShort(later.account(5, 'alice', other)), ['WELCOME']);
});

test('[12.3] a link has to go on from the last one, and to be by who may sign it', () => {
  const { stage, alice, laptop } = begun();
  const other = new Signer('mallory');
  const add = (signer: Signer, prev = alice.lastHash) =>
    linkBy(signer, prev, addition(prev, new Signer('new')));
  assert.deepEqual(inShort(chain(stage, 1, alice.links[1])), ['CHAINED'], 'again');
  const first = alice.links[0]?.hash ?? alice.lastHash;
  assert.deepEqual(inShort(chain(stage, 1, add(alice.signer, first))), ['stale']);
  assert.deepEqual(inShort(chain(stage, 1, add(other))), ['link-refused']);
  assert.deepEqual(inShort(chain(stage, 1, undefined)), ['link-refused']);
  assert.deepEqual(inShort(chain(stage, 1, rootBy(laptop.signer, 'alice'))), ['other-root']);
  stage.account(2, 'bob');
  assert.deepEqual(inShort(chain(stage, 2, add(alice.signer))), ['no-chain']);
  stage.run({ type: 'storing', works: false });
  assert.deepEqual(inShort(chain(stage, 1, add(alice.signer))), ['store-failed']);
});

test('[12.3] an account has ten devices at most, and so many links a day', () => {
  const { stage, alice } = begun();
  for (let n = 3; n <= 10; n++) {
    alice.adds(`device ${n}`);
    assert.deepEqual(inShort(chain(stage, 1, alice.links.at(-1))), ['CHAINED']);
  }
  const eleventh = linkBy(
    alice.signer,
    alice.lastHash,
    addition(alice.lastHash, new Signer('eleventh')),
  );
  assert.deepEqual(inShort(chain(stage, 1, eleventh)), ['too-many-devices']);
  for (let n = 10; n < maxLinksPerDay; n++) {
    const last = alice.account.devices.at(-1);
    assert.ok(last);
    const body = { kind: 'revoke', key: last.key, why: 'retired' } as const;
    alice.extend(body);
    assert.deepEqual(inShort(chain(stage, 1, alice.links.at(-1))), ['CHAINED']);
  }
  alice.adds('one more');
  assert.deepEqual(inShort(chain(stage, 1, alice.links.at(-1))), ['too-many-links']);
  stage.pass(86_400_000);
  assert.deepEqual(inShort(chain(stage, 1, alice.links.at(-1))), ['CHAINED']);
});

test('[14.8] the recovery key lets a new device in, and one that was revoked, once its link goes on from the last', () => {
  const stage = new Stage();
  const words = new Signer('words');
  const first = new Signer('alice');
  const root = rootBy(first, 'alice', words);
  stage.account(1, 'alice', { device: encodeBase64url(first.key), can });
  chain(stage, 1, root);
  const fresh = new Signer('fresh');
  const add = (signer: Signer, prev: Uint8Array, key = fresh) =>
    linkBy(signer, prev, addition(prev, key));
  const come = (connection: number, link: Checked<ChainLink>, key = fresh) =>
    stage.account(connection, 'alice', { device: encodeBase64url(key.key), can, recovery: [link] });
  const refused =
    '-ERR that recovery does not go on from the last link of that account, or adds another device';
  assert.deepEqual(come(2, add(words, new Uint8Array(32))), [refused]);
  assert.deepEqual(come(3, add(words, root.hash, new Signer('other'))), [refused]);
  assert.deepEqual(come(4, add(new Signer('mallory'), root.hash)), [taken]);
  assert.deepEqual(come(5, add(first, root.hash)), [taken], 'a device adds others by CHAIN');
  stage.read(1);
  assert.deepEqual(inShort(come(6, add(words, root.hash))), ['WELCOME']);
  assert.deepEqual(stage.events(1), [{ verb: 'CHAIN_CHANGED', user: 'alice', links: 2 }]);
  assert.equal(stage.memory.linksOf(1).length, 2);
});

test('[14.8] a recovery makes no account: a name without one is refused, and stays free', () => {
  const stage = new Stage();
  const [words, fresh] = [new Signer('words'), new Signer('fresh')];
  const link = linkBy(words, new Uint8Array(32), addition(new Uint8Array(32), fresh));
  const come = (connection: number, name: string) =>
    stage.account(connection, name, {
      device: encodeBase64url(fresh.key),
      can,
      recovery: [link],
    });
  const refused =
    '-ERR that recovery does not go on from the last link of that account, or adds another device';
  assert.deepEqual(come(1, 'alice'), [refused]);
  assert.deepEqual(inShort(stage.account(2, 'alice')), ['WELCOME'], 'the name is still free');
});

test('[13.2] a text to somebody is for one of their devices, and goes to all of them, with the key of that one', () => {
  const { stage, alice, laptop } = begun();
  logIn(stage, 2, laptop);
  stage.account(3, 'bob');
  const send = (n: number, device: string) => {
    const said = { verb: 'SEND', in: '@alice', id: `s.${n}`, sealed: 'words', device };
    stage.request(3, said as RequestOf<'SEND'>);
    return inShort(stage.events(3)).at(-1);
  };
  assert.equal(send(1, keyOf(laptop)), 'SENT');
  assert.equal(send(2, keyOf(alice)), 'SENT');
  assert.equal(send(3, deviceOf('other')), 'device-changed');
  for (const connection of [1, 2]) {
    const events = stage.events(connection);
    assert.deepEqual(inShort(events), ['JOINED', 'MSG', 'MSG']);
    const devices = events.flatMap((event) =>
      typeof event === 'object' && event.verb === 'MSG' ? [event.device] : [],
    );
    assert.deepEqual(devices, [keyOf(laptop), keyOf(alice)]);
  }
  revoke(stage, 1, alice, laptop);
  assert.equal(send(3, keyOf(laptop)), 'device-changed');
});

/** bob (3) has said three things to alice, who has two devices, and has them himself. */
function spoken() {
  const { stage, alice, laptop } = begun();
  logIn(stage, 2, laptop);
  stage.account(3, 'bob');
  for (let n = 1; n <= 3; n++) {
    const said = {
      verb: 'SEND',
      in: '@alice',
      id: `s.${n}`,
      sealed: 'words',
      device: keyOf(alice),
    };
    stage.request(3, said as RequestOf<'SEND'>);
  }
  const got = (connection: number, seq: number, place = '@bob') =>
    stage.request(connection, { verb: 'GOT', in: place, seq });
  got(3, 3, '@alice');
  for (const connection of [1, 2, 3]) stage.read(connection);
  const first = () => stage.memory.records().logs.find(({ name }) => name === '@alice+bob')?.first;
  return { stage, alice, laptop, got, first };
}

test('[13.4] what waits goes when all devices have it, and the other hears of the furthest', () => {
  const { stage, got, first } = spoken();
  got(1, 2);
  assert.deepEqual(stage.events(3), [{ verb: 'DELIVERED', in: '@alice+bob', by: 'alice', seq: 2 }]);
  assert.equal(first(), 1);
  got(2, 1);
  assert.equal(first(), 2);
  assert.deepEqual(stage.events(3), [], 'nothing new');
  got(2, 3);
  assert.deepEqual(inShort(stage.events(3)), ['DELIVERED']);
  assert.equal(first(), 3);
});

test('[13.4] each device is told how far it is itself, also after a restart', () => {
  const { stage, alice, laptop, got } = spoken();
  got(1, 2);
  got(2, 1);
  const later = stage.restart();
  const told = (connection: number, who: Somebody) => {
    const [welcome] = logIn(later, connection, who);
    assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
    return welcome.conversations.find((one) => one.in === '@alice+bob')?.got;
  };
  assert.deepEqual([told(1, alice), told(2, laptop)], [2, 1]);
  const [welcome] = later.account(3, 'bob');
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  assert.equal(welcome.conversations.at(-1)?.peerGot, 2);
});

test('[13.4] nothing waits for a device that was not here for 30 days, and it hears where the log begins', () => {
  const { stage, laptop, got, first } = spoken();
  stage.disconnect(2);
  got(1, 1);
  assert.equal(first(), 1);
  stage.pass(idleDeviceMs + 86_400_000);
  got(1, 3);
  assert.equal(first(), 4);
  const [welcome] = logIn(stage, 4, laptop);
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  const told = welcome.conversations.find((one) => one.in === '@alice+bob');
  assert.deepEqual([told?.first, told?.last, told?.got], [4, 3, 0]);
});

test('[13.4] nothing waits for a device that was revoked, and a device that never came keeps nothing back', () => {
  const { stage, alice, laptop, got, first } = spoken();
  alice.adds('never here');
  chain(stage, 1, alice.links.at(-1));
  got(1, 3);
  assert.equal(first(), 1);
  revoke(stage, 1, alice, laptop);
  assert.equal(first(), 4);
  assert.ok(stage.memory.records().cursors.every(({ device }) => device !== keyOf(laptop)));
});

test('[12.1] a reset ends all devices and their links; what they had is not sent again to the next one', () => {
  const { stage, alice, laptop, got, first } = spoken();
  got(1, 3);
  got(2, 3);
  assert.equal(first(), 4);
  stage.admin({ act: 'reset-device', name: 'alice' });
  assert.ok(stage.closed.has(1 as ConnectionId) && stage.closed.has(2 as ConnectionId));
  assert.deepEqual(stage.memory.records().links, []);
  assert.deepEqual(
    stage.memory.records().devices.map(({ account }) => account),
    [2],
  );
  for (const [at, who] of [alice, laptop].entries()) {
    const [refusal] = logIn(stage, 10 + at, who);
    assert.equal(
      refusal,
      '-ERR a new account needs a one-time code from the operator of this server',
    );
  }
  stage.admin({ act: 'invite', hash: 'h', expiresAt: stage.now + 1000, name: 'alice' });
  const later = stage.restart();
  const [welcome] = later.account(1, 'alice', { device: deviceOf('next'), invite: 'h', can });
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  const told = welcome.conversations.find((one) => one.in === '@alice+bob');
  assert.deepEqual([told?.got, welcome.links], [3, 0]);
});

test('[12.3] where a stored link is damaged nobody gets in by what is left of the chain', () => {
  const { stage, alice, laptop } = begun();
  const records = stage.memory.records();
  // The row of the laptop is lost: the chain alone does not let it in.
  const lost = stage.putBack({
    ...stage.memory,
    records: () => ({
      ...records,
      devices: records.devices.filter(({ device }) => device !== keyOf(laptop)),
    }),
  });
  assert.deepEqual(logIn(lost, 1, laptop), [taken]);
  assert.deepEqual(inShort(logIn(lost, 2, alice)), ['WELCOME']);
  // A link is lost: its devices are still known, and no other link may stand behind it.
  const gap = stage.putBack({
    ...stage.memory,
    records: () => ({ ...records, links: records.links.slice(1) }),
  });
  assert.deepEqual(inShort(logIn(gap, 1, laptop)), ['WELCOME']);
  alice.adds('phone');
  assert.deepEqual(inShort(chain(gap, 1, alice.links.at(-1))), ['link-refused']);
});

test('[12.1] after a reset of an account whose row was damaged none of its former devices gets in', () => {
  const { stage, alice, laptop } = begun();
  const records = stage.memory.records();
  const accounts = records.accounts.map((account) => ({ ...account, device: undefined }));
  const locked = stage.putBack({ ...stage.memory, records: () => ({ ...records, accounts }) });
  assert.deepEqual(logIn(locked, 1, alice), [taken]);
  locked.admin({ act: 'reset-device', name: 'alice' });
  locked.admin({ act: 'invite', hash: 'h', expiresAt: locked.now + 1000, name: 'alice' });
  const next = { device: deviceOf('next'), invite: 'h', can };
  assert.deepEqual(inShort(locked.account(2, 'alice', next)), ['WELCOME']);
  const later = new Stage({}, stage.memory, locked.now);
  assert.deepEqual(logIn(later, 3, laptop), [taken]);
  assert.deepEqual(inShort(later.account(4, 'alice', next)), ['WELCOME']);
});

test('[14.25] an account is told its devices: since when, of which kind, when they were here, and which one asks', () => {
  const { stage, alice, laptop } = begun();
  alice.adds('never here', 'bot');
  chain(stage, 1, alice.links.at(-1));
  stage.pass(86_400_000);
  logIn(stage, 2, laptop);
  stage.request(2, { verb: 'DEVICES', label: 'd' });
  const [answer] = stage.events(2);
  assert.ok(typeof answer === 'object' && answer.verb === 'DEVICES');
  assert.deepEqual(
    answer.devices.map(({ device: _device, since: _since, ...rest }) => rest),
    [
      { seen: 0, here: true },
      { form: 'terminal', seen: 86_400_000, here: true, own: true },
      { form: 'bot' },
    ],
  );
  assert.deepEqual(
    answer.devices.map(({ device }) => device),
    stage.memory.records().devices.map(({ device }) => device),
  );
});

test('[14.8] a thief who has added all devices that there can be, and used up the day, does not keep the recovery out', () => {
  const stage = new Stage();
  const words = new Signer('words');
  const alice = new Somebody('alice', 'alice', undefined, words);
  logIn(stage, 1, alice);
  for (const link of alice.links) chain(stage, 1, link);
  for (let n = 2; n <= 10; n++) {
    alice.adds(`stolen ${n}`);
    chain(stage, 1, alice.links.at(-1));
  }
  for (let links = 10; links < maxLinksPerDay; links += 2) {
    const last = alice.account.devices.at(-1);
    assert.ok(last);
    alice.extend({ kind: 'revoke', key: last.key, why: 'retired' });
    chain(stage, 1, alice.links.at(-1));
    alice.adds(`stolen again ${links}`);
    assert.deepEqual(inShort(chain(stage, 1, alice.links.at(-1))), ['CHAINED']);
  }
  const fresh = new Signer('fresh');
  const revoke = linkBy(words, alice.lastHash, {
    kind: 'revoke',
    key: alice.signer.key,
    why: 'stolen',
  });
  const add = linkBy(words, revoke.hash, addition(revoke.hash, fresh));
  const come = (connection: number, recovery: readonly Checked<ChainLink>[]) =>
    stage.account(connection, 'alice', { device: encodeBase64url(fresh.key), can, recovery });
  assert.equal(inShort(come(2, [revoke])).length, 1, 'what adds nobody lets nobody in');
  assert.ok(!stage.closed.has(1 as ConnectionId));
  stage.read(1);
  assert.deepEqual(inShort(come(3, [revoke, add])), ['WELCOME']);
  assert.deepEqual(inShort(stage.events(1)), ['CHAIN_CHANGED', revoked]);
});

test('[12.3] a server that was put back to before a link takes it from the device that it adds, as from any other', () => {
  const stage = new Stage();
  const alice = new Somebody('alice');
  logIn(stage, 1, alice);
  const before = stage.memory.copy();
  chain(stage, 1, alice.links[0]);
  const rooted = stage.memory.copy();
  const laptop = alice.adds('laptop');
  const phone = alice.adds('phone');
  const later = stage.putBack(rooted);
  const links = alice.links.slice(1);
  assert.deepEqual(logIn(later, 2, phone), [taken], 'it brings nothing');
  const mallory = new Somebody('alice', 'mallory');
  assert.deepEqual(logIn(later, 3, mallory, { links }), [taken], 'it is in none of them');
  assert.deepEqual(logIn(later, 4, phone, { links: links.slice(1) }), [taken], 'one is left out');
  assert.deepEqual(logIn(later, 5, phone, { links: links.slice(0, 1) }), [taken]);
  assert.equal(later.memory.records().links.length, 1, 'nothing of that is taken');
  const stays = logIn(later, 6, alice);
  assert.deepEqual(inShort(stays), ['WELCOME']);
  assert.deepEqual(inShort(logIn(later, 7, phone, { links })), ['WELCOME']);
  assert.deepEqual(inShort(later.events(6)), ['CHAIN_CHANGED', 'CHAIN_CHANGED']);
  assert.deepEqual(inShort(logIn(later.restart(), 8, laptop)), ['WELCOME']);

  const rootless = stage.putBack(before);
  const other = new Somebody('alice', 'another root');
  other.adds('other');
  assert.deepEqual(logIn(rootless, 9, other, { links: other.links }), [taken], 'another root');
  assert.deepEqual(inShort(logIn(rootless, 10, phone, { links: alice.links })), ['WELCOME']);
});

test('[12.3] of more lost links than fit into a day a server takes the first, and the rest the day after', () => {
  const stage = new Stage();
  const alice = new Somebody('alice');
  logIn(stage, 1, alice);
  chain(stage, 1, alice.links[0]);
  const rooted = stage.memory.copy();
  const laptop = alice.adds('laptop');
  while (alice.links.length <= maxLinksPerDay) {
    const phone = alice.adds(`phone ${alice.links.length}`);
    alice.revokes(phone, 'stolen');
  }
  const tablet = alice.adds('tablet');
  const later = stage.putBack(rooted.copy());
  later.pass(86_400_000);
  const links = alice.links.slice(1);
  assert.ok(links.length > maxLinksPerDay);
  assert.deepEqual(logIn(later, 2, tablet, { links }), [taken], 'its link is not among the first');
  const took = () => later.memory.records().links.length;
  assert.equal(took(), 1 + maxLinksPerDay);
  assert.deepEqual(inShort(logIn(later, 3, laptop)), ['WELCOME'], 'its link is');
  later.pass(86_400_000);
  const rest = { links: alice.links.slice(took()) };
  assert.deepEqual(inShort(logIn(later, 4, tablet, rest)), ['WELCOME']);
  assert.equal(took(), alice.links.length);

  const again = stage.putBack(rooted);
  again.pass(86_400_000);
  assert.deepEqual(inShort(logIn(again, 5, laptop, { links })), ['WELCOME'], 'at once');
  assert.deepEqual(inShort(chain(again, 5, alice.links[1 + maxLinksPerDay])), ['too-many-links']);
  again.pass(86_400_000);
  for (const link of alice.links.slice(1 + maxLinksPerDay)) {
    assert.deepEqual(inShort(chain(again, 5, link)), ['CHAINED']);
  }
});

test('[12.1] no links let a device in that was revoked, banned, or none after a reset', () => {
  const { stage, alice, laptop } = begun();
  const { links } = alice;
  assert.deepEqual(inShort(revoke(stage, 1, alice, laptop)), ['CHAINED']);
  assert.deepEqual(logIn(stage, 2, laptop, { links: links.slice(2) }), [revoked]);
  stage.admin({ act: 'reset-device', name: 'alice' });
  const [refused] = logIn(stage, 3, laptop, { links: alice.links });
  assert.ok(typeof refused === 'string' && refused.startsWith('-ERR'));
});
