// Accounts: who owns a name, who may register one, several connections of one person, and what the operator does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountsOf, countPeople, findAccount } from '../lookups.ts';
import { deviceOf, Stage } from '../stage.fixture.ts';

const lobbyOf = (log: number, last: number) => ({ in: 'lobby', log, first: 1, last, kept: true });

test('[12] the first login takes the name for the device, later ones are let in by it', () => {
  const stage = new Stage();
  const [first, ...more] = stage.account(1, 'alice');
  assert.deepEqual(first, {
    verb: 'WELCOME',
    user: 'alice',
    created: true,
    conversations: [lobbyOf(1, 0)],
  });
  assert.deepEqual(more, []);
  stage.disconnect(1);
  assert.deepEqual(stage.account(2, 'alice')[0], {
    verb: 'WELCOME',
    user: 'alice',
    created: false,
    conversations: [lobbyOf(1, 0)],
  });
});

test("[12] a name with an account is nobody else's, in any letter case, here or away", () => {
  const stage = new Stage();
  stage.account(1, 'Alice');
  const registered =
    '-ERR that name belongs to an account, log in with its device or take another name';
  const taken = '-ERR that name belongs to an account with another device, take another name';
  for (const away of [false, true]) {
    if (away) stage.disconnect(1);
    const from = away ? 20 : 10;
    assert.deepEqual(stage.guest(from, 'Alice'), [registered]);
    assert.deepEqual(stage.guest(from + 1, 'aLICE'), [registered]);
    assert.deepEqual(stage.account(from + 2, 'Alice', { device: deviceOf('eve') }), [taken]);
    // The device is right, the name is not: an account has one spelling.
    assert.deepEqual(stage.account(from + 3, 'alice'), [taken]);
    for (const connection of [0, 1, 2, 3])
      assert.ok(stage.closed.has((from + connection) as never));
  }
});

test('[12] a guest keeps the name for as long as the visit', () => {
  const stage = new Stage();
  stage.guest(1, 'bob');
  assert.deepEqual(stage.account(2, 'Bob'), ['-ERR user already logged in']);
  stage.disconnect(1);
  assert.equal(stage.account(3, 'Bob').length, 1);
});

test('[12.1] a name waits for the holder of its code as long as that is good: for no guest, and for no other account', () => {
  const needed = ['-ERR a new account needs a one-time code from the operator of this server'];
  const invalid = ['-ERR that one-time code is not valid, or not any more'];
  for (const registration of ['open', 'invite'] as const) {
    const stage = new Stage();
    stage.admin({ act: 'invite', hash: 'any', expiresAt: stage.now + 1000 });
    stage.admin({ act: 'invite', hash: 'bobs', expiresAt: stage.now + 1000, name: 'bob' });
    assert.deepEqual(stage.account(1, 'bob', { registration }), needed);
    assert.deepEqual(stage.account(2, 'BOB', { registration }), needed);
    assert.deepEqual(stage.account(3, 'bob', { registration, invite: 'any' }), invalid);
    assert.deepEqual(stage.guest(4, 'Bob'), [
      '-ERR that name belongs to an account, log in with its device or take another name',
    ]);
    if (registration === 'invite') {
      // Whoever has got hold of the code has no use for it under another name.
      assert.deepEqual(stage.account(5, 'eve', { registration, invite: 'bobs' }), invalid);
    }
    const later = stage.restart();
    assert.equal(later.account(6, 'bob', { registration, invite: 'bobs' }).length, 1);
    assert.equal(later.account(7, 'bob', { registration }).length, 1);
    later.admin({ act: 'invite', hash: 'carols', expiresAt: later.now + 1000, name: 'carol' });
    later.pass(2000);
    assert.equal(later.guest(8, 'carol').length, 1);
    later.disconnect(8);
    assert.equal(later.account(9, 'carol', { registration: 'open' }).length, 1);
  }
});

test('[12] a code is good for one account, until it ends', () => {
  const stage = new Stage();
  const invited = { registration: 'invite' as const };
  stage.admin({ act: 'invite', hash: 'h1', expiresAt: stage.now + 1000 });
  stage.admin({ act: 'invite', hash: 'h2', expiresAt: stage.now });
  stage.admin({ act: 'invite', hash: 'h3', expiresAt: stage.now + 1000 });
  stage.admin({ act: 'revoke-invite', hash: 'h3' });
  const needed = ['-ERR a new account needs a one-time code from the operator of this server'];
  const invalid = ['-ERR that one-time code is not valid, or not any more'];
  assert.deepEqual(stage.account(1, 'alice', invited), needed);
  assert.deepEqual(stage.account(2, 'alice', { ...invited, invite: 'h2' }), invalid);
  assert.deepEqual(stage.account(3, 'alice', { ...invited, invite: 'h3' }), invalid);
  assert.equal(stage.account(4, 'alice', { ...invited, invite: 'h1' }).length, 1);
  assert.deepEqual(stage.account(5, 'bob', { ...invited, invite: 'h1' }), invalid);
  // A person with an account needs no code.
  assert.equal(stage.account(6, 'alice', invited).length, 1);
  assert.deepEqual(stage.account(7, 'bob', { registration: 'closed' }), [
    '-ERR this server takes no new accounts',
  ]);
  assert.deepEqual(stage.memory.records().invites, stage.restart().memory.records().invites);
});

