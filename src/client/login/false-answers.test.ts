// An attacker who poses as a server, or sits in between, and answers wrongly at every step of the login: nobody who has
// an account there, or knows the server's identity, becomes a guest by it, and nothing that is remembered changes.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { bob, suite } from '../../../test/support/pair.ts';
import { fieldsOf, heardLater, ScriptedIdentity } from '../../../test/support/scripted-account.ts';
import { MemoryKnownServers } from '../../../test/support/memory/memory-servers.ts';
import { ScriptedConnection } from '../../../test/support/scripted-connection.ts';
import { fatal } from '../../wire/replies.ts';
import { parseUsername } from '../../wire/text.ts';
import type { ClientState } from '../client-state.ts';
import { LinkKeeper } from '../connection/link-keeper.ts';
import type { ServerProof } from '../ports.ts';
import { parseServerAddress } from '../connection/server-address.ts';

const binding = new Uint8Array(randomBytes(32));
const print = new Uint8Array(32).fill(1);
const tls: ServerProof = { kind: 'tls', fingerprint: print, binding };
const plain: ServerProof = { kind: 'plain' };
const identity = new ScriptedIdentity();
const turn = () => new Promise(setImmediate);
const greeting = 'HELO hi [helo: files ehlo]';

function scene(address: string, servers: MemoryKnownServers, isKnown: boolean) {
  const dialled: ScriptedConnection[] = [];
  const states: ClientState[] = [];
  const guests: string[] = [];
  const [username, parsed] = [parseUsername('bob'), parseServerAddress(address)];
  assert.ok(username && parsed.ok);
  const timers = new FakeTimers();
  const keeper = new LinkKeeper(
    {
      address: parsed.value,
      username,
      account: { suite, device: bob, takesPrivate: true, invite: undefined, isKnown },
      reconnects: true,
    },
    {
      dial: (to, handlers) => {
        const connection = new ScriptedConnection();
        dialled.push(connection);
        return connection.dial(to, handlers);
      },
      timers,
      now: () => timers.now,
      random: (length) => new Uint8Array(randomBytes(length)),
      knownServers: servers,
      suite,
    },
    {
      onState: (state) => void states.push(state),
      onRemembered: () => {},
      onGuest: (reason) => void guests.push(reason),
      onEvent: () => {},
      onExtended: () => {},
      onDrain: () => {},
      onSilence: () => {},
    },
  );
  const last = () => {
    const connection = dialled.at(-1);
    assert.ok(connection);
    return connection;
  };
  return { keeper, dialled, states, guests, last };
}

type Scene = ReturnType<typeof scene>;

/** Up to the step of the false answer. */
const steps = {
  greeting: async () => {},
  EHLO: async ({ last }: Scene) => {
    last().says(greeting);
    fieldsOf(last().received(), 'EHLO');
  },
  // An attacker in between passes on the real server's answer.
  PROVE: async ({ last }: Scene, proof: ServerProof) => {
    last().says(greeting);
    const hello = fieldsOf(last().received(), 'EHLO');
    last().says(identity.challenge(hello, proof.kind === 'tls' ? binding : undefined).line);
    await heardLater(last(), 'PROVE');
  },
};

const refusals = [
  ...Object.values(fatal.templates).map((text) => `-ERR ${text}`),
  '-ERR no accounts here',
];
const other = new ScriptedIdentity();
const answers: readonly ((hello: Record<string, unknown>) => string)[] = [
  ...refusals.map((line) => () => line),
  () => 'HELO hi',
  () => 'HELO hi [helo: files]',
  () => 'HELO hi [helo: files eh',
  () => '+OK HELO bob',
  () => 'WELCOME {"user":"bob","created":true,"conversations":[]}',
  () => 'DSCN come again without your account',
  () => '-SOFT_ERR unknown command',
  () => 'BCST [al] hi',
  (hello) => ('user' in hello ? other.challenge(hello, binding).line : 'CHALLENGE {}'),
];

