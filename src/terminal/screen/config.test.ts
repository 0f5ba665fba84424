import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig, readConfig } from './config.ts';
import { bindKeys, keyTable } from './key-table.ts';

test('nothing asked for is everything as it comes, and no key does two things', () => {
  assert.deepEqual(readConfig({}), { ...defaultConfig });
  const keys = Object.values(keyTable).flatMap((row) => row.keys);
  assert.equal(new Set(keys).size, keys.length);
});

test('keys and preferences are what the file says', () => {
  const { preferences, keys, faults } = readConfig({
    screen: { theme: 'light', mouse: true },
    keys: { next: ['f5', 'alt+right'], suspend: [] },
  });
  assert.deepEqual(faults, []);
  assert.equal(preferences.theme, 'light');
  assert.equal(preferences.mouse, 'on');
  const bound = bindKeys(keys);
  assert.equal(bound.get('f5'), 'next');
  assert.equal(bound.get('alt+right'), 'next');
  assert.equal(bound.has('ctrl+n'), false);
  assert.equal(bound.has('ctrl+z'), false);
});

test('a key that is taken goes to what the person asked for, and is told', () => {
  const { keys, faults } = readConfig({ keys: { next: 'ctrl+p' } });
  assert.equal(bindKeys(keys).get('ctrl+p'), 'next');
  assert.deepEqual(faults, ['ctrl+p is both next and previous; it is next']);
});

test('what is wrong is told, and the rest holds', () => {
  const { preferences, keys, faults } = readConfig({
    screen: { theme: 'pink', notfy: 'bell', people: 'hidden' },
    keys: { nxet: 'f5', next: 'x', previous: 'hyper+q' },
    colours: {},
  });
  assert.equal(preferences.people, 'hidden');
  assert.equal(preferences.theme, 'auto');
  assert.deepEqual(keys.next.keys, []);
  assert.equal(faults.length, 6);
  assert.match(faults.join('\n'), /theme is one of/);
  assert.match(faults.join('\n'), /Did you mean notify/);
  assert.match(faults.join('\n'), /did you mean next/);
  assert.match(faults.join('\n'), /x types something/);
  assert.match(faults.join('\n'), /hyper\+q is no key/);
  assert.match(faults.join('\n'), /no section \[colours\]/);
});