test('codes that wait are capped: those that have ended go, then the oldest', () => {
  const stage = new Stage({ maxInvites: 2 });
  const invite = (hash: string, ms: number) =>
    stage.admin({ act: 'invite', hash, expiresAt: stage.now + ms });
  invite('a', 1000);
  invite('b', 0);
  invite('c', 1000);
  assert.deepEqual([...stage.hub.invites.keys()], ['a', 'c']);
  invite('d', 1000);
  assert.deepEqual([...stage.hub.invites.keys()], ['c', 'd']);
  assert.deepEqual(
    stage.memory.records().invites.map(({ hash }) => hash),
    ['c', 'd'],
  );
});

test('[12] an account has several connections; people see one person', () => {
  const stage = new Stage({ maxConnectionsPerAccount: 2 });
  stage.guest(1, 'gus');
  stage.account(2, 'alice');
  stage.account(3, 'alice');
  assert.deepEqual(stage.account(4, 'alice'), [
    '-ERR your account is connected 2 times already, that is the most',
  ]);
  stage.line(1, 'GET_USERS *all');
  assert.deepEqual(stage.read(1), ['+SUCCESS [gus, alice]']);
  assert.equal(countPeople(stage.hub), 2);
  stage.line(2, 'BCST hi');
  assert.deepEqual(stage.read(1), ['BCST [alice] hi']);
  assert.deepEqual(stage.read(2), ['+OK BCST hi']);
  assert.equal(stage.events(3).length, 1);
  stage.disconnect(2);
  stage.line(1, 'GET_USERS *all');
  assert.deepEqual(stage.read(1), ['+SUCCESS [gus, alice]']);
  stage.disconnect(3);
  stage.line(1, 'GET_USERS *all');
  assert.deepEqual(stage.read(1), ['+SUCCESS [gus]']);
});

test('[7.5] private lines of version 1 go to one connection: the last that wants them', () => {
  const stage = new Stage();
  stage.guest(1, 'gus');
  stage.account(2, 'alice');
  stage.account(3, 'alice');
  stage.account(4, 'alice', { private: false });
  const heard = (line: string) => {
    stage.line(1, line);
    return [2, 3, 4].filter((connection) => stage.read(connection).length > 0);
  };
  assert.deepEqual(heard('PM @alice x'), [3]);
  assert.deepEqual(heard('FILE_TRANS /send_file @alice x'), [3]);
  stage.disconnect(3);
  assert.deepEqual(heard('REQUEST_PUBLIC_KEY @alice 1'), [2]);
  stage.disconnect(2);
  assert.deepEqual(heard('PM @alice x'), [4]);
  stage.disconnect(4);
  assert.deepEqual(heard('PM @alice x'), []);
  assert.deepEqual(stage.read(1), ['-SOFT_ERR no such user!']);
});

test('[12] a reset account is taken with a code of its own alone, with what belongs to it', () => {
  const stage = new Stage();
  stage.account(1, 'alice');
  stage.line(1, 'CREATE_GROUP /create_group g');
  stage.read(1);
  stage.admin({ act: 'reset-device', name: 'alice' });
  assert.deepEqual(stage.read(1), ['DSCN your account is to be used with another device']);
  assert.deepEqual(findAccount(stage.hub, 'alice')?.devices, []);
  const device = deviceOf('new');
  const closed = { device, registration: 'closed' as const };
  const needed = ['-ERR a new account needs a one-time code from the operator of this server'];
  assert.deepEqual(stage.account(2, 'alice', closed), needed);
  // The old device stays out, also if everybody may register: otherwise it would be the first to register.
  assert.deepEqual(stage.account(8, 'alice', { registration: 'open' }), needed);
  assert.deepEqual(stage.account(9, 'alice', { device, registration: 'open' }), needed);
  const invalid = ['-ERR that one-time code is not valid, or not any more'];
  stage.admin({ act: 'invite', hash: 'any', expiresAt: stage.now + 1000 });
  stage.admin({ act: 'invite', hash: 'bobs', expiresAt: stage.now + 1000, name: 'bob' });
  stage.admin({ act: 'invite', hash: 'h', expiresAt: stage.now + 1000, name: 'alice' });
  // Any other code would let newcomers take her name.
  assert.deepEqual(stage.account(5, 'alice', { ...closed, invite: 'any' }), invalid);
  assert.deepEqual(stage.account(6, 'alice', { ...closed, invite: 'bobs' }), invalid);
  const elsewhere = { ...closed, registration: 'invite', invite: 'h' } as const;
  assert.deepEqual(stage.account(7, 'eve', elsewhere), invalid);
  const [welcome] = stage.account(3, 'alice', { ...closed, invite: 'h' });
  assert.ok(typeof welcome === 'object' && welcome.verb === 'WELCOME');
  assert.equal(welcome.created, false);
  assert.deepEqual(
    welcome.conversations.map((conversation) => conversation.in),
    ['lobby', '#g'],
  );
  assert.equal(stage.memory.records().accounts[0]?.device, device);
  // The old device stays out.
  assert.equal(stage.account(4, 'alice').length, 1);
  assert.ok(stage.closed.has(4 as never));
});