test('whoever is known to have an account is made a guest by no answer, at no step', async () => {
  for (const [address, proof] of [
    ['h', plain],
    ['tls://h', tls],
  ] as const) {
    for (const step of Object.keys(steps) as (keyof typeof steps)[]) {
      for (const answer of answers) {
        const servers = new MemoryKnownServers();
        const key = address === 'h' ? 'plain-h:1337' : 'tls-h:1338';
        await servers.rememberIdentity(key, identity.key);
        await servers.remember(key, print);
        await servers.rememberCame(key, 'bob', 'account');
        const here = scene(address, servers, false);
        await here.last().open(proof);
        await steps[step](here, proof);
        const line = answer({ user: 'bob', nonce: '', device: '' });
        // A welcome after the proof is the expected answer.
        const isRight = step === 'PROVE' && line.startsWith('WELCOME');
        here.last().says(line);
        here.last().closes();
        await turn();
        const written = here.dialled.map((connection) => connection.written).join('');
        const trial = `${address} ${step} ${line}`;
        assert.doesNotMatch(written, /^(HELO|BCST)/m, trial);
        assert.deepEqual(here.guests, [], trial);
        assert.equal(here.dialled.length, 1, trial);
        assert.ok(isRight || here.states.every(({ phase }) => phase !== 'open'), trial);
        assert.deepEqual(await servers.identityOf(key), identity.key, trial);
        assert.deepEqual(await servers.fingerprintOf(key), print, trial);
        assert.equal(await servers.cameAs(key, 'bob'), 'account', trial);
        here.keeper.abort();
      }
    }
  }
});

test('each of what says that there is an account is enough: its store, an earlier visit, the identity of the server', async () => {
  const stripped = 'HELO hi [helo: files]';
  for (const what of ['store', 'visit', 'identity'] as const) {
    const servers = new MemoryKnownServers();
    if (what === 'visit') await servers.rememberCame('plain-h:1337', 'bob', 'account');
    if (what === 'identity') await servers.rememberIdentity('plain-h:1337', identity.key);
    const here = scene('h', servers, what === 'store');
    await here.last().open();
    here.last().says(stripped);
    await turn();
    assert.equal(here.last().written, '', what);
    assert.deepEqual(here.states.at(-1), { phase: 'closed', reason: { code: 'accounts-gone' } });
  }
});

test('a new name at a known server: a refusal in the clear makes no guest of it, one that nobody else can have said does', async () => {
  for (const code of ['registration-closed', 'invite-needed'] as const) {
    for (const address of ['h', 'tls://h']) {
      const isGuest = address !== 'h';
      const proof = isGuest ? tls : plain;
      const servers = new MemoryKnownServers();
      await servers.rememberIdentity('plain-h:1337', identity.key);
      await servers.rememberIdentity('tls-h:1338', identity.key);
      await servers.remember('tls-h:1338', print);
      const here = scene(address, servers, false);
      await here.last().open(proof);
      await steps.PROVE(here, proof);
      here.last().says(`-ERR ${fatal.templates[code]}`);
      here.last().closes();
      await turn();
      assert.deepEqual(here.guests, isGuest ? [code] : []);
      assert.equal(here.dialled.length, isGuest ? 2 : 1);
      here.keeper.abort();
    }
  }
});

test('a first contact falls back to a guest behind a proof only, says so, and is remembered', async () => {
  const servers = new MemoryKnownServers();
  const early = scene('h', servers, false);
  await early.last().open();
  await steps.EHLO(early);
  early.last().says(`-ERR ${fatal.templates['registration-closed']}`);
  early.last().closes();
  await turn();
  assert.equal(early.dialled.length, 1, 'nothing was proven');
  // The second time the identity and the person are known.
  for (let visit = 0; visit < 2; visit++) {
    const here = scene('h', servers, false);
    await here.last().open();
    await steps.PROVE(here, plain);
    here.last().says(`-ERR ${fatal.templates['registration-closed']}`);
    here.last().closes();
    await turn();
    await here.last().open();
    here.last().says(greeting);
    assert.deepEqual(here.last().received(), ['HELO bob']);
    assert.deepEqual(here.guests, ['registration-closed']);
    assert.equal(await servers.cameAs('plain-h:1337', 'bob'), 'guest');
    here.keeper.abort();
  }
});

test('of a server without accounts that is told once, and an account that is in is a guest at no reconnection', async () => {
  const servers = new MemoryKnownServers();
  for (const told of [['no-accounts'], []]) {
    const here = scene('h', servers, false);
    await here.last().open();
    here.last().says('HELO hi', '+OK HELO bob');
    await turn();
    assert.deepEqual(here.guests, told);
    here.keeper.abort();
  }
  const here = scene('h:2', servers, false);
  await here.last().open();
  await steps.PROVE(here, plain);
  here.last().says('WELCOME {"user":"bob","created":true,"conversations":[]}');
  await turn();
  assert.equal(await servers.cameAs('plain-h:2', 'bob'), 'account');
});
