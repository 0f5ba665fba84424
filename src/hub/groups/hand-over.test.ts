// An admin can hand a group over and end it. Guests of version 1 learn of both in their own protocol.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Username } from '../../wire/text.ts';
import { defaultHubLimits } from '../limits.ts';
import { Stage } from '../stage.fixture.ts';

const group = '#lunch' as const;

/** alice, the admin, and bob have accounts, eve (3) is a guest. */
function begun(): Stage {
  const stage = new Stage();
  stage.account(1, 'alice');
  stage.account(2, 'bob');
  stage.connect(3);
  stage.line(3, 'HELO eve');
  stage.line(1, 'CREATE_GROUP /create_group lunch');
  stage.line(2, 'JOIN_GROUP /join lunch');
  stage.line(3, 'JOIN_GROUP /join lunch');
  for (const one of [1, 2, 3]) stage.events(one);
  return stage;
}

const to = (user: string) =>
  ({ verb: 'HAND_OVER', label: 'a', in: group, user: user as Username }) as never;
const end = { verb: 'END_GROUP', label: 'e', in: group } as never;

test('the admin hands the group over, and may leave then', () => {
  const stage = begun();
  stage.request(1, to('bob'));
  assert.deepEqual(stage.events(1), [
    { verb: 'MEMBER', in: group, user: 'bob', what: 'admin' },
    { verb: 'GROUP_CHANGED', label: 'a', in: group },
  ]);
  assert.deepEqual(stage.events(2), [
    { verb: 'MEMBER', in: group, user: 'bob', what: 'admin' },
    '+SUCCESS you are now the admin of group "lunch"',
  ]);
  stage.line(1, 'LEAVE_GROUP /leave lunch');
  assert.ok(stage.events(1).includes('+SUCCESS you have successfully left the group "lunch"'));
  stage.request(2, to('eve'));
  assert.deepEqual(stage.events(3), ['+SUCCESS you are now the admin of group "lunch"']);
});

test('the admin ends the group: all are out, told in their form, and the name is free', () => {
  const stage = begun();
  stage.request(1, end);
  const left = { verb: 'LEFT', in: group, why: 'removed' };
  assert.deepEqual(stage.events(1), [left, { verb: 'GROUP_CHANGED', label: 'e', in: group }]);
  assert.deepEqual(stage.events(2), [left]);
  assert.deepEqual(stage.events(3), ['+SUCCESS group "lunch" has been ended by its admin']);
  stage.line(3, 'GROUP_MESSAGE @@lunch hi');
  assert.deepEqual(stage.events(3), ['-SOFT_ERR no such group!']);
  stage.line(2, 'CREATE_GROUP /create_group lunch');
  assert.ok(stage.events(2).includes('+SUCCESS group "lunch" has been created!'));
});

test('nobody is made the admin of more groups than they may make', () => {
  const stage = begun();
  for (let number = 0; number < defaultHubLimits.maxGroupsPerAdmin; number += 1) {
    stage.line(2, `CREATE_GROUP /create_group g${number}`);
  }
  stage.events(2);
  stage.request(1, to('bob'));
  assert.deepEqual(stage.events(1), [
    {
      verb: 'FAILED',
      label: 'a',
      request: 'HAND_OVER',
      code: 'member-has-too-many-groups',
      text: 'that person is the admin of as many groups as the server lets anybody be',
    },
  ]);
  // After one of them ends there is room again.
  stage.request(2, { verb: 'END_GROUP', in: '#g0' } as never);
  stage.request(1, to('bob'));
  assert.deepEqual(stage.events(1).at(-1), { verb: 'GROUP_CHANGED', label: 'a', in: group });
});

test('nobody but the admin can do either, and only a member can be the next', () => {
  const stage = begun();
  const code = (connection: number): unknown =>
    stage
      .events(connection)
      .map((event) => typeof event === 'object' && 'code' in event && event.code);
  stage.request(2, to('bob'));
  assert.deepEqual(code(2), ['not-the-admin']);
  stage.request(2, end);
  assert.deepEqual(code(2), ['not-the-admin']);
  stage.request(1, to('nobody'));
  assert.deepEqual(code(1), ['no-such-member']);
  stage.request(1, to('alice'));
  assert.deepEqual(code(1), ['to-yourself']);
  stage.request(1, { verb: 'END_GROUP', in: '#other' } as never);
  assert.deepEqual(code(1), ['no-such-place']);
});
