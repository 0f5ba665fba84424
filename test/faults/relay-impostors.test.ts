// Strangers at the port of a file [7.11]: they get nothing, and the two people do not notice them. Addresses of this
// machine stand for machines: everything in 127.0.0.0/8 is a loopback address of its own.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  agree,
  ByteClient,
  delivered,
  login,
  portCloses,
  type Agreement,
} from '../support/worlds/file-people.ts';
import { startServerProgram, type ServerProgram } from '../support/program.ts';

const proof = `proof=${'P'.repeat(43)}`;
const unguessable = 'M'.repeat(64);
const home = '127.0.0.1';
const elsewhere = '127.0.0.2';

interface Scene {
  readonly server: ServerProgram;
  readonly port: number;
  readonly client: (from?: string, secure?: boolean) => ByteClient;
}

/** alice and bob have agreed on a file. */
async function scene(
  t: TestContext,
  { metadata, proof, secure = false }: Omit<Agreement, 'alice' | 'bob'> & { secure?: boolean } = {},
): Promise<Scene> {
  const args = ['--log-level', 'info', ...(secure ? ['--tls-port', '0', '--guests', 'on'] : [])];
  const server = await startServerProgram(t, { args });
  const at = secure ? server.tls : server.plain;
  const alice = await login(t, at, 'alice', { secure });
  const bob = await login(t, at, 'bob', { secure });
  const port = await agree({
    alice,
    bob,
    ...(metadata !== undefined && { metadata }),
    ...(proof !== undefined && { proof }),
  });
  const client = (from = home, tls = secure) => new ByteClient(t, port, { from, secure: tls });
  return { server, port, client };
}

/** The file arrives whole between these two, and nobody else has got anything. */
async function goesThrough(
  { port, server }: Scene,
  sender: ByteClient,
  receiver: ByteClient,
  metadata = 'm',
): Promise<void> {
  await sender.send('content');
  await receiver.expect(`FILE <alice @alice ${metadata} content`);
  await receiver.send(`${delivered} @alice\n`);
  assert.equal((await sender.rest()).toString(), `${delivered}\n`);
  await portCloses(port);
  // The log has the closed connections, without names and addresses.
  assert.doesNotMatch(server.stderr(), /alice|bob|127\.0\.0|proof=|MMMM/);
}

async function refused(server: ServerProgram, client: ByteClient, reason: string): Promise<void> {
  assert.equal((await client.rest()).toString(), '');
  await server.shows('stderr', new RegExp(`"transfer":1,"reason":"${reason}"`));
}

test('[7.11] whoever says anything else is closed without an answer', async (t) => {
  const at = await scene(t);
  for (const words of [
    'GET / HTTP/1.1\r\n\r\n',
    'HELO bob\n',
    'OPEN_PORT_TO_RECEIVE alice\n',
    'OPEN_PORT_TO_RECEIVE Bob\n',
    'OPEN_PORT_TO_RECEIVE bob x\n',
    `OPEN_PORT_TO_RECEIVE ${'b'.repeat(200)}`,
    'OPEN_PORT_TO_RECEIVE bob\nand more',
    'FILE <alice @bob x content',
    'FILE <alice @alice m content',
    'FILE <mallory @bob m content',
    'FILE <alice @bob mm content',
    'FILE <alice @bob\n',
    '\x16\x03\x01 no TLS here\n',
    '\0',
  ]) {
    const stranger = at.client();
    await stranger.send(words);
    if (words === '\0') stranger.socket.end();
    assert.equal((await stranger.rest()).toString(), '', JSON.stringify(words));
  }
  const receiver = at.client();
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  const sender = at.client();
  await sender.send('FILE <alice @bob m ');
  await goesThrough(at, sender, receiver);
});

test('[7.11] without a proof the receiver must come from where it is logged in', async (t) => {
  const at = await scene(t);
  const impostor = at.client(elsewhere);
  await impostor.send('OPEN_PORT_TO_RECEIVE bob\n');
  await refused(at.server, impostor, 'other-address');
  const sender = at.client();
  await sender.send('FILE <alice @bob m ');
  const receiver = at.client();
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  await goesThrough(at, sender, receiver);
});

