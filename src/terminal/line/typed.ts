// The table of what can be typed: form, help, and what is done. The first rows are the seed's own spellings, the
// last one is any other text. Help and suggestions come from the table too.
// What begins like a command or an address is never said to everybody, not even mistyped or behind a space.

import type { Sent } from '../../client/chat-client.ts';
import type { CommandRefusalCode } from '../../client/command-refusal.ts';
import { nearest } from '../../lib/suggest.ts';
import { splitWord } from '../../wire/text.ts';
import { tellDevices } from '../devices-words.ts';
import { notice, warning } from './printed-line.ts';
import type { Done, TypedActions } from './typed-actions.ts';
import { listNames } from './typed-names.ts';
import { chooseFile, listFiles, sendFile } from './typed-files.ts';
import { verify } from './verify.ts';

interface Row {
  /** What it looks like, for people. */
  readonly form: string;
  readonly help: string;
  /** Does it. `rest` follows the verb. */
  readonly run: (rest: string, actions: TypedActions) => Done | Promise<Done>;
}

/** Rows whose verb is a word of its own, with words behind it. */
function row(
  form: string,
  help: string,
  run: (words: readonly string[], actions: TypedActions) => Done | Promise<Done>,
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

function onlyGroup(words: readonly string[], send: (group: string) => Sent): Done {
  const [group, ...more] = words;
  return group === undefined || more.length > 0 ? 'malformed' : send(group);
}

function onlyUser(
  words: readonly string[],
  act: (user: string) => Promise<Sent>,
): Done | Promise<Done> {
  const [mention, ...more] = words;
  return mention?.startsWith('@') && more.length === 0 ? act(mention.slice(1)) : 'malformed';
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
  '@': {
    form: '@user text',
    help: 'say it to one person, end-to-end encrypted',
    run: (rest, { client }) => {
      const [user, text] = splitWord(rest);
      return user === '' || text === '' ? 'malformed' : client.privateMessage(user, text);
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
  '/names': row('/names [group]', 'who is here, or in a group', listNames),
  '/devices': row(
    '/devices [@user]',
    'this device and its key, or what is known of that of somebody',
    async (words, { client, print }) => {
      const [mention, ...more] = words;
      if (more.length > 0 || mention?.startsWith('@') === false) return 'malformed';
      const told = await tellDevices(client, mention?.slice(1));
      if (!told.ok) return told;
      for (const line of told.value) print(notice(line));
      return undefined;
    },
  ),
  '/verify': row('/verify @user [yes]', 'compare keys with somebody', verify),
  '/trust': row('/trust @user', 'take the changed key of somebody', (words, { client }) =>
    onlyUser(words, (user) => client.trust(user)),
  ),
  '/distrust': row('/distrust @user', 'keep to the key that somebody had', (words, { client }) =>
    onlyUser(words, (user) => client.distrust(user)),
  ),
  '/unencrypted': {
    form: '/unencrypted @user text',
    help: 'say it to one person, readable by the server',
    run: (rest, { client }) => {
      const [mention, text] = splitWord(rest.trimStart());
      if (!mention.startsWith('@') || text === '') return 'malformed';
      return client.sendUnencrypted(mention.slice(1), text);
    },
  },
  '/send_file': {
    form: '/send_file @user path',
    help: 'send a file to one person, end-to-end encrypted',
    run: sendFile,
  },
  '/files': row('/files', 'the files on their way', listFiles),
  '/accept': row('/accept [number]', 'take a file that you are asked about', chooseFile('accept')),
  '/decline': row('/decline [number]', 'do not take it', chooseFile('decline')),
  '/cancel': row('/cancel [number]', 'stop a file, for good', chooseFile('cancel')),
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

/** Refusals of commands that would not have sent anything. */
const aboutOther = new Set<CommandRefusalCode>([
  'no-key',
  'other-key',
  'nothing-to-decide',
  'no-such-transfer',
  'which-transfer',
  'key-not-trusted',
  'unreadable-store',
]);

/** Does what was typed, or says why not. */
export async function runTyped(line: string, actions: TypedActions): Promise<void> {
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
  const done = await found.row.run(found.rest, actions);
  if (done === 'malformed') {
    actions.print(warning(`nothing was sent. It is written: ${found.row.form}`));
  } else if (done?.ok === false) {
    const { code, hint } = done.error;
    actions.print(warning(aboutOther.has(code) ? hint : `nothing was sent. ${hint}`));
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
  const { '@@': group, '@': person, '//': slash } = addressed;
  const { '*all': list, q } = exact;
  const rows = [text, person, group, list, ...Object.values(commands), slash, q];
  const width = Math.max(...rows.map(({ form }) => form.length));
  return rows.map(({ form, help }) => `${form.padEnd(width)}  ${help}`);
}
