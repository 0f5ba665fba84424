import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { textContent } from './content.ts';
import { bob, suite } from '../../test/support/pair.ts';
import { FakeTimers } from '../../test/support/fake-timers.ts';
import { MemoryKnownServers } from '../../test/support/memory/memory-servers.ts';
import { MemoryPins } from '../../test/support/memory/memory-pins.ts';
import { ScriptedConnection } from '../../test/support/scripted-connection.ts';
import { defaultMaxLineBytes, maxServerLineBytes } from '../wire/limits.ts';
import { parseUsername } from '../wire/text.ts';
import { ChatClient, sendCapBytes, sendMarkBytes } from './chat-client.ts';
import type { ClientEvent } from './client-event.ts';
import { parseServerAddress, type ServerAddress } from './connection/server-address.ts';
import { listTimeoutMs } from './user-lists.ts';
import {
  closeTimeoutMs,
  connectTimeoutMs,
  loginTimeoutMs,
  maxUnsentBytes,
} from './connection/server-link.ts';

function addressOf(text: string): ServerAddress {
  const parsed = parseServerAddress(text);
  assert.ok(parsed.ok);
  return parsed.value;
}

function makeClient(address = 'localhost:1337', knownServers = new MemoryKnownServers()) {
  const connection = new ScriptedConnection();
  const timers = new FakeTimers();
  const events: ClientEvent[] = [];
  const username = parseUsername('bob');
  assert.ok(username);
  const client = new ChatClient(
    { address: addressOf(address), username },
    {
      dial: connection.dial,
      timers,
      now: () => timers.now,
      random: (length) => new Uint8Array(randomBytes(length)),
      knownServers,
      pins: new MemoryPins(),
      suite,
      device: bob,
    },
    (event) => events.push(event),
  );
  /** The events since the last call. */
  const told = () => events.splice(0);
  return { connection, timers, client, told };
}

async function makeOpenClient() {
  const made = makeClient();
  await made.connection.open();
  made.connection.says('HELO hi', '+OK HELO bob');
  made.connection.received();
  made.told();
  return made;
}

/** Lets promises resolve: the end of the login is reported after that of the private messages. */
const turn = () => new Promise(setImmediate);

const closed = (reason: unknown) => [{ type: 'state', state: { phase: 'closed', reason } }];

test('[7.1] greeting, login, open', async () => {
  const { connection, timers, client, told } = makeClient();
  assert.deepEqual(client.state, { phase: 'connecting' });
  await connection.open();
  assert.deepEqual(told(), [{ type: 'state', state: { phase: 'greeting' } }]);
  connection.says('HELO Welcome to the server [helo: files]');
  assert.deepEqual(connection.received(), ['HELO bob']);
  const welcome = 'Welcome to the server';
  const features = new Set(['files']);
  assert.deepEqual(told(), [{ type: 'state', state: { phase: 'login', welcome, features } }]);
  connection.says('+OK HELO bob');
  const state = { phase: 'open', username: 'bob', as: 'guest', welcome, features };
  assert.deepEqual(told(), [{ type: 'state', state }]);
  assert.deepEqual(client.state, state);
  assert.equal(timers.running, 1, 'only whether the server is still there is looked at');
});

test('[7.1] a refused name closes with the reply', async () => {
  const { connection, timers, told } = makeClient();
  await connection.open();
  connection.says('HELO hi', '-ERR user already logged in', 'BCST [eve] never heard');
  const text = 'user already logged in';
  const reason = { code: 'refused', during: 'login', reply: 'user-logged-in', text };
  assert.deepEqual(told().at(-1), { type: 'state', state: { phase: 'closing', reason } });
  timers.advance(closeTimeoutMs);
  assert.deepEqual(told(), closed(reason));
  assert.ok(connection.destroyed);
});

test('commands go out as version 1 writes them', async () => {
  const { connection, client } = await makeOpenClient();
  const results = [
    client.broadcast('hi there'),
    client.listUsers(),
    client.createGroup('g'),
    client.joinGroup('g'),
    client.groupMessage('g', ' two  spaces'),
    client.leaveGroup('g'),
    client.kick('g', 'eve'),
  ];
  for (const result of results) assert.ok(result.ok);
  await client.quit();
  assert.deepEqual(connection.received(), [
    'BCST hi there',
    'GET_USERS *all',
    'CREATE_GROUP /create_group g',
    'JOIN_GROUP /join g',
    'GROUP_MESSAGE @@g  two  spaces',
    'LEAVE_GROUP /leave g',
    'KICK /kick g eve',
    'QUIT q',
  ]);
});

