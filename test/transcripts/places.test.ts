// The place of a message in the rows of line mode: what one would type to answer there. Rows are as in version 1 only
// with a server of version 1, or if the person wants it.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { startV1Server } from '../support/servers/v1-server.ts';
import { temporaryFolder } from '../support/temporary.ts';

interface Stage {
  readonly server: Listener;
  readonly args?: readonly string[];
  /** How an open group is made. */
  readonly creates?: string;
}

/** What alice and bob get from each other everywhere, on stdout. */
async function said(t: TestContext, { server, args = [], creates = '/create_group lunch' }: Stage) {
  const alice = await startChat(t, { server, name: 'alice', args });
  const bob = await startChat(t, { server, name: 'bob', args });
  await isIn(alice);
  await isIn(bob);
  alice.type('hello');
  await bob.prints('[alice] hello');
  alice.type(creates);
  await alice.prints('group "lunch" has been created!');
  bob.type('/join lunch');
  await bob.prints('you have successfully entered group "lunch"');
  alice.type('@@lunch soup?');
  await bob.prints('[alice] soup?');
  await alice.prints('[alice] soup?');
  alice.type('@bob only for you');
  await bob.prints('[alice] only for you');
  alice.type('/kick lunch bob');
  await bob.prints('you have been kicked out of the group lunch');
  return { alice, bob };
}

async function isIn(chat: ChatProgram): Promise<void> {
  chat.type('*all');
  await chat.shows('stdout', /^\[.*\]$/m);
}

/** Without the lists of users, which are answers to this test. */
const rows = (chat: ChatProgram): string[] =>
  chat
    .stdout()
    .split('\n')
    .filter((line) => line !== '' && !/^\[[\w, ]+\]$/.test(line));

const marked = {
  alice: ['group "lunch" has been created!', '@@lunch [alice] soup?'],
  bob: [
    '[alice] hello',
    'you have successfully entered group "lunch"',
    '@@lunch [alice] soup?',
    '@alice [alice] only for you',
    'you have been kicked out of the group lunch',
  ],
};

const bare = {
  alice: ['group "lunch" has been created!', '[alice] soup?'],
  bob: [
    '[alice] hello',
    'you have successfully entered group "lunch"',
    '[alice] soup?',
    '[alice] only for you',
    'you have been kicked out of the group lunch',
  ],
};

for (const [as, args, creates] of [
  ['accounts', [], '/create_group lunch --open'],
  ['guests', ['--guest'], '/create_group lunch'],
] as const) {
  test(`rows say where: to ${as}`, async (t) => {
    const { plain } = await startServerProgram(t);
    const { alice, bob } = await said(t, { server: plain, args, creates });
    assert.deepEqual(rows(alice).slice(0, 2), marked.alice);
    assert.deepEqual(rows(bob), marked.bob);
  });
}

test('rows are those of version 1 through a server of version 1, and with --v1-output', async (t) => {
  const seed = await startV1Server(t);
  const there = await said(t, { server: seed });
  assert.deepEqual(rows(there.alice).slice(0, 2), bare.alice);
  assert.deepEqual(rows(there.bob), bare.bob);
  const { plain } = await startServerProgram(t);
  const creates = '/create_group lunch --open';
  const here = await said(t, { server: plain, args: ['--v1-output'], creates });
  assert.deepEqual(rows(here.alice).slice(0, 2), bare.alice);
  assert.deepEqual(rows(here.bob), bare.bob);
});

test('what was missed says where it was said, also one’s own, and what the server said in a group', async (t) => {
  const { plain } = await startServerProgram(t);
  const data = await temporaryFolder(t);
  const first = await startChat(t, { server: plain, name: 'bob', args: ['--data', data] });
  const alice = await startChat(t, { server: plain, name: 'alice' });
  const eve = await startChat(t, { server: plain, name: 'eve' });
  await isIn(alice);
  alice.type('/create_group lunch --open');
  await alice.prints('group "lunch" has been created!');
  for (const one of [first, eve]) {
    one.type('/join lunch');
    await one.prints('you have successfully entered group "lunch"');
  }
  first.type('@alice a question');
  await alice.prints('[bob] a question');
  await first.eof();
  alice.type('in the lobby');
  alice.type('@@lunch in the group');
  await alice.prints('[alice] in the group');
  alice.type('/kick lunch eve');
  // What the group gets. The answer to the admin is a row of its own.
  await alice.shows('stdout', /^@@lunch user eve has been kicked out of group lunch$/m);
  alice.type('@bob the answer');
  assert.equal((await alice.eof()).code, 0);
  const again = await startChat(t, {
    server: plain,
    name: 'bob',
    args: ['--data', data, '--history', '20'],
  });
  await again.prints('[alice] the answer');
  assert.deepEqual(rows(again), [
    '@alice [bob] a question',
    '[alice] in the lobby',
    '@@lunch [alice] in the group',
    '@alice [alice] the answer',
  ]);
});
