// The extended login with the real server, over both transports: who is let in, and that a recorded login is worthless.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fatal } from '../../src/wire/replies.ts';
import {
  connectExtended,
  createDevice,
  ExtendedClient,
  logIn,
  prove,
} from '../support/extended-client.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram, type Listener } from '../support/program.ts';

const quiet = ['--ping-interval', '0', '--registration', 'open'];

async function refused(client: ExtendedClient, code: Parameters<typeof fatal.text>[0]) {
  assert.deepEqual(await client.lines.rest(), [`-ERR ${fatal.text(code as 'bad-signature')}`]);
}

for (const transport of ['tcp', 'tls'] as const) {
  const tls = transport === 'tls' ? { tls: {} } : {};

  async function serve(t: TestContext): Promise<Listener> {
    const args = transport === 'tls' ? [...quiet, '--tls-port', '0'] : quiet;
    const server = await startServerProgram(t, { args });
    return transport === 'tls' ? server.tls : server.plain;
  }

  test(`over ${transport}: a free name is taken by a device, and by no other from then on`, async (t) => {
    const at = await serve(t);
    const alice = await logIn(t, at, 'alice', tls);
    assert.equal(alice.welcome['created'], true);
    const again = await logIn(t, at, 'alice', { ...tls, device: alice.device });
    assert.equal(again.welcome['created'], false);
    const thief = await connectExtended(t, at, tls);
    await prove(thief, 'Alice', createDevice());
    await refused(thief, 'name-taken');
    const guest = await connectLines(t, at, tls);
    await guest.next();
    guest.send('HELO aLICE');
    assert.deepEqual(await guest.rest(), [`-ERR ${fatal.text('name-registered')}`]);
    await guestInTheWay(t, at);
  });

  async function guestInTheWay(t: TestContext, at: Listener): Promise<void> {
    const guest = await connectLines(t, at, tls);
    await guest.next();
    guest.send('HELO carol');
    await guest.expect('+OK HELO carol');
    const late = await connectExtended(t, at, tls);
    await prove(late, 'carol', createDevice());
    await refused(late, 'user-logged-in');
  }

  test(`over ${transport}: a recorded login gets nobody in, whatever it is played to`, async (t) => {
    const at = await serve(t);
    const device = createDevice();
    const first = await connectExtended(t, at, tls);
    const recorded = await prove(first, 'alice', device);
    await first.hears('WELCOME');
    await first.hears('STOCK_LOW');
    // On the same connection.
    first.lines.send(recorded.prove);
    await first.hears('-SOFT_ERR');
    first.lines.send(recorded.hello);
    await first.hears('-SOFT_ERR');
    // On another one: the challenge differs, so the signature is wrong.
    const second = await connectExtended(t, at, tls);
    second.lines.send(recorded.hello);
    const challenge = await second.hears('CHALLENGE');
    assert.notEqual(challenge['nonce'], recorded.challenge['nonce']);
    second.lines.send(recorded.prove);
    await refused(second, 'bad-signature');
    // At another server, which has the same account.
    const elsewhere = await serve(t);
    await logIn(t, elsewhere, 'alice', { ...tls, device });
    const third = await connectExtended(t, elsewhere, tls);
    third.lines.send(recorded.hello);
    await third.hears('CHALLENGE');
    third.lines.send(recorded.prove);
    await refused(third, 'bad-signature');
  });

  test(`over ${transport}: a signature is good for the connection that it was made for`, async (t) => {
    const at = await serve(t);
    const client = await connectExtended(t, at, tls);
    await prove(client, 'alice', createDevice(), { binding: new Uint8Array(32).fill(7) });
    await refused(client, 'bad-signature');
  });

  test(`over ${transport}: what is out of order, or malformed, ends the login`, async (t) => {
    const at = await serve(t);
    const noChallenge = await connectExtended(t, at, tls);
    noChallenge.say('PROVE', { signature: 'A'.repeat(86) });
    await refused(noChallenge, 'login-out-of-order');
    const twice = await connectExtended(t, at, tls);
    const hello = { user: 'bob', device: createDevice().id, nonce: createDevice().id };
    twice.say('EHLO', hello);
    await twice.hears('CHALLENGE');
    twice.say('EHLO', hello);
    await refused(twice, 'login-out-of-order');
    for (const line of ['EHLO', 'EHLO {"user":"bob"}', 'PROVE []', 'EHLO {"user":1,']) {
      const client = await connectExtended(t, at, tls);
      client.lines.send(line);
      await refused(client, 'login-malformed');
    }
    const early = await connectExtended(t, at, tls);
    early.say('SEND', { in: 'lobby', id: 's.1', text: 'hi' });
    await early.hears('-SOFT_ERR', { rest: 'log in first: HELO <username>' });
  });

  test(`over ${transport}: a guest has no use for requests`, async (t) => {
    const at = await serve(t);
    const guest = new ExtendedClient(await connectLines(t, at, tls));
    await guest.hears('HELO');
    guest.lines.send('HELO gus');
    await guest.hears('+OK');
    guest.say('SEND', { in: 'lobby', id: 's.1', text: 'hi' });
    await guest.hears('-SOFT_ERR', { rest: 'unknown command' });
    guest.say('SING', { label: 'a' });
    await guest.hears('-SOFT_ERR', { rest: 'unknown command' });
  });
}

test('who may make an account: by listener, by code, nobody', async (t) => {
  const listeners = ['--tls-port', '0', '--ping-interval', '0'];
  const server = await startServerProgram(t, { args: listeners });
  await logIn(t, server.plain, 'local');
  const far = await connectExtended(t, server.tls, { tls: {} });
  await prove(far, 'far', createDevice());
  await refused(far, 'invite-needed');
  const guessing = await connectExtended(t, server.tls, { tls: {} });
  await prove(guessing, 'far', createDevice(), { invite: 'a-guess' });
  await refused(guessing, 'invite-invalid');
  const closed = await startServerProgram(t, { args: [...listeners, '--registration', 'closed'] });
  const late = await connectExtended(t, closed.plain);
  await prove(late, 'late', createDevice());
  await refused(late, 'registration-closed');
});
