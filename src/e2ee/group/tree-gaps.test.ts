import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gather, memberAt, remove, rotate, type Party } from '../../../test/support/group.ts';
import { treeGaps } from './tree-gaps.ts';

test('whoever is below a gap that a removal has left closes it by renewing the keys', async () => {
  const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
  let party: Party = await gather(...names);
  const before = treeGaps(memberAt(party, 0)).ciphertexts;
  assert.equal(treeGaps(memberAt(party, 7)).own, 0);
  party = await remove(party, 0, [5]);
  // Alice is in the other half: what frank's leaf had above it stays blank.
  assert.ok(treeGaps(memberAt(party, 0)).ciphertexts > before);
  assert.equal(treeGaps(memberAt(party, 0)).own, 0);
  const grace = party.accounts.findIndex(({ identity }) => identity.name === 'grace');
  assert.equal(treeGaps(memberAt(party, grace)).own, 1);
  const erin = party.accounts.findIndex(({ identity }) => identity.name === 'erin');
  party = await rotate(party, erin);
  assert.equal(treeGaps(memberAt(party, grace)).own, 0);
  assert.equal(treeGaps(memberAt(party, 0)).ciphertexts, before);
});
