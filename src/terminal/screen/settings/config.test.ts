import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultConfig, readConfig } from './config.ts';
import { Bindings } from '../input/bindings.ts';
import { parseKeyName } from '../input/key-name.ts';
import { keySections, keyTable } from '../input/key-table.ts';

test('nothing asked for is everything as it comes, and no key does two things in one place', () => {
  assert.deepEqual(readConfig({}), { ...defaultConfig });
  assert.deepEqual(readConfig({ keys: {} }), { ...defaultConfig });
  for (const place of ['screen', 'list', 'paste', 'message']) {
    const actions = keySections.filter((section) => section.place === place);
    const keys = actions.flatMap((section) =>
      section.actions.flatMap((name) => keyTable[name].keys),
    );
    assert.equal(new Set(keys).size, keys.length);
    for (const key of keys) assert.equal(parseKeyName(key), key);
  }
});

test('every action of the table is in one section of the help', () => {
  const shown = keySections.flatMap(({ actions }) => actions);
  assert.deepEqual([...shown].sort(), Object.keys(keyTable).sort());
});

test('keys and preferences are what the file says', () => {
  const { preferences, keys, faults } = readConfig({
    screen: { theme: 'light', mouse: true },
    keys: { next: ['f5', 'alt+pgdn'], suspend: [], 'delete-word-back': 'Ctrl-X' },
  });
  assert.deepEqual(faults, []);
  assert.equal(preferences.theme, 'light');
  assert.equal(preferences.mouse, 'on');
  const bindings = new Bindings(keys);
  assert.equal(bindings.meaning('f5'), 'next');
  assert.equal(bindings.meaning('alt+pageUp'), undefined);
  assert.equal(bindings.meaning('alt+pageDown'), 'next');
  assert.equal(bindings.meaning('ctrl+n'), undefined);
  assert.equal(bindings.meaning('ctrl+z'), undefined);
  assert.equal(bindings.meaning('ctrl+x'), 'delete-word-back');
  assert.equal(bindings.meaning('ctrl+w'), undefined);
  assert.equal(bindings.words('suspend'), '(no key)');
  assert.equal(bindings.words('next'), 'F5, Alt-PgDn');
});

test('a key that is taken goes to what the person asked for, and is told', () => {
  const { keys, faults } = readConfig({ keys: { next: 'ctrl+p', undo: 'ctrl+a' } });
  assert.equal(new Bindings(keys).meaning('ctrl+p'), 'next');
  assert.deepEqual(faults, [
    'Ctrl-P is both next and previous; it is next',
    'Ctrl-A is both undo and line-start; it is undo',
  ]);
  // If the action that lost its key gets another one, there is no conflict.
  const told = readConfig({ keys: { next: 'ctrl+p', previous: 'alt+left' } });
  assert.deepEqual(told.faults, []);
  const both = readConfig({ keys: { next: 'f5', previous: ['F5', 'f6'] } });
  assert.deepEqual(both.faults, ['F5 is both next and previous; it is next']);
  assert.equal(new Bindings(both.keys).meaning('f6'), 'previous');
});

test('without the defaults there is nothing but what the person asked for', () => {
  const { keys, faults } = readConfig({ keys: { defaults: false, send: 'enter', up: 'ctrl+p' } });
  assert.deepEqual(faults, []);
  const bound = Object.entries(keys).filter(([, row]) => row.keys.length > 0);
  assert.deepEqual(
    bound.map(([action]) => action),
    ['send', 'up'],
  );
  assert.equal(readConfig({ keys: { defaults: 'no' } }).faults.length, 1);
  assert.deepEqual(readConfig({ keys: { defaults: true } }).keys, defaultConfig.keys);
});

test('a key does another thing in a list, a question, and the text', () => {
  const bindings = new Bindings(defaultConfig.keys);
  assert.equal(bindings.meaning('enter'), 'send');
  assert.equal(bindings.meaning('enter', 'list'), 'list-choose');
  assert.equal(bindings.meaning('enter', 'paste'), 'paste-edit');
  assert.equal(bindings.meaning('ctrl+u', 'list'), 'delete-to-start');
  assert.equal(bindings.meaning('s'), undefined);
  assert.equal(bindings.meaning('s', 'paste'), 'paste-send');
  const { keys, faults } = readConfig({ keys: { 'paste-send': 'y', 'list-up': 'k' } });
  assert.equal(new Bindings(keys).meaning('y', 'paste'), 'paste-send');
  assert.deepEqual(faults, ["k types something, and can't be bound alone"]);
});

test('with the lock for capitals on, Alt and a letter is what it is without', () => {
  const bindings = new Bindings(defaultConfig.keys);
  assert.equal(bindings.meaning('alt+shift+a'), 'next-unread');
  const { keys } = readConfig({ keys: { undo: 'alt+shift+a' } });
  assert.equal(new Bindings(keys).meaning('alt+shift+a'), 'undo');
});

test('what is wrong is told, and the rest holds', () => {
  const { preferences, keys, faults } = readConfig({
    screen: { theme: 'pink', notfy: 'bell', people: 'hidden' },
    keys: { nxet: 'f5', next: 'x', previous: 'hyper+q' },
    colours: {},
    mouse: 'on',
    help: 'f2',
    colour: 'red',
  });
  assert.equal(preferences.people, 'hidden');
  assert.equal(preferences.theme, 'auto');
  assert.deepEqual(keys.next.keys, []);
  assert.equal(faults.length, 9);
  assert.match(faults.join('\n'), /theme is one of/);
  assert.match(faults.join('\n'), /Did you mean notify/);
  assert.match(faults.join('\n'), /did you mean next/);
  assert.match(faults.join('\n'), /x types something/);
  assert.match(faults.join('\n'), /hyper\+q is no key/);
  assert.match(faults.join('\n'), /no section \[colours\]/);
  assert.match(faults.join('\n'), /mouse belongs under \[screen\]/);
  assert.match(faults.join('\n'), /help belongs under \[keys\]/);
  assert.match(faults.join('\n'), /there is no colour; /);
});
