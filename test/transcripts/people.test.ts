// Presence and members of groups, as accounts get them from the real server: lists, and the changes after them.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { logIn, type ExtendedClient, type Heard } from '../support/extended-client.ts';
import { connectLines, type LineClient } from '../support/line-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';

const quiet = ['--ping-interval', '0'];

async function guest(t: TestContext, at: Listener, name: string): Promise<LineClient> {
  const client = await connectLines(t, at);
  await client.next();
  client.send(`HELO ${name}`);
  await client.expect(`+OK HELO ${name}`);
  return client;
}

async function gone(client: LineClient): Promise<void> {
  client.end();
  await client.rest();
}

interface Change {
  readonly user: string;
  readonly online: boolean;
}

/** Reads changes until one says the expected about `user`. */
async function told(client: ExtendedClient, user: string, online: boolean): Promise<Change> {
  for (;;) {
    const { people } = (await client.hears('PEOPLE_CHANGED')) as Heard & { people: Change[] };
    const found = people.find((change) => change.user === user && change.online === online);
    if (found !== undefined) return found;
  }
}

const usersIn = (answer: Heard, field: string) =>
  (answer[field] as Change[]).map(({ user, online }) => (online ? user : `(${user})`));

test('[15.13] who follows hears who comes and goes, also over a second connection, and others do not', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  const idle = await logIn(t, plain, 'idle');
  const { answer } = await alice.ask('PEOPLE', { follow: true, limit: 10 });
  assert.deepEqual(
    [usersIn(answer, 'people'), answer['following'], answer['connections'], answer['more']],
    [['alice', 'idle'], true, 1, undefined],
  );
  const bob = await logIn(t, plain, 'bob');
  assert.deepEqual(await told(alice, 'bob', true), { user: 'bob', online: true });
  const second = await logIn(t, plain, 'bob', { device: bob.device, private: false });
  await gone(bob.lines);
  const gus = await guest(t, plain, 'gus');
  // bob, who is still connected, is not reported in between.
  assert.deepEqual(await told(alice, 'gus', true), { user: 'gus', online: true, guest: true });
  await gone(second.lines);
  assert.deepEqual(await told(alice, 'bob', false), { user: 'bob', online: false });
  await gone(gus);
  const left = { user: 'gus', online: false, guest: true, gone: true };
  assert.deepEqual(await told(alice, 'gus', false), left);
  const stopped = await alice.ask('PEOPLE', { follow: false, limit: 0 });
  assert.deepEqual([stopped.answer['people'], stopped.answer['following']], [[], undefined]);
  assert.equal(stopped.answer['more'], true);
  await logIn(t, plain, 'bob', { device: bob.device });
  for (const client of [alice, idle]) {
    const { before } = await client.ask('PEOPLE', {});
    assert.deepEqual(before, []);
  }
});

test('[14.9] [15.15] who is in a group, and what changes there, for its members alone', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const alice = await logIn(t, plain, 'alice');
  const bob = await logIn(t, plain, 'bob');
  const gus = await guest(t, plain, 'gus');
  const nowhere = await alice.ask('MEMBERS', { in: '#tea' });
  assert.deepEqual([nowhere.answer.verb, nowhere.answer['code']], ['FAILED', 'no-such-place']);
  gus.send('CREATE_GROUP /create_group tea');
  await gus.expect('+SUCCESS group "tea" has been created!');
  const outside = await alice.ask('MEMBERS', { in: '#tea' });
  assert.equal(outside.answer['code'], 'not-a-member');
  alice.lines.send('JOIN_GROUP /join tea');
  await alice.hears('+SUCCESS');
  await alice.hears('JOINED', { in: '#tea', admin: 'gus' });
  bob.lines.send('JOIN_GROUP /join tea');
  await bob.hears('+SUCCESS');
  await bob.hears('JOINED', { in: '#tea' });
  await alice.hears('MEMBER', { in: '#tea', user: 'bob', what: 'joined', guest: undefined });
  const { answer } = await bob.ask('MEMBERS', { in: '#tea' });
  assert.deepEqual(
    [answer.verb, answer['in'], answer['admin'], usersIn(answer, 'members')],
    ['MEMBERS', '#tea', 'gus', ['gus', 'alice', 'bob']],
  );
  gus.send('KICK /kick tea bob');
  await bob.until('LEFT');
  await alice.hears('MEMBER', { in: '#tea', user: 'bob', what: 'kicked' });
  await alice.hears('MSG', { in: '#tea', text: 'user bob has been kicked out of group tea' });
  // Version 1 connections get nothing that is not in version 1.
  await gus.expect('GROUP_MESSAGE user bob has been kicked out of group tea');
  await gus.expect('+SUCCESS user bob has been kicked out of group tea');
  await gone(gus);
  await alice.hears('MEMBER', { user: 'gus', guest: true, what: 'left' });
  await alice.hears('MEMBER', { user: 'alice', what: 'admin' });
  await alice.hears('+SUCCESS', { rest: 'you are now the admin of group "tea"' });
  const after = await bob.ask('MEMBERS', { in: '#tea' });
  assert.equal(after.answer['code'], 'not-a-member');
});

test('[17] a storm of logins is told in bounded lines, and in the end everybody has been', async (t) => {
  const { plain } = await startServerProgram(t, { args: [...quiet, '--limits', 'off'] });
  const alice = await logIn(t, plain, 'alice');
  await alice.ask('PEOPLE', { follow: true });
  const names = new Set(Array.from({ length: 150 }, (_, number) => `guest_${number}`));
  await Promise.all([...names].map((name) => guest(t, plain, name)));
  while (names.size > 0) {
    const { people } = (await alice.hears('PEOPLE_CHANGED')) as Heard & { people: Change[] };
    assert.ok(people.length <= 100);
    for (const { user, online } of people) {
      assert.ok(online);
      assert.ok(names.delete(user), `${user} is told once`);
    }
  }
});
