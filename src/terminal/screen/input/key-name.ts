// The names of keys: as people write them, as the tables have them (`ctrl+alt+n`), as they are shown (`Ctrl-Alt-N`). Of
// the terminal's bytes it knows only which keys a terminal cannot distinguish.

const modifiers: Readonly<Record<string, 'ctrl' | 'alt' | 'shift' | 'super'>> = {
  ctrl: 'ctrl',
  control: 'ctrl',
  c: 'ctrl',
  alt: 'alt',
  meta: 'alt',
  option: 'alt',
  m: 'alt',
  shift: 'shift',
  s: 'shift',
  super: 'super',
};
const order = ['ctrl', 'alt', 'shift', 'super'] as const;

/** Keys by their possible spellings. The values are the names. */
const named: Readonly<Record<string, string>> = {
  esc: 'escape',
  return: 'enter',
  del: 'delete',
  ins: 'insert',
  bs: 'backspace',
  pgup: 'pageUp',
  pageup: 'pageUp',
  pgdn: 'pageDown',
  pgdown: 'pageDown',
  pagedown: 'pageDown',
  ...Object.fromEntries(
    'enter escape tab space backspace delete insert home end up down left right'
      .split(' ')
      .map((name) => [name, name]),
  ),
  ...Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`f${at + 1}`, `f${at + 1}`])),
};

/** There are few control characters: with Ctrl, these keys send the same as another key, with or without Ctrl. */
const withoutCtrl: Readonly<Record<string, string>> = {
  i: 'tab',
  m: 'enter',
  '[': 'escape',
  h: 'backspace',
  '?': 'backspace',
};
const withCtrl: Readonly<Record<string, string>> = { _: '-', '/': '-', '@': 'space' };

/** The name of a key that a person writes as `ctrl+n`, `Ctrl-N` or `C-n`. Undefined if it is not a key. */
export function parseKeyName(written: string): string | undefined {
  const held = new Set<string>();
  let rest = written.trim();
  for (;;) {
    const [whole = '', word = ''] = /^([a-z]+)[+-](?=.)/i.exec(rest) ?? [];
    const modifier = modifiers[word.toLowerCase()];
    if (modifier === undefined) break;
    held.add(modifier);
    rest = rest.slice(whole.length);
  }
  let key = /^[!-~]$/.test(rest) ? rest.toLowerCase() : named[rest.toLowerCase()];
  if (key === undefined) return undefined;
  const alone = withoutCtrl[key];
  if (held.has('ctrl') && alone !== undefined) {
    held.delete('ctrl');
    key = alone;
  }
  if (held.has('ctrl')) key = withCtrl[key] ?? key;
  return [...order.filter((modifier) => held.has(modifier)), key].join('+');
}

/** Whether the key types something where text is written, so that it cannot have another action. */
export function isTyping(name: string): boolean {
  return /^(?:shift\+)?(?:[!-~]|space)$/.test(name);
}

const shownNames: Readonly<Record<string, string>> = {
  pageUp: 'PgUp',
  pageDown: 'PgDn',
  escape: 'Esc',
  // Keyboards show the latter, terminals send the former.
  'ctrl+-': 'Ctrl-_',
};

/** `ctrl+n` as people write it: `Ctrl-N`. */
export function shownKey(name: string): string {
  const known = shownNames[name];
  if (known !== undefined) return known;
  // A single letter is shown as it is.
  if (name.length === 1) return name;
  const [, held = '', key = ''] = /^((?:\w+\+)*)(.+)$/.exec(name) ?? [];
  const parts = [...held.split('+').filter((part) => part !== ''), key];
  return parts.map((part) => shownNames[part] ?? capital(part)).join('-');
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
