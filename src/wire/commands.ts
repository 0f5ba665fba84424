// The table of version 1 commands, client -> server: verb -> section, phase, form, parse, format. The union of
// commands, the hub's dispatcher and the documentation follow from it. Parsing is total: a line becomes a command
// with checked fields, or the reply that refuses it.

import { err, ok, type Result } from '../lib/result.ts';
import { fatal, soft } from './replies.ts';
import { splitProof, type Proof } from './transfer.ts';
import {
  parseGroupName,
  parseLineText,
  parseToken,
  parseUsername,
  splitWord,
  type GroupName,
  type LineText,
  type Token,
  type Username,
} from './text.ts';

/** When a command may be sent: before the login, after it, or always. */
export type CommandPhase = 'greeting' | 'open' | 'always';

/** The reply that refuses a line. A fatal one ends the connection. */
export interface LineRefusal {
  readonly severity: 'soft' | 'fatal';
  readonly text: LineText;
}

export type ParsedCommand<C> = Result<C, LineRefusal>;

interface CommandSpec<C> {
  /** The section of docs/PROTOCOL.md, the same number as version 1's. */
  readonly section: string;
  readonly phase: CommandPhase;
  /** How the line looks, for people. */
  readonly form: string;
  /** Reads what follows the verb and its space. */
  parse(rest: string): ParsedCommand<C>;
  /** The inverse of parse: what follows the verb and its space. */
  format(command: C): string;
}

/** Lets the type of a row's command be inferred from its parse. */
function row<C>(spec: CommandSpec<C>): CommandSpec<C> {
  return spec;
}

function refuse(text: LineText): { readonly ok: false; readonly error: LineRefusal } {
  return err({ severity: 'soft', text });
}

const noSuchUser = refuse(soft.text('no-such-user'));
const noSuchGroup = refuse(soft.text('no-such-group'));

function malformed(form: string): { readonly ok: false; readonly error: LineRefusal } {
  return refuse(soft.text('malformed', { form }));
}

/** Reads `@user rest`: the name, or undefined if there is no `@word`. */
function splitMention(
  text: string,
  mark: '@' | '@@',
): readonly [name: string, rest: string] | undefined {
  if (!text.startsWith(mark)) return undefined;
  const [name, rest] = splitWord(text.slice(mark.length));
  return name === '' ? undefined : [name, rest];
}

/** Rows whose line is `VERB @user token...`: the receiver, then the words of that verb. */
function addressed<C>(
  form: string,
  rest: string,
  build: (to: Username, words: LineText) => C | undefined,
): ParsedCommand<C> {
  const mention = splitMention(rest, '@');
  const words = mention === undefined ? undefined : parseLineText(mention[1]);
  if (mention === undefined || words === undefined) return malformed(form);
  const to = parseUsername(mention[0]);
  // A word that cannot be a name is nobody's name: version 1 has one answer for both.
  if (to === undefined) return noSuchUser;
  const command = build(to, words);
  return command === undefined ? malformed(form) : ok(command);
}

/** Rows whose line is `VERB /typed group`: version 1 repeats the person's input in `/typed`. */
function groupArgument<C>(
  form: string,
  typed: string,
  rest: string,
  build: (group: GroupName) => C,
  invalid: ParsedCommand<C> = noSuchGroup,
): ParsedCommand<C> {
  const [first, name] = splitWord(rest);
  if (first !== typed || parseToken(name) === undefined) return malformed(form);
  const group = parseGroupName(name);
  return group === undefined ? invalid : ok(build(group));
}

const forms = {
  HELO: 'HELO <username>',
  BCST: 'BCST <message>',
  PONG: 'PONG',
  GET_USERS: 'GET_USERS *all',
  PM: 'PM @<username> <encryptedMessage> [<encryptedSessionKey>]',
  REQUEST_PUBLIC_KEY: 'REQUEST_PUBLIC_KEY @<username> <timestamp>',
  PUBLIC_KEY: 'PUBLIC_KEY @<username> <publicKey> <timestamp>',
  CREATE_GROUP: 'CREATE_GROUP /create_group <groupName>',
  JOIN_GROUP: 'JOIN_GROUP /join <groupName>',
  GROUP_MESSAGE: 'GROUP_MESSAGE @@<groupName> <message>',
  LEAVE_GROUP: 'LEAVE_GROUP /leave <groupName>',
  KICK: 'KICK /kick <groupName> <username>',
  FILE_TRANS: 'FILE_TRANS /send_file @<username> <metadata>',
  READY_FOR_FILE: 'READY_FOR_FILE @<username> <metadata> [proof=<secret>]',
  QUIT: 'QUIT q',
} as const;

