// Signals and marks at the real server [13.14]: who hears them, how often, what version 1, guests and strangers hear, and
// that a server that was killed has nothing of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logIn, type ExtendedClient } from '../support/extended-client.ts';
import { connectLines } from '../support/line-client.ts';
import { startServerProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const can = ['signals'];

/** What somebody has heard up to the answer to a request of theirs. */
async function heardBy(who: ExtendedClient): Promise<string[]> {
  const { before } = await who.ask('PEOPLE', { limit: 0 });
  return before.map(({ verb, from, seq }) =>
    [verb, from, seq]
      .flatMap((it) => (it === undefined ? [] : String(it as string | number)))
      .join(' '),
  );
}

test('[13.14] accounts that hear signals hear them, two at once; nobody else does, and a killed server has none', async (t) => {
  const data = await temporaryFolder(t);
  const args = ['--ping-interval', '0', '--data', data];
  const server = await startServerProgram(t, { args });
  const alice = await logIn(t, server.plain, 'alice', { can });
  const bob = await logIn(t, server.plain, 'bob', { can });
  const carol = await logIn(t, server.plain, 'carol');
  const gus = await connectLines(t, server.plain);
  await gus.next();
  gus.send('HELO gus');
  await gus.expect('+OK HELO gus');
  await heardBy(bob);
  await heardBy(carol);
  for (let at = 0; at < 4; at++) alice.say('SIGNAL', { in: 'lobby' });
  assert.deepEqual(await heardBy(alice), []);
  bob.say('MARK', { in: 'lobby', seq: 2 });
  assert.deepEqual(await heardBy(bob), ['SIGNAL alice', 'SIGNAL alice']);
  alice.say('MARK', { in: 'lobby', seq: 1 });
  assert.deepEqual(await heardBy(alice), ['MARK bob 2']);
  assert.deepEqual(await heardBy(bob), ['MARK alice 1']);
  assert.deepEqual(await heardBy(carol), []);
  gus.send('GET_USERS *all');
  await gus.expect('+SUCCESS [alice, bob, carol, gus]');
  // Not for guests, nor where one is not.
  gus.send('SIGNAL {"in":"lobby"}');
  assert.match(await gus.next(), /^-(SOFT_)?ERR/);
  const { answer } = await alice.ask('SIGNAL', { in: '#tea' });
  assert.equal(answer['code'], 'no-such-place');

  await server.kill();
  const again = await startServerProgram(t, { args });
  const later = await logIn(t, again.plain, 'alice', { device: alice.device, can });
  later.say('MARK', { in: 'lobby', seq: 1 });
  assert.deepEqual(await heardBy(later), []);
});
