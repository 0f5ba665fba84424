// What a person can set on the page, kept in the browser. Values are words, as in the terminal.

import { err, ok, type Result } from '../lib/result.ts';

export const preferenceTable = {
  theme: { values: ['auto', 'light', 'dark'], help: 'colours; auto: as the system says' },
  notify: {
    values: ['off', 'on'],
    help: 'how you hear of messages while you look elsewhere',
  },
  'lock-after': {
    values: ['off', '1', '5', '15', '60'],
    help: 'minutes that the page is hidden before a locked store is locked again',
  },
} as const satisfies Record<string, { readonly values: readonly string[]; readonly help: string }>;

export type PagePreference = keyof typeof preferenceTable;
export const preferenceNames = Object.keys(preferenceTable) as readonly PagePreference[];

export function isPagePreference(name: string): name is PagePreference {
  return Object.hasOwn(preferenceTable, name);
}

export function preferenceOf(name: PagePreference): string {
  const values: readonly string[] = preferenceTable[name].values;
  const kept = read(name);
  return kept !== undefined && values.includes(kept) ? kept : (values[0] ?? '');
}

/** Sets it, now and for the next time. The error says why not. */
export function prefer(name: string, value: string): Result<undefined, string> {
  if (!isPagePreference(name)) {
    return err(`There is no setting ${name}. There are ${preferenceNames.join(', ')}.`);
  }
  const values: readonly string[] = preferenceTable[name].values;
  if (!values.includes(value)) return err(`${name} is one of ${values.join(', ')}.`);
  try {
    localStorage.setItem(`helo-${name}`, value);
  } catch {
    // A browser that keeps nothing: it holds until the page is closed.
  }
  chosen.set(name, value);
  if (name === 'theme') preferTheme();
  return ok(undefined);
}

/** Lets the style know the theme. */
export function preferTheme(): void {
  document.documentElement.dataset['theme'] = preferenceOf('theme');
}

const chosen = new Map<PagePreference, string>();

function read(name: PagePreference): string | undefined {
  const now = chosen.get(name);
  if (now !== undefined) return now;
  try {
    return localStorage.getItem(`helo-${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}