const table = {
  HELO: row({
    section: '7.1',
    phase: 'greeting',
    form: forms.HELO,
    parse(rest): ParsedCommand<{ verb: 'HELO'; username: Username }> {
      const username = parseUsername(rest);
      if (username === undefined) {
        return err({ severity: 'fatal', text: fatal.text('username-invalid') });
      }
      return ok({ verb: 'HELO', username });
    },
    format: ({ username }) => username,
  }),
  BCST: row({
    section: '7.2',
    phase: 'open',
    form: forms.BCST,
    parse(rest): ParsedCommand<{ verb: 'BCST'; text: LineText }> {
      const text = parseLineText(rest);
      return text === undefined ? malformed(forms.BCST) : ok({ verb: 'BCST', text });
    },
    format: ({ text }) => text,
  }),
  PONG: row({
    section: '7.3',
    phase: 'always',
    form: forms.PONG,
    parse(rest): ParsedCommand<{ verb: 'PONG' }> {
      return rest === '' ? ok({ verb: 'PONG' }) : malformed(forms.PONG);
    },
    format: () => '',
  }),
  GET_USERS: row({
    section: '7.4',
    phase: 'open',
    form: forms.GET_USERS,
    parse(rest): ParsedCommand<{ verb: 'GET_USERS' }> {
      return rest === '*all' ? ok({ verb: 'GET_USERS' }) : malformed(forms.GET_USERS);
    },
    format: () => '*all',
  }),
  PM: row({
    section: '7.5',
    phase: 'open',
    form: forms.PM,
    parse(rest): ParsedCommand<{ verb: 'PM'; to: Username; payload: LineText }> {
      return addressed(forms.PM, rest, (to, payload) => ({ verb: 'PM', to, payload }));
    },
    format: ({ to, payload }) => `@${to} ${payload}`,
  }),
  REQUEST_PUBLIC_KEY: row({
    section: '7.5',
    phase: 'open',
    form: forms.REQUEST_PUBLIC_KEY,
    parse(rest): ParsedCommand<{ verb: 'REQUEST_PUBLIC_KEY'; of: Username; timestamp: Token }> {
      return addressed(forms.REQUEST_PUBLIC_KEY, rest, (of, words) => {
        const timestamp = parseToken(words);
        return timestamp && { verb: 'REQUEST_PUBLIC_KEY', of, timestamp };
      });
    },
    format: ({ of, timestamp }) => `@${of} ${timestamp}`,
  }),
  PUBLIC_KEY: row({
    section: '7.5',
    phase: 'open',
    form: forms.PUBLIC_KEY,
    parse(rest): ParsedCommand<{ verb: 'PUBLIC_KEY'; to: Username; key: Token; timestamp: Token }> {
      return addressed(forms.PUBLIC_KEY, rest, (to, words) => {
        const [first, second] = splitWord(words);
        const key = parseToken(first);
        const timestamp = parseToken(second);
        return key && timestamp && { verb: 'PUBLIC_KEY', to, key, timestamp };
      });
    },
    format: ({ to, key, timestamp }) => `@${to} ${key} ${timestamp}`,
  }),
  CREATE_GROUP: row({
    section: '7.6',
    phase: 'open',
    form: forms.CREATE_GROUP,
    parse(rest): ParsedCommand<{ verb: 'CREATE_GROUP'; group: GroupName }> {
      return groupArgument(
        forms.CREATE_GROUP,
        '/create_group',
        rest,
        (group) => ({ verb: 'CREATE_GROUP', group }),
        refuse(soft.text('group-name-invalid')),
      );
    },
    format: ({ group }) => `/create_group ${group}`,
  }),
  JOIN_GROUP: row({
    section: '7.7',
    phase: 'open',
    form: forms.JOIN_GROUP,
    parse(rest): ParsedCommand<{ verb: 'JOIN_GROUP'; group: GroupName }> {
      return groupArgument(forms.JOIN_GROUP, '/join', rest, (group) => ({
        verb: 'JOIN_GROUP',
        group,
      }));
    },
    format: ({ group }) => `/join ${group}`,
  }),
  GROUP_MESSAGE: row({
    section: '7.8',
    phase: 'open',
    form: forms.GROUP_MESSAGE,
    parse(rest): ParsedCommand<{ verb: 'GROUP_MESSAGE'; group: GroupName; text: LineText }> {
      const mention = splitMention(rest, '@@');
      const text = mention === undefined ? undefined : parseLineText(mention[1]);
      if (mention === undefined || text === undefined) return malformed(forms.GROUP_MESSAGE);
      const group = parseGroupName(mention[0]);
      return group === undefined ? noSuchGroup : ok({ verb: 'GROUP_MESSAGE', group, text });
    },
    format: ({ group, text }) => `@@${group} ${text}`,
  }),
  LEAVE_GROUP: row({
    section: '7.9',
    phase: 'open',
    form: forms.LEAVE_GROUP,
    parse(rest): ParsedCommand<{ verb: 'LEAVE_GROUP'; group: GroupName }> {
      return groupArgument(forms.LEAVE_GROUP, '/leave', rest, (group) => ({
        verb: 'LEAVE_GROUP',
        group,
      }));
    },
    format: ({ group }) => `/leave ${group}`,
  }),
  KICK: row({
    section: '7.10',
    phase: 'open',
    form: forms.KICK,
    // The member stays an unchecked word: version 1 checks the group and its admin first.
    parse(rest): ParsedCommand<{ verb: 'KICK'; group: GroupName; member: Token }> {
      const [typed, words] = splitWord(rest);
      const [name, last] = splitWord(words);
      const member = parseToken(last);
      if (typed !== '/kick' || name === '' || member === undefined) return malformed(forms.KICK);
      const group = parseGroupName(name);
      return group === undefined ? noSuchGroup : ok({ verb: 'KICK', group, member });
    },
    format: ({ group, member }) => `/kick ${group} ${member}`,
  }),
  FILE_TRANS: row({
    section: '7.11',
    phase: 'open',
    form: forms.FILE_TRANS,
    parse(rest): ParsedCommand<{ verb: 'FILE_TRANS'; to: Username; metadata: LineText }> {
      const [typed, words] = splitWord(rest);
      if (typed !== '/send_file') return malformed(forms.FILE_TRANS);
      return addressed(forms.FILE_TRANS, words, (to, metadata) => ({
        verb: 'FILE_TRANS',
        to,
        metadata,
      }));
    },
    format: ({ to, metadata }) => `/send_file @${to} ${metadata}`,
  }),
  READY_FOR_FILE: row({
    section: '7.11',
    phase: 'open',
    form: forms.READY_FOR_FILE,
    parse(rest): ParsedCommand<{
      verb: 'READY_FOR_FILE';
      from: Username;
      metadata: LineText;
      proof: Proof | undefined;
    }> {
      return addressed(forms.READY_FOR_FILE, rest, (from, words) => {
        const [metadata, proof] = splitProof(words);
        return { verb: 'READY_FOR_FILE', from, metadata, proof };
      });
    },
    format: ({ from, metadata, proof }) =>
      proof === undefined ? `@${from} ${metadata}` : `@${from} ${metadata} ${proof}`,
  }),
  QUIT: row({
    section: '7.12',
    phase: 'always',
    form: forms.QUIT,
    // A bare QUIT is accepted too: a person who wants to leave should not stay connected for a missing letter.
    parse(rest): ParsedCommand<{ verb: 'QUIT' }> {
      return rest === 'q' || rest === '' ? ok({ verb: 'QUIT' }) : malformed(forms.QUIT);
    },
    format: () => 'q',
  }),
};

