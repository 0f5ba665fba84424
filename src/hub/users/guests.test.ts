// Who may log in without an account, what they may do, and that a removed person does not come back as a guest from the
// same address.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBanMs } from './address-bans.ts';
import { addressBansOf } from '../lookups.ts';
import { Stage } from '../stage.fixture.ts';

const noGuests = '-ERR this server takes no guests, log in with an account';
const banned = '-ERR nobody new is let in from your address at the moment';
const here = { from: '192.0.2.7' };
const there = { from: '2001:db8:0:1::/64' };

test('without guests nobody gets in by HELO, whoever is here', () => {
  const stage = new Stage();
  stage.account(1, 'alice');
  for (const name of ['alice', 'ALICE', 'bob']) {
    const connection = 10 + stage.closed.size;
    assert.deepEqual(stage.guest(connection, name, { guests: 'off' }), [noGuests]);
    assert.ok(stage.closed.has(connection as never));
  }
  assert.equal(stage.account(30, 'carol', {}, { guests: 'off' }).length, 1);
});

test('guests of the lobby speak there and nowhere else, and nobody writes to them', () => {
  const stage = new Stage();
  stage.guest(1, 'bob', { guests: 'lobby' });
  stage.account(2, 'alice');
  stage.guest(3, 'gus');
  stage.line(3, 'CREATE_GROUP /create_group tea');
  stage.line(1, 'BCST hello');
  stage.line(1, 'GET_USERS *all');
  assert.deepEqual(stage.read(1), ['+OK BCST hello', '+SUCCESS [bob, alice, gus]']);
  stage.read(2);
  stage.read(3);
  for (const line of [
    'JOIN_GROUP /join tea',
    'CREATE_GROUP /create_group x',
    'GROUP_MESSAGE @@tea hi',
    'LEAVE_GROUP /leave tea',
    'KICK /kick tea gus',
    'PM @alice x',
    'REQUEST_PUBLIC_KEY @alice 1',
    'PUBLIC_KEY @alice k 1',
    'FILE_TRANS /send_file @gus m',
    'READY_FOR_FILE @gus m',
  ]) {
    stage.line(1, line);
    assert.deepEqual(
      stage.read(1),
      ['-SOFT_ERR guests may speak in the lobby of this server, and nowhere else'],
      line,
    );
  }
  assert.deepEqual([stage.read(2), stage.read(3)], [[], []]);
  for (const line of ['PM @bob x', 'REQUEST_PUBLIC_KEY @bob 1', 'FILE_TRANS /send_file @bob m']) {
    stage.line(2, line);
    assert.deepEqual(stage.read(2), ['-SOFT_ERR no such user!'], line);
  }
  assert.deepEqual(stage.read(1), []);
  stage.line(1, 'QUIT q');
  assert.deepEqual(stage.read(1), ['+OK Goodbye']);
});

test('who is kicked out of a group does not come back as a guest from there, whatever the name', () => {
  const stage = new Stage();
  stage.account(1, 'alice', {}, there);
  stage.line(1, 'CREATE_GROUP /create_group tea');
  stage.account(2, 'mallory', {}, here);
  stage.line(2, 'JOIN_GROUP /join tea');
  stage.line(1, 'KICK /kick tea mallory');
  stage.guest(3, 'innocent', here);
  stage.line(3, 'JOIN_GROUP /join tea');
  assert.deepEqual(stage.read(3), ['-SOFT_ERR you are banned from that group!']);
  // Others are let in: other origins, accounts, and connections whose address identifies nobody.
  stage.guest(4, 'gus', there);
  stage.account(5, 'carol', {}, here);
  stage.guest(6, 'local');
  for (const connection of [4, 5, 6]) {
    stage.line(connection, 'JOIN_GROUP /join tea');
    assert.ok(stage.read(connection).some((line) => line.startsWith('+SUCCESS')));
  }
  // A guest who was kicked out is remembered the same way.
  stage.line(1, 'KICK /kick tea gus');
  stage.guest(7, 'gus2', there);
  stage.line(7, 'JOIN_GROUP /join tea');
  assert.deepEqual(stage.read(7), ['-SOFT_ERR you are banned from that group!']);
});

