import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Transfer } from '../../../client/files/transfer.ts';
import { themeOf } from './theme.ts';
import { transferRow } from './transfer-rows.ts';

const half = {
  number: 1,
  direction: 'incoming',
  peer: 'alice',
  name: 'notes.txt',
  size: 1000,
  doneBytes: 500,
  bytesPerSecond: undefined,
  state: { phase: 'moving' },
} as unknown as Transfer;

test('a bar says how far a file is, and words say it too', () => {
  const row = transferRow(half, { width: 78, theme: themeOf('none'), hasBars: true });
  assert.match(row, /█+.*░+/);
  assert.match(row, /50 % of 1\.0 kB/);
});

test('where nothing is to move, words say it alone', () => {
  const row = transferRow(half, { width: 78, theme: themeOf('none'), hasBars: false });
  assert.doesNotMatch(row, /[█░]/);
  assert.match(row, /notes\.txt {2}.*50 % of 1\.0 kB/);
});