test('[12] a ban keeps an account out and leaves it what it has', () => {
  const stage = new Stage();
  stage.account(1, 'alice');
  stage.admin({ act: 'ban', name: 'alice' });
  assert.deepEqual(stage.read(1), ['DSCN your account was banned from this server']);
  assert.deepEqual(stage.account(2, 'alice'), ['-ERR your account is banned from this server']);
  const later = stage.restart();
  assert.deepEqual(later.account(1, 'alice'), ['-ERR your account is banned from this server']);
  later.admin({ act: 'unban', name: 'alice' });
  assert.equal(later.account(2, 'alice').length, 1);
  assert.ok(!later.closed.has(2 as never));
});

test('[12] a removed account is gone with its data, and its number is not given again', () => {
  const stage = new Stage();
  stage.account(1, 'alice');
  stage.account(2, 'bob');
  stage.line(1, 'CREATE_GROUP /create_group g');
  stage.line(2, 'JOIN_GROUP /join g');
  stage.request(1, {
    verb: 'SEND',
    in: '@bob',
    id: 's.1',
    sealed: 'x',
    device: deviceOf('bob'),
    label: undefined,
  });
  stage.read(1);
  stage.read(2);
  stage.admin({ act: 'remove-account', name: 'alice' });
  assert.deepEqual(stage.read(1), ['DSCN your account was removed']);
  assert.deepEqual(stage.events(2), [
    { verb: 'MEMBER', in: '#g', user: 'alice', what: 'left' },
    { verb: 'MEMBER', in: '#g', user: 'bob', what: 'admin' },
    '+SUCCESS you are now the admin of group "g"',
    { verb: 'LEFT', in: '@alice+bob', why: 'removed' },
  ]);
  const { accounts, groups, logs, streams } = stage.memory.records();
  assert.deepEqual(
    accounts.map(({ name }) => name),
    ['bob'],
  );
  assert.deepEqual(groups, [{ name: 'g', admin: 2 }]);
  assert.deepEqual(logs.map(({ name }) => name).sort(), ['#g', 'lobby']);
  assert.deepEqual(streams, []);
  stage.account(3, 'alice', { device: deviceOf('other') });
  assert.equal(findAccount(stage.hub, 'alice')?.id, 3);
  assert.equal(accountsOf(stage.restart().hub).length, 2);
});

test('accounts are capped, and none is made while the store does not work', () => {
  const stage = new Stage({ maxAccounts: 1 });
  stage.run({ type: 'storing', works: false });
  const failed = ['-ERR the server cannot store anything at the moment, try again later'];
  assert.deepEqual(stage.account(1, 'alice'), failed);
  stage.run({ type: 'storing', works: true });
  stage.account(2, 'alice');
  assert.deepEqual(stage.account(3, 'bob'), [
    '-ERR this server has as many accounts as it can keep',
  ]);
  stage.run({ type: 'storing', works: false });
  assert.equal(stage.account(4, 'alice').length, 1);
  assert.ok(!stage.closed.has(4 as never));
});

test('[14.5] PEOPLE: those who are here first, no matter how they came', () => {
  const stage = new Stage();
  stage.account(1, 'alice');
  stage.account(2, 'bob');
  stage.account(3, 'eve');
  stage.guest(4, 'gus');
  stage.disconnect(1);
  stage.admin({ act: 'ban', name: 'eve' });
  stage.read(2);
  stage.request(2, { verb: 'PEOPLE', label: 'p' });
  assert.deepEqual(stage.events(2), [
    {
      verb: 'PEOPLE',
      label: 'p',
      people: [
        { user: 'bob', online: true },
        { user: 'gus', online: true, guest: true },
        { user: 'alice', online: false },
      ],
      connections: 1,
    },
  ]);
  stage.request(4, { verb: 'PEOPLE', label: 'p' });
  assert.deepEqual(stage.read(4), ['-SOFT_ERR unknown command']);
});
