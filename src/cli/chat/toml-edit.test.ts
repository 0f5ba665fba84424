import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { withTomlValue } from './toml-edit.ts';

const theme = (value: string) => ({ section: 'screen', name: 'theme', value });

function edited(text: string, value = 'light'): string {
  const made = withTomlValue(text, theme(value));
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

test('one value changes where it stands, in every way of writing it', () => {
  const forms: readonly (readonly [before: string, after: string])[] = [
    ['[screen]\ntheme = "dark"\n', '[screen]\ntheme = "light"\n'],
    ['[screen]\ntheme="dark" # my eyes\n', '[screen]\ntheme="light" # my eyes\n'],
    ["[ screen ] # how\r\n  theme = 'dark'\r\n", '[ screen ] # how\r\n  theme = "light"\r\n'],
    ['["screen"]\n"theme" = true', '["screen"]\n"theme" = "light"'],
    [
      '[screen]\ntheme = """dark"""\n',
      '[screen]\ntheme = """dark"""\n'.replace(/"""dark"""/, '"light"'),
    ],
    ['screen.theme = "dark"\n', 'screen.theme = "light"\n'],
    ['screen . "theme" = "dark"\n', 'screen . "theme" = "light"\n'],
    ['screen = {theme="dark", mouse = true}\n', 'screen = {theme="light", mouse = true}\n'],
    ['screen = { mouse = true , theme = 5 }', 'screen = { mouse = true , theme = "light" }'],
  ];
  for (const [before, after] of forms) assert.equal(edited(before), after);
});

test('where there is none it is added where it belongs', () => {
  const forms: readonly (readonly [before: string, after: string])[] = [
    ['', '[screen]\ntheme = "light"\n'],
    ['# mine\n', '# mine\n\n[screen]\ntheme = "light"\n'],
    ['[keys]\nnext = "f5"', '[keys]\nnext = "f5"\n\n[screen]\ntheme = "light"\n'],
    [
      '[screen]\n# by night\nmouse = true\n\n# mine\n[keys]\n',
      '[screen]\n# by night\nmouse = true\ntheme = "light"\n\n# mine\n[keys]\n',
    ],
    ['[screen]\n\n[keys]\n', '[screen]\ntheme = "light"\n\n[keys]\n'],
    ['[screen]', '[screen]\ntheme = "light"'],
    ['[screen]\r\nmouse = true', '[screen]\r\nmouse = true\r\ntheme = "light"'],
    ['screen = {}\n', 'screen = { theme = "light" }\n'],
    ['screen = { mouse = true }\n', 'screen = { theme = "light", mouse = true }\n'],
    ['screen.mouse = true\n[keys]\n', 'screen.mouse = true\nscreen.theme = "light"\n[keys]\n'],
    // It looks as if the table ended inside the text.
    [
      '[screen]\nmouse = """\n[keys]\n"""\n',
      '[screen]\ntheme = "light"\nmouse = """\n[keys]\n"""\n',
    ],
  ];
  for (const [before, after] of forms) assert.equal(edited(before), after);
});

test('what stands elsewhere under the same name is left alone', () => {
  const before =
    '# theme = "old"\n[other]\ntheme = "a"\n[screen]\nnote = "theme = 5"\ntheme = "b"\n[third]\ntheme = "c"\n';
  assert.equal(edited(before), before.replace('"b"', '"light"'));
});

test('nothing is written where it says so already', () => {
  const text = "[screen]\ntheme = 'light' # so\n";
  assert.equal(edited(text), text);
});

test('what cannot be changed safely is not', () => {
  const wrong = [
    '[screen',
    'screen = 5\n',
    'screen = [1]\n',
    '[[screen]]\n',
    '[screen]\ntheme = ["dark"]\n',
    '[screen]\ntheme = { name = "dark" }\n',
    '[screen]\n"th\\u0065me" = "dark"\n',
    '["scr\\u0065en"]\nmouse = true\n',
    `# ${'x'.repeat(300_000)}`,
  ];
  for (const text of wrong) assert.equal(withTomlValue(text, theme('light')).ok, false, text);
});

test('of any file, that one value changes, and not a line more', () => {
  const word = fc.constantFrom('theme', 'mouse', 'people', 'a', 'screen', 'keys', 'x-y');
  const quote = (text: string, how: number): string =>
    how === 0 ? text : how === 1 ? `"${text}"` : `'${text}'`;
  const key = fc.tuple(word, fc.nat(2)).map(([text, how]) => quote(text, how));
  const value = fc.constantFrom(
    '"dark"',
    "'auto'",
    'true',
    '5',
    '1979-05-27T07:32:00Z',
    '["ctrl+n", # yes\n "f5"]',
    '{ a = 1, theme = "x" }',
    '"""two\n[screen]\ntheme = 1\n"""',
    "'''# no\ntheme = \"y\"'''",
    '"a # b"',
    'inf',
  );
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(key, value).map(([name, text]) => `${name} = ${text}`) },
    {
      weight: 2,
      arbitrary: fc.tuple(key, key, value).map(([a, b, text]) => `${a} .${b}= ${text} # dotted`),
    },
    { weight: 2, arbitrary: fc.constantFrom('', '  ', '# theme = "no"', '  # [screen]') },
    { weight: 3, arbitrary: fc.constantFrom('[screen]', ' [ "screen" ] # it', '[keys]', '[a.b]') },
    { weight: 1, arbitrary: fc.constantFrom('screen = {}', 'screen = { mouse = true }') },
    { weight: 1, arbitrary: fc.constantFrom('[[list]]', '[screen.more]') },
  );
  const file = fc
    .tuple(fc.array(line, { maxLength: 10 }), fc.boolean(), fc.boolean())
    .map(([lines, isWindows, hasEnd]) => {
      const text = lines.join('\n') + (hasEnd ? '\n' : '');
      return isWindows ? text.replaceAll('\n', '\r\n') : text;
    })
    .filter((text) => isToml(text));
  let done = 0;
  fc.assert(
    fc.property(file, fc.constantFrom('light', 'dark', '16'), (text, wanted) => {
      const made = withTomlValue(text, theme(wanted));
      if (!made.ok) return;
      done += 1;
      const after = parse(made.value);
      assert.equal((after['screen'] as Record<string, unknown>)['theme'], wanted);
      // Without the value, both are the same.
      assert.deepEqual(without(after), without(parse(text)));
      // Every line stays as it was, except the lines of the value.
      const lines = text.split(/\r?\n/);
      const others = made.value.split(/\r?\n/);
      const lost = lines.filter((each) => !others.includes(each)).length;
      assert.ok(lost <= (/"{3}|'{3}/.test(text) ? 5 : 1), JSON.stringify([text, made.value]));
      assert.ok(others.length - lines.length <= 4);
      assert.equal(/[^\r]\n/.test(made.value) && made.value.includes('\r\n'), false);
    }),
    { numRuns: 2000 },
  );
  assert.ok(done > 500, `${done}`);
});

function isToml(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

function without(table: Readonly<Record<string, unknown>>): unknown {
  const { theme: _, ...screen } = (table['screen'] ?? {}) as Record<string, unknown>;
  return JSON.parse(
    JSON.stringify({ ...table, screen }, (__, value) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
  );
}
