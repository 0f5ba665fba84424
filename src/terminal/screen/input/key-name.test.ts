import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTyping, parseKeyName, shownKey } from './key-name.ts';
import { keyTable } from './key-table.ts';

test('keys are known as people write them', () => {
  const same: Readonly<Record<string, readonly string[]>> = {
    'ctrl+n': ['ctrl+n', 'Ctrl-N', 'C-n', 'control+n', ' ctrl+N '],
    'ctrl+alt+x': ['alt+ctrl+x', 'Ctrl-Alt-X', 'C-M-x'],
    pageUp: ['pageUp', 'PgUp', 'pageup', 'PGUP'],
    escape: ['esc', 'Esc', 'escape', 'ctrl+['],
    enter: ['return', 'Enter', 'ctrl+m'],
    'ctrl+-': ['ctrl+-', 'Ctrl-_', 'ctrl+/', 'Ctrl--'],
    'alt+-': ['alt+-', 'Alt--', 'M--'],
    'ctrl+space': ['ctrl+@', 'Ctrl-Space'],
    'alt+enter': ['alt+ctrl+m', 'Alt-Return'],
    f10: ['F10'],
    s: ['s', 'S'],
  };
  for (const [name, forms] of Object.entries(same)) {
    for (const form of forms) assert.equal(parseKeyName(form), name, form);
  }
});

test('what is no key is none', () => {
  for (const word of ['', 'ctrl', 'ctrl+', 'hyper+q', 'f13', 'nn', 'ctrl+nn', 'é', '+n']) {
    assert.equal(parseKeyName(word), undefined, word);
  }
});

test('a name that is shown is known again', () => {
  for (const { keys } of Object.values(keyTable)) {
    for (const key of keys) assert.equal(parseKeyName(shownKey(key)), key);
  }
  assert.equal(shownKey('ctrl+-'), 'Ctrl-_');
  assert.equal(shownKey('shift+pageUp'), 'Shift-PgUp');
  assert.equal(shownKey('alt++'), 'Alt-+');
  assert.equal(shownKey('s'), 's');
});

test('what types something is told from what does not', () => {
  for (const name of ['a', 'shift+a', 'space', '-', '+']) assert.equal(isTyping(name), true, name);
  for (const name of ['f1', 'tab', 'ctrl+a', 'alt+a']) assert.equal(isTyping(name), false, name);
});
