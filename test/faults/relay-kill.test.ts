// Any of the three is killed at any moment of a transfer [7.11]: the file arrives whole or is not delivered, and no
// port or descriptor stays open.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import {
  agree,
  ByteClient,
  corrupted,
  delivered,
  login,
  portCloses,
} from '../support/worlds/file-people.ts';
import { startServerProgram, type ServerProgram } from '../support/program.ts';
import { withinLimit } from '../support/time-limit.ts';

const content = Buffer.alloc(300_000, 'content ');

/** What happens to one transfer: when, and to whom. */
const fate = fc.record({
  senderFirst: fc.boolean(),
  secure: fc.boolean(),
  proven: fc.boolean(),
  /** How much of the content is sent before it happens; more than there is means all of it. */
  sent: fc.constantFrom(0, 1, 1000, 200_000, 400_000),
  what: fc.constantFrom(
    'nothing',
    'sender vanishes',
    'sender is cut off',
    'receiver vanishes',
    'receiver is cut off',
    'sender never comes',
    'receiver never comes',
    'nobody comes',
    'alice leaves the chat',
    'bob leaves the chat',
    'bob is cut off from the chat',
  ),
});
type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never;

const proof = `proof=${'P'.repeat(43)}`;

async function play(t: TestContext, server: ServerProgram, fate: Fate): Promise<void> {
  const { secure, proven, what } = fate;
  const at = secure ? server.tls : server.plain;
  const alice = await login(t, at, 'alice', { secure });
  const bob = await login(t, at, 'bob', { secure });
  const port = await agree({ alice, bob, ...(proven && { proof }) });
  let sender: ByteClient | undefined;
  let receiver: ByteClient | undefined;
  const come = {
    async sender() {
      if (what === 'sender never comes' || what === 'nobody comes') return;
      sender = new ByteClient(t, port, { secure });
      await sender.send('FILE <alice @bob m ');
      if (fate.sent > 0) void sender.send(content.subarray(0, fate.sent));
    },
    async receiver() {
      if (what === 'receiver never comes' || what === 'nobody comes') return;
      receiver = new ByteClient(t, port, { secure });
      await receiver.send(`OPEN_PORT_TO_RECEIVE bob${proven ? ` ${proof}` : ''}\n`);
    },
  };
  if (fate.senderFirst) await come.sender();
  await come.receiver();
  if (!fate.senderFirst) await come.sender();

  switch (what) {
    case 'sender vanishes':
      sender?.socket.destroy();
      break;
    case 'sender is cut off':
      if (!secure) sender?.socket.resetAndDestroy();
      else sender?.socket.destroy();
      break;
    case 'receiver vanishes':
      receiver?.socket.destroy();
      break;
    case 'receiver is cut off':
      if (!secure) receiver?.socket.resetAndDestroy();
      else receiver?.socket.destroy();
      break;
    case 'alice leaves the chat':
      alice.send('QUIT q');
      break;
    case 'bob leaves the chat':
      bob.send('QUIT q');
      break;
    case 'bob is cut off from the chat':
      bob.socket.destroy();
      break;
    default:
  }
  if (what === 'nothing' && fate.sent > content.length) {
    assert.ok(sender && receiver);
    await receiver.expect('FILE <alice @alice m ');
    assert.ok(content.equals(await receiver.take(content.length)));
    await receiver.send(`${delivered} @alice\n`);
    assert.equal((await sender.rest()).toString(), `${delivered}\n`);
  } else {
    // The others learn of the end, at the latest by the time limit. The only status is "not delivered", and the
    // received bytes are a beginning of the sent ones.
    const told = (await sender?.rest())?.toString() ?? '';
    assert.ok(['', `${corrupted}\n`].includes(told), told);
    const got = (await receiver?.rest()) ?? Buffer.alloc(0);
    const line = Buffer.concat([Buffer.from('FILE <alice @alice m '), content]);
    assert.ok(got.equals(line.subarray(0, got.length)));
  }
  await portCloses(port);
  for (const person of [alice, bob]) {
    person.send('QUIT q');
    person.end();
    await person.rest();
  }
}

