// How keys are known, printed among lines before the first private text, as the full screen shows it above the
// conversation.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

async function account(
  t: TestContext,
  server: Listener,
  name: string,
  home: string,
): Promise<ChatProgram> {
  const program = await startChat(t, { server, name, env: { XDG_DATA_HOME: home } });
  program.type('*all');
  await program.shows('stdout', /^\[.*\]$/m);
  return program;
}

const known = /^helo: the key of (\w+) is known here/gm;
const pinned = 'helo: the key of alice is known here, not verified yet: /verify @alice\n';

test('a known key is told as pinned or verified before the first private text, once in a run', async (t) => {
  const { plain } = await startServerProgram(t);
  const home = await temporaryFolder(t);
  const alice = await account(t, plain, 'alice', await temporaryFolder(t));

  const first = await account(t, plain, 'bob', home);
  first.type('@alice one');
  await alice.prints('[bob] one');
  await first.tells(/the key of alice was not known before/);
  first.type('@alice two');
  await alice.prints('[bob] two');
  assert.doesNotMatch((await first.eof()).stderr, known, 'a new key is told as new');

  // Written to her first.
  const second = await account(t, plain, 'bob', home);
  second.type('@alice three');
  await alice.prints('[bob] three');
  second.type('@alice four');
  await alice.prints('[bob] four');
  alice.type('@bob five');
  await second.prints('[alice] five');
  const ended = await second.eof();
  assert.deepEqual(ended.stderr.match(known)?.length, 1, ended.stderr);
  assert.ok(ended.stderr.includes(pinned), ended.stderr);
  assert.doesNotMatch(ended.stdout, /known here/, 'it is no row');

  // A message from her first.
  const third = await account(t, plain, 'bob', home);
  alice.type('@bob six');
  await third.prints('[alice] six');
  third.type('@alice seven');
  await alice.prints('[bob] seven');
  const { stderr } = await third.eof();
  assert.deepEqual(stderr.match(known)?.length, 1, stderr);
  assert.doesNotMatch((await alice.eof()).stderr, known, 'hers of bob was new in this run');
});

test('a key that was compared is told as verified', async (t) => {
  const { plain } = await startServerProgram(t);
  const home = await temporaryFolder(t);
  const alice = await account(t, plain, 'alice', await temporaryFolder(t));
  const first = await account(t, plain, 'bob', home);
  first.type('@alice one');
  await alice.prints('[bob] one');
  first.type('/verify @alice');
  await first.tells(/\/verify @alice yes/);
  first.type('/verify @alice yes');
  await first.tells(/alice is verified/);
  await first.eof();
  const second = await account(t, plain, 'bob', home);
  second.type('@alice two');
  await alice.prints('[bob] two');
  assert.match(
    (await second.eof()).stderr,
    /^helo: the key of alice is known here, and verified$/m,
  );
});
