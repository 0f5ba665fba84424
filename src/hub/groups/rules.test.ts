// Roles, bans and rules of open groups [13.15, 14.33, 14.34].

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stage } from '../stage.fixture.ts';

const group = '#lunch' as const;

/** alice, the admin, bob and carol have accounts; eve (4) is a guest of version 1. */
function begun(): Stage {
  const stage = new Stage();
  for (const [at, name] of ['alice', 'bob', 'carol'].entries()) stage.account(at + 1, name);
  stage.connect(4);
  stage.line(4, 'HELO eve');
  stage.line(1, 'CREATE_GROUP /create_group lunch');
  for (const one of [2, 3, 4]) stage.line(one, 'JOIN_GROUP /join lunch');
  for (const one of [1, 2, 3, 4]) stage.events(one);
  return stage;
}

const change = (fields: object) => ({ verb: 'RULES', in: group, ...fields }) as never;

function ask(stage: Stage, who: number, fields: object): unknown {
  stage.request(who, change({ label: 'x', ...fields }));
  const last = stage.events(who).at(-1);
  if (typeof last !== 'object') return last;
  return last.verb === 'FAILED' ? last.code : last;
}

function say(stage: Stage, who: number, text: string): unknown {
  stage.line(who, `GROUP_MESSAGE @@lunch ${text}`);
  const last = stage.events(who).at(-1);
  return typeof last === 'object' ? last.verb : last;
}

test('an owner makes a moderator, who may put out members, but neither owners nor moderators', () => {
  const stage = begun();
  assert.equal(ask(stage, 2, { user: 'eve', ban: true }), 'not-allowed');
  assert.deepEqual(ask(stage, 1, { user: 'bob', role: 'moderator' }), {
    verb: 'RULES',
    label: 'x',
    in: group,
    owners: ['alice'],
    moderators: ['bob'],
    bans: [],
  });
  assert.equal(ask(stage, 2, { user: 'alice', ban: true }), 'not-allowed');
  assert.equal(ask(stage, 2, { user: 'carol', role: 'moderator' }), 'not-allowed');
  ask(stage, 1, { user: 'carol', role: 'moderator' });
  assert.equal(ask(stage, 2, { user: 'carol', silence: true }), 'not-allowed');
  stage.line(2, 'KICK /kick lunch carol');
  assert.ok(
    stage.events(2).includes('-SOFT_ERR you are not allowed to kick members out that group!'),
  );
  stage.events(4);
  ask(stage, 2, { user: 'eve', ban: true, reason: 'noise' });
  assert.deepEqual(stage.events(4), ['+SUCCESS you have been kicked out of the group lunch']);
});

test('a ban for a time ends, also one of a guest; and can be taken back', () => {
  const stage = begun();
  ask(stage, 1, { user: 'bob', ban: true, seconds: 60, reason: 'noise' });
  stage.events(2);
  stage.line(2, 'JOIN_GROUP /join lunch');
  assert.deepEqual(stage.events(2), ['-SOFT_ERR you are banned from that group!']);
  stage.pass(60_001);
  stage.line(2, 'JOIN_GROUP /join lunch');
  assert.ok(stage.events(2).includes('+SUCCESS you have successfully entered group "lunch"'));
  ask(stage, 1, { user: 'bob', ban: true });
  assert.equal(ask(stage, 1, { user: 'nobody', ban: false }), 'no-such-member');
  ask(stage, 1, { user: 'bob', ban: false });
  stage.events(2);
  stage.line(2, 'JOIN_GROUP /join lunch');
  assert.ok(stage.events(2).includes('+SUCCESS you have successfully entered group "lunch"'));
});

