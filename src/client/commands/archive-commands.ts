// `/export` and `/import`: the history of this device as a file, and a file into it.
import { splitWord } from '../../wire/text.ts';
import { formatOf } from '../export/export-format.ts';
import type { TypedCommand } from './typed-command.ts';

export const archiveCommands: Readonly<Record<string, TypedCommand>> = {
  '/export': {
    form: '/export path [json|text]',
    help: 'write what was said here to a file, as lines for people or, as json or .jsonl, with all that belongs to it; of another place: /export #group path, of all: /export *all path',
    run: (rest, actions) => {
      const [place, behind] = splitWord(rest.trim());
      const isPlace = (/^[#@]/.test(place) || place === '*all') && behind.trim() !== '';
      const named = (isPlace ? behind : rest).trim();
      const [, path = named, format] = /^(\S.*) (json|text)$/.exec(named) ?? [];
      if (path === '') return 'malformed';
      const how = format === undefined ? formatOf(path) : format === 'json' ? 'json' : 'text';
      return actions.export(actions.path(path), isPlace ? place : undefined, how);
    },
  },
  '/import': {
    form: '/import path',
    help: 'take what is in a file of /export as json and not here; it is marked, because nothing proves it',
    run: (rest, actions) => actions.import(rest.trim() === '' ? '' : actions.path(rest.trim())),
  },
};
