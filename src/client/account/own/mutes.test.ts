// What is muted: until when, on which device, and what survives a start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTimers } from '../../../../test/support/fake-timers.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import type { KeptValue } from '../../store/store-port.ts';
import { maxMutes } from '../limits.ts';
import { Mutes } from './mutes.ts';
import { decisionPorts, emptyBatch } from './quiet/decisions.fixture.ts';

const [lobby, group] = ['lobby', '#loud'] as unknown as [ConversationName, ConversationName];

function begun(values: readonly KeptValue[] = [], at = 1_000) {
  const timers = new FakeTimers();
  const clock = { at };
  const { ports, kept, sent } = decisionPorts(values, () => clock.at);
  const changed: string[] = [];
  const mutes = new Mutes({
    ...ports,
    timers,
    changed: (name) => void changed.push(name),
  });
  const pass = (ms: number) => {
    clock.at += ms;
    timers.advance(ms);
  };
  return { mutes, kept, sent, changed, clock, pass };
}

test('a mute ends by itself, and says so', async () => {
  const { mutes, changed, pass } = begun();
  await mutes.set(lobby, 61_000);
  await mutes.set(group, Infinity);
  assert.deepEqual([mutes.until(lobby), mutes.until(group)], [61_000, Infinity]);
  pass(59_999);
  assert.deepEqual([mutes.until(lobby), changed], [61_000, ['lobby', '#loud']]);
  pass(1);
  assert.deepEqual([mutes.until(lobby), changed], [undefined, ['lobby', '#loud', 'lobby']]);
  // Longer than a timer can be.
  const month = 31 * 86_400_000;
  await mutes.set(lobby, 61_000 + month);
  pass(2 ** 31 - 1);
  pass(month - 2 ** 31);
  assert.equal(mutes.until(lobby), 61_000 + month);
  pass(1);
  assert.equal(mutes.until(lobby), undefined);
});

test('what is muted is so after a start, on the own disk and by what another device tells', async () => {
  const { mutes, kept, sent } = begun();
  await mutes.set(lobby, Infinity);
  await mutes.set(group, Infinity);
  await mutes.set(group, undefined);
  assert.deepEqual(begun(kept).mutes.muted, ['lobby']);
  const other = begun([], 500);
  for (const [name, body] of sent) other.mutes.take(name, body, emptyBatch());
  assert.deepEqual(other.mutes.muted, ['lobby']);
  const fresh = begun();
  for (const [name, body] of mutes.all) fresh.mutes.take(name, body, emptyBatch());
  assert.deepEqual(fresh.mutes.all, mutes.all);
  // A damaged value is none.
  assert.deepEqual(begun([{ name: 'mutes', value: '[["lobby"' }]).mutes.muted, []);
});

test('the latest decision holds, also where a clock is ahead, and words that make no sense are passed over', async () => {
  const { mutes, changed } = begun();
  const ahead = emptyBatch();
  mutes.take('lobby', [null, 9_000_000], ahead);
  assert.equal(ahead.changes.length, 1);
  for (const act of ahead.afterwards) act();
  assert.deepEqual([mutes.muted, changed], [['lobby'], ['lobby']]);
  for (const body of [null, [null], [-1, 2], ['a', 2], [null, 2, 3], [null, 8_999_999]]) {
    const passed = emptyBatch();
    mutes.take('lobby', body, passed);
    assert.deepEqual(passed.changes, [], JSON.stringify(body));
  }
  await mutes.set(lobby, undefined);
  assert.deepEqual(mutes.muted, []);
  // Two devices decide at one moment: all come to the same, whatever comes first.
  const [one, two] = [begun().mutes, begun().mutes];
  const decisions = [
    [5_000, 7],
    [null, 7],
    [0, 7],
  ];
  for (const body of decisions) one.take('lobby', body, emptyBatch());
  for (const body of decisions.toReversed()) two.take('lobby', body, emptyBatch());
  assert.deepEqual([one.all, two.all], [[['lobby', [null, 7]]], [['lobby', [null, 7]]]]);
});

test('of so many conversations it is remembered, the latest', () => {
  const { mutes } = begun();
  for (let n = 0; n <= maxMutes; n++) mutes.take(`#g${n}`, [null, n], emptyBatch());
  assert.deepEqual([mutes.muted.length, mutes.muted[0]], [maxMutes, '#g1']);
});
