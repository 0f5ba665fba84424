import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPeers } from '../catalogue.ts';
import { personName } from '../dialect.ts';
import { fillerOf, mark, markBytes } from './payload.ts';
import { shapeOf } from './shapes.ts';

test('records that differ in length or form are refused', () => {
  assert.throws(() => shapeOf((sender, text) => `${'x'.repeat(sender)}${text}\n`, 3, 20), /differ/);
  assert.throws(() => shapeOf((sender, text) => `${sender}${text}\n`, 3, 20), /differ/);
});

test('the records of every peer have a shape, for short and for long payloads', async () => {
  const peers = await allPeers();
  assert.ok(peers.length >= 6);
  for (const { name, dialect } of peers) {
    if (dialect === undefined || dialect.isMute === true) continue;
    for (const bytes of [64, 400]) {
      const record = (sender: number, payload: string): string =>
        dialect.broadcastArrives(personName(sender), payload);
      const shape = shapeOf(record, 10, bytes);
      const expected = record(7, mark(7, 1234) + fillerOf(bytes));
      assert.equal(shape.length, expected.length);
      assert.ok(shape.matches(Buffer.from(`xx${expected}`, 'latin1'), 2, 7), name);
      for (let at = 0; at < expected.length; at++) {
        const damaged = Buffer.from(expected, 'latin1');
        damaged[at] = 0;
        const inMark = at >= shape.markAt && at < shape.markAt + markBytes;
        assert.equal(shape.matches(damaged, 0, 7), inMark, `${name} at ${at}`);
      }
      shapeOf(
        (sender, payload) => dialect.privateArrives(personName(sender), 'u00001', payload),
        10,
        bytes,
      );
    }
  }
});
