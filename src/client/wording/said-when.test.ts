import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMoment } from './said-when.ts';

const at = (text: string) => new Date(text).getTime();
// A Wednesday.
const now = at('2026-11-25T12:00:00');

test('a moment is read as a person writes it, in local time', () => {
  const forms = [
    ['2026-11-01', '2026-11-01T00:00:00'],
    ['2026-11-01 14:30', '2026-11-01T14:30:00'],
    ['2026-11-01T9:05', '2026-11-01T09:05:00'],
    ['today', '2026-11-25T00:00:00'],
    ['Yesterday', '2026-11-24T00:00:00'],
    ['yesterday 8:00', '2026-11-24T08:00:00'],
    ['monday', '2026-11-23T00:00:00'],
    ['thu', '2026-11-19T00:00:00'],
    ['wednesday', '2026-11-25T00:00:00'],
    ['11:59', '2026-11-25T11:59:00'],
    ['12:01', '2026-11-24T12:01:00'],
    ['2h', '2026-11-25T10:00:00'],
  ] as const;
  for (const [typed, meant] of forms) assert.equal(parseMoment(typed, now), at(meant), typed);
});

test('what is no moment is none', () => {
  for (const typed of [
    '',
    ' ',
    'hello',
    '2026-02-30',
    '2026-13-01',
    '25:00',
    '12:60',
    '1x',
    '2026',
    'monday evening',
  ])
    assert.equal(parseMoment(typed, now), undefined, typed);
});
