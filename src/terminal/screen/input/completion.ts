// The candidates of Tab for the word before the cursor: commands at the beginning, names after an @ and elsewhere,
// groups after a #, settings and their values, paths of files to send and of a backup. Pure, except for reading folders.

import { completePath } from '../../line/path-completion.ts';
import { isPreference, preferenceTable } from '../settings/preferences.ts';

export interface CompletionSources {
  readonly verbs: readonly string[];
  /** The most recent speakers come last. */
  readonly names: readonly string[];
  readonly groups: readonly string[];
}

export interface Completions {
  /** The end of the text, which the candidates replace. */
  readonly word: string;
  readonly candidates: readonly string[];
}

/** The candidates for the end of `line`. */
export function complete(line: string, { verbs, names, groups }: CompletionSources): Completions {
  if (/^\/\w*$/.test(line)) return { word: line, candidates: startingWith(line, verbs, ' ') };
  const [, path] =
    /^\/(?:send_file +(?! )(?:@\w+ +(?! ))?|backup +(?! ))([^@].*)$/.exec(line) ?? [];
  if (path !== undefined) return { word: path, candidates: completePath(path) };
  const [, joined] = /^\/(?:join|leave|create_group) +#?(\w*)$/.exec(line) ?? [];
  if (joined !== undefined) return { word: joined, candidates: startingWith(joined, groups, '') };
  const [, setting] = /^\/set +(\w*)$/.exec(line) ?? [];
  if (setting !== undefined) {
    return { word: setting, candidates: startingWith(setting, Object.keys(preferenceTable), ' ') };
  }
  const [, named = 'theme', value] = /^\/(?:set +(\w+)|theme) +(\w*)$/.exec(line) ?? [];
  if (value !== undefined) {
    const values = isPreference(named) ? preferenceTable[named].values : [];
    return { word: value, candidates: startingWith(value, values, '') };
  }
  const [word = ''] = /(?<!\w)[@#]?\w*$/.exec(line) ?? [];
  if (word === '') return { word, candidates: [] };
  const recent = [...names].reverse();
  if (word.startsWith('@')) {
    const people = recent.map((name) => `@${name}`);
    return { word, candidates: startingWith(word, people, ' ') };
  }
  if (word.startsWith('#')) {
    const marked = groups.map((group) => `#${group}`);
    return { word, candidates: startingWith(word, marked, ' ') };
  }
  const isFirst = word === line;
  const isCommand = /^\/(?:msg|devices|verify|trust|distrust|kick) /.test(line);
  return { word, candidates: startingWith(word, recent, isFirst ? ': ' : isCommand ? ' ' : '') };
}

function startingWith(
  word: string,
  candidates: readonly string[],
  suffix: string,
): readonly string[] {
  const beginning = word.toLowerCase();
  return candidates
    .filter((candidate) => candidate.toLowerCase().startsWith(beginning))
    .map((candidate) => `${candidate}${suffix}`);
}
