// What people type and what is printed for them [7.1 to 7.10, 7.12], by the real client over real sockets: through our
// server, and through one that knows only version 1.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';
import { startV1Server } from '../support/servers/v1-server.ts';

/** A server's name, how it is started, how an open group is made there, what it reports beyond version 1, and flags. */
type Server = readonly [
  string,
  (t: TestContext) => Promise<Listener>,
  creates: string,
  beyond: string,
  args?: readonly string[],
];

const servers: readonly Server[] = [
  [
    'our server',
    async (t) => (await startServerProgram(t)).plain,
    '/create_group g --open',
    'helo: eve has come into group g\n',
  ],
  [
    'our server, as guests',
    async (t) => (await startServerProgram(t)).plain,
    '/create_group g',
    '',
    ['--guest'],
  ],
  [
    'a server that knows only version 1',
    startV1Server,
    '/create_group g',
    'helo: this server has no accounts: you are a guest, and the name is yours until you leave\n',
  ],
];

for (const [name, start, creates, beyond, args = []] of servers) {
  test(`[7.2 to 7.10, 7.12] a conversation of three, through ${name}`, async (t) => {
    const server = await start(t);
    const [alice, bob, eve] = await Promise.all(
      ['alice', 'bob', 'eve'].map((name) => startChat(t, { server, name, args })),
    );
    assert.ok(alice && bob && eve);
    // A list with all three shows that they are connected.
    for (const client of [alice, bob, eve]) {
      client.type('*all');
      await client.shows('stdout', /^\[.*\]$/m);
    }
    alice.type('hello everybody');
    await bob.prints('[alice] hello everybody');
    await eve.prints('[alice] hello everybody');

    alice.type(creates);
    await alice.prints('group "g" has been created!');
    bob.type(creates);
    await bob.prints('a group with that name already exists!');
    bob.type('/join g');
    await bob.prints('you have successfully entered group "g"');
    bob.type('/join g');
    await bob.prints('you are already a member of that group!');
    bob.type('@@g hello group');
    await alice.prints('[bob] hello group');
    await bob.prints('[bob] hello group');
    eve.type('@@g let me in');
    await eve.prints('you are not allowed to write in that group!');
    eve.type('@@nowhere hi');
    await eve.prints('no such group!');
    bob.type('/kick g alice');
    await bob.prints('you are not allowed to kick members out that group!');
    alice.type('/kick g alice');
    await alice.prints('why would you kick yourself out of your group :)?');
    alice.type('/kick g eve');
    await alice.prints('user eve is not a member of group g');
    // With an account the group would go to its next owner.
    if (name !== 'our server') {
      alice.type('/leave g');
      await alice.prints(`you are an admin, you can't leave the group!"`);
    }
    eve.type('/join g');
    await eve.prints('you have successfully entered group "g"');
    alice.type('/kick g eve');
    await bob.prints('user eve has been kicked out of group g');
    await eve.prints('you have been kicked out of the group g');
    await alice.prints('user eve has been kicked out of group g');
    eve.type('/join g');
    await eve.prints('you are banned from that group!');
    bob.type('/leave g');
    await bob.prints('you have successfully left the group "g"');
    bob.type('/leave g');
    await bob.prints('you are not a member of that group!');

    bob.type('q');
    const left = await bob.end();
    assert.equal(left.code, 0);
    assert.match(left.stdout, /^Goodbye\n$/m);
    assert.equal(left.stderr, beyond);
    eve.type('last words');
    // Some of her messages in groups were refused.
    assert.equal((await eve.eof()).code, 3);
    await alice.prints('[eve] last words');
    assert.doesNotMatch(eve.stdout(), /hello group|last words/);
  });
}

test('in a pipe all that was typed before the end is sent, and stdout holds the lines of version 1 only', async (t) => {
  const { plain } = await startServerProgram(t);
  const watcher = await connectLines(t, plain);
  watcher.send('HELO watcher');
  await watcher.next();
  await watcher.next();
  const bob = await startChat(t, { server: plain, name: 'bob' });
  const count = 2000;
  for (let number = 0; number < count; number++) bob.type(`line ${number}`);
  bob.process.stdin.write('no line end');
  const { code, stdout, stderr } = await bob.eof();
  for (let number = 0; number < count; number++) await watcher.expect(`BCST [bob] line ${number}`);
  await watcher.expect('BCST [bob] no line end');
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'Goodbye\n', stderr: '' });
});

