import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { luminance, readAnswer } from './terminal-answers.ts';

const isLight = (colour: string, end = '\u001B\\'): boolean | undefined => {
  const answer = readAnswer(`\u001B]11;${colour}${end}`);
  return answer?.type === 'background' ? answer.isLight : undefined;
};

test('light and dark are told apart in every form of a colour', () => {
  const light = [
    'rgb:ffff/ffff/ffff',
    'rgb:f/f/f',
    'rgb:fd/f6/e3',
    'rgba:fff/fff/fff/0',
    '#ffffff',
    '#fff',
    '#FDF6E3',
  ];
  const dark = [
    'rgb:0000/0000/0000',
    'rgb:0/0/0',
    'rgb:00/2b/36',
    'rgba:1e1e/1e1e/1e1e/ffff',
    '#1c1c1c',
    '#000',
  ];
  for (const colour of light) assert.equal(isLight(colour), true, colour);
  for (const colour of dark) assert.equal(isLight(colour), false, colour);
  for (const end of ['\u0007', '\u009C']) assert.equal(isLight('rgb:ffff/ffff/ffff', end), true);
});

test('what is no colour is no answer', () => {
  for (const colour of [
    '?',
    '',
    'rgb:',
    'rgb:ffff/ffff',
    'rgb:fffff/0/0',
    'red',
    '#ffff',
    'rgb:g/0/0',
  ]) {
    assert.equal(isLight(colour), undefined, colour);
  }
  assert.equal(readAnswer('\u001B]11;rgb:0/0/0'), undefined);
  assert.equal(readAnswer('\u001B]10;rgb:0/0/0\u0007'), undefined);
  fc.assert(fc.property(fc.string(), (text) => assert.equal(readAnswer(text), undefined)));
});

test('what the terminal tells unasked', () => {
  assert.deepEqual(readAnswer('\u001B[?997;1n'), { type: 'background', isLight: false });
  assert.deepEqual(readAnswer('\u001B[?997;2n'), { type: 'background', isLight: true });
  assert.deepEqual(readAnswer('\u001B[?0u'), { type: 'keyboard' });
});

test('greys grow brighter, black is 0 and white 1', () => {
  assert.equal(luminance([0, 0, 0]), 0);
  assert.ok(Math.abs(luminance([1, 1, 1]) - 1) < 1e-9);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.9, noNaN: true }), (grey) => {
      assert.ok(luminance([grey, grey, grey]) < luminance([grey + 0.1, grey + 0.1, grey + 0.1]));
    }),
  );
});