test('what the server says becomes events with codes', async () => {
  const { connection, told } = await makeOpenClient();
  connection.says(
    'BCST [al] hi] [x',
    '+OK BCST mine',
    '+SUCCESS [al, unknown, bob]',
    '+SUCCESS group "g" has been created!',
    '+SUCCESS something new',
    '-SOFT_ERR user eve is not a member of group g',
    'GROUP_MESSAGE [al] to the group',
    'GROUP_MESSAGE user eve has been kicked out of group g',
  );
  const message = (place: string, text: string) => ({
    type: 'message',
    message: { place, from: 'al', content: textContent(text), encrypted: false },
  });
  assert.deepEqual(told(), [
    message('lobby', 'hi] [x'),
    { type: 'broadcast-sent', content: textContent('mine') },
    { type: 'users', names: ['al', 'unknown', 'bob'] },
    {
      type: 'success',
      reply: {
        code: 'group-created',
        values: { group: 'g' },
        text: 'group "g" has been created!',
      },
    },
    { type: 'success', reply: { code: undefined, values: {}, text: 'something new' } },
    {
      type: 'refused',
      reply: {
        code: 'user-not-a-member',
        values: { user: 'eve', group: 'g' },
        text: 'user eve is not a member of group g',
      },
    },
    message('group', 'to the group'),
    { type: 'group-notice', text: 'user eve has been kicked out of group g' },
  ]);
});

test('the client asks who is here itself where a reply could be about several, and shows nobody that list', async () => {
  const { connection, client, told } = await makeOpenClient();
  assert.ok(client.privateMessage('al', 'hi').ok);
  assert.ok(client.privateMessage('eve', 'hi').ok);
  assert.ok(client.listUsers().ok);
  await turn();
  connection.received();
  connection.says('-SOFT_ERR no such user!', '-SOFT_ERR no such user!', '+SUCCESS [al, bob]');
  await turn();
  assert.deepEqual(connection.received(), ['GET_USERS *all']);
  connection.says('+SUCCESS [al, bob]', '+SUCCESS [al]');
  await turn();
  const lists = told().filter(({ type }) => type === 'users');
  assert.deepEqual(lists, [
    { type: 'users', names: ['al', 'bob'] },
    { type: 'users', names: ['al'] },
  ]);
  assert.equal(client.textsUnderWay, 1, 'of eve it is known that nobody has that name');
});

test('a guest blocks somebody: what they write privately or offer is dropped, until they are let through', async () => {
  const { connection, client, told } = await makeOpenClient();
  const alice = parseUsername('alice');
  const [self, folded] = [parseUsername('bob'), parseUsername('ALICE')];
  const listed = async (user?: typeof alice, off = false) => {
    const answer = await client.block(user, off);
    return answer?.ok ? answer.value.people : answer?.error.code;
  };
  const lines = ['PM alice hi', 'REQUEST_PUBLIC_KEY @alice 1', 'FILE_TRANS @alice 7 a.txt c'];
  assert.deepEqual(await listed(), []);
  assert.deepEqual(await listed(folded), ['ALICE']);
  assert.equal(await listed(self), 'to-yourself');
  connection.says(...lines);
  await turn();
  assert.deepEqual(told(), []);
  assert.deepEqual(connection.received(), [], 'no key is given either');
  connection.says('BCST [alice] in the lobby', 'PM carol hi');
  await turn();
  assert.deepEqual(
    told().flatMap((event) => (event.type === 'message' ? [event.message.from] : [])),
    ['alice', 'carol'],
  );
  assert.deepEqual(await listed(alice, true), []);
  connection.says('PM alice hi');
  await turn();
  assert.ok(told().some((event) => event.type === 'message' && event.message.from === 'alice'));
});

test('a list that never comes does not swallow the next one', async () => {
  const { connection, timers, client, told } = await makeOpenClient();
  assert.ok(client.privateMessage('al', 'hi').ok);
  assert.ok(client.privateMessage('eve', 'hi').ok);
  await turn();
  connection.says('-SOFT_ERR no such user!');
  await turn();
  assert.equal(connection.received().at(-1), 'GET_USERS *all');
  timers.advance(listTimeoutMs);
  assert.ok(client.listUsers().ok);
  connection.says('+SUCCESS [bob]');
  const lists = told().filter(({ type }) => type === 'users');
  assert.deepEqual(lists, [{ type: 'users', names: ['bob'] }]);
});