test('a ban by the operator holds for guests and for new names from there, and takes those who are here', () => {
  const stage = new Stage();
  stage.account(1, 'mallory', {}, here);
  stage.guest(2, 'sock', here);
  stage.guest(3, 'gus', there);
  stage.account(4, 'carol', {}, here);
  stage.disconnect(1);
  // Offline by now: the origin of the last visit is remembered.
  stage.admin({ act: 'ban', name: 'mallory' });
  assert.deepEqual(stage.read(2).slice(-1), [
    '-ERR nobody new is let in from your address at the moment'.replace('-ERR', 'DSCN'),
  ]);
  assert.ok(!stage.closed.has(3 as never) && !stage.closed.has(4 as never));
  assert.deepEqual(stage.guest(5, 'sock', here), [banned]);
  assert.deepEqual(stage.account(6, 'mallory2', {}, here), [banned]);
  stage.admin({ act: 'invite', hash: 'h', expiresAt: stage.now + 1000 });
  const invited = { registration: 'invite', invite: 'h' } as const;
  assert.equal(stage.account(7, 'dave', invited, here).length, 1);
  assert.deepEqual(stage.guest(8, 'eve', there), ['+OK HELO eve']);
  stage.admin({ act: 'unban', name: 'mallory' });
  assert.deepEqual(stage.guest(9, 'sock', here), ['+OK HELO sock']);
});

test('an address that is banned because of two people is free when it is for neither of them', () => {
  for (const [first, second] of [
    ['mallory', 'eve'],
    ['eve', 'mallory'],
  ] as const) {
    const stage = new Stage();
    stage.account(1, 'mallory', {}, here);
    stage.account(2, 'eve', {}, here);
    stage.admin({ act: 'ban', name: 'mallory' });
    stage.admin({ act: 'ban', name: 'eve' });
    stage.admin({ act: 'unban', name: first });
    assert.deepEqual(stage.guest(3, 'sock', here), [banned], first);
    stage.admin({ act: 'unban', name: second });
    assert.deepEqual(stage.guest(4, 'sock', here), ['+OK HELO sock'], second);
  }
});

test('bans of addresses outlive a restart, those of the server and those of groups, each until its end', () => {
  const stage = new Stage();
  stage.account(1, 'alice', {}, there);
  stage.line(1, 'CREATE_GROUP /create_group tea');
  stage.guest(2, 'gus', { from: '192.0.2.8' });
  stage.line(2, 'JOIN_GROUP /join tea');
  stage.line(1, 'KICK /kick tea gus');
  // A group that had only guests so far.
  stage.guest(3, 'host', { from: '192.0.2.9' });
  stage.guest(4, 'gil', { from: '192.0.2.10' });
  stage.line(3, 'CREATE_GROUP /create_group bar');
  stage.line(4, 'JOIN_GROUP /join bar');
  stage.line(3, 'KICK /kick bar gil');
  stage.line(1, 'JOIN_GROUP /join bar');
  stage.account(5, 'mallory', {}, here);
  stage.admin({ act: 'ban', name: 'mallory' });
  stage.admin({ act: 'ban-address', address: '192.0.2.11' });
  const holdsIn = (again: Stage) => {
    const inGroup = (group: string, from: string) => {
      const connection = 100 + again.hub.connections.size;
      again.guest(connection, `n${connection}`, { from });
      again.line(connection, `JOIN_GROUP /join ${group}`);
      return again.read(connection).at(-1) === '-SOFT_ERR you are banned from that group!';
    };
    const atDoor = (from: string) => {
      const connection = 200 + again.closed.size;
      const [answer] = again.guest(connection, `n${connection}`, { from });
      again.disconnect(connection);
      again.closed.add(connection as never);
      return answer === banned;
    };
    return [
      inGroup('tea', '192.0.2.8'),
      inGroup('bar', '192.0.2.10'),
      inGroup('bar', '192.0.2.8'),
      atDoor(here.from),
      atDoor('192.0.2.11'),
      atDoor('192.0.2.12'),
    ];
  };
  assert.deepEqual(holdsIn(stage.restart()), [true, true, false, true, true, false]);
  const later = stage.restart();
  later.pass(addressBanMs + 1000);
  assert.deepEqual(holdsIn(later), [false, false, false, false, true, false]);
  stage.admin({ act: 'unban', name: 'mallory' });
  stage.admin({ act: 'unban-address', address: '192.0.2.11' });
  assert.deepEqual(holdsIn(stage.restart()), [true, true, false, false, false, false]);
  assert.deepEqual(addressBansOf(stage.restart().hub, stage.now), []);
});

