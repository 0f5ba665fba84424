// What can stand at the end of a typed line, for the terminal's Tab and the page's list: commands at the beginning, names
// after an @ and where a command takes one, groups after a # and an @@, settings and their values, paths where the view
// has them. Pure. A line costs the same however long it is.

import type { Model } from '../timeline/model.ts';
import { namedReactions } from './reactions.ts';
import { commandVerbs } from './table.ts';

export interface CompletionSources {
  readonly verbs: readonly string[];
  /** The most recent speakers come last. */
  readonly names: readonly string[];
  readonly groups: readonly string[];
  /** The values of each setting. */
  readonly settings: Readonly<Record<string, readonly string[]>>;
  /** The files and folders that begin like a path. A view without paths has none. */
  readonly paths: (path: string) => readonly string[];
}

export interface Completions {
  /** The end of the text, which the candidates replace. */
  readonly word: string;
  readonly candidates: readonly string[];
  /** It is a word of a text, which may be the beginning of a name by accident. */
  readonly isPlain: boolean;
}

/** What a person at `model` can mean. */
export function sourcesOf(
  { names, me, conversations }: Pick<Model, 'names' | 'me' | 'conversations'>,
  { settings, paths }: Pick<CompletionSources, 'settings' | 'paths'>,
): CompletionSources {
  return {
    verbs: commandVerbs,
    names: names.filter((name) => name !== me),
    groups: conversations.filter(({ kind }) => kind === 'group').map(({ name }) => name),
    settings,
    paths,
  };
}

const maxLine = 4_096;
const maxWord = 256;
const withPerson =
  /^\/(?:msg|devices|verify|trust|distrust|kick|invite|admin|block|unblock|ban|unban|silence|unsilence|role|ignore|unignore) +(\w*)$/;
const withGroup =
  /^\/(?:join|leave|create_group|seal|end_group|names|members|topic|describe|bans|slow|announce|public) +#?(\w*)$/;

/** The candidates for the end of `line`. */
export function complete(line: string, sources: CompletionSources): Completions {
  const { verbs, names, groups, settings, paths } = sources;
  const meant = (word: string, candidates: readonly string[]): Completions => ({
    word,
    candidates,
    isPlain: false,
  });
  // A path is long sometimes; a command, a name or a setting never is.
  if (line.length > maxLine) return complete(line.slice(-maxWord).replace(/^\S*/, ' '), sources);
  if (/^\/\w*$/.test(line)) return meant(line, startingWith(line, verbs, ' '));
  const [, path] =
    /^\/(?:send_file +(?! )(?:(?:@\w+|#[^ ]+|lobby) +(?! ))?|backup +(?! ))([^@].*)$/.exec(line) ??
    [];
  if (path !== undefined) return meant(path, paths(path));
  const [, joined] = withGroup.exec(line) ?? [];
  if (joined !== undefined) return meant(joined, startingWith(joined, groups, ''));
  const [, setting] = /^\/set +(\w*)$/.exec(line) ?? [];
  if (setting !== undefined)
    return meant(setting, startingWith(setting, Object.keys(settings), ' '));
  const [, named = 'theme', value] = /^\/(?:set +(\w+)|theme) +(\w*)$/.exec(line) ?? [];
  if (value !== undefined) {
    const values = Object.hasOwn(settings, named) ? settings[named] : undefined;
    return meant(value, startingWith(value, values ?? [], ''));
  }
  const [, reaction] = /^\/react +(\S*)$/.exec(line) ?? [];
  if (reaction !== undefined) return meant(reaction, reactionsLike(reaction));
  const [, group] = /^@@(\w*)$/.exec(line) ?? [];
  if (group !== undefined) return meant(group, startingWith(group, groups, ' '));
  const recent = [...names].reverse();
  const [, person] = withPerson.exec(line) ?? [];
  if (person !== undefined) return meant(person, startingWith(person, recent, ' '));
  const [word = ''] = /(?<!\w)[@#]?\w*$/.exec(line) ?? [];
  if (word === '') return { word, candidates: [], isPlain: true };
  if (word.startsWith('@')) {
    const people = recent.map((name) => `@${name}`);
    return meant(word, startingWith(word, people, ' '));
  }
  if (word.startsWith('#')) {
    const marked = groups.map((one) => `#${one}`);
    return meant(word, startingWith(word, marked, ' '));
  }
  const isFirst = word === line;
  const isCommand = line.startsWith('/');
  const suffix = isFirst ? ': ' : isCommand ? ' ' : '';
  return { word, candidates: startingWith(word, recent, suffix), isPlain: true };
}

/** By the beginning of a name, with or without a colon; all where nothing is typed. */
function reactionsLike(word: string): readonly string[] {
  const beginning = word.replace(/^:/, '').toLowerCase();
  return Object.entries(namedReactions)
    .filter(([name, emoji]) => name.startsWith(beginning) && emoji !== word)
    .map(([, emoji]) => emoji);
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
