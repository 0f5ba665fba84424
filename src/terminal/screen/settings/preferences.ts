// What a person can set, as a table: for the configuration file, for /set, and for the help. Values are words. The
// screen knows what they mean.

import { nearest } from '../../../lib/suggest.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { notifyWays } from '../notify.ts';
import { schemeNames } from '../draw/theme.ts';

interface Row {
  readonly values: readonly string[];
  readonly help: string;
}

const panes = ['auto', 'shown', 'hidden'] as const;
const switches = ['on', 'off'] as const;

export const preferenceTable = {
  theme: { values: ['auto', ...schemeNames], help: 'colours; auto: as the terminal says' },
  motion: { values: switches, help: 'bars that move; off: words, and what others do comes calmly' },
  notify: { values: notifyWays, help: 'how you hear of messages while you look elsewhere' },
  mouse: { values: switches, help: 'wheel and clicks' },
  links: { values: switches, help: 'addresses can be opened from the terminal (OSC 8)' },
  list: { values: panes, help: 'the conversations on the left' },
  people: { values: panes, help: 'the people on the right' },
} as const satisfies Record<string, Row>;

export type PreferenceName = keyof typeof preferenceTable;
export type Preferences = {
  readonly [Name in PreferenceName]: (typeof preferenceTable)[Name]['values'][number];
};

export const defaultPreferences: Preferences = {
  theme: 'auto',
  motion: 'on',
  notify: 'off',
  mouse: 'off',
  links: 'on',
  list: 'auto',
  people: 'auto',
};

/** Whether there is a preference of that name. */
export function isPreference(name: string): name is PreferenceName {
  return Object.hasOwn(preferenceTable, name);
}

/** `preferences` with a new value, or why not. */
export function withPreference(
  preferences: Preferences,
  name: string,
  value: string,
): Result<Preferences, string> {
  if (!isPreference(name)) {
    const near = nearest(name, Object.keys(preferenceTable));
    const advice =
      near === undefined
        ? `There are ${Object.keys(preferenceTable).join(', ')}.`
        : `Did you mean ${near}?`;
    return err(`There is no setting ${name}. ${advice}`);
  }
  const values: readonly string[] = preferenceTable[name].values;
  if (!values.includes(value)) return err(`${name} is one of ${values.join(', ')}.`);
  return ok({ ...preferences, [name]: value });
}
