import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { bob, suite } from '../../../test/support/pair.ts';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { fieldsOf, heardLater, ScriptedIdentity } from '../../../test/support/scripted-account.ts';
import { MemoryKnownServers } from '../../../test/support/memory/memory-servers.ts';
import { ScriptedConnection } from '../../../test/support/scripted-connection.ts';
import type { ExtendedEvent } from '../../wire/extended/events.ts';
import { parseUsername } from '../../wire/text.ts';
import type { ClientState } from '../client-state.ts';
import { parseServerAddress } from '../connection/server-address.ts';
import { ServerLink } from '../connection/server-link.ts';
import type { KeptHere } from './account-login.ts';

const binding = new Uint8Array(randomBytes(32));
const print = (first: number) => new Uint8Array(32).fill(first);

async function greetedLink(
  knownServers = new MemoryKnownServers(),
  address = 'tls://h',
  first = 1,
  greeting = 'HELO hi [helo: files ehlo]',
  kept?: KeptHere,
) {
  const connection = new ScriptedConnection();
  const timers = new FakeTimers();
  const states: ClientState[] = [];
  const receive: ExtendedEvent[] = [];
  const [username, parsed] = [parseUsername('bob'), parseServerAddress(address)];
  assert.ok(username && parsed.ok);
  const account = {
    suite,
    device: bob,
    takesPrivate: false,
    invite: 'code-1',
    ...(kept && { kept: () => kept }),
  };
  const link = new ServerLink(
    { address: parsed.value, username, account },
    {
      dial: connection.dial,
      timers,
      now: () => timers.now,
      random: (length) => new Uint8Array(randomBytes(length)),
      knownServers,
      suite,
    },
    {
      onState: (state) => void states.push(state),
      onRemembered: () => {},
      onEvent: () => {},
      onExtended: (event) => void receive.push(event),
      onDrain: () => {},
      onSilence: () => {},
    },
  );
  await connection.open({ kind: 'tls', fingerprint: print(first), binding });
  connection.says(greeting);
  const hello = greeting.includes('ehlo') ? fieldsOf(connection.received(), 'EHLO') : {};
  return { connection, link, states, receive, hello, timers };
}

/** Completes the login. */
async function comesIn(
  { connection, states, hello }: Awaited<ReturnType<typeof greetedLink>>,
  identity = new ScriptedIdentity(),
): Promise<void> {
  connection.says(identity.challenge(hello, binding).line);
  await heardLater(connection, 'PROVE');
  connection.says('WELCOME {"user":"bob","created":true,"conversations":[]}');
  await new Promise(setImmediate);
  assert.equal(states.at(-1)?.phase, 'open');
}

/** The end comes after some work of the client. */
async function closedLater(states: readonly ClientState[]): Promise<ClientState | undefined> {
  for (let tries = 0; tries < 1000 && states.at(-1)?.phase !== 'closed'; tries++)
    await new Promise(setImmediate);
  return states.at(-1);
}

test('a device proves itself to a server that has proven itself, on this connection', async () => {
  const { connection, link, states, receive, hello } = await greetedLink();
  assert.equal(hello['user'], 'bob');
  assert.equal(hello['device'], Buffer.from(bob.publicKey).toString('base64url'));
  const { line, isProven } = new ScriptedIdentity().challenge(hello, binding);
  connection.says(line);
  const proof = await heardLater(connection, 'PROVE');
  assert.ok(isProven(String(proof['signature'])));
  assert.deepEqual([proof['invite'], proof['private']], ['code-1', false]);
  connection.says('MSG {"in":"lobby","at":1,"from":"al","text":"too early"}');
  const message = 'MSG {"in":"lobby","at":1,"from":"al","text":"hi"}';
  connection.says('WELCOME {"user":"bob","created":true,"conversations":[]}', message);
  assert.equal(states.at(-1)?.phase, 'login', 'nobody is in before it is remembered where');
  await new Promise(setImmediate);
  const open = states.at(-1);
  assert.ok(open?.phase === 'open' && open.as === 'account');
  assert.equal(link.welcome?.created, true);
  connection.says('NEWS {"a":1}', 'MSG {}');
  assert.deepEqual(receive, [{ verb: 'MSG', in: 'lobby', at: 1, from: 'al', text: 'hi' }]);
});