test('what cannot be sent is told on stderr and never said to anybody', async (t) => {
  const { plain } = await startServerProgram(t);
  const watcher = await connectLines(t, plain);
  watcher.send('HELO watcher');
  await watcher.next();
  await watcher.next();
  const bob = await startChat(t, { server: plain, name: 'bob', args: ['--guest'] });
  const input = bob.process.stdin;
  bob.type('/jion g');
  bob.type(' /Jion g');
  bob.type('/');
  bob.type('@@g');
  bob.type('/join');
  bob.type('/kick g');
  bob.type('/leave a b');
  bob.type('/create_group not-a-name');
  bob.type('nul\0byte');
  bob.type('x'.repeat(65_536));
  input.write(`${'y'.repeat(300_000)}\n`);
  input.write(Buffer.from([0xff, 0xfe, 10]));
  bob.type('');
  bob.type('//slash');
  bob.type('  two  spaces ');
  const { code, stdout, stderr } = await bob.eof();
  await watcher.expect('BCST [bob] /slash');
  await watcher.expect('BCST [bob]   two  spaces ');
  assert.equal(code, 3);
  assert.equal(stdout, 'Goodbye\n');
  assert.deepEqual(stderr.split('\n'), [
    'helo: there is no command /jion, nothing was sent. Did you mean /join?',
    'helo: there is no command /Jion, nothing was sent. Did you mean /join?',
    'helo: there is no command /, nothing was sent. /help shows those there are.',
    'helo: nothing was sent. It is written: @@group text',
    'helo: nothing was sent. It is written: /join group',
    'helo: nothing was sent. It is written: /kick group user',
    'helo: nothing was sent. It is written: /leave group',
    'helo: nothing was sent. A name of a group is 1 to 32 letters, digits and underscores.',
    'helo: nothing was sent. A text is one line, without line breaks and NUL characters.',
    'helo: nothing was sent. It is too long by 5 bytes.',
    'helo: nothing was sent. The line is longer than 131072 bytes.',
    'helo: nothing was sent. The line is not UTF-8.',
    '',
  ]);
});

test('text of others cannot reach the terminal with controls in it', async (t) => {
  const { plain } = await startServerProgram(t);
  const bob = await startChat(t, { server: plain, name: 'bob' });
  bob.type('*all');
  await bob.prints('[bob]');
  const eve = await connectLines(t, plain);
  eve.send('HELO eve');
  eve.send('BCST \u001B[2J\u001B]0;owned\u0007a\u202E\u200B\u0008b\u2028[alice] fake');
  await bob.prints('[eve] ab [alice] fake');
});

test('[7.1] refused names, servers that are gone, and other ends have their exit codes', async (t) => {
  const server = await startServerProgram(t);
  const args = ['--no-reconnect', '--guest'];
  const first = await startChat(t, { server: server.plain, name: 'bob', args });
  first.type('*all');
  await first.prints('[bob]');
  const second = await (await startChat(t, { server: server.plain, name: 'bob', args })).end();
  assert.equal(second.code, 1);
  assert.match(second.stderr, /^helo: the server refused: user already logged in\. Choose another/);
  assert.equal(second.stdout, '');

  await server.stop();
  const lost = await first.end();
  assert.equal(lost.code, 3);
  assert.match(
    lost.stderr,
    /^helo: the server ended the connection: the server is shutting down\.$/m,
  );
  const nobody = await (await startChat(t, { server: server.plain, name: 'bob' })).end();
  assert.equal(nobody.code, 3);
  assert.match(nobody.stderr, /^helo: cannot reach 127\.0\.0\.1:\d+: the connection was refused\./);
});

test('Ctrl-C ends it at once with 130, a reader that stops reading with nothing at all', async (t) => {
  const { plain } = await startServerProgram(t);
  const bob = await startChat(t, { server: plain, name: 'bob' });
  bob.type('*all');
  await bob.prints('[bob]');
  bob.process.kill('SIGINT');
  const { code, stderr } = await bob.end();
  assert.deepEqual({ code, stderr }, { code: 130, stderr: '' });

  const eve = await startChat(t, { server: plain, name: 'eve' });
  eve.type('*all');
  await eve.prints('[eve]');
  eve.process.stdout.destroy();
  eve.type('*all');
  assert.deepEqual(await eve.end().then(({ code, stderr }) => ({ code, stderr })), {
    code: 0,
    stderr: '',
  });
});
