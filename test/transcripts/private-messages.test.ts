// Private messages [7.5] as people see them: the real client, over real sockets, through our server and through one
// that knows only version 1: between guests, and between accounts and guests. Those between accounts are in
// test/program/accounts.test.ts.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startChat, type ChatProgram } from '../support/chat-program.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { startRecordingProxy } from '../support/servers/recording-proxy.ts';
import { startV1Server } from '../support/servers/v1-server.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { tracesOf } from '../support/traces.ts';

const servers: readonly (readonly [string, (t: TestContext) => Promise<Listener>])[] = [
  ['our server', async (t) => (await startServerProgram(t)).plain],
  ['a server that knows only version 1', startV1Server],
];

/** Starts a chat and waits until it is logged in. */
async function join(
  t: TestContext,
  server: Listener,
  name: string,
  data?: string,
  login: readonly string[] = ['--guest'],
): Promise<ChatProgram> {
  // Rows as in version 1, with either server.
  const args = ['--v1-output', ...login, ...(data === undefined ? [] : ['--data', data])];
  const client = await startChat(t, { server, name, args });
  client.type('*all');
  await client.shows('stdout', /^\[.*\]$/m);
  return client;
}

for (const [name, start] of servers) {
  test(`[7.5] what is private stays private, through ${name}`, async (t) => {
    const proxy = await startRecordingProxy(t, await start(t));
    const alice = await join(t, proxy, 'alice');
    const bob = await join(t, proxy, 'bob');
    const secrets = [
      'The eagle lands at nine o clock',
      'Überraschung für Bob: 日本語!',
      'x'.repeat(2000),
    ];
    for (const secret of secrets) {
      alice.type(`@bob ${secret}`);
      await bob.prints(`[alice] ${secret}`);
      bob.type(`@alice ${secret}`);
      await alice.prints(`[bob] ${secret}`);
    }
    alice.type('this is not secret');
    await bob.prints('[alice] this is not secret');
    await alice.eof();
    const { stdout } = await bob.eof();
    assert.equal(stdout.match(/^\[alice\]/gm)?.length, secrets.length + 1, 'each shown once');

    const recorded = Buffer.concat(proxy.recorded());
    assert.notDeepEqual(tracesOf('this is not secret', recorded), [], 'the recording works');
    for (const secret of secrets) {
      for (const stream of proxy.recorded())
        assert.deepEqual(tracesOf(secret.slice(0, 30), stream), []);
    }
  });

  test(`[7.5] both write first at the same moment, through ${name}`, async (t) => {
    const server = await start(t);
    const alice = await join(t, server, 'alice');
    const bob = await join(t, server, 'bob');
    const count = 5;
    for (let number = 0; number < count; number++) {
      alice.type(`@bob a${number}`);
      bob.type(`@alice b${number}`);
    }
    for (let number = 0; number < count; number++) {
      await bob.prints(`[alice] a${number}`);
      await alice.prints(`[bob] b${number}`);
    }
    for (const client of [alice, bob]) {
      const { code, stdout, stderr } = await client.eof();
      assert.equal(code, 0);
      assert.equal(stdout.match(/^\[\w+\] [ab]\d$/gm)?.length, count, 'each once');
      assert.doesNotMatch(stderr, /not delivered|anew|WRONG/);
    }
  });

  test(`[7.5] whoever comes back is written to again, through ${name}`, async (t) => {
    const server = await start(t);
    const data = await temporaryFolder(t);
    const alice = await join(t, server, 'alice');
    const bob = await join(t, server, 'bob', data);
    alice.type('@bob one');
    await bob.prints('[alice] one');
    await bob.eof();
    alice.type('@bob to nobody');
    await alice.prints('no such user!');
    await alice.tells(/^helo: not delivered to bob, nobody of that name is here: "to nobody"$/m);
    const again = await join(t, server, 'bob', data);
    alice.type('@bob two');
    await again.prints('[alice] two');
    again.type('@alice three');
    await alice.prints('[bob] three');
    assert.doesNotMatch(alice.stderr(), /CHANGED/);
  });

  test(`[7.5] a client that was killed is noticed and the text arrives, through ${name}`, async (t) => {
    const server = await start(t);
    const data = await temporaryFolder(t);
    const alice = await join(t, server, 'alice');
    const bob = await join(t, server, 'bob', data);
    alice.type('@bob one');
    await bob.prints('[alice] one');
    await bob.kill();
    const again = await join(t, server, 'bob', data);
    alice.type('@bob two');
    await again.prints('[alice] two');
    await alice.tells(/^helo: the encrypted session with bob was made anew: /m);
    await alice.eof();
    assert.equal(again.stdout().match(/^\[alice\] two$/gm)?.length, 1);
  });

  test(`[7.5] a changed key is told loudly and nothing is sent before the person's word, through ${name}`, async (t) => {
    const proxy = await startRecordingProxy(t, await start(t));
    const alice = await join(t, proxy, 'alice');
    const bob = await join(t, proxy, 'bob');
    alice.type('@bob one');
    await bob.prints('[alice] one');
    alice.type('/verify @bob');
    await alice.tells(/not verified it yet/);
    alice.type('/verify @bob yes');
    await alice.tells(/^helo: bob is verified/m);
    await bob.eof();

    const other = await join(t, proxy, 'bob');
    alice.type('@bob two');
    await alice.tells(
      /^helo: THE KEY OF bob HAS CHANGED, WHICH YOU HAD VERIFIED\. Nothing is sent/m,
    );
    await alice.tells(/^helo: not sent yet: the key of bob has changed/m);
    other.type('@alice hi from the new one');
    await alice.prints('[bob] (new key, not trusted) hi from the new one');
    assert.doesNotMatch(other.stdout(), /two/);
    alice.type('/trust @bob');
    await other.prints('[alice] two');
    alice.type('/trust @bob');
    await alice.tells(/^helo: No changed key of this person waits for your word\.$/m);
    other.type('@alice now trusted');
    await alice.prints('[bob] now trusted');
  });

  test(`[7.5] somebody without encryption gets nothing in the clear without the word, through ${name}`, async (t) => {
    const server = await start(t);
    const alice = await join(t, server, 'alice');
    const netcat = await connectLines(t, server);
    netcat.send('HELO netcat');
    await netcat.next();
    await netcat.next();
    netcat.send('PM @alice hi there');
    await alice.prints('[netcat] (not encrypted) hi there');
    alice.type('@netcat secret');
    const [, timestamp] = /^REQUEST_PUBLIC_KEY @alice (\d+)$/.exec(await netcat.next()) ?? [];
    netcat.send(`PUBLIC_KEY @alice what-is-this ${timestamp}`);
    await alice.tells(/^helo: netcat cannot be written to privately, their program has no keys/m);
    await alice.tells(/^helo: not delivered to netcat, it could not be encrypted: "secret"$/m);
    alice.type('/unencrypted @netcat not secret');
    await netcat.expect('PM alice not secret');
  });
}

