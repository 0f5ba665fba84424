// The person's configuration file, parsed from TOML: preferences under [screen], keys under [keys]. Mistakes are
// reported and left out. The rest applies. Knows no file.

import { nearest } from '../../../lib/suggest.ts';
import { isTyping, parseKeyName, shownKey } from '../input/key-name.ts';
import {
  keySections,
  keyTable,
  type KeyAction,
  type KeyPlace,
  type KeyRow,
} from '../input/key-table.ts';
import {
  defaultPreferences,
  isPreference,
  withPreference,
  type Preferences,
} from './preferences.ts';

export type Keys = Readonly<Record<KeyAction, KeyRow>>;

export interface Config {
  readonly preferences: Preferences;
  readonly keys: Keys;
  /** The mistakes in the file, for people. */
  readonly faults: readonly string[];
}

export const defaultConfig: Config = {
  preferences: defaultPreferences,
  keys: keyTable,
  faults: [],
};

/** The settings in `table`, the parsed file. */
export function readConfig(table: unknown): Config {
  const faults: string[] = [];
  if (!isTable(table)) return defaultConfig;
  let preferences = defaultPreferences;
  let keys: Keys = keyTable;
  for (const [section, content] of Object.entries(table)) {
    if ((section !== 'screen' && section !== 'keys') || !isTable(content)) {
      faults.push(misplaced(section, content));
      continue;
    }
    if (section === 'screen') preferences = readPreferences(content, faults);
    else keys = readKeys(content, faults);
  }
  return { preferences, keys, faults };
}

function misplaced(name: string, content: unknown): string {
  if (name === 'screen' || name === 'keys') return `${name} is a section: [${name}]`;
  if (isPreference(name)) return `${name} belongs under [screen]`;
  if (isAction(name)) return `${name} belongs under [keys]`;
  return isTable(content)
    ? `there is no section [${name}]; there are [screen] and [keys]`
    : `there is no ${name}; there are the sections [screen] and [keys]`;
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
  const asked = new Map<KeyAction, readonly string[]>();
  const { defaults = true, ...rows } = table;
  if (typeof defaults !== 'boolean') faults.push('defaults under [keys] is true or false');
  for (const [action, value] of Object.entries(rows)) {
    if (!isAction(action)) {
      const near = nearest(action, Object.keys(keyTable));
      faults.push(
        `nothing that keys do is called ${action}${near === undefined ? '' : `; did you mean ${near}?`}`,
      );
      continue;
    }
    const written = (Array.isArray(value) ? value : [value]).map(String);
    const names = written.map((word) => usableKey(word, action, faults));
    asked.set(action, [...new Set(names.filter((name) => name !== undefined))]);
  }
  return settle(asked, defaults !== false, faults);
}

function isAction(name: string): name is KeyAction {
  return Object.hasOwn(keyTable, name);
}

function usableKey(written: string, action: KeyAction, faults: string[]): string | undefined {
  const name = parseKeyName(written);
  if (name === undefined) {
    faults.push(`${written} is no key; keys are written ctrl+n, alt+a, f5, pageUp`);
    return undefined;
  }
  // Where no text is written, letters are keys like others.
  const place = placeIn(action);
  if (isTyping(name) && place !== 'paste' && place !== 'message') {
    faults.push(`${written} types something, and can't be bound alone`);
    return undefined;
  }
  return name;
}

function placeIn(action: KeyAction): KeyPlace {
  return keySections.find(({ actions }) => actions.includes(action))?.place ?? 'screen';
}

/**
 * Gives each key to one action in each place. The person's keys come before the defaults. Without `hasDefaults` there
 * are only the person's.
 */
function settle(
  asked: ReadonlyMap<KeyAction, readonly string[]>,
  hasDefaults: boolean,
  faults: string[],
): Keys {
  const keys: Record<string, KeyRow> = { ...keyTable };
  const owners = new Map<string, KeyAction>();
  const actions = (Object.keys(keyTable) as KeyAction[]).map((action) => ({
    action,
    place: placeIn(action),
    wanted: asked.get(action),
  }));
  for (const { action, place, wanted } of [
    ...actions.filter(({ wanted }) => wanted !== undefined),
    ...actions.filter(({ wanted }) => wanted === undefined),
  ]) {
    const free = (wanted ?? (hasDefaults ? keyTable[action].keys : [])).filter((key) => {
      const owner = owners.get(`${place} ${key}`);
      if (owner === undefined) owners.set(`${place} ${key}`, action);
      else faults.push(`${shownKey(key)} is both ${owner} and ${action}; it is ${owner}`);
      return owner === undefined;
    });
    keys[action] = { ...keyTable[action], keys: free };
  }
  return keys as Keys;
}

type Table = Readonly<Record<string, unknown>>;

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
