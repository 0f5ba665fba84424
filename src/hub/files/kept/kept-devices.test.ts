// Kept files of people who have several devices [13.8]: each of them can have a file, whichever takes it first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inShort } from '../../../../test/support/sealed-stage.ts';
import { alice, bob, carol, KeptStage } from '../../../../test/support/kept-stage.ts';

const phone = 6;

/** A file of alice for the group, where carol has it, and bob has a phone, too. */
function sent() {
  const kept = new KeptStage();
  const first = kept.world.person('bob');
  const second = first.adds('phone');
  kept.world.chain(bob);
  kept.world.account(phone, 'bob', true, second);
  kept.bring(alice, 'f', 100);
  assert.deepEqual(kept.say(alice, 'f'), ['SENT']);
  kept.request(carol, 'TAKEN', 'f');
  kept.clear();
  kept.world.clear(phone);
  return { kept, first, second };
}

test('[13.8] a file that one device has taken is there for the other, also after a restart', () => {
  const { kept, second } = sent();
  assert.deepEqual(inShort(kept.request(bob, 'TAKEN', 'f')), ['TAKEN']);
  // Again, as after a lost answer: it counts once.
  assert.deepEqual(inShort(kept.request(bob, 'TAKEN', 'f')), ['TAKEN']);
  assert.deepEqual(kept.stored, { f: 100 });
  const fetched = kept.request(phone, 'FETCH', 'f');
  assert.deepEqual([fetched, kept.plan.verb], [[], 'FETCH']);
  kept.restart();
  kept.world.account(phone, 'bob', true, second);
  assert.deepEqual(kept.files, { f: 100 });
  // Of the one that has it nothing is forgotten.
  assert.deepEqual(inShort(kept.request(phone, 'TAKEN', 'f')), ['TAKEN']);
  assert.deepEqual([kept.files, kept.stored], [{}, {}]);
});

test('[13.8] a device that is revoked is waited for no more', () => {
  const { kept, first, second } = sent();
  kept.request(bob, 'TAKEN', 'f');
  first.revokes(second);
  kept.world.chain(bob);
  assert.deepEqual([kept.files, kept.stored], [{}, {}]);
});

test('[13.8] what a device has taken that is revoked then is not taken by the others', () => {
  const { kept, first, second } = sent();
  kept.request(phone, 'TAKEN', 'f');
  first.revokes(second);
  kept.world.chain(bob);
  assert.deepEqual(kept.files, { f: 100 });
  kept.request(bob, 'TAKEN', 'f');
  assert.deepEqual(kept.files, {});
});
