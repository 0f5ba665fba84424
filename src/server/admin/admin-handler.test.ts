import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionId } from '../../hub/effects.ts';
import type { AdminAct } from '../../hub/inputs.ts';
import type { AccountView, AddressBanView } from '../../hub/lookups.ts';
import type { AccountId } from '../../hub/records.ts';
import { StoreError } from '../../hub/store-port.ts';
import type { Username } from '../../wire/text.ts';
import { addressName } from '../limits/address-usage.ts';
import { AdminHandler } from './admin-handler.ts';

const facts = { version: '1.2.3', pid: 7, startedAt: 5, addresses: ['tls://a:1'], pages: [] };
const account = (name: string, more: Partial<AccountView> = {}): AccountView => ({
  id: 1 as AccountId,
  name: name as Username,
  devices: ['AAAA', 'BBBB'],
  root: undefined,
  createdAt: 9,
  banned: false,
  waitingBytes: 0,
  connections: [],
  ...more,
});

/** A server that carries out every request, while its store works. */
function world({ isStoring = true }: { readonly isStoring?: boolean } = {}) {
  const asked: AdminAct[] = [];
  const accounts = [
    account('alice', { waitingBytes: 70, connections: [1, 2] as ConnectionId[] }),
    account('bob', { devices: [] }),
  ];
  const invites = new Set<string>();
  const addressBans: AddressBanView[] = [];
  const server = {
    accounts,
    addressBans,
    placeOf: (address: string) => (address === '127.0.0.1' ? undefined : addressName(address)),
    quotasUsed: { accounts: new Map([['alice', 30]]), guests: 40 },
    hasInvite: (hash: string) => invites.has(hash),
    connections: 5,
    isStoring,
    room: { free: 500, reserve: 100 },
    administer: async (act: AdminAct) => {
      asked.push(act);
      if (act.act === 'invite') invites.add(act.hash);
      if (act.act === 'revoke-invite') invites.delete(act.hash);
      if (act.act === 'ban-address') {
        addressBans.push({ address: act.address, because: undefined, until: undefined });
      }
      if (act.act === 'unban-address') addressBans.length = 0;
      const at = accounts.findIndex((one) => 'name' in act && one.name === act.name);
      const found = accounts[at];
      if (found === undefined) return;
      if (act.act === 'remove-account') accounts.splice(at, 1);
      if (act.act === 'reset-device') accounts[at] = { ...found, devices: [] };
      if (act.act === 'ban' || act.act === 'unban') {
        accounts[at] = { ...found, banned: act.act === 'ban' };
      }
    },
  };
  const backup = async (path: string) => {
    if (path === '/full') throw new StoreError('full', 'the disk is full');
  };
  const check = async () => ({ damages: [], messages: 7, bytes: 70 });
  const handler = new AdminHandler(server, facts, { backup, check });
  return { handler, asked, accounts, addressBans };
}

test('status and users tell what is so', async () => {
  const { handler } = world();
  assert.deepEqual(handler.status(), {
    ...facts,
    accounts: 2,
    accountsOnline: 1,
    connections: 5,
    storing: true,
    waitingBytes: 70,
    guestQuotaUsed: 40,
    disk: { free: 500, reserve: 100 },
  });
  const [alice, bob] = handler.users();
  assert.match(alice?.device ?? '', /^[0-9a-f]{64}$/);
  assert.deepEqual(
    { ...alice, device: '' },
    {
      name: 'alice',
      device: '',
      devices: 2,
      createdAt: 9,
      banned: false,
      waitingBytes: 70,
      quotaUsed: 30,
      connections: 2,
    },
  );
  assert.deepEqual(bob, {
    name: 'bob',
    devices: 0,
    createdAt: 9,
    banned: false,
    waitingBytes: 0,
    quotaUsed: 0,
    connections: 0,
  });
});

test('acts reach the hub, and are done when it says so', async () => {
  const { handler, asked, accounts } = world();
  const hash = 'h'.repeat(43);
  for (const request of [
    { act: 'invite', hash, expiresAt: 99 },
    { act: 'revoke-invite', hash },
    { act: 'ban', name: 'alice' },
    { act: 'unban', name: 'alice' },
    { act: 'reset-device', name: 'alice' },
    { act: 'remove', name: 'alice' },
  ] as const) {
    assert.deepEqual(await handler.carryOut(request), { ok: true, value: undefined }, request.act);
  }
  assert.deepEqual(
    asked.map(({ act }) => act),
    ['invite', 'revoke-invite', 'ban', 'unban', 'reset-device', 'remove-account'],
  );
  assert.deepEqual(
    accounts.map(({ name }) => name),
    ['bob'],
  );
});

test('an account that is not there is refused, with the name that was meant', async () => {
  const { handler, asked } = world();
  const refused = await handler.carryOut({ act: 'ban', name: 'alcie' });
  assert.deepEqual(asked, []);
  assert.ok(!refused.ok);
  assert.equal(refused.error.message, 'there is no account alcie');
  assert.match(refused.error.hint ?? '', /alice/);
});

test('taking back what is not there is refused, and changes nothing', async () => {
  const { handler, asked } = world();
  for (const [request, message] of [
    [{ act: 'revoke-invite', hash: 'h'.repeat(43) }, /^no such code waits/],
    [{ act: 'unban', name: 'alice' }, /^alice is not banned$/],
  ] as const) {
    const refused = await handler.carryOut(request);
    assert.ok(!refused.ok);
    assert.match(refused.error.message, message);
  }
  assert.deepEqual(asked, []);
});

test('while the store fails nothing is asked for that has to be kept', async () => {
  const { handler, asked } = world({ isStoring: false });
  const refused = await handler.carryOut({ act: 'ban', name: 'alice' });
  assert.ok(!refused.ok && /cannot store anything/.test(refused.error.message));
  assert.deepEqual(asked, []);
});

test('a backup that cannot be written says why', async () => {
  const { handler } = world();
  assert.ok((await handler.carryOut({ act: 'backup', path: '/new' })).ok);
  const refused = await handler.carryOut({ act: 'backup', path: '/full' });
  assert.ok(!refused.ok && refused.error.message === 'the disk is full');
});

test('a ban of an address, however that is written, is of what stands for it; what is none is said', async () => {
  const { handler, asked, addressBans } = world();
  const ban = async (name: string, act: 'ban' | 'unban' = 'ban') => {
    const answer = await handler.carryOut({ act, name });
    return answer.ok ? 'done' : answer.error.message;
  };
  for (const [written, address] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:DB8:0:1::7', '2001:db8:0:1::/64'],
    ['2001:db8:0:1::/64', '2001:db8:0:1::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
  ] as const) {
    assert.equal(await ban(written), 'done');
    assert.deepEqual(asked.at(-1), { act: 'ban-address', address });
    assert.equal(handler.bans().addresses.at(-1)?.address, address);
    assert.equal(await ban(written, 'unban'), 'done');
    assert.deepEqual(asked.at(-1), { act: 'unban-address', address });
    assert.equal(await ban(written, 'unban'), `${written} is not banned`);
  }
  for (const written of ['192.0.2.0/24', '1.2.3', 'fe80::1%eth0', 'a.example', '2001:db8::/32']) {
    assert.equal(await ban(written), `${written} is no address`);
  }
  assert.equal(await ban('127.0.0.1'), '127.0.0.1 does not tell who somebody is');
  for (let at = 0; at < 1000; at++) {
    addressBans.push({ address: `a${at}`, because: undefined, until: undefined });
  }
  assert.equal(await ban('192.0.2.7'), '1000 addresses are banned, that is the most');
});
