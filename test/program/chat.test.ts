// `helo chat` as a program: the certificates of servers, and the files that it stores.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { startChat } from '../support/chat-program.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('a server is remembered at the first visit, and another one refused with exit code 4', async (t) => {
  const data = await temporaryFolder(t);
  const args = ['--data', data, '--guest'];
  const server = await startServerProgram(t, { args: ['--tls-port', '0', '--guests', 'on'] });
  const { port } = server.tls;
  const address = `tls://127.0.0.1:${port}`;
  const [, identity = ''] = /#([\w-]{43})/.exec(server.stdout()) ?? [];

  const first = await (await startChat(t, { server: address, name: 'bob', args })).eof();
  assert.equal(first.code, 0);
  assert.match(
    first.stderr,
    /^helo: this server is new here; from now on it must have the certificate [\w-]{43}, or prove that it is the same with another one\n$/,
  );
  const second = await (await startChat(t, { server: address, name: 'bob', args })).eof();
  assert.deepEqual([second.code, second.stdout, second.stderr], [0, 'Goodbye\n', '']);

  await server.stop();
  // Another server at the same address: another data directory means another certificate and another identity.
  const other = await startServerProgram(t, { args: ['--tls-port', String(port)] });
  const [, otherIdentity = ''] = /#([\w-]{43})/.exec(other.stdout()) ?? [];
  const refused = await startChat(t, { server: address, name: 'bob', args });
  refused.type('for the right server only');
  const { code, stdout, stderr } = await refused.end();
  assert.equal(code, 4);
  assert.equal(stdout, '');
  assert.deepEqual(stderr.split('\n'), [
    `helo: THE IDENTITY OF ${address} IS NOT THE ONE IT HAD BEFORE. You were not logged in there. Somebody may be in between, or the server was set up anew and has lost its identity.`,
    `  expected   ${identity}`,
    'Ask whoever runs the server. Only where they say that it is another server now, let go of what',
    `this device knows of the old one, which the command names first: helo forget ${address}`,
    '',
  ]);
  // Not even with an address that names it.
  const told = `${address}#${otherIdentity}`;
  assert.equal((await (await startChat(t, { server: told, name: 'bob', args })).end()).code, 4);
});

test('a fingerprint in the address counts from the first visit', async (t) => {
  const server = await startServerProgram(t, { args: ['--tls-port', '0', '--guests', 'on'] });
  const wrong = `tls://127.0.0.1:${server.tls.port}#${'A'.repeat(43)}`;
  const { code, stderr } = await (await startChat(t, { server: wrong, name: 'bob' })).end();
  assert.equal(code, 4);
  assert.match(stderr, /IS NOT THE ONE IN THE ADDRESS/);
});

test('private messages and groups work over TLS as they do without', async (t) => {
  const server = await startServerProgram(t, { args: ['--tls-port', '0', '--guests', 'on'] });
  const address = `tls://127.0.0.1:${server.tls.port}`;
  const alice = await startChat(t, { server: address, name: 'alice' });
  const bob = await startChat(t, { server: server.plain, name: 'bob' });
  alice.type('/create_group g --open');
  await alice.prints('group "g" has been created!');
  bob.type('/join g');
  await bob.prints('you have successfully entered group "g"');
  bob.type('@@g hi');
  await alice.prints('[bob] hi');
  alice.type('@bob secret');
  await bob.prints('[alice] secret');
});

test('a port that speaks no TLS is told as such', async (t) => {
  const server = await startServerProgram(t, { args: ['--tls-port', '0', '--guests', 'on'] });
  const toPlain = `tls://127.0.0.1:${server.plain.port}`;
  const one = await (await startChat(t, { server: toPlain, name: 'bob' })).end();
  assert.equal(one.code, 3);
  assert.match(one.stderr, /does not speak TLS 1\.3/);
});

test('a damaged or unreadable key in the data directory is told with what to do', async (t) => {
  const server = await startServerProgram(t);
  const data = await temporaryFolder(t);
  const start = async () =>
    (await startChat(t, { server: server.plain, name: 'bob', args: ['--data', data] })).eof();
  assert.equal((await start()).code, 0);
  await writeFile(`${data}/devices/user-bob.key`, 'not a key');
  const damaged = await start();
  assert.equal(damaged.code, 3);
  assert.match(
    damaged.stderr,
    /^helo: \S+user-bob\.key is damaged: .* Put a copy back, or delete it/,
  );
  const nowhere = await startChat(t, {
    server: server.plain,
    name: 'bob',
    args: ['--data', `${data}/devices/user-bob.key/below`],
  });
  const { code, stderr } = await nowhere.end();
  assert.equal(code, 3);
  assert.match(stderr, /^helo: \S+ cannot be (read|written): /);
});

test('in a pipe what is typed while the server is away waits, and is said when it is back', async (t) => {
  const data = ['--data', await temporaryFolder(t)];
  const server = await startServerProgram(t, { args: data });
  const bob = await startChat(t, { server: server.plain, name: 'bob' });
  bob.type('*all');
  await bob.prints('[bob]');
  await server.kill();
  await bob.tells(/; trying to connect again$/m);
  bob.type('*all');
  await startServerProgram(t, { args: ['--port', String(server.plain.port), ...data] });
  await bob.tells(/^helo: connected again$/m);
  await bob.prints('[bob]');
  const { code } = await bob.eof();
  assert.equal(code, 0);
});
