import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Somebody } from '../../../test/support/statements.ts';
import { temporaryFolder } from '../../../test/support/temporary.ts';
import { parseServerAddress, serverKeyOf } from '../../client/connection/server-address.ts';
import { openPins } from './pin-files.ts';
import { isKnownThere } from './server-place.ts';

test('a device that another one has linked is known there before its first login, at that server alone', async (t) => {
  const data = await temporaryFolder(t);
  const alice = new Somebody('alice');
  const { name } = alice;
  const [here, elsewhere] = ['127.0.0.1:4000', '127.0.0.1:4001'].map((text) => {
    const address = parseServerAddress(text);
    assert.ok(address.ok);
    return address.value;
  });
  assert.ok(here && elsewhere);
  assert.equal(await isKnownThere(data, here, name), false);
  const chain = { chain: alice.account, accepted: 1, links: undefined };
  await openPins(data, serverKeyOf(here)).putChain(name, chain);
  assert.equal(await isKnownThere(data, here, name), true);
  assert.equal(await isKnownThere(data, elsewhere, name), false);
});
