import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOrOff, daysOrOff, kinds } from './history-flags.ts';

const read = (text: string) => {
  const keep = kinds(text, '/');
  return keep.ok ? keep.value : keep.error;
};

test('kinds of conversations: all, none, or some', () => {
  assert.deepEqual(read('on'), { lobby: true, groups: true, direct: true });
  assert.deepEqual(read('off'), { lobby: false, groups: false, direct: false });
  assert.deepEqual(read('groups'), { lobby: false, groups: true, direct: false });
  assert.deepEqual(read('direct,lobby'), { lobby: true, groups: false, direct: true });
  for (const text of ['', 'lobby,', 'Lobby', 'lobby groups', 'on,lobby', 'all']) {
    assert.equal(read(text), 'on, off, or some of lobby,groups,direct with commas between them');
  }
});

test('a count in its range, or off', () => {
  const decode = countOrOff(1, 365);
  assert.deepEqual(decode('off', '/'), { ok: true, value: undefined });
  assert.deepEqual(decode('365', '/'), { ok: true, value: 365 });
  for (const text of ['0', '366', '-1', '1.5', '', 'of', '0x10', '1e2']) {
    assert.equal(decode(text, '/').ok, false, text);
  }
});

test('days, or none: 0 and off are the same', () => {
  const decode = daysOrOff(365);
  assert.deepEqual(decode('14', '/'), { ok: true, value: 14 });
  for (const none of ['0', 'off']) {
    assert.deepEqual(decode(none, '/'), { ok: true, value: undefined });
  }
  for (const text of ['366', '-1', '1.5', '']) assert.equal(decode(text, '/').ok, false, text);
});
