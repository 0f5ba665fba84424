import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeTimers } from '../../../test/support/fake-timers.ts';
import { bob, suite } from '../../../test/support/pair.ts';
import { fieldsOf, heardLater, ScriptedIdentity } from '../../../test/support/scripted-account.ts';
import { MemoryKnownServers } from '../../../test/support/memory/memory-servers.ts';
import { ScriptedConnection } from '../../../test/support/scripted-connection.ts';
import { fatal, type FatalCode } from '../../wire/replies.ts';
import { parseUsername } from '../../wire/text.ts';
import { backoffMs, firstBackoffMs, longestBackoffMs } from './backoff.ts';
import type { ClientState } from '../client-state.ts';
import { LinkKeeper, steadyMs, type KeeperSettings } from './link-keeper.ts';
import { parseServerAddress } from './server-address.ts';

type Ask = (why: 'needed' | 'invalid', orGuest: boolean) => Promise<string | undefined>;

function makeKeeper(
  settings: Partial<KeeperSettings> = {},
  askInvite?: Ask,
  knownServers = new MemoryKnownServers(),
) {
  const connections: ScriptedConnection[] = [];
  const timers = new FakeTimers();
  const states: ClientState[] = [];
  const guests: string[] = [];
  const probes: number[] = [];
  const address = parseServerAddress('h:1');
  const username = parseUsername('bob');
  assert.ok(address.ok && username);
  let ended = Promise.resolve();
  const keeper = new LinkKeeper(
    { address: address.value, username, reconnects: true, ...settings },
    {
      dial: (address, handlers) => {
        const connection = new ScriptedConnection();
        connections.push(connection);
        return connection.dial(address, handlers);
      },
      timers,
      now: () => timers.now,
      random: (length) => new Uint8Array(length).fill(0xff),
      knownServers,
      suite,
      ...(askInvite !== undefined && { askInvite }),
    },
    {
      onState: (state) => {
        states.push(state);
        return state.phase === 'waiting' ? ended : undefined;
      },
      onRemembered: () => {},
      onGuest: (reason) => void guests.push(reason),
      onEvent: () => {},
      onExtended: () => {},
      onDrain: () => {},
      onSilence: () => probes.push(timers.now),
    },
  );
  const last = () => {
    const connection = connections.at(-1);
    assert.ok(connection);
    return connection;
  };
  const login = async () => {
    await last().open();
    last().says('HELO hi', '+OK HELO bob');
    assert.equal(keeper.state.phase, 'open');
  };
  const hold = () => {
    let release = () => {};
    ended = new Promise((resolve) => (release = resolve));
    return () => release();
  };
  return { keeper, connections, timers, states, guests, probes, last, login, hold };
}

const turn = () => new Promise(setImmediate);

test('a lost connection is made again after a wait that doubles, up to half a minute', async () => {
  const { keeper, connections, timers, login, last } = makeKeeper();
  await login();
  last().closes();
  await turn();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    const { state } = keeper;
    assert.ok(state.phase === 'waiting');
    waits.push(state.until - timers.now);
    timers.advance(state.until - timers.now - 1);
    assert.equal(keeper.state.phase, 'waiting');
    timers.advance(1);
    assert.equal(keeper.state.phase, 'connecting');
    last().closes({ code: 'ECONNREFUSED', detail: 'no' });
    await turn();
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(connections.length, 10);

  // A connection that lasts makes the next wait the shortest again. One that ends at once makes it a short one.
  timers.advance(longestBackoffMs);
  await login();
  last().says('DSCN the server is shutting down');
  last().closes();
  await turn();
  assert.ok(keeper.state.phase === 'waiting' && keeper.state.until - timers.now === 2_000);
  timers.advance(2_000);
  await login();
  timers.advance(steadyMs);
  last().closes();
  await turn();
  assert.ok(keeper.state.phase === 'waiting' && keeper.state.until - timers.now === firstBackoffMs);
});

test('the next connection waits until what was of the last one has ended', async () => {
  const { connections, timers, login, last, hold } = makeKeeper();
  await login();
  const release = hold();
  last().closes();
  timers.advance(60_000);
  await turn();
  assert.equal(connections.length, 1);
  release();
  await turn();
  timers.advance(0);
  assert.equal(connections.length, 2);
});

test('where somebody is there the next attempt comes at once, and no more often than every three seconds', async () => {
  const { keeper, connections, timers, login, last, hold } = makeKeeper();
  const phase = () => keeper.state.phase;
  keeper.hurry();
  await login();
  keeper.hurry();
  assert.equal(connections.length, 1);
  const release = hold();
  last().closes();
  await turn();
  keeper.hurry();
  assert.equal(phase(), 'waiting', 'the last link has not ended altogether');
  release();
  await turn();
  keeper.hurry();
  assert.equal(phase(), 'connecting');
  const gaps: number[] = [];
  for (let attempt = 0; attempt < 6; attempt++) {
    const before = timers.now;
    last().closes({ code: 'ECONNREFUSED', detail: 'no' });
    await turn();
    for (let key = 0; key < 100; key++) keeper.hurry();
    while (phase() === 'waiting') timers.advance(100);
    gaps.push(timers.now - before);
  }
  // The first ones are shorter by themselves.
  assert.deepEqual(gaps, [1000, 2000, 3000, 3000, 3000, 3000]);
  last().closes({ code: 'ECONNREFUSED', detail: 'no' });
  await turn();
  timers.advance(10_000);
  assert.equal(phase(), 'waiting', 'without a key it waits its time');
  keeper.hurry();
  assert.equal(phase(), 'connecting');
  last().closes({ code: 'ECONNREFUSED', detail: 'no' });
  await turn();
  keeper.quit();
  keeper.hurry();
  timers.advance(longestBackoffMs);
  assert.equal(phase(), 'closed');
});