test('lines of no known form are passed over', async () => {
  const { connection, client, told } = await makeOpenClient();
  connection.says(
    '',
    'NOPE',
    'BCST no brackets',
    'constructor',
    '+OK',
    'PM',
    'HELO again',
    '+OK HELO eve',
  );
  connection.handlers.onData(Uint8Array.of(0xff, 0xfe, 10));
  assert.deepEqual(told(), []);
  assert.equal(client.state.phase, 'open');
});

test('[7.3] a ping is answered in every phase, a DSCN closes with its reason', async () => {
  const { connection, told } = makeClient();
  await connection.open();
  connection.says('PING', 'HELO hi', 'PING', '+OK HELO bob', 'PING', 'PING');
  assert.deepEqual(connection.received(), ['PONG', 'HELO bob', 'PONG', 'PONG', 'PONG']);
  told();
  connection.says('DSCN Pong timeout');
  const reason = { code: 'disconnected', text: 'Pong timeout' };
  assert.deepEqual(told(), [{ type: 'state', state: { phase: 'closing', reason } }]);
  connection.closes();
  await turn();
  assert.deepEqual(told(), closed(reason));
});

test('[7.12] what is under way when one leaves still arrives, up to the goodbye', async () => {
  const { connection, client, told } = await makeOpenClient();
  await client.quit();
  await client.quit();
  assert.deepEqual(connection.received(), ['QUIT q']);
  connection.says('PING', 'BCST [al] bye', '+OK Goodbye', 'BCST [al] too late');
  assert.deepEqual(connection.received(), ['PONG']);
  await turn();
  const types = told().map((event) => event.type);
  assert.deepEqual(types, ['state', 'message', 'goodbye', 'state']);
  assert.deepEqual(client.state, { phase: 'closed', reason: { code: 'quit' } });
  assert.ok(connection.destroyed);
});

test('a server that does not answer the goodbye does not keep anybody', async () => {
  const { connection, timers, client, told } = await makeOpenClient();
  await client.quit();
  told();
  timers.advance(closeTimeoutMs - 1);
  assert.equal(client.state.phase, 'closing');
  timers.advance(1);
  await turn();
  assert.deepEqual(told(), closed({ code: 'quit' }));
  assert.ok(connection.destroyed);
});

test('a server that still answers what was sent before the goodbye is waited for', async () => {
  const { connection, timers, client } = await makeOpenClient();
  client.broadcast('hi');
  await client.quit();
  timers.advance(closeTimeoutMs - 1);
  connection.says('+OK BCST hi');
  timers.advance(closeTimeoutMs - 1);
  assert.equal(client.state.phase, 'closing');
  connection.says('BCST [al] talk of others does not count');
  timers.advance(1);
  assert.equal(client.state.phase, 'closed');
});

test('nothing is sent that would break the line or the cap', async () => {
  const { connection, client } = await makeOpenClient();
  const refusals = [
    [client.broadcast(''), 'empty'],
    [client.broadcast('a\nQUIT q'), 'control-character'],
    [client.broadcast('a\rb'), 'control-character'],
    [client.groupMessage('g', 'a\0'), 'control-character'],
    [client.groupMessage('g g', 'a'), 'not-a-group-name'],
    [client.createGroup(''), 'not-a-group-name'],
    [client.joinGroup('x'.repeat(33)), 'not-a-group-name'],
    [client.leaveGroup('ü'), 'not-a-group-name'],
    [client.kick('g', 'e e'), 'not-a-username'],
    [client.kick('', 'eve'), 'not-a-group-name'],
  ] as const;
  for (const [sent, code] of refusals) {
    assert.ok(!sent.ok);
    assert.equal(sent.error.code, code);
  }
  assert.deepEqual(connection.received(), []);
});

test('a text may fill a line to the last byte', async () => {
  const { connection, client } = await makeOpenClient();
  const longest = 'ü'.repeat((defaultMaxLineBytes - 'BCST x'.length) / 2);
  assert.ok(client.broadcast(`x${longest}`).ok);
  const over = client.broadcast(`x${longest}x`);
  assert.ok(!over.ok && over.error.code === 'too-long' && over.error.overBytes === 1);
  assert.equal(connection.received().length, 1);
});

