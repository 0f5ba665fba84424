import assert from 'node:assert/strict';
import { test } from 'node:test';
import { luminance } from '../input/terminal-answers.ts';
import { schemeFor, schemes, themeOf, type Role } from './theme.ts';

/** Common backgrounds: plain ones, and those of well-known palettes. */
const backgrounds = {
  dark: ['000000', '1e1e1e', '282c34', '002b36'],
  light: ['ffffff', 'f5f5f5', 'fdf6e3'],
} as const;

type Colour = readonly number[];

function ofHex(digits: string): Colour {
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16) / 255);
}

/** A colour of the 256, from those that are the same everywhere: the cube and the greys. */
function ofPalette(index: number): Colour {
  assert.ok(index >= 16 && index < 256, `${index} is one that people choose themselves`);
  if (index >= 232) return Array<number>(3).fill((8 + (index - 232) * 10) / 255);
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40) / 255;
  const cube = index - 16;
  return [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level);
}

/** WCAG 2: from 1, none, to 21, black on white. */
function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function foreOf(code: string): Colour | undefined {
  const [, index] = /38;5;(\d+)/.exec(code) ?? [];
  return index === undefined ? undefined : ofPalette(Number(index));
}

function backOf(code: string): Colour | undefined {
  const [, index] = /48;5;(\d+)/.exec(code) ?? [];
  return index === undefined ? undefined : ofPalette(Number(index));
}

for (const name of ['dark', 'light'] as const) {
  const { codes, names } = schemes[name];
  const behind = backgrounds[name].map(ofHex);

  test(`${name}: every role and every name can be read on what is behind it`, () => {
    for (const [role, code] of Object.entries(codes)) {
      const fore = foreOf(code);
      if (fore === undefined) continue;
      const own = backOf(code);
      // Lines are not text: for them WCAG asks for 3, on a background that the scheme is made for.
      const least = role === 'border' ? 3 : 4.5;
      for (const back of own === undefined ? behind : [own]) {
        assert.ok(contrast(fore, back) >= least, `${role}: ${contrast(fore, back).toFixed(2)}`);
      }
    }
    for (const code of names) {
      for (const back of behind) {
        const found = contrast(foreOf(code) ?? [], back);
        assert.ok(found >= 4.5, `${code}: ${found.toFixed(2)}`);
      }
    }
    assert.equal(new Set(names).size, names.length);
  });

  test(`${name}: an alarm can be read on the bar that it is drawn on`, () => {
    const bar = backOf(codes.bar ?? '') ?? [];
    assert.ok(contrast(foreOf(codes.warning ?? '') ?? [], bar) >= 4.5);
  });
}

test('without colours there are none, and with 16 none of the terminal that nobody can read', () => {
  for (const code of [...Object.values(schemes.none.codes), ...schemes.none.names]) {
    assert.doesNotMatch(code, /[349]\d/);
  }
  for (const code of [...Object.values(schemes[16].codes), ...schemes[16].names]) {
    assert.doesNotMatch(code, /3[348]|4\d/);
  }
});

test('roles that mean something look different from text in every scheme', () => {
  const meaning: readonly Role[] = ['unread', 'mention', 'warning', 'chosen', 'bar', 'key'];
  for (const name of ['dark', 'light', '16', 'none'] as const) {
    for (const role of meaning) assert.notEqual(themeOf(name).paint(role, 'x'), 'x', role);
  }
});

test('what the variables of the terminal tell', () => {
  const is = (env: Readonly<Record<string, string>>): string => schemeFor(env);
  assert.equal(is({ TERM: 'xterm-256color' }), 'dark');
  assert.equal(is({ TERM: 'xterm-256color', NO_COLOR: '1' }), 'none');
  assert.equal(is({ TERM: 'xterm-256color', NO_COLOR: '' }), 'dark');
  assert.equal(is({ TERM: 'xterm' }), '16');
  assert.equal(is({ TERM: 'linux' }), '16');
  assert.equal(is({ TERM: 'xterm', COLORTERM: 'truecolor' }), 'dark');
  assert.equal(is({ TERM: 'xterm', FORCE_COLOR: '2' }), 'dark');
  assert.equal(is({ TERM: 'xterm', FORCE_COLOR: '1', NO_COLOR: '1' }), '16');
  assert.equal(is({ TERM: 'xterm-256color', FORCE_COLOR: '0' }), 'none');
  assert.equal(is({ TERM: 'rxvt-256color', COLORFGBG: '0;15' }), 'light');
  assert.equal(is({ TERM: 'rxvt-256color', COLORFGBG: '15;default;0' }), 'dark');
});
