// What the person's configuration file says, once it is read as TOML: preferences under [screen], keys under [keys].
// What is wrong in it is told and left out; the rest holds. Knows no file.

import { nearest } from '../../lib/suggest.ts';
import { keyTable, type KeyAction } from './key-table.ts';
import { defaultPreferences, withPreference, type Preferences } from './preferences.ts';

export type Keys = Readonly<
  Record<KeyAction, { readonly keys: readonly string[]; readonly help: string }>
>;

export interface Config {
  readonly preferences: Preferences;
  readonly keys: Keys;
  /** What is wrong with the file, for people. */
  readonly faults: readonly string[];
}

export const defaultConfig: Config = {
  preferences: defaultPreferences,
  keys: keyTable,
  faults: [],
};

const named =
  'enter|escape|tab|space|backspace|delete|insert|home|end|pageUp|pageDown|up|down|left|right|f[1-9]|f1[0-2]';
const keyForm = new RegExp(`^(?:(?:ctrl|alt|shift)\\+)*(?:${named}|[!-~])$`);
/** A key alone that types something would make it untypable. */
const letterForm = /^(?:shift\+)?(?:[!-~]|space|enter|backspace)$/;

/** What `table`, the parsed file, asks for. */
export function readConfig(table: unknown): Config {
  const faults: string[] = [];
  if (!isTable(table)) return defaultConfig;
  let preferences = defaultPreferences;
  let keys: Keys = keyTable;
  for (const [section, content] of Object.entries(table)) {
    if ((section !== 'screen' && section !== 'keys') || !isTable(content)) {
      faults.push(`there is no section [${section}]; there are [screen] and [keys]`);
      continue;
    }
    if (section === 'screen') preferences = readPreferences(content, faults);
    else keys = readKeys(content, faults);
  }
  return { preferences, keys, faults };
}

function readPreferences(table: Table, faults: string[]): Preferences {
  let preferences = defaultPreferences;
  for (const [name, value] of Object.entries(table)) {
    const word = value === true ? 'on' : value === false ? 'off' : String(value);
    const next = withPreference(preferences, name, word);
    if (next.ok) preferences = next.value;
    else faults.push(next.error);
  }
  return preferences;
}

function readKeys(table: Table, faults: string[]): Keys {
  const keys: Record<string, { readonly keys: readonly string[]; readonly help: string }> = {
    ...keyTable,
  };
  for (const [action, value] of Object.entries(table)) {
    const row = Object.hasOwn(keyTable, action) ? keys[action] : undefined;
    if (row === undefined) {
      const near = nearest(action, Object.keys(keyTable));
      faults.push(
        `nothing that keys do is called ${action}${near === undefined ? '' : `; did you mean ${near}?`}`,
      );
      continue;
    }
    const wanted = (Array.isArray(value) ? value : [value]).map(String);
    const usable = wanted.filter((key) => isUsable(key, faults));
    keys[action] = { ...row, keys: usable };
  }
  reportConflicts(keys, new Set(Object.keys(table)), faults);
  return keys as Keys;
}

function isUsable(key: string, faults: string[]): boolean {
  if (!keyForm.test(key))
    faults.push(`${key} is no key; keys are written ctrl+n, alt+a, f5, pageUp`);
  else if (letterForm.test(key)) faults.push(`${key} types something, and can't be bound alone`);
  else return true;
  return false;
}

/** One key for two things: what the person asked for comes before what was so anyway. */
function reportConflicts(
  keys: Record<string, { readonly keys: readonly string[]; readonly help: string }>,
  asked: ReadonlySet<string>,
  faults: string[],
): void {
  const owners = new Map<string, string>();
  const actions = Object.keys(keys);
  for (const action of [
    ...actions.filter((name) => asked.has(name)),
    ...actions.filter((name) => !asked.has(name)),
  ]) {
    const row = keys[action];
    if (row === undefined) continue;
    const free = row.keys.filter((key) => {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, action);
      else faults.push(`${key} is both ${owner} and ${action}; it is ${owner}`);
      return owner === undefined;
    });
    keys[action] = { ...row, keys: free };
  }
}

type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