test('[7.5] no answer to the question for a key is told within seconds, and leaving waits for it', async (t) => {
  const server = await startServerProgram(t);
  const alice = await join(t, server.plain, 'alice', undefined, []);
  const netcat = await connectLines(t, server.plain);
  netcat.send('HELO netcat');
  await netcat.next();
  await netcat.next();
  alice.type('@netcat secret');
  const { code, stderr } = await alice.eof();
  // The exit code also reports what could not be delivered.
  assert.equal(code, 3);
  assert.match(stderr, /^helo: netcat cannot be written to privately, no key came/m);
  assert.match(await netcat.next(), /^REQUEST_PUBLIC_KEY @alice \d+$/);
  netcat.send('GET_USERS *all');
  await netcat.expect('+SUCCESS [netcat]');
});

test('safety numbers are the same on both sides, and names are suggested', async (t) => {
  const server = await startServerProgram(t);
  const alice = await join(t, server.plain, 'alice', undefined, []);
  const bob = await join(t, server.plain, 'bob', undefined, []);
  alice.type('/verify @bob');
  await alice.tells(/^helo: No key of this person is known yet/m);
  alice.type('/verify @bob yes');
  await alice.tells(/^helo: first compare the number: \/verify @bob$/m);
  alice.type('@bob hi');
  await bob.prints('[alice] hi');
  alice.type('/verify @bob');
  bob.type('/verify @alice');
  const number = /^helo: {5}(?:\d{5} ?){6}\nhelo: {5}(?:\d{5} ?){6}$/m;
  const [ofAlice] = await alice.shows('stderr', number);
  const [ofBob] = await bob.shows('stderr', number);
  assert.equal(ofAlice, ofBob);
  // Capital letters do not matter if only one person has the name.
  alice.type('@BOB hi again');
  await bob.prints('[alice] hi again');
  alice.type('@bobb hi');
  await alice.prints('no such user!');
  await alice.tells(/^helo: not delivered to bobb, .*Did you mean @bob\?$/m);
  alice.type('@alice hi');
  await alice.tells(/^helo: nothing was sent\. A private message to yourself/m);
  alice.type('/unencrypted @bob hi');
  await alice.tells(/^helo: nothing was sent\. Messages with this person were encrypted before/m);
});

test('two clients on one data directory at the same time can write to each other and keep all pins', async (t) => {
  const server = await startServerProgram(t);
  const data = await temporaryFolder(t);
  const [one, two, other] = await Promise.all([
    join(t, server.plain, 'one', data, []),
    join(t, server.plain, 'two', data, []),
    join(t, server.plain, 'other', undefined, []),
  ]);
  one.type('@other from one');
  two.type('@one from two');
  await other.prints('[one] from one');
  await one.prints('[two] from two');
  other.type('@two to two');
  await two.prints('[other] to two');
  await Promise.all([one.eof(), two.eof(), other.eof()]);
  const later = await join(t, server.plain, 'later', data, []);
  for (const name of ['one', 'two', 'other']) later.type(`/verify @${name}`);
  await later.shows('stderr', /(?:safety number of you and \w+[^]*?){3}/);
});