export type Verb = keyof typeof table;

type RowCommand<Row> = Row extends CommandSpec<infer C> ? C : never;

/** The command with the verb `V`. */
export type CommandOf<V extends Verb> = RowCommand<(typeof table)[V]>;

/** Any version 1 command, its fields checked. */
export type Command = { [V in Verb]: CommandOf<V> }[Verb];

/** What the documentation and the dispatcher read of a row. */
export interface CommandRow {
  readonly section: string;
  readonly phase: CommandPhase;
  readonly form: string;
}

/** Every command with its section, phase and form, in the order of the sections. */
export const commandTable: Readonly<Record<Verb, CommandRow>> = table;

const verbs: ReadonlySet<string> = new Set(Object.keys(table));

/** Whether a word is the verb of a version 1 command. */
export function isVerb(word: string): word is Verb {
  return verbs.has(word);
}

/**
 * Reads one line of a client, without its line end, in the phase of its connection. The error is the reply that refuses
 * the line.
 */
export function parseCommand(line: string, phase: 'greeting' | 'open'): ParsedCommand<Command> {
  if (line.includes('\0') || line.includes('\r')) return refuse(soft.text('control-character'));
  const [word, rest] = splitWord(line);
  if (!isVerb(word)) {
    return refuse(soft.text(phase === 'greeting' ? 'login-first' : 'unknown-command'));
  }
  const spec = table[word];
  if (phase === 'greeting' && spec.phase === 'open') return refuse(soft.text('login-first'));
  if (phase === 'open' && spec.phase === 'greeting') return refuse(soft.text('already-logged-in'));
  return spec.parse(rest);
}

/** The line of `command`, with its line end. */
export function formatCommand(command: Command): string {
  const spec = table[command.verb] as CommandSpec<Command>;
  const rest = spec.format(command);
  return rest === '' ? `${command.verb}\n` : `${command.verb} ${rest}\n`;
}