test('a proof for another connection, or of another key, is turned away from before anything is signed', async () => {
  const forgeries: readonly ((hello: Record<string, unknown>) => string)[] = [
    (hello) => new ScriptedIdentity().challenge(hello).line,
    (hello) => new ScriptedIdentity().challenge({ ...hello, user: 'eve' }, binding).line,
    (hello) => new ScriptedIdentity().challenge({ ...hello, nonce: hello['device'] }, binding).line,
    (hello) => {
      const key = Buffer.from(new ScriptedIdentity().key).toString('base64url');
      const { line } = new ScriptedIdentity().challenge(hello, binding);
      return line.replace(/"server":"[^"]+"/, `"server":"${key}"`);
    },
  ];
  for (const forge of forgeries) {
    const { connection, states, hello } = await greetedLink();
    connection.says(forge(hello));
    assert.deepEqual(await closedLater(states), { phase: 'closed', reason: { code: 'unproven' } });
    assert.equal(connection.written, '');
  }
});

test('the identity is remembered at the first visit and must be the same afterwards', async () => {
  const servers = new MemoryKnownServers();
  const identity = new ScriptedIdentity();
  for (let visit = 0; visit < 2; visit++) await comesIn(await greetedLink(servers), identity);
  const other = new ScriptedIdentity();
  const { connection, states, hello } = await greetedLink(servers);
  connection.says(other.challenge(hello, binding).line);
  const end = await closedLater(states);
  assert.ok(end?.phase === 'closed' && end.reason.code === 'untrusted');
  assert.equal(end.reason.what, 'identity');
  assert.deepEqual([end.reason.expected, end.reason.presented], [identity.key, other.key]);
  assert.equal(connection.written, '', 'nothing was signed for it');
});

test('who gets no further than the proof at the first contact is not remembered, and the server comes in later', async () => {
  const falseOnes: Record<string, (hello: Record<string, unknown>) => readonly string[]> = {
    'a relay, whose proof is of another channel': (hello) => [
      new ScriptedIdentity().challenge(hello, new Uint8Array(32)).line,
    ],
    'another server, which turns the device away': (hello) => [
      new ScriptedIdentity().challenge(hello, binding).line,
      '-ERR this name belongs to somebody else',
    ],
    'another server, which hangs up': (hello) => [
      new ScriptedIdentity().challenge(hello, binding).line,
    ],
    'something else': () => ['220 ready'],
    'a login that is refused': () => ['-ERR server is full'],
  };
  for (const [name, answers] of Object.entries(falseOnes)) {
    const servers = new MemoryKnownServers();
    const { connection, hello, states } = await greetedLink(servers, 'tls://h', 1);
    const [first = '', second] = answers(hello);
    connection.says(first);
    if (name.startsWith('another')) await heardLater(connection, 'PROVE');
    if (second !== undefined) connection.says(second);
    connection.closes();
    assert.equal((await closedLater(states))?.phase, 'closed', name);
    assert.equal(await servers.fingerprintOf('tls-h:1338'), undefined, name);
    assert.equal(await servers.identityOf('tls-h:1338'), undefined, name);
    const identity = new ScriptedIdentity();
    await comesIn(await greetedLink(servers, 'tls://h', 2), identity);
    assert.deepEqual(await servers.fingerprintOf('tls-h:1338'), print(2), name);
    assert.deepEqual(await servers.identityOf('tls-h:1338'), identity.key, name);
  }
});

test('two that come in at the same time for the first time come in to one server, or one of them does not', async () => {
  const servers = new MemoryKnownServers();
  const late = await greetedLink(servers, 'tls://h', 1);
  await comesIn(await greetedLink(servers, 'tls://h', 2));
  late.connection.says(new ScriptedIdentity().challenge(late.hello, binding).line);
  await heardLater(late.connection, 'PROVE');
  late.connection.says('WELCOME {"user":"bob","created":true,"conversations":[]}');
  const end = await closedLater(late.states);
  assert.ok(end?.phase === 'closed' && end.reason.code === 'untrusted');
  assert.deepEqual(await servers.fingerprintOf('tls-h:1338'), print(2));
});