test('who never got in, was refused, or left is not connected again', async () => {
  const ends: readonly ((made: ReturnType<typeof makeKeeper>) => unknown)[] = [
    ({ last }) => last().closes({ code: 'ECONNREFUSED', detail: 'no' }),
    async ({ last }) => {
      await last().open();
      last().says('HELO hi', '-ERR user already logged in');
      last().closes();
    },
    async ({ login, last }) => {
      await login();
      last().says('-ERR line too long (at most 9 bytes)');
      last().closes();
    },
    async ({ login, last }) => {
      await login();
      // It would be asked for the code that is for the other device.
      last().says('DSCN your account is to be used with another device');
      last().closes();
    },
    async ({ login, keeper, last }) => {
      await login();
      keeper.quit();
      last().closes();
    },
    async ({ login, keeper, last }) => {
      await login();
      last().closes();
      await turn();
      assert.equal(keeper.state.phase, 'waiting');
      keeper.quit();
    },
  ];
  for (const end of ends) {
    const made = makeKeeper();
    await end(made);
    await turn();
    assert.equal(made.keeper.state.phase, 'closed');
    made.timers.advance(120_000);
    assert.equal(made.connections.length, 1);
    assert.equal(made.timers.running, 0);
  }
});

test("a guest's own name that the server still thinks is there is tried again", async () => {
  const { keeper, timers, login, last } = makeKeeper();
  await login();
  last().closes();
  await turn();
  timers.advance(firstBackoffMs);
  await last().open();
  last().says('HELO hi', '-ERR user already logged in');
  last().closes();
  await turn();
  assert.equal(keeper.state.phase, 'waiting');
  timers.advance(2 * firstBackoffMs);
  await login();
});

test('each wait is within its bounds, and spread over all of them', () => {
  const random = (length: number) => new Uint8Array(randomBytes(length));
  fc.assert(
    fc.property(fc.nat(2000), (attempt) => {
      const ms = backoffMs(attempt, random);
      assert.ok(ms >= 0 && ms <= Math.min(longestBackoffMs, firstBackoffMs * 2 ** attempt));
    }),
  );
  assert.equal(
    backoffMs(3, () => Uint8Array.of(0, 0)),
    0,
  );
});

const identity = new ScriptedIdentity();
const account = { suite, device: bob, takesPrivate: true, invite: undefined };

/** The server learns the name, and refuses it. */
async function turnAway(connection: ScriptedConnection, code: FatalCode) {
  await connection.open();
  connection.says('HELO hi [helo: ehlo]');
  const hello = fieldsOf(connection.received(), 'EHLO');
  connection.says(identity.challenge(hello).line);
  const proof = await heardLater(connection, 'PROVE');
  connection.says(`-ERR ${fatal.templates[code]}`);
  connection.closes();
  await turn();
  return proof;
}

test('a new name that needs a code is asked for it until it is right, and shows no failure meanwhile', async () => {
  const asked: string[] = [];
  const codes = ['wrong-one', 'right-one'];
  const { connections, states, last } = makeKeeper({ account }, async (why) => {
    asked.push(why);
    return codes.shift();
  });
  assert.equal((await turnAway(last(), 'invite-needed'))['invite'], undefined);
  assert.equal((await turnAway(last(), 'invite-invalid'))['invite'], 'wrong-one');
  await last().open();
  last().says('HELO hi [helo: ehlo]');
  const hello = fieldsOf(last().received(), 'EHLO');
  last().says(identity.challenge(hello).line);
  assert.equal((await heardLater(last(), 'PROVE'))['invite'], 'right-one');
  last().says('WELCOME {"user":"bob","created":true,"conversations":[]}');
  assert.deepEqual(asked, ['needed', 'invalid']);
  assert.equal(connections.length, 3);
  assert.ok(states.every(({ phase }) => phase !== 'closing' && phase !== 'closed'));
});

test('who has no code, or finds the door closed, comes in as a guest and is told why', async () => {
  const ways = [
    ['invite-needed', async () => undefined],
    ['invite-needed', undefined],
    ['registration-closed', async () => assert.fail('no code would help')],
  ] as const;
  for (const [code, ask] of ways) {
    const { guests, login, last, connections } = makeKeeper({ account }, ask);
    await turnAway(last(), code);
    await login();
    assert.deepEqual(guests, [code]);
    assert.equal(connections.length, 2);
  }
});

test('a code that is wrong where nobody can be asked ends it', async () => {
  const { keeper, last } = makeKeeper({ account: { ...account, invite: 'used-up' } });
  await turnAway(last(), 'invite-invalid');
  assert.ok(keeper.state.phase === 'closed' && keeper.state.reason.code === 'refused');
});