test('before the login and after the end commands are refused', async () => {
  const { connection, client } = makeClient();
  const refused = () => {
    const sent = client.broadcast('hi');
    return !sent.ok && sent.error.code;
  };
  assert.equal(refused(), 'not-open');
  await connection.open();
  connection.says('HELO hi');
  assert.equal(refused(), 'not-open');
  connection.says('+OK HELO bob');
  assert.equal(refused(), false);
  connection.closes();
  assert.equal(refused(), 'not-open');
});

test('each way to end has its reason', async () => {
  const failure = { code: 'ECONNREFUSED', detail: 'connect ECONNREFUSED' };
  const ends: readonly (readonly [
    string,
    unknown,
    (made: ReturnType<typeof makeClient>) => unknown,
  ])[] = [
    [
      'nobody there',
      { code: 'unreachable', failure },
      ({ connection }) => connection.closes(failure),
    ],
    [
      'no answer',
      { code: 'unreachable', failure: { code: 'ETIMEDOUT', detail: 'no answer' } },
      ({ timers }) => timers.advance(connectTimeoutMs),
    ],
    [
      'no greeting',
      { code: 'silent' },
      async ({ connection, timers }) => {
        await connection.open();
        timers.advance(loginTimeoutMs);
      },
    ],
    [
      'another protocol',
      { code: 'not-a-chat-server' },
      async ({ connection }) => {
        await connection.open();
        connection.says('SSH-2.0-OpenSSH_9.2');
      },
    ],
    [
      'another name than asked for',
      { code: 'not-a-chat-server' },
      async ({ connection }) => {
        await connection.open();
        connection.says('HELO hi', '+OK HELO eve');
      },
    ],
    [
      'gone without a word',
      { code: 'lost', failure: undefined },
      async ({ connection }) => {
        await connection.open();
        connection.closes();
      },
    ],
    [
      'an endless line',
      { code: 'overlong-line' },
      async ({ connection }) => {
        await connection.open();
        const chunk = Buffer.alloc(1024 * 1024, 'x');
        for (let sent = 0; sent <= maxServerLineBytes; sent += chunk.length)
          connection.handlers.onData(chunk);
      },
    ],
    [
      'a server that asks and never reads',
      { code: 'stalled' },
      async ({ connection }) => {
        await connection.open();
        connection.unsentBytes = maxUnsentBytes + 1;
        connection.says('PING', 'PING');
      },
    ],
    ['left while connecting', { code: 'quit' }, ({ client }) => client.quit()],
  ];
  for (const [name, reason, happen] of ends) {
    const made = makeClient();
    await happen(made);
    await turn();
    assert.deepEqual(made.told().at(-1), closed(reason)[0], name);
    assert.ok(made.connection.destroyed, name);
    assert.equal(made.timers.running, 0, name);
    const before = made.connection.written;
    made.connection.says('PING', 'BCST [al] hi');
    made.connection.closes();
    made.timers.advance(60_000);
    assert.deepEqual(made.told(), [], `${name}: nothing after the end`);
    assert.equal(made.connection.written, before, name);
  }
});

const print = (first: number) => Uint8Array.from({ length: 32 }, (_, at) => first + at);
const proof = (fingerprint: Uint8Array) =>
  ({ kind: 'tls', fingerprint, binding: new Uint8Array(32) }) as const;

test('a TLS server is remembered once somebody has come in and must be the same afterwards', async () => {
  const servers = new MemoryKnownServers();
  const silent = makeClient('tls://h', servers);
  await silent.connection.open(proof(print(3)));
  silent.connection.closes();
  assert.equal(await servers.fingerprintOf('tls-h:1338'), undefined);

  const first = makeClient('tls://h', servers);
  await first.connection.open(proof(print(1)));
  first.connection.says('HELO hi', '+OK HELO bob', 'BCST [al] hi');
  await new Promise(setImmediate);
  const seen = first.told().map((event) => (event.type === 'state' ? event.state.phase : event));
  const [greeting, login, remembered, open, ...rest] = seen;
  assert.deepEqual([greeting, login, open], ['greeting', 'login', 'open']);
  assert.deepEqual(remembered, { type: 'server-remembered', fingerprint: print(1) });
  assert.equal(rest.length, 1, 'what came behind the welcome');

  const again = makeClient('tls://h', servers);
  await again.connection.open(proof(print(1)));
  assert.deepEqual(again.told(), [{ type: 'state', state: { phase: 'greeting' } }]);

  const changed = makeClient('tls://h', servers);
  const opening = changed.connection.open(proof(print(2)));
  assert.ok(changed.connection.paused, 'nothing is read before the server is known');
  await opening;
  const reason = {
    expected: print(1),
    presented: print(2),
    expectedBy: 'earlier-visit',
    what: 'certificate',
  };
  assert.deepEqual(changed.told(), closed({ code: 'untrusted', ...reason }));
  assert.equal(changed.connection.written, '');

  const elsewhere = makeClient('tls://h:99', servers);
  await elsewhere.connection.open(proof(print(2)));
  assert.equal(elsewhere.client.state.phase, 'greeting');
});

