// How things look: a role for everything that is drawn, and for each scheme the codes of the roles. Meaning never
// depends on a colour alone: everything important has a word or a shape too.

import type { SpanStyle } from '../../../client/markup/markup.ts';

export type Role =
  | 'text'
  | 'dim'
  | 'strong'
  | 'bar'
  | 'border'
  | 'chosen'
  | 'unread'
  | 'mention'
  | 'good'
  | 'warning'
  | 'own'
  | 'link'
  | 'key'
  | SpanStyle;

export const schemeNames = ['dark', 'light', '16', 'none'] as const;
export type SchemeName = (typeof schemeNames)[number];

export interface Scheme {
  readonly codes: Readonly<Partial<Record<Role, string>>>;
  /** For people's names. */
  readonly names: readonly string[];
}

const fore = (color: number): string => `38;5;${color}`;

/** The codes of each role and each name. */
export const schemes: Readonly<Record<SchemeName, Scheme>> = {
  dark: {
    codes: {
      dim: fore(247),
      strong: '1',
      bar: `48;5;236;${fore(252)}`,
      border: fore(243),
      chosen: `48;5;238;1;${fore(255)}`,
      unread: `1;${fore(255)}`,
      mention: `1;${fore(214)}`,
      good: fore(114),
      warning: `1;${fore(214)}`,
      own: fore(250),
      link: `4;${fore(111)}`,
      key: `1;${fore(117)}`,
      emphasis: '3',
      struck: '9',
      code: `48;5;236;${fore(252)}`,
    },
    names: [75, 114, 180, 176, 79, 209, 147, 149, 174, 110, 186, 139].map(fore),
  },
  light: {
    codes: {
      dim: fore(241),
      strong: '1',
      bar: `48;5;253;${fore(236)}`,
      border: fore(245),
      chosen: `48;5;252;1;${fore(232)}`,
      unread: `1;${fore(232)}`,
      mention: `1;${fore(94)}`,
      good: fore(22),
      warning: `1;${fore(124)}`,
      own: fore(238),
      link: `4;${fore(25)}`,
      key: `1;${fore(25)}`,
      emphasis: '3',
      struck: '9',
      code: `48;5;254;${fore(235)}`,
    },
    names: [25, 22, 94, 90, 23, 88, 61, 54, 125, 127, 58, 96].map(fore),
  },
  // The terminal defines how these 16 look, and the background: yellow is unreadable on white, and blue on black.
  16: {
    codes: {
      dim: '2',
      strong: '1',
      bar: '7',
      border: '2',
      chosen: '7;1',
      unread: '1',
      mention: '1;35',
      good: '32',
      warning: '1;31',
      link: '4',
      key: '1',
      emphasis: '3',
      struck: '9',
      code: '7',
    },
    names: ['36', '32', '35', '1;36', '1;32'],
  },
  none: {
    codes: {
      dim: '2',
      strong: '1',
      bar: '7',
      chosen: '7',
      unread: '1',
      mention: '1',
      warning: '1',
      link: '4',
      key: '1',
      emphasis: '3',
      struck: '9',
      code: '7',
    },
    names: [],
  },
};

const reset = '\u001B[0m';

export interface Theme {
  readonly name: SchemeName;
  paint(role: Role, text: string): string;
  /** In several roles at once. */
  paintAll(roles: readonly Role[], text: string): string;
  /** A person's name, always in the same colour. */
  person(name: string, text: string): string;
}

/** The theme of that name. */
export function themeOf(name: SchemeName): Theme {
  const { codes, names } = schemes[name];
  const inCode = (code: string | undefined, text: string): string =>
    code === undefined || text === '' ? text : `\u001B[${code}m${text}${reset}`;
  return {
    name,
    paint: (role, text) => inCode(codes[role], text),
    paintAll: (roles, text) => {
      const all = roles.map((role) => codes[role]).filter((code) => code !== undefined);
      return inCode(all.length === 0 ? undefined : all.join(';'), text);
    },
    person: (person, text) => inCode(names[hash(person) % names.length], text),
  };
}

/** The scheme that fits the terminal, as far as its variables tell. */
export function schemeFor(env: Readonly<Record<string, string | undefined>>): SchemeName {
  // As in Node itself: it sets the number of colours and overrides everything else.
  const forced = env['FORCE_COLOR'];
  if (forced === '0' || forced === 'false') return 'none';
  if (forced === undefined && (env['NO_COLOR'] ?? '') !== '') return 'none';
  const isRich =
    forced === '2' ||
    forced === '3' ||
    /256color|kitty|ghostty|alacritty|direct/.test(env['TERM'] ?? '') ||
    (env['COLORTERM'] ?? '') !== '';
  if (!isRich) return '16';
  // rxvt, konsole and others: "foreground;background", as numbers of the 16 colours.
  const background = Number(/;(\d+)$/.exec(env['COLORFGBG'] ?? '')?.[1] ?? '0');
  return background === 7 || background > 8 ? 'light' : 'dark';
}

/** FNV-1a, so that similar names get different colours. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (const character of name.toLowerCase()) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return (value ^ (value >>> 15)) >>> 0;
}
