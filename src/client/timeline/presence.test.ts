// When the server is asked who is online, and when it is not: by the kind of login, and by the server's features.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import type { KnownPresence } from '../account/roster.ts';
import type { ChatClient } from '../chat-client.ts';
import { ShownPresence } from './presence.ts';

interface View {
  readonly phase: 'in' | 'entering';
  readonly admins: readonly string[];
  readonly moderators: readonly string[];
  readonly members: readonly string[];
}

/** What the device knows of a group. */
interface Known {
  isSealed: boolean;
  view: View | undefined;
  loaded: number;
}

function createStage({ hasCompany = true } = {}) {
  const timers = new FakeTimers();
  const roster = {
    isFollowing: false,
    isWanted: false,
    people: new Map<string, KnownPresence>(),
    isHere: (name: string) => roster.people.get(name)?.online ?? false,
    follow: () => (roster.isWanted = true),
  };
  const known: Known = { isSealed: false, view: undefined, loaded: 0 };
  const stage = { timers, roster, asked: 0, changed: 0, ...known };
  const client = {
    roster: hasCompany ? roster : undefined,
    listUsers: () => (stage.asked += 1),
    conversations: [{ name: '#lunch', moderators: ['bob'] }],
    isSealed: () => stage.isSealed,
    shownView: () => stage.view,
    sealedView: async () => void (stage.loaded += 1),
  } as unknown as ChatClient;
  const here = new ShownPresence(client, timers, () => (stage.changed += 1));
  return Object.assign(stage, { here });
}

test('an account is told: the server is never asked', () => {
  const stage = createStage();
  assert.ok(stage.roster.isWanted);
  stage.here.begin('account');
  assert.equal(stage.here.isHere('eve'), undefined, 'before the list is there nobody knows');
  stage.roster.isFollowing = true;
  stage.roster.people.set('eve', { online: true, guest: false });
  stage.here.told();
  void stage.here.refresh();
  stage.timers.advance(100_000);
  assert.deepEqual([stage.asked, stage.changed], [0, 1]);
  assert.deepEqual([stage.here.isHere('eve'), stage.here.isHere('dan')], [true, false]);
});

test('a server that gives a list and does not follow it up is asked at once, and from time to time', () => {
  const stage = createStage();
  stage.here.begin('account');
  stage.here.told();
  assert.equal(stage.asked, 1);
  stage.here.listed(['eve', 'unknown']);
  assert.deepEqual([stage.here.isHere('eve'), stage.here.isHere('unknown')], [true, false]);
  stage.timers.advance(40_000);
  assert.equal(stage.asked, 3);
  stage.here.pause();
  stage.timers.advance(100_000);
  assert.equal(stage.asked, 3, 'not without a connection');
});

test('the members of a sealed group are those in the tree: one whom the server hides is shown, one whom it makes up is not', async () => {
  const stage = createStage();
  const listed = ['alice', 'bob', 'gus'].map((name) => [name, { online: true, guest: false }]);
  Object.assign(stage.roster, {
    membersOf: () => ({ admin: 'gus', people: new Map(listed as []) }),
  });
  const members = () => stage.here.membersOf('lunch');
  assert.deepEqual([...(members()?.people.keys() ?? [])], ['alice', 'bob', 'gus'], 'an open one');
  const roles = () => [members()?.admins, members()?.moderators];
  assert.deepEqual(roles(), [[], ['bob']]);
  stage.isSealed = true;
  assert.equal(members(), undefined, 'before it was read from the disk');
  const people = ['alice', 'bob', 'ghost'];
  stage.view = { phase: 'in', admins: ['alice'], moderators: ['ghost'], members: people };
  await Promise.resolve();
  assert.deepEqual([stage.loaded, stage.changed], [1, 1]);
  assert.equal(members()?.admin, 'alice');
  assert.deepEqual(roles(), [['alice'], ['ghost']], 'as the roster says it');
  assert.deepEqual(
    [...(members()?.people ?? [])].map(([name, { online }]) => [name, online]),
    [
      ['alice', true],
      ['bob', true],
      ['ghost', false],
    ],
  );
  stage.view = { ...stage.view, phase: 'entering', members: [] };
  assert.equal(members(), undefined);
});

test('a guest asks at once, from time to time, and not for long lists', () => {
  const stage = createStage({ hasCompany: false });
  stage.here.begin('guest');
  assert.equal(stage.asked, 1);
  stage.here.listed(Array.from({ length: 501 }, (_, number) => `u${number}`));
  stage.timers.advance(60_000);
  assert.equal(stage.asked, 1);
  void stage.here.refresh();
  assert.equal(stage.asked, 2);
});

test('who asks waits for the answer, and not for ever', async () => {
  const stage = createStage({ hasCompany: false });
  const first = stage.here.refresh();
  stage.here.listed(['eve']);
  await first;
  assert.equal(stage.timers.running, 0);
  const second = stage.here.refresh();
  stage.timers.advance(2_000);
  await second;
});

test('who has just said something is here, whatever the last list said', () => {
  const stage = createStage({ hasCompany: false });
  stage.here.begin('guest');
  stage.here.listed(['eve']);
  const before = stage.here.version;
  stage.here.cameFrom('gus');
  assert.equal(stage.here.isHere('gus'), true);
  assert.ok(stage.here.version > before, 'people are shown anew');
});
