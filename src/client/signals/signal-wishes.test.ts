// What others may hear: until it is decided, over a start, and by what another device tells.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisionPorts, emptyBatch } from '../account/own/quiet/decisions.fixture.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import type { KeptValue } from '../store/store-port.ts';
import { maxWishes } from './limits.ts';
import { SignalWishes } from './signal-wishes.ts';

const tea = '#tea' as ConversationName;

function begun(values: readonly KeptValue[] = [], at = 1_000) {
  const { ports, kept, sent } = decisionPorts(values, () => at);
  const changed: string[] = [];
  const wishes = new SignalWishes({
    ...ports,
    changed: (subject) => void changed.push(subject),
  });
  return { wishes, kept, sent, changed };
}

test('what is decided is so after a start, and on the other devices', async () => {
  const { wishes, kept, sent, changed } = begun();
  assert.equal(wishes.of('receipts'), undefined);
  await wishes.set('receipts', true);
  await wishes.set(tea, true);
  await wishes.set(tea, false);
  assert.deepEqual(changed, ['receipts', '#tea', '#tea']);
  const again = begun(kept).wishes;
  assert.deepEqual(
    [again.of('receipts'), again.of(tea), again.of('typing')],
    [true, false, undefined],
  );
  // Whatever the order in which it comes.
  for (const told of [sent, sent.toReversed(), wishes.all]) {
    const other = begun([], 500).wishes;
    for (const [subject, body] of told) other.take(subject, body, emptyBatch());
    assert.deepEqual([other.of('receipts'), other.of(tea)], [true, false]);
  }
});

test('of two decisions of one moment the one that says less holds, on all devices', () => {
  for (const order of [
    [true, false],
    [false, true],
  ] as const) {
    const { wishes } = begun();
    for (const isOn of order) wishes.take('receipts', [isOn, 7], emptyBatch());
    assert.equal(wishes.of('receipts'), false);
  }
});

test('what makes no sense is passed over; of too many conversations the oldest is forgotten, never what holds for all', async () => {
  const { wishes } = begun([{ name: 'signal-wishes', value: '[["x"' }]);
  for (const body of [null, [true], [1, 2], [true, -1], [true, 1, 2]])
    wishes.take('typing', body, emptyBatch());
  assert.equal(wishes.of('typing'), undefined);
  await wishes.set('typing', false);
  for (let at = 0; at < maxWishes; at++) await wishes.set(`#g${at}` as ConversationName, true);
  assert.equal(wishes.of('typing'), false);
  assert.equal(wishes.of('#g0' as ConversationName), undefined);
  assert.equal(wishes.of('#g1' as ConversationName), true);
});
