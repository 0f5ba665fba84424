import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputReader, typedBy, type TerminalInput } from './input-reader.ts';

function read(...chunks: readonly string[]): TerminalInput[] {
  const receive: TerminalInput[] = [];
  const reader = new InputReader((input) => receive.push(input));
  for (const chunk of chunks) reader.push(chunk);
  reader.close();
  return receive;
}

function names(raw: string): readonly (string | undefined)[] {
  return read(raw).map((input) => (input.type === 'key' ? input.name : input.type));
}

test('keys have the names of the table, from whatever terminal', () => {
  const sent: Readonly<Record<string, readonly string[]>> = {
    'alt+b': ['\u001Bb', '\u001B[98;3u'],
    'alt+n': ['\u001Bn'],
    'alt+up': ['\u001B[1;3A'],
    'alt+left': ['\u001B[1;3D'],
    'ctrl+left': ['\u001B[1;5D', '\u001BOd'],
    'alt+0': ['\u001B0'],
    'alt+shift+a': ['\u001BA'],
    'ctrl+j': ['\n'],
    'ctrl+-': ['\u001F'],
    'ctrl+alt+]': ['\u001B\u001D'],
    'shift+enter': ['\u001B[13;2u', '\u001B[27;2;13~'],
    'shift+tab': ['\u001B[Z'],
    'ctrl+home': ['\u001B[1;5H', '\u001B[7^', '\u001B[1;5~'],
    home: ['\u001B[H', '\u001BOH', '\u001B[1~', '\u001B[7~'],
    end: ['\u001B[F', '\u001BOF', '\u001B[4~', '\u001B[8~'],
    'shift+end': ['\u001B[1;2F', '\u001B[8$'],
    delete: ['\u001B[3~'],
    insert: ['\u001B[2~'],
    pageUp: ['\u001B[5~', '\u001B[[5~'],
    up: ['\u001B[A', '\u001BOA'],
    'ctrl+up': ['\u001B[1;5A', '\u001BOa'],
    'shift+up': ['\u001B[1;2A', '\u001B[a'],
    f1: ['\u001BOP', '\u001B[11~', '\u001B[[A'],
    f4: ['\u001BOS', '\u001B[14~', '\u001B[[D'],
    backspace: ['\u007F', '\u0008'],
    'shift+f5': ['\u001B[15;2~'],
    'ctrl+f1': ['\u001B[1;5P'],
    'ctrl+alt+f12': ['\u001B[24;7~'],
    f5: ['\u001B[15~', '\u001B[[E'],
    tab: ['\t'],
    enter: ['\r'],
  };
  for (const [name, forms] of Object.entries(sent)) {
    for (const form of forms) assert.deepEqual(names(form), [name], JSON.stringify(form));
  }
});

test('what a key types is a character, and never a code', () => {
  assert.equal(typedBy('a'), 'a');
  assert.equal(typedBy('é'), 'é');
  assert.equal(typedBy('\u001B[97;2u'), 'a');
  for (const raw of ['\u007F', '\u0001', '\u009B', '\u001B[97;5u', '\u001B[15~']) {
    assert.equal(typedBy(raw), undefined, JSON.stringify(raw));
  }
});

test('an answer behind an Escape that was taken for a key is no text', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const receive: TerminalInput[] = [];
  const reader = new InputReader((input) => receive.push(input));
  reader.push('\u001B');
  t.mock.timers.tick(10);
  // No other timer runs in between: both were read at once.
  reader.push(']11;rgb');
  reader.push(':0/0/0\u001B');
  reader.push('\\x');
  assert.deepEqual(receive, [
    { type: 'key', name: 'escape', raw: '\u001B' },
    { type: 'background', isLight: false },
    { type: 'key', name: 'x', raw: 'x' },
  ]);
});

test('a paste in pieces is one, whatever is in it', () => {
  const receive = read('\u001B[20', '0~one\n\u001B', '[A two\u001B[2', '01~x');
  assert.deepEqual(receive, [
    { type: 'paste', text: 'one\n\u001B[A two' },
    { type: 'key', name: 'x', raw: 'x' },
  ]);
});
