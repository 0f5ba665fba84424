// The table of what can be typed: form, help, and what is done. The first rows are the seed's own spellings, the
// last one is any other text. Help and suggestions come from the table too.
// What begins like a command or an address is never said to everybody, not even mistyped or behind a space.

import type { ChatClient, Sent } from '../../client/chat-client.ts';
import { nearest } from '../../lib/suggest.ts';
import { splitWord } from '../../wire/text.ts';
import { notice, warning, type PrintedLine } from './printed-line.ts';

/** What the rows may do. */
export interface TypedActions {
  readonly client: ChatClient;
  readonly print: (line: PrintedLine) => void;
  readonly leave: () => void;
}

/** A command was sent; or it was refused; or there was nothing to send. */
type Done = Sent | undefined;

interface Row {
  /** What it looks like, for people. */
  readonly form: string;
  readonly help: string;
  /** Does it. Undefined where the words are not of this form. `rest` follows the verb. */
  readonly run: (rest: string, actions: TypedActions) => Done | 'malformed';
}

/** Rows whose verb is a word of its own, with words behind it. */
function row(
  form: string,
  help: string,
  run: (words: readonly string[], actions: TypedActions) => Done | 'malformed',
): Row {
  return {
    form,
    help,
    run: (rest, actions) =>
      run(
        rest.split(' ').filter((word) => word !== ''),
        actions,
      ),
  };
}

function onlyGroup(words: readonly string[], send: (group: string) => Sent): Done | 'malformed' {
  const [group, ...more] = words;
  return group === undefined || more.length > 0 ? 'malformed' : send(group);
}

const exact = {
  '*all': row('*all', 'who is here', (_, { client }) => client.listUsers()),
  q: row('q', 'leave', (_, { leave }) => {
    leave();
    return undefined;
  }),
} satisfies Record<string, Row>;

const addressed = {
  '@@': {
    form: '@@group text',
    help: 'say it in a group',
    run: (rest, { client }) => {
      const [group, text] = splitWord(rest);
      return group === '' || text === '' ? 'malformed' : client.groupMessage(group, text);
    },
  },
  '//': {
    form: '//text',
    help: 'say a text that begins with a slash',
    run: (rest, { client }) => client.broadcast(`/${rest}`),
  },
} satisfies Record<string, Row>;

const commands = {
  '/create_group': row(
    '/create_group group',
    'make a group, and be its admin',
    (words, { client }) => onlyGroup(words, (group) => client.createGroup(group)),
  ),
  '/join': row('/join group', 'enter a group', (words, { client }) =>
    onlyGroup(words, (group) => client.joinGroup(group)),
  ),
  '/leave': row('/leave group', 'leave a group', (words, { client }) =>
    onlyGroup(words, (group) => client.leaveGroup(group)),
  ),
  '/kick': row('/kick group user', 'put somebody out of your group', (words, { client }) => {
    const [group, user, ...more] = words;
    if (group === undefined || user === undefined || more.length > 0) return 'malformed';
    return client.kick(group, user);
  }),
  '/send_file': row('/send_file @user path', 'not in this version yet', (_, { print }) => {
    print(warning('this version cannot send files'));
    return undefined;
  }),
  '/help': row('/help', 'this list', (_, { print }) => {
    for (const line of helpLines()) print(notice(line));
    return undefined;
  }),
} satisfies Record<string, Row>;

const text: Row = {
  form: 'text',
  help: 'say it to everybody',
  run: (rest, { client }) => client.broadcast(rest),
};

/** Every verb that stands alone before its words, for completion. */
export const commandVerbs: readonly string[] = Object.keys(commands);

/** Does what was typed, or says why not. */
export function runTyped(line: string, actions: TypedActions): void {
  const trimmed = line.trim();
  if (trimmed === '') return;
  const found = find(trimmed, line);
  if (found === undefined) {
    const [verb] = splitWord(trimmed);
    const near = nearest(verb, commandVerbs);
    const advice = near === undefined ? '/help shows those there are.' : `Did you mean ${near}?`;
    actions.print(warning(`there is no command ${verb}, nothing was sent. ${advice}`));
    return;
  }
  const done = found.row.run(found.rest, actions);
  if (done === 'malformed') {
    actions.print(warning(`nothing was sent. It is written: ${found.row.form}`));
  } else if (done?.ok === false) {
    actions.print(warning(`nothing was sent. ${done.error.hint}`));
  }
}

function find(
  trimmed: string,
  line: string,
): { readonly row: Row; readonly rest: string } | undefined {
  if (has(exact, trimmed)) return { row: exact[trimmed], rest: '' };
  for (const [mark, row] of Object.entries(addressed)) {
    if (trimmed.startsWith(mark)) return { row, rest: trimmed.slice(mark.length) };
  }
  if (!trimmed.startsWith('/')) return { row: text, rest: line };
  const [verb, rest] = splitWord(trimmed);
  return has(commands, verb) ? { row: commands[verb], rest } : undefined;
}

function has<T extends object>(table: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(table, key);
}

function helpLines(): string[] {
  const rows = [
    text,
    ...Object.values(addressed),
    ...Object.values(commands),
    ...Object.values(exact),
  ];
  const width = Math.max(...rows.map(({ form }) => form.length));
  return rows.map(({ form, help }) => `${form.padEnd(width)}  ${help}`);
}
