import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatWelcome, parseWelcome } from './features.ts';

test('[7.1] what a welcome announces comes back, with the text before it', () => {
  const word = fc.stringMatching(/^[a-z\d-]{1,8}$/);
  fc.assert(
    fc.property(fc.string(), fc.array(word), (text, words) => {
      const parsed = parseWelcome(formatWelcome(text, words));
      if (words.length === 0) return;
      assert.deepEqual(parsed, { text, features: new Set(words) });
    }),
  );
});

test('[7.1] a welcome without a mark announces nothing', () => {
  for (const text of [
    'Welcome',
    '',
    '[helo: ]',
    'hi [helo:files]',
    'hi [helo: files] there',
    'hi[helo: files]',
    'hi [helo:  files]',
    'hi [helo: FILES]',
  ]) {
    assert.deepEqual(parseWelcome(text), { text, features: new Set() }, text);
  }
});

test('[7.1] only the last mark counts, so that a text cannot pass for one', () => {
  const parsed = parseWelcome(formatWelcome('hi [helo: everything]', ['files']));
  assert.deepEqual(parsed, { text: 'hi [helo: everything]', features: new Set(['files']) });
});
