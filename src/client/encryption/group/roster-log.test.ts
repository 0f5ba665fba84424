// Reading chains of accounts for the roster of a sealed group.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64url } from '../../../lib/base64url.ts';
import { ciphers, Somebody } from '../../../../test/support/statements.ts';
import { accountOf, type CheckedChains } from './roster-log.ts';

const chainOf = (who: Somebody) => who.links.map(({ bytes }) => encodeBase64url(bytes));

test('the signatures of a chain are checked once where it is needed twice, also where they are not valid', async () => {
  let checks = 0;
  const counting = {
    ...ciphers,
    verify: (...claim: Parameters<typeof ciphers.verify>) => {
      checks += 1;
      return ciphers.verify(...claim);
    },
  };
  const chains: CheckedChains = new Map();
  const alice = new Somebody('alice');
  const [root = ''] = chainOf(alice);
  const forged = [`${root.slice(0, -4)}AAAA`];
  for (let times = 0; times < 2; times++) {
    assert.equal((await accountOf(counting, chainOf(alice), chains))?.name, 'alice');
    assert.equal(await accountOf(counting, forged, chains), undefined);
    assert.equal((await accountOf(counting, chainOf(new Somebody('bob')), chains))?.name, 'bob');
  }
  assert.equal(checks, 3);
  await accountOf(counting, chainOf(alice));
  assert.equal(checks, 4);
});