test('another identity never comes in by a certificate, also not one that stands in the address', async () => {
  const servers = new MemoryKnownServers();
  const known = new ScriptedIdentity();
  await comesIn(await greetedLink(servers), known);
  const address = `tls://h#${Buffer.from(print(2)).toString('base64url')}`;
  for (const where of [address, 'tls://h']) {
    const moved = await greetedLink(servers, where, 2);
    moved.connection.says(new ScriptedIdentity().challenge(moved.hello, binding).line);
    const end = await closedLater(moved.states);
    assert.ok(end?.phase === 'closed' && end.reason.code === 'untrusted');
    assert.equal(end.reason.what, 'identity');
    assert.equal(moved.connection.written, '', 'nothing was signed for it');
  }
  assert.deepEqual(await servers.identityOf('tls-h:1338'), known.key);
  assert.deepEqual(await servers.fingerprintOf('tls-h:1338'), print(1));
});

test('nothing that the server says out of turn is believed: no welcome without a proof, no second challenge', async () => {
  const welcome = 'WELCOME {"user":"bob","created":true,"conversations":[]}';
  const end = { phase: 'closed', reason: { code: 'not-a-chat-server' } };
  for (const line of [welcome, '+OK HELO bob']) {
    const { connection, states } = await greetedLink();
    connection.says(line);
    assert.deepEqual(states.at(-1), end, line);
  }
  const early = await greetedLink();
  early.connection.says(new ScriptedIdentity().challenge(early.hello, binding).line, welcome);
  assert.deepEqual(early.states.at(-1), end);
  const twice = await greetedLink();
  const identity = new ScriptedIdentity();
  const lines = [0, 1].map(() => identity.challenge(twice.hello, binding).line);
  twice.connection.says(...lines);
  assert.deepEqual(twice.states.at(-1), end);
  assert.ok(!twice.connection.written.includes('PROVE'));
});

test('a server that had accounts and has none any more does not make a guest of somebody in silence', async () => {
  const servers = new MemoryKnownServers();
  await comesIn(await greetedLink(servers));
  const second = await greetedLink(servers, 'tls://h', 1, 'HELO hi [helo: files]');
  const end = await closedLater(second.states);
  assert.deepEqual(end, { phase: 'closed', reason: { code: 'accounts-gone' } });
  const stranger = await greetedLink(undefined, 'tls://h', 1, 'HELO hi [helo: files]');
  await new Promise(setImmediate);
  assert.deepEqual(stranger.connection.received(), ['HELO bob']);
});

test('a server that welcomes somebody else is no chat server', async () => {
  const { connection, states, hello } = await greetedLink();
  connection.says(new ScriptedIdentity().challenge(hello, binding).line);
  await heardLater(connection, 'PROVE');
  connection.says('WELCOME {"user":"eve","created":true,"conversations":[]}');
  assert.deepEqual(states.at(-1), { phase: 'closed', reason: { code: 'not-a-chat-server' } });
});

test('a server that says that its disk does not answer is waited for as long as it says so', async () => {
  const { connection, link, states, hello, timers } = await greetedLink();
  const wait = 'WAIT {"for":"disk"}';
  connection.says(wait, new ScriptedIdentity().challenge(hello, binding).line);
  await heardLater(connection, 'PROVE');
  assert.deepEqual(
    states.flatMap((state) => (state.phase === 'login' ? [state.waitsFor] : [])),
    [undefined],
    'before the proof it is nobody that says so',
  );
  for (let told = 0; told < 20; told++) {
    connection.says(wait, 'WAIT {"for":"tea"}');
    timers.advance(9_000);
  }
  const logins = states.filter(({ phase }) => phase === 'login');
  assert.deepEqual(
    logins.map((state) => state.phase === 'login' && state.waitsFor),
    [undefined, 'disk'],
    'told once',
  );
  timers.advance(2_000);
  assert.deepEqual(link.state, { phase: 'closed', reason: { code: 'silent' } });
});

test('what a client can do is said to servers that announce it too, and to no other', async () => {
  const can = async (greeting: string, kept: KeptHere) => {
    const { connection, hello } = await greetedLink(undefined, 'tls://h', 1, greeting, kept);
    connection.says(new ScriptedIdentity().challenge(hello, binding).line);
    return (await heardLater(connection, 'PROVE'))['can'];
  };
  const kept = { stream: 's', runs: [] };
  const able: KeptHere = { ...kept, can: ['sealed'] };
  assert.deepEqual(await can('HELO hi [helo: ehlo sealed]', able), ['sealed']);
  assert.equal(await can('HELO hi [helo: files ehlo]', able), undefined);
  assert.equal(await can('HELO hi [helo: ehlo sealed]', kept), undefined);
});
