import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { harmless, harmlessLines } from './sanitize.ts';

test('escape sequences go as a whole', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a\u001B[31mred\u001B[0m', 'ared'],
    ['a\u009B31mred', 'ared'],
    ['a\u001B[2J\u001B[H', 'a'],
    ['\u001B[?1049h\u001B[>4;2m\u001B[1 q', ''],
    ['\u001B]0;title\u0007after', 'after'],
    ['\u001B]52;c;aGk=\u001B\\after', 'after'],
    ['\u009D8;;http://x\u009Clink', 'link'],
    ['\u001BPq#0\u001B\\after', 'after'],
    ['\u001Bcreset', 'reset'],
    ['\u001B(0lqk', 'lqk'],
    ['\u001B[31', '[31'],
    ['\u001B]0;never ended', ']0;never ended'],
    ['\u001B', ''],
    ['\u001B\u001B[31mx', 'x'],
  ];
  for (const [text, shown] of cases) assert.equal(harmless(text), shown, JSON.stringify(text));
});

test('controls, direction marks and what is not seen go, one by one', () => {
  for (let code = 0; code < 0x20; code++) {
    assert.equal(
      harmless(`a${String.fromCharCode(code)}b`),
      code === 9 || code === 10 ? 'a b' : code === 27 ? 'a' : 'ab',
    );
  }
  const marks =
    '\u00AD\u061C\u115F\u180E\u200B\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2060\u2066\u2067\u2068\u2069\u3164\uFEFF\uFFA0\uFFF9\uFFFB';
  for (const mark of `\u007F\u0085${marks}\u{E0001}\u{E0041}`) {
    assert.equal(harmless(`a${mark}b`), 'ab', `U+${mark.codePointAt(0)?.toString(16)}`);
  }
  assert.equal(harmless('a\u2028[bob] hi\u2029c'), 'a [bob] hi c');
  assert.equal(harmless('\uD800x'), 'x');
});

test('lines stay lines where there may be several, each of them harmless', () => {
  assert.equal(harmlessLines('a\n\u001B[2Jb\r\n\u202Ec\u2028d'), 'a\nb\nc d');
  assert.equal(harmless('a\n[bob] hi'), 'a [bob] hi');
});

test('what people write stays', () => {
  for (const text of [
    'naïve café — „quotes“',
    '👩‍👩‍👧‍👦 👍🏽 ❤️ 🏳️‍🌈',
    'می‌خواهم',
    'क्‍ष',
    '日本語 한국어',
    'שלום',
    'a\u0301\u0302',
    'C:\\path [bob] {x} ~',
    '\u00A0',
  ]) {
    assert.equal(harmless(text), text);
  }
});

test('nothing dangerous is left of any text, and cleaning twice is cleaning once', () => {
  const parts = fc.constantFrom(
    '\u001B',
    '[',
    ']',
    '0;',
    'm',
    '\u0007',
    '\u009B',
    '\u009C',
    '\u202E',
    '\n',
    '\r',
    'a',
    '\u001B\\',
    '\u0090',
  );
  const text = fc.oneof(
    fc.array(parts, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  fc.assert(
    fc.property(text, (text) => {
      const shown = harmless(text);
      assert.doesNotMatch(shown, /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      assert.equal(harmless(shown), shown);
    }),
    { numRuns: 3000 },
  );
});

test('long lines that are all beginnings of sequences are cleaned at once', () => {
  const before = process.cpuUsage();
  for (const part of [
    '\u001B[',
    '\u001B]',
    '\u001B[0;',
    '\u001B',
    '\u009D',
    '\u0090x',
    '\u202E',
    'x',
  ]) {
    harmless(part.repeat((512 * 1024) / part.length));
  }
  assert.ok(process.cpuUsage(before).user < 5_000_000);
});
