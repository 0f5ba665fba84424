// Groups by invitation: people who are neither members nor invited cannot tell that such a group exists.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lobbyName, groupConversation } from '../../wire/extended/names.ts';
import type { GroupName, LineText, Username } from '../../wire/text.ts';
import { readable } from '../lookups.ts';
import { Stage } from '../stage.fixture.ts';

const tea = groupConversation('tea' as GroupName);
const name = (text: string) => text as Username;

function begun(): Stage {
  const stage = new Stage();
  for (const [at, who] of ['alice', 'bob', 'carol'].entries()) stage.account(at + 1, who);
  stage.guest(4, 'gus');
  stage.request(1, { verb: 'CREATE', label: 'a', in: '#tea' });
  for (const connection of [2, 3, 4]) stage.read(connection);
  return stage;
}

const codes = (stage: Stage, connection: number) =>
  stage
    .events(connection)
    .map((event) =>
      typeof event === 'string' ? event : event.verb === 'FAILED' ? event.code : event.verb,
    );

test('its maker is the admin and in it; the name is taken', () => {
  const stage = begun();
  assert.deepEqual(codes(stage, 1).slice(-2), ['JOINED', 'INVITED']);
  stage.line(1, 'GROUP_MESSAGE @@tea hi');
  assert.deepEqual(codes(stage, 1), ['MSG']);
  stage.line(2, 'CREATE_GROUP /create_group tea');
  assert.deepEqual(stage.read(2), ['-SOFT_ERR a group with that name already exists!']);
  stage.request(2, { verb: 'CREATE', in: '#Tea' });
  stage.request(2, { verb: 'CREATE', in: lobbyName });
  assert.deepEqual(codes(stage, 2), ['place-taken', 'no-such-place']);
});

test('to others there is no such group, whatever they try', () => {
  const stage = begun();
  for (const who of [2, 4]) {
    for (const line of [
      'JOIN_GROUP /join tea',
      'GROUP_MESSAGE @@tea hi',
      'LEAVE_GROUP /leave tea',
      'KICK /kick tea alice',
    ]) {
      stage.line(who, line);
      assert.deepEqual(stage.read(who), ['-SOFT_ERR no such group!'], line);
    }
  }
  stage.request(2, { verb: 'SEND', in: '#tea', id: 's.1', text: 'hi' as LineText });
  stage.request(2, { verb: 'MEMBERS', in: '#tea' });
  stage.request(2, { verb: 'INVITE', in: '#tea', user: name('bob') });
  assert.deepEqual(codes(stage, 2), ['no-such-place', 'no-such-place', 'no-such-place']);
  const place = { kind: 'group', group: 'tea' as GroupName } as const;
  assert.deepEqual(readable(stage.hub, 2 as never, place), { ok: false, error: 'no-such-place' });
});

test('who is invited comes in, also after a restart, and who is kicked out does not come back', () => {
  const first = begun();
  first.events(1);
  first.request(1, { verb: 'INVITE', in: '#tea', user: name('bob') });
  assert.deepEqual(first.events(1), [{ verb: 'INVITED', in: tea, people: ['bob'] }]);
  assert.deepEqual(first.read(2), [
    '+SUCCESS alice has invited you to group "tea": /join enters it',
  ]);
  const stage = first.restart();
  for (const [at, who] of ['alice', 'bob', 'carol'].entries()) stage.account(at + 1, who);
  for (const at of [1, 2, 3]) stage.read(at);
  stage.line(3, 'JOIN_GROUP /join tea');
  assert.deepEqual(stage.read(3), ['-SOFT_ERR no such group!']);
  stage.line(2, 'JOIN_GROUP /join tea');
  assert.equal(codes(stage, 2).at(-1), 'JOINED');
  stage.request(2, { verb: 'INVITE', in: '#tea', user: name('carol') });
  assert.deepEqual(codes(stage, 2), ['not-the-admin']);
  stage.line(1, 'KICK /kick tea bob');
  stage.read(2);
  stage.line(2, 'JOIN_GROUP /join tea');
  assert.deepEqual(stage.read(2), ['-SOFT_ERR no such group!']);
  assert.deepEqual(stage.memory.records().invited, []);
  // The admin may change the decision.
  stage.request(1, { verb: 'INVITE', in: '#tea', user: name('bob') });
  stage.read(2);
  stage.line(2, 'JOIN_GROUP /join tea');
  assert.equal(codes(stage, 2).at(-1), 'JOINED');
});

test('guests, and those without an account, cannot be invited; an open group needs none', () => {
  const stage = begun();
  stage.events(1);
  stage.line(1, 'CREATE_GROUP /create_group open');
  stage.events(1);
  for (const [place, user] of [
    ['#tea', 'gus'],
    ['#tea', 'nobody'],
    ['#open', 'bob'],
  ] as const) {
    stage.request(1, { verb: 'INVITE', in: place, user: name(user) });
  }
  assert.deepEqual(codes(stage, 1), ['no-such-account', 'no-such-account', 'not-by-invitation']);
  stage.request(1, { verb: 'INVITE', in: '#tea', user: name('carol') });
  stage.request(1, { verb: 'INVITE', in: '#tea', user: name('carol'), off: true });
  assert.deepEqual(codes(stage, 1), ['INVITED', 'INVITED']);
  stage.read(3);
  stage.line(3, 'JOIN_GROUP /join tea');
  assert.deepEqual(stage.read(3), ['-SOFT_ERR no such group!']);
});

test('an account that was removed takes its invitation along', () => {
  const stage = begun();
  stage.request(1, { verb: 'INVITE', in: '#tea', user: name('bob') });
  stage.admin({ act: 'remove-account', name: 'bob' });
  stage.account(9, 'bob');
  stage.read(9);
  stage.line(9, 'JOIN_GROUP /join tea');
  assert.deepEqual(stage.read(9), ['-SOFT_ERR no such group!']);
});

test('who has blocked the admin is not told of invitations: the names of groups say something too', () => {
  const stage = begun();
  stage.request(2, { verb: 'BLOCK', user: name('alice') });
  stage.read(2);
  for (const off of [undefined, true, undefined]) {
    stage.request(1, { verb: 'INVITE', in: '#tea', user: name('bob'), off });
    assert.deepEqual(stage.events(2), []);
  }
  // The admin gets the same answers as for anybody, and bob may enter.
  assert.ok(codes(stage, 1).every((code) => code !== 'FAILED'));
  stage.line(2, 'JOIN_GROUP /join tea');
  assert.ok(stage.read(2).some((line) => line.includes('group "tea"')));
});