test('a ban by address takes the guests who are there and keeps new ones out, until it is lifted', () => {
  const stage = new Stage();
  stage.guest(1, 'sock', here);
  stage.guest(2, 'gus', there);
  stage.account(3, 'carol', {}, here);
  stage.admin({ act: 'ban-address', address: here.from });
  assert.deepEqual(stage.read(1).slice(-1), [banned.replace('-ERR', 'DSCN')]);
  assert.ok(!stage.closed.has(2 as never) && !stage.closed.has(3 as never));
  stage.pass(400 * addressBanMs);
  assert.deepEqual(stage.guest(4, 'sock', here), [banned]);
  assert.deepEqual(stage.account(5, 'new', {}, here), [banned]);
  // Also if it was banned because of a person as well.
  stage.account(6, 'mallory', {}, there);
  stage.admin({ act: 'ban', name: 'mallory' });
  assert.deepEqual(
    addressBansOf(stage.hub, stage.now).map(({ address, because }) => [address, because]),
    [
      [here.from, undefined],
      [there.from, 'mallory'],
    ],
  );
  stage.admin({ act: 'unban-address', address: there.from });
  assert.deepEqual(stage.guest(7, 'gil', there), ['+OK HELO gil']);
});

test('what the operator bans by address does not give way to others', () => {
  const stage = new Stage();
  stage.admin({ act: 'ban-address', address: 'first' });
  for (let at = 0; at < 1001; at++) {
    stage.account(10 + at, `m${at}`, {}, { from: `a${at}` });
    stage.admin({ act: 'ban', name: `m${at}` });
  }
  const addresses = addressBansOf(stage.hub, stage.now).map(({ address }) => address);
  assert.deepEqual([addresses.length, addresses[0], addresses[1]], [1000, 'first', 'a2']);
});

test('an address is forgotten after a day, and the oldest where there are too many', () => {
  const stage = new Stage();
  stage.account(1, 'alice');
  stage.line(1, 'CREATE_GROUP /create_group tea');
  const kickFrom = (connection: number, from: string) => {
    stage.guest(connection, `g${connection}`, { from });
    stage.line(connection, 'JOIN_GROUP /join tea');
    stage.line(1, `KICK /kick tea g${connection}`);
  };
  const isBanned = (connection: number, from: string) => {
    stage.guest(connection, `n${connection}`, { from });
    stage.line(connection, 'JOIN_GROUP /join tea');
    return stage.read(connection).at(-1) === '-SOFT_ERR you are banned from that group!';
  };
  kickFrom(2, 'first');
  for (let at = 0; at < 999; at++) {
    kickFrom(10 + at, `a${at}`);
    stage.disconnect(10 + at);
  }
  assert.ok(isBanned(2000, 'first'));
  kickFrom(2001, 'one more');
  assert.ok(!isBanned(2002, 'first'));
  assert.ok(isBanned(2003, 'one more'));
  stage.pass(addressBanMs);
  assert.ok(!isBanned(2004, 'one more'));
});

test('guests, and people at one address, have a part of the files that may be on their way, and others the rest', () => {
  const stage = new Stage({ maxTransfersPerCrowd: 2, maxTransfers: 5 });
  const answer = (from: number, to: number, names: readonly [string, string]) => {
    stage.line(from, `FILE_TRANS /send_file @${names[1]} m${from}`);
    stage.read(to);
    stage.line(to, `READY_FOR_FILE @${names[0]} m${from}`);
    return stage.read(to).at(-1);
  };
  for (const [at, name] of ['g1', 'g2', 'g3', 'g4', 'g5', 'g6'].entries()) {
    stage.guest(at + 1, name, { from: `a${at}` });
  }
  assert.equal(answer(1, 2, ['g1', 'g2']), undefined);
  assert.equal(answer(3, 4, ['g3', 'g4']), undefined);
  assert.equal(
    answer(5, 6, ['g5', 'g6']),
    '-SOFT_ERR guests have 2 file transfers running already, that is the most, try again later',
  );
  for (const [at, name] of ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].entries()) {
    stage.account(at + 11, name, {}, at % 2 === 0 ? here : there);
    stage.read(at + 11);
  }
  assert.equal(answer(11, 12, ['c1', 'c2']), undefined);
  assert.equal(answer(13, 14, ['c3', 'c4']), undefined);
  assert.equal(
    answer(15, 16, ['c5', 'c6']),
    '-SOFT_ERR there are 2 file transfers running already from one of your addresses, that is the most, try again later',
  );
  // People from elsewhere have room.
  stage.account(21, 'd1', {}, { from: 'x' });
  stage.account(22, 'd2', {}, { from: 'y' });
  stage.read(22);
  assert.equal(answer(21, 22, ['d1', 'd2']), undefined);
});
