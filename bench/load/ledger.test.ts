import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from './ledger.ts';

test('a message is done when its last listener has heard it', () => {
  const ledger = new Ledger(2, 4);
  assert.equal(ledger.say(1, 5, 2), 0);
  assert.equal(ledger.say(1, 6, 2), 1);
  assert.equal(ledger.heard(1, 0), 5);
  assert.deepEqual([ledger.underWay(1), ledger.outstanding()], [2, 3]);
  ledger.heard(1, 0);
  assert.deepEqual([ledger.underWay(1), ledger.advanced], [1, [1]]);
  ledger.heard(1, 1);
  ledger.heard(1, 1);
  assert.ok(ledger.settled());
});

test('it refuses more messages under way than it can hold, and holds that many again once they are done', () => {
  const ledger = new Ledger(1, 2);
  for (let turn = 0; turn < 5; turn++) {
    const first = ledger.say(0, 0, 1);
    ledger.say(0, 0, 1);
    assert.throws(() => ledger.say(0, 0, 1), /under way/);
    ledger.heard(0, first);
    ledger.heard(0, first + 1);
  }
  assert.throws(() => new Ledger(1, 3), RangeError);
});
