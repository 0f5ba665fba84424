import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { didYouMean, nearest, slipsBetween } from './suggest.ts';

test('a slip is a letter added, dropped, exchanged, or swapped with its neighbour', () => {
  assert.equal(slipsBetween('port', 'port'), 0);
  assert.equal(slipsBetween('prot', 'port'), 1);
  assert.equal(slipsBetween('por', 'port'), 1);
  assert.equal(slipsBetween('poort', 'port'), 1);
  assert.equal(slipsBetween('fort', 'port'), 1);
  assert.equal(slipsBetween('', 'port'), 4);
});

test('as many slips lead back as lead there, and never more than the longer word has letters', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (from, to) => {
      const slips = slipsBetween(from, to);
      assert.equal(slips, slipsBetween(to, from));
      assert.ok(slips <= Math.max(from.length, to.length));
      assert.equal(slips === 0, from === to);
    }),
  );
});

test('the nearest word is suggested, and none where none is near', () => {
  assert.equal(nearest('pong-timout', ['ping-interval', 'pong-timeout']), 'pong-timeout');
  assert.equal(nearest('colour', ['port', 'host']), undefined);
  assert.equal(nearest('xyz', []), undefined);
  assert.equal(didYouMean('sevre', ['serve', 'chat']), 'Did you mean serve?');
  assert.equal(didYouMean('zzz', ['serve', 'chat']), undefined);
});