async function descriptors(server: ServerProgram): Promise<number> {
  return (await readdir(`/proc/${server.process.pid}/fd`)).length;
}

/** Whether the end comes at once, even on a busy machine. Otherwise it may come by a time limit. */
function endsByItself({ what, sent }: Fate): boolean {
  return what.endsWith('the chat') || (what === 'nothing' && sent > content.length);
}

const transfers = Number(process.env['TRANSFERS'] ?? 100);

test(`${transfers} transfers, each ended in its own way: no port, no descriptor, no name stays behind`, async (t) => {
  const patient = await startServerProgram(t, { args: ['--tls-port', '0', '--guests', 'on'] });
  const impatient = await startServerProgram(t, {
    args: [
      '--tls-port',
      '0',
      '--guests',
      'on',
      '--file-connect-timeout',
      '0.1',
      '--file-stall-timeout',
      '0.1',
    ],
  });
  const servers = [patient, impatient];
  const before: number[] = [];
  for (const server of servers) {
    // The thread for files starts with the first file.
    const first = { senderFirst: true, secure: true, proven: true, sent: 0 } as const;
    await play(t, server, { ...first, what: 'alice leaves the chat' });
    before.push(await descriptors(server));
  }
  await fc.assert(
    fc.asyncProperty(fate, (fate) => play(t, endsByItself(fate) ? patient : impatient, fate)),
    { numRuns: transfers, endOnFailure: true },
  );
  const settled = async (server: ServerProgram, count: number) => {
    // Each check is a connection of its own, which the server has forgotten when it answers QUIT.
    while ((await descriptors(server)) > count) {
      const client = await login(t, server.plain, 'alice');
      client.send('QUIT q');
      await client.rest();
    }
  };
  for (const [at, server] of servers.entries()) {
    const count = before[at] ?? 0;
    await withinLimit(settled(server, count), `${count} descriptors again`);
  }
});

test('a server killed in the middle of a file: both sides see the end, and the next server has its ports', async (t) => {
  const start = (ports: string) => startServerProgram(t, { args: ['--file-ports', ports] });
  let server = await startServerProgram(t);
  let range = '';
  for (let round = 0; round < 3; round++) {
    const alice = await login(t, server.plain, 'alice');
    const bob = await login(t, server.plain, 'bob');
    const port = await agree({ alice, bob });
    const receiver = new ByteClient(t, port);
    await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
    const sender = new ByteClient(t, port);
    await sender.send('FILE <alice @bob m ');
    await receiver.expect('FILE <alice @alice m ');
    void sender.send(content);
    await receiver.take(1000);
    await server.kill();
    assert.equal((await sender.rest()).toString(), '');
    await receiver.rest();
    // The first server could use any port; the later ones only that one.
    range = range === '' ? `${port}-${port}` : range;
    server = await start(range);
  }
});

test('a server that is told to stop ends the files on their way, and is gone', async (t) => {
  const server = await startServerProgram(t);
  const alice = await login(t, server.plain, 'alice');
  const bob = await login(t, server.plain, 'bob');
  const port = await agree({ alice, bob });
  const receiver = new ByteClient(t, port);
  await receiver.send('OPEN_PORT_TO_RECEIVE bob\n');
  const sender = new ByteClient(t, port);
  await sender.send('FILE <alice @bob m ');
  await receiver.expect('FILE <alice @alice m ');
  const ended = server.stop();
  assert.equal((await sender.rest()).toString(), `${corrupted}\n`);
  assert.equal((await receiver.rest()).toString(), '');
  assert.deepEqual(await alice.rest(), ['DSCN the server is shutting down']);
  assert.equal((await ended).code, 0);
});