test('who is silenced, in a hurry, or no speaker of an announcement group cannot write', () => {
  const stage = begun();
  ask(stage, 1, { user: 'eve', silence: true, seconds: 60 });
  assert.equal(say(stage, 4, 'hi'), '-SOFT_ERR you are silenced in that group');
  stage.pass(60_001);
  assert.equal(say(stage, 4, 'hi'), 'GROUP_MESSAGE [eve] hi');
  ask(stage, 1, { slow: 10 });
  assert.equal(say(stage, 4, 'one'), 'GROUP_MESSAGE [eve] one');
  assert.equal(
    say(stage, 4, 'two'),
    '-SOFT_ERR that group is in slow mode, write again in 10 seconds',
  );
  stage.request(2, { verb: 'SEND', in: group, id: 's.1', text: 'a' } as never);
  stage.request(2, { verb: 'SEND', in: group, id: 's.2', text: 'b' } as never);
  assert.deepEqual(stage.events(2).at(-1), {
    verb: 'FAILED',
    request: 'SEND',
    code: 'too-soon',
    text: 'that group is in slow mode: wait a little before you write again',
    id: 's.2',
    retryMs: 9999,
  });
  assert.equal(say(stage, 1, 'owners need not wait'), 'MSG');
  assert.equal(say(stage, 1, 'never'), 'MSG');
  ask(stage, 1, { slow: 0 });
  ask(stage, 1, { announce: true });
  assert.equal(say(stage, 4, 'hm'), '-SOFT_ERR only owners and moderators write in that group');
});

test('the admin may leave with a program that knows roles: the group passes to the moderator', () => {
  const stage = begun();
  ask(stage, 1, { user: 'carol', role: 'moderator' });
  stage.line(1, 'LEAVE_GROUP /leave lunch');
  assert.ok(
    stage.events(1).includes(`-SOFT_ERR you are an admin, you can't leave the group!"`),
    'version 1 keeps its words',
  );
  assert.equal(ask(stage, 1, { user: 'alice', role: 'member' }), 'last-owner');
  ask(stage, 1, { user: 'bob', role: 'owner' });
  ask(stage, 1, { user: 'alice', role: 'member' });
  assert.ok(stage.events(2).includes('+SUCCESS you are now the admin of group "lunch"'));
  stage.line(1, 'LEAVE_GROUP /leave lunch');
  assert.ok(stage.events(1).includes('+SUCCESS you have successfully left the group "lunch"'));
});

test('all of it is there after a restart, and goes with the group', () => {
  const stage = begun();
  ask(stage, 1, { topic: 'soup at noon' });
  ask(stage, 1, { user: 'bob', role: 'moderator' });
  ask(stage, 1, { user: 'carol', ban: true, reason: 'noise' });
  const again = stage.restart();
  again.account(1, 'alice');
  const rules = ask(again, 1, {}) as { topic: string; moderators: string[]; bans: object[] };
  assert.equal(rules.topic, 'soup at noon');
  assert.deepEqual(rules.moderators, ['bob']);
  assert.deepEqual(rules.bans, [{ user: 'carol', by: 'alice', reason: 'noise' }]);
});

test('the directory has public groups, in the order of their names, and only those', () => {
  const stage = begun();
  stage.line(2, 'CREATE_GROUP /create_group tea');
  stage.request(2, { verb: 'CREATE', in: '#secret' } as never);
  stage.events(2);
  ask(stage, 1, { public: true });
  ask(stage, 1, { topic: 'soup' });
  stage.request(2, change({ in: '#secret', public: true }));
  assert.equal((stage.events(2).at(-1) as { code: string }).code, 'by-invitation');
  stage.request(2, change({ in: '#tea', public: true }));
  stage.events(3);
  stage.request(3, { verb: 'GROUPS' } as never);
  assert.deepEqual(stage.events(3), [
    {
      verb: 'GROUPS',
      groups: [
        { in: '#lunch', members: 4, topic: 'soup' },
        { in: '#tea', members: 1 },
      ],
    },
  ]);
});

test('a request says one thing, and of an open group nothing signed', () => {
  const stage = begun();
  for (const wrong of [
    { topic: 'a', slow: 1 },
    { user: 'bob' },
    { user: 'bob', ban: true, role: 'member' },
    { user: 'bob', ban: false, seconds: 1 },
    { ban: true },
    { topic: 'a', records: [] },
  ]) {
    assert.equal(ask(stage, 1, wrong), 'malformed', JSON.stringify(wrong));
  }
});
