// The candidates of Tab: commands at the beginning of a line, names of people after an @, and paths of files to send,
// and of a backup.

import { commandVerbs } from '../../client/commands/table.ts';
import type { WordCompletions } from './console.ts';
import { completePath } from './path-completion.ts';

/** The candidates for the end of `line`, with the names of people. */
export function complete(line: string, names: readonly string[]): WordCompletions {
  if (/^\/\w*$/.test(line)) {
    return [commandVerbs.filter((verb) => verb.startsWith(line)).map((verb) => `${verb} `), line];
  }
  const [, path] = /^\/(?:send_file +@\w+|backup) +(?! )(.*)$/.exec(line) ?? [];
  if (path !== undefined) return [completePath(path), path];
  const [word = ''] = /(?<=^|\s)@\w*$/.exec(line) ?? [];
  if (word === '') return [[], line];
  const beginning = word.slice(1).toLowerCase();
  const meant = names.filter((name) => name.toLowerCase().startsWith(beginning)).sort();
  return [meant.map((name) => `@${name} `), word];
}