test('a fingerprint in the address counts from the first visit, and over an earlier one', async () => {
  const servers = new MemoryKnownServers();
  const withPrint = `tls://h#${Buffer.from(print(1)).toString('base64url')}`;
  const wrong = makeClient(withPrint, servers);
  await wrong.connection.open(proof(print(2)));
  wrong.told();
  // It announces no way to prove its certificate.
  wrong.connection.says('HELO hi');
  const reason = {
    expected: print(1),
    presented: print(2),
    expectedBy: 'address',
    what: 'certificate',
  };
  assert.deepEqual(wrong.told().slice(1), closed({ code: 'untrusted', ...reason }));
  assert.equal(wrong.connection.written, '');
  assert.equal(await servers.fingerprintOf('tls-h:1338'), undefined);

  await servers.remember('tls-h:1338', print(7));
  const right = makeClient(withPrint, servers);
  await right.connection.open(proof(print(1)));
  assert.equal(right.client.state.phase, 'greeting');
  assert.deepEqual(await servers.fingerprintOf('tls-h:1338'), print(1));
});

test('a store of servers that fails is told, and nobody is talked to', async () => {
  const servers = new MemoryKnownServers();
  servers.fingerprintOf = () => Promise.reject(new Error('the disk said no'));
  const { connection, told } = makeClient('tls://h', servers);
  await connection.open(proof(print(1)));
  const failure = { code: 'EIO', detail: 'the disk said no' };
  assert.deepEqual(told(), closed({ code: 'store-failed', failure }));
});

test('who sends much waits for ready, and is refused who does not', async () => {
  const { connection, client } = await makeOpenClient();
  await client.ready();
  connection.unsentBytes = sendMarkBytes + 1;
  let isReady = false;
  const waiting = client.ready().then(() => (isReady = true));
  await new Promise(setImmediate);
  assert.equal(isReady, false);
  connection.unsentBytes = sendCapBytes + 1;
  const refused = client.broadcast('hi');
  assert.ok(!refused.ok && refused.error.code === 'queue-full');
  connection.unsentBytes = 0;
  connection.handlers.onDrain();
  await waiting;

  connection.unsentBytes = sendMarkBytes + 1;
  const abandoned = client.ready();
  connection.closes();
  await abandoned;
});

test('whatever a server says, in whatever pieces, a client goes on or is closed with a reason', async () => {
  const verbs =
    'HELO +OK -ERR -SOFT_ERR +SUCCESS BCST PING DSCN PM GROUP_MESSAGE REQUEST_PUBLIC_KEY';
  const others = 'PUBLIC_KEY [al] @al Goodbye bob no such user! 1';
  const word = fc.constantFrom(...`${verbs} ${others}`.split(' '));
  const words = fc.array(word, { maxLength: 4 }).map((words) => `${words.join(' ')}\n`);
  const line = fc.oneof(words, fc.string({ unit: 'binary', maxLength: 20 }));
  const bytes = fc.oneof(
    line.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 30 }), async (chunks) => {
      const { connection, timers, client } = makeClient();
      await connection.open();
      connection.says('HELO hi', '+OK HELO bob');
      for (const chunk of chunks) connection.handlers.onData(chunk);
      const { phase } = client.state;
      assert.ok(phase === 'open' || phase === 'closing' || phase === 'closed');
      for (const sent of connection.received()) assert.match(sent, /^(HELO bob|PONG)$/);
      connection.closes();
      assert.equal(client.state.phase, 'closed');
      assert.equal(timers.running, 0);
    }),
    { numRuns: 500 },
  );
});
