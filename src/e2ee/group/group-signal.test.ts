// Signals in a sealed group: whoever is in reads them and knows whose they are; nobody else does, and they change nothing.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import {
  enter,
  createAccount,
  gather,
  memberAt,
  remove,
  rotate,
  type Party,
} from '../../../test/support/group.ts';
import { members } from './group-session.ts';
import { openSignal, sealSignal, signalBodyBytes } from './group-signal.ts';

const body = (first: number) => Uint8Array.of(first, ...new Uint8Array(signalBodyBytes - 1));

async function seal(party: Party, at: number, said = body(1), on = 7): Promise<Uint8Array> {
  const { device } = party.accounts[at] ?? assert.fail();
  const random = new Uint8Array(randomBytes(12));
  return sealSignal(memberAt(party, at), device, { on, body: said, random });
}

test('all who are in read it, of one size, and know whose it is; the one who said it does not', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const bytes = await seal(party, 1);
  assert.equal(bytes.length, 156);
  for (const at of [0, 2]) {
    const opened = await openSignal(memberAt(party, at), 7, bytes);
    assert.equal(opened?.sender.identity.name, 'bob');
    assert.deepEqual(opened.sender.key, party.accounts[1]?.device.publicKey);
    assert.deepEqual(opened.body, body(1));
  }
  assert.equal(await openSignal(memberAt(party, 1), 7, bytes), undefined);
  // Nothing is used up: it opens again.
  assert.ok(await openSignal(memberAt(party, 0), 7, bytes));
});

test('what was altered, of another line, another epoch or another group is none', async () => {
  const party = await gather('alice', 'bob');
  const bytes = await seal(party, 1);
  for (const at of [0, 12, 40, 155]) {
    const altered = bytes.slice();
    altered[at] = (altered[at] ?? 0) ^ 1;
    assert.equal(await openSignal(memberAt(party, 0), 7, altered), undefined);
  }
  assert.equal(await openSignal(memberAt(party, 0), 8, bytes), undefined);
  for (const length of [0, 12, 155]) {
    assert.equal(await openSignal(memberAt(party, 0), 7, bytes.slice(0, length)), undefined);
  }
  const longer = Uint8Array.of(...bytes, 0);
  assert.equal(await openSignal(memberAt(party, 0), 7, longer), undefined);
  const later = await rotate(party, 0);
  assert.equal(await openSignal(memberAt(later, 0), 7, bytes), undefined);
  const others = await gather('alice', 'bob');
  assert.equal(await openSignal(memberAt(others, 0), 7, bytes), undefined);
});

test('who was removed reads nothing that is said afterwards; who entered reads nothing of before', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const before = await seal(party, 1);
  const { out, ...rest } = await remove(party, 0, [2]);
  const [gone] = out;
  const bytes = await seal(rest, 1);
  assert.ok(gone);
  assert.equal(await openSignal(gone, 7, bytes), undefined);
  const grown = await enter(rest, await createAccount('dave'));
  assert.equal(await openSignal(memberAt(grown, 2), 7, before), undefined);
  assert.equal(await openSignal(memberAt(grown, 2), 7, bytes), undefined);
  assert.ok(await openSignal(memberAt(grown, 2), 7, await seal(grown, 1)));
});

test('a member with the key of all cannot say it in the name of another', async () => {
  const party = await gather('alice', 'bob', 'carol');
  const bob = memberAt(party, 1);
  // Carol's session with the number of bob's leaf: the key of the epoch is hers too, but not his signature.
  const forging = { ...memberAt(party, 2), leaf: bob.leaf };
  const { device } = party.accounts[2] ?? assert.fail();
  const random = new Uint8Array(randomBytes(12));
  const forged = await sealSignal(forging, device, { on: 7, body: body(1), random });
  assert.equal(members(memberAt(party, 0)).length, 3);
  assert.equal(await openSignal(memberAt(party, 0), 7, forged), undefined);
});