test('[7.11] with a proof an impostor gets nothing, even first and from the same address, and the receiver the file', async (t) => {
  const at = await scene(t, { proof });
  for (const word of ['', ` proof=${'Q'.repeat(43)}`, ` ${proof}x`]) {
    const impostor = at.client();
    await impostor.send(`OPEN_PORT_TO_RECEIVE bob${word}\n`);
    await refused(at.server, impostor, word.endsWith('x') ? 'stranger' : 'wrong-proof');
  }
  const sender = at.client();
  await sender.send('FILE <alice @bob m ');
  const late = at.client();
  await late.send('OPEN_PORT_TO_RECEIVE bob\n');
  await refused(at.server, late, 'wrong-proof');
  // The real receiver is accepted from anywhere.
  const receiver = at.client(elsewhere);
  await receiver.send(`OPEN_PORT_TO_RECEIVE bob ${proof}\n`);
  await goesThrough(at, sender, receiver);
});

test('[7.11] who guesses short metadata from elsewhere is not the sender', async (t) => {
  const at = await scene(t);
  const impostor = at.client(elsewhere);
  await impostor.send('FILE <alice @bob m rubbish');
  await refused(at.server, impostor, 'other-address');
  const sender = at.client();
  await sender.send('FILE <alice @bob m ');
  const receiver = at.client();
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  await goesThrough(at, sender, receiver);
});

test('[7.11] metadata that nobody guesses lets the sender in from elsewhere', async (t) => {
  const at = await scene(t, { metadata: unguessable });
  const sender = at.client(elsewhere);
  await sender.send(`FILE <alice @bob ${unguessable} `);
  const receiver = at.client();
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  await goesThrough(at, sender, receiver, unguessable);
});

test('[7.11] a place that is taken stays taken, before and while the file is on its way', async (t) => {
  const at = await scene(t);
  const receiver = at.client();
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  // The first one can connect as soon as a second one is distinguished from it.
  const second = at.client();
  await second.send('OPEN_PORT_TO_RECEIVE bob\n');
  await refused(at.server, second, 'taken');
  const sender = at.client();
  await sender.send('FILE <alice @bob m ');
  await receiver.expect('FILE <alice @alice m ');
  for (const words of ['OPEN_PORT_TO_RECEIVE bob\n', 'FILE <alice @bob m rubbish']) {
    const third = at.client();
    await third.send(words);
    assert.equal((await third.rest()).toString(), '');
  }
  await sender.send('content');
  await receiver.expect('content');
  await receiver.send(`${delivered} @alice\n`);
  assert.equal((await sender.rest()).toString(), `${delivered}\n`);
});

test('[7.11] a receiver that goes before the file comes leaves its place to the next', async (t) => {
  const at = await scene(t);
  const first = at.client();
  await first.send('OPEN_PORT_TO_RECEIVE bob\n');
  const second = at.client();
  await second.send('OPEN_PORT_TO_RECEIVE bob\n');
  await refused(at.server, second, 'taken');
  first.socket.end();
  await first.rest();
  const receiver = at.client();
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  const sender = at.client();
  await sender.send('FILE <alice @bob m ');
  await goesThrough(at, sender, receiver);
});

test('a crowd of silent connections does not keep the two out', async (t) => {
  const at = await scene(t, { proof });
  const crowd = Array.from({ length: 50 }, () => at.client());
  await Promise.all(crowd.map((client) => client.send('FILE <ali')));
  const receiver = at.client();
  await receiver.send(`OPEN_PORT_TO_RECEIVE bob ${proof}\n`);
  const sender = at.client();
  await sender.send('FILE <alice @bob m ');
  await goesThrough(at, sender, receiver);
  await Promise.all(crowd.map((client) => client.rest()));
});

test('[7.11] who came to the chat over TLS comes to the port over TLS', async (t) => {
  const at = await scene(t, { metadata: unguessable, proof, secure: true });
  const plainSender = at.client(home, false);
  await plainSender.send(`FILE <alice @bob ${unguessable} rubbish`);
  await refused(at.server, plainSender, 'needs-tls');
  const plainReceiver = at.client(home, false);
  await plainReceiver.send(`OPEN_PORT_TO_RECEIVE bob ${proof}\n`);
  await refused(at.server, plainReceiver, 'needs-tls');
  const receiver = at.client();
  await receiver.send(`OPEN_PORT_TO_RECEIVE bob ${proof}\n`);
  const sender = at.client();
  await sender.send(`FILE <alice @bob ${unguessable} `);
  await goesThrough(at, sender, receiver, unguessable);
});
