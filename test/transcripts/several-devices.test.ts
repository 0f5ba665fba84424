// Several devices of one account [12.3] against the real server, over both transports: real keys, real signatures, and a
// server that is started again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64url } from '../../src/lib/base64url.ts';
import { fatal } from '../../src/wire/replies.ts';
import type { ChainLink } from '../../src/wire/statements/chain-link.ts';
import type { Checked } from '../../src/wire/statements/statement.ts';
import { connectExtended, logIn, prove, type ExtendedClient } from '../support/extended-client.ts';
import { startServerProgram } from '../support/program.ts';
import { addition, linkBy, Signer, Somebody } from '../support/statements.ts';
import { temporaryFolder } from '../support/temporary.ts';

const can = ['sealed', 'devices'];
const quiet = ['--ping-interval', '0', '--registration', 'open'];

const deviceOf = ({ key, secret }: Signer) => ({ key: secret, id: encodeBase64url(key) });
const textOf = (link: Checked<ChainLink> | undefined) =>
  encodeBase64url(link?.bytes ?? new Uint8Array());

async function chain(client: ExtendedClient, link: Checked<ChainLink> | undefined) {
  const { answer } = await client.ask('CHAIN', { link: textOf(link) });
  return answer['code'] ?? answer['links'];
}

/** The last line that somebody hears who is not let in. */
async function turnedAway(client: ExtendedClient, who: Signer, more: object = {}) {
  await prove(client, 'alice', deviceOf(who), { can, ...more });
  return (await client.lines.rest()).at(-1);
}

for (const transport of ['tcp', 'tls'] as const) {
  const tls = transport === 'tls' ? { tls: {} } : {};

  test(`[12.3] over ${transport}: devices come, write and are revoked, whatever starts in between`, async (t) => {
    const data = await temporaryFolder(t);
    const args = [...quiet, '--data', data, ...(transport === 'tls' ? ['--tls-port', '0'] : [])];
    const first = await startServerProgram(t, { args });
    const at = first[transport === 'tls' ? 'tls' : 'plain'];
    const words = new Signer('words');
    const desk = new Somebody('alice', 'alice', undefined, words);
    const alice = await logIn(t, at, 'alice', { ...tls, device: deviceOf(desk.signer), can });
    assert.equal(await chain(alice, desk.links[0]), 1);
    const laptop = desk.adds('laptop');
    assert.equal(await chain(alice, desk.links[1]), 2);
    const other = await logIn(t, at, 'alice', { ...tls, device: deviceOf(laptop.signer), can });
    assert.equal(other.welcome['links'], 2);

    const bob = await logIn(t, at, 'bob', tls);
    await other.ask('STOCK', { packages: ['bGFwdG9w'] });
    const take = async (fields: object) =>
      (await bob.ask('TAKE_KEY', { user: 'alice', ...fields })).answer;
    const key = await take({});
    assert.deepEqual(
      [key['device'], key['package']],
      [encodeBase64url(laptop.signer.key), 'bGFwdG9w'],
    );
    assert.equal((await take({ device: encodeBase64url(desk.signer.key) }))['code'], 'no-key');
    assert.equal((await take({ device: encodeBase64url(words.key) }))['code'], 'device-changed');
    const said = { in: '@alice', id: 's.1', sealed: 'd29yZHM', device: key['device'] };
    assert.equal((await bob.ask('SEND', said)).answer.verb, 'SENT');
    await alice.until('MSG');
    await other.until('MSG');

    await first.stop();
    const second = await startServerProgram(t, { args });
    const now = second[transport === 'tls' ? 'tls' : 'plain'];
    const again = await logIn(t, now, 'alice', { ...tls, device: deviceOf(laptop.signer), can });
    const stolen = await logIn(t, now, 'alice', { ...tls, device: deviceOf(desk.signer), can });
    laptop.revokes(desk, 'stolen');
    assert.equal(await chain(again, laptop.links.at(-1)), 3);
    await stolen.hears('CHAIN_CHANGED', { user: 'alice', links: 3 });
    const out = `-ERR ${fatal.text('device-revoked')}`;
    assert.deepEqual(await stolen.lines.rest(), [out]);
    assert.equal(await turnedAway(await connectExtended(t, now, tls), desk.signer), out);

    const fresh = new Signer('fresh');
    const link = (by: Signer) => ({
      recovery: [textOf(linkBy(by, laptop.lastHash, addition(laptop.lastHash, fresh)))],
    });
    const taken = `-ERR ${fatal.text('name-taken')}`;
    for (const more of [{}, link(desk.signer)]) {
      const stranger = await connectExtended(t, now, tls);
      assert.equal(await turnedAway(stranger, fresh, more), taken);
    }
    // Whoever has the recovery words alone is shown the chain, and signs again.
    const blind = linkBy(words, new Uint8Array(32), addition(new Uint8Array(32), fresh));
    const first32 = await connectExtended(t, now, tls);
    await prove(first32, 'alice', deviceOf(fresh), { can, recovery: [textOf(blind)] });
    const shown = await first32.hears('ACCOUNT', { user: 'alice' });
    assert.deepEqual(shown['links'], laptop.links.map(textOf));
    assert.deepEqual(await first32.lines.rest(), [`-ERR ${fatal.text('recovery-refused')}`]);
    const recovered = await connectExtended(t, now, tls);
    await prove(recovered, 'alice', deviceOf(fresh), { can, ...link(words) });
    assert.equal((await recovered.hears('WELCOME'))['links'], 4);
    await again.hears('CHAIN_CHANGED', { user: 'alice', links: 4 });
    const { answer } = await recovered.ask('DEVICES', {});
    const devices = answer['devices'] as readonly { device: string; own?: boolean }[];
    assert.deepEqual(
      devices.map(({ device, own = false }) => [device, own]),
      [
        [encodeBase64url(laptop.signer.key), false],
        [encodeBase64url(fresh.key), true],
      ],
    );
  });
}

test('[14.26] a device without an account meets one that has one: each gets what the other has left, before its login too', async (t) => {
  const { plain } = await startServerProgram(t, { args: quiet });
  const channel = encodeBase64url(new Signer('channel').key.slice(0, 16));
  const stranger = await connectExtended(t, plain);
  const ask = async (client: ExtendedClient, verb: string, fields: object) =>
    (await client.ask(verb, fields)).answer;
  assert.equal((await ask(stranger, 'MEET', { channel, box: 'aGVsbG8' }))['boxes'], 1);
  assert.equal((await ask(stranger, 'MEET', { channel: 'c2hvcnQ' }))['code'], 'malformed');
  const alice = await logIn(t, plain, 'alice', { can });
  assert.equal((await ask(alice, 'MEET', { channel, box: 'aGk' }))['boxes'], 2);
  await alice.hears('MEET', { channel, box: 'aGVsbG8' });
  await stranger.hears('MEET', { channel, box: 'aGk' });
  // The login goes on as if nothing had been, and the channel stays.
  await prove(stranger, 'bob', deviceOf(new Signer('bob')));
  await stranger.until('STOCK_LOW');
  await ask(alice, 'MEET', { channel, box: 'YWdhaW4' });
  await stranger.hears('MEET', { channel, box: 'YWdhaW4' });
  // For version 1 there is no such command.
  const guest = await connectExtended(t, plain);
  guest.lines.send('HELO guest');
  await guest.hears('+OK');
  guest.say('MEET', { channel });
  await guest.hears('-SOFT_ERR', { rest: 'unknown command' });
});
