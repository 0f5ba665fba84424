// The table of version 1 events, server -> client: first word -> section, form, parse, format. The mirror of
// commands.ts. A client parses these, a server formats them.

import { parsePort, splitLastWord } from './transfer.ts';
import { parseLineText, parseToken, parseUsername, splitWord } from './text.ts';
import type { LineText, Token, Username } from './text.ts';

interface EventSpec<E> {
  /** The section of docs/PROTOCOL.md, the same number as version 1's. */
  readonly section: string;
  /** How the line looks, for people. */
  readonly form: string;
  /** Reads what follows the first word and its space. Undefined if the line does not have this form. */
  parse(rest: string): E | undefined;
  /** The inverse of parse. */
  format(event: E): string;
}

/** Lets the type of a row's event be inferred from its parse. */
function row<E>(spec: EventSpec<E>): EventSpec<E> {
  return spec;
}

function addressed(rest: string): readonly [from: Username, words: LineText] | undefined {
  if (!rest.startsWith('@')) return undefined;
  return sender(rest.slice(1));
}

function sender(rest: string): readonly [from: Username, words: LineText] | undefined {
  const [word, more] = splitWord(rest);
  const from = parseUsername(word);
  const words = parseLineText(more);
  return from && words && [from, words];
}

function bracketed(rest: string): readonly [from: Username, text: string] | undefined {
  const end = rest.indexOf('] ');
  if (!rest.startsWith('[') || end < 0) return undefined;
  const from = parseUsername(rest.slice(1, end));
  return from && [from, rest.slice(end + 2)];
}

/** What an OK confirms. */
export type Confirmation =
  | { readonly of: 'HELO'; readonly username: Username }
  | { readonly of: 'BCST'; readonly text: string }
  | { readonly of: 'QUIT' };

const goodbye = 'Goodbye';

function parseConfirmation(rest: string): Confirmation | undefined {
  if (rest === goodbye) return { of: 'QUIT' };
  const [word, more] = splitWord(rest);
  if (word === 'BCST') return { of: 'BCST', text: more };
  const username = word === 'HELO' ? parseUsername(more) : undefined;
  return username && { of: 'HELO', username };
}

function formatConfirmation(confirmed: Confirmation): string {
  switch (confirmed.of) {
    case 'HELO':
      return `HELO ${confirmed.username}`;
    case 'BCST':
      return `BCST ${confirmed.text}`;
    case 'QUIT':
      return goodbye;
  }
}

const table = {
  HELO: row({
    section: '7.1',
    form: 'HELO <welcome message>',
    parse: (rest): { verb: 'HELO'; welcome: string } => ({ verb: 'HELO', welcome: rest }),
    format: ({ welcome }) => welcome,
  }),
  '+OK': row({
    section: '7.1',
    form: '+OK HELO <username> | +OK BCST <message> | +OK Goodbye',
    parse(rest): { verb: '+OK'; confirmed: Confirmation } | undefined {
      const confirmed = parseConfirmation(rest);
      return confirmed && { verb: '+OK', confirmed };
    },
    format: ({ confirmed }) => formatConfirmation(confirmed),
  }),
  '-ERR': row({
    section: '7.1',
    form: '-ERR <reason>',
    parse: (rest): { verb: '-ERR'; text: string } => ({ verb: '-ERR', text: rest }),
    format: ({ text }) => text,
  }),
  '-SOFT_ERR': row({
    section: '7.5',
    form: '-SOFT_ERR <reason>',
    parse: (rest): { verb: '-SOFT_ERR'; text: string } => ({ verb: '-SOFT_ERR', text: rest }),
    format: ({ text }) => text,
  }),
  '+SUCCESS': row({
    section: '7.4',
    form: '+SUCCESS <text>',
    parse: (rest): { verb: '+SUCCESS'; text: string } => ({ verb: '+SUCCESS', text: rest }),
    format: ({ text }) => text,
  }),
  BCST: row({
    section: '7.2',
    form: 'BCST [<username>] <message>',
    parse(rest): { verb: 'BCST'; from: Username; text: string } | undefined {
      const read = bracketed(rest);
      return read && { verb: 'BCST', from: read[0], text: read[1] };
    },
    format: ({ from, text }) => `[${from}] ${text}`,
  }),
  PING: row({
    section: '7.3',
    form: 'PING',
    parse: (): { verb: 'PING' } => ({ verb: 'PING' }),
    format: () => '',
  }),
  // Version 1's text says DSCB, its example DSCN: the example is what is sent.
  DSCN: row({
    section: '7.3',
    form: 'DSCN <reason>',
    parse: (rest): { verb: 'DSCN'; reason: string } => ({ verb: 'DSCN', reason: rest }),
    format: ({ reason }) => reason,
  }),
  PM: row({
    section: '7.5',
    form: 'PM <username> <encryptedMessage> [<encryptedSessionKey>]',
    parse(rest): { verb: 'PM'; from: Username; payload: LineText } | undefined {
      const read = sender(rest);
      return read && { verb: 'PM', from: read[0], payload: read[1] };
    },
    format: ({ from, payload }) => `${from} ${payload}`,
  }),
  REQUEST_PUBLIC_KEY: row({
    section: '7.5',
    form: 'REQUEST_PUBLIC_KEY @<username> <timestamp>',
    parse(rest): { verb: 'REQUEST_PUBLIC_KEY'; from: Username; timestamp: Token } | undefined {
      const read = addressed(rest);
      const timestamp = read && parseToken(read[1]);
      return read && timestamp && { verb: 'REQUEST_PUBLIC_KEY', from: read[0], timestamp };
    },
    format: ({ from, timestamp }) => `@${from} ${timestamp}`,
  }),
  PUBLIC_KEY: row({
    section: '7.5',
    form: 'PUBLIC_KEY @<username> <publicKey> <timestamp>',
    parse(rest): { verb: 'PUBLIC_KEY'; from: Username; key: Token; timestamp: Token } | undefined {
      const read = addressed(rest);
      if (read === undefined) return undefined;
      const [first, second] = splitWord(read[1]);
      const key = parseToken(first);
      const timestamp = parseToken(second);
      return key && timestamp && { verb: 'PUBLIC_KEY', from: read[0], key, timestamp };
    },
    format: ({ from, key, timestamp }) => `@${from} ${key} ${timestamp}`,
  }),
  // From a member: `[sender] message`. From the server itself (a kick): text without a sender [7.10].
  GROUP_MESSAGE: row({
    section: '7.8',
    form: 'GROUP_MESSAGE [<username>] <message> | GROUP_MESSAGE <notice>',
    parse(rest): { verb: 'GROUP_MESSAGE'; from: Username | undefined; text: string } {
      const read = bracketed(rest);
      return read === undefined
        ? { verb: 'GROUP_MESSAGE', from: undefined, text: rest }
        : { verb: 'GROUP_MESSAGE', from: read[0], text: read[1] };
    },
    format: ({ from, text }) => (from === undefined ? text : `[${from}] ${text}`),
  }),
  FILE_TRANS: row({
    section: '7.11',
    form: 'FILE_TRANS @<username> <metadata>',
    parse(rest): { verb: 'FILE_TRANS'; from: Username; metadata: LineText } | undefined {
      const read = addressed(rest);
      return read && { verb: 'FILE_TRANS', from: read[0], metadata: read[1] };
    },
    format: ({ from, metadata }) => `@${from} ${metadata}`,
  }),
  // To the sender: the receiver is ready, and this is the port.
  READY_FOR_FILE: row({
    section: '7.11',
    form: 'READY_FOR_FILE @<username> <metadata> <portNumber>',
    parse(
      rest,
    ): { verb: 'READY_FOR_FILE'; to: Username; metadata: LineText; port: number } | undefined {
      const read = addressed(rest);
      if (read === undefined) return undefined;
      const [first, last] = splitLastWord(read[1]);
      const metadata = parseLineText(first);
      const port = parsePort(last);
      if (metadata === undefined || port === undefined) return undefined;
      return { verb: 'READY_FOR_FILE', to: read[0], metadata, port };
    },
    format: ({ to, metadata, port }) => `@${to} ${metadata} ${port}`,
  }),
  // To the receiver.
  OPEN_PORT_TO_RECEIVE: row({
    section: '7.11',
    form: 'OPEN_PORT_TO_RECEIVE <portNumber>',
    parse(rest): { verb: 'OPEN_PORT_TO_RECEIVE'; port: number } | undefined {
      const port = parsePort(rest);
      return port === undefined ? undefined : { verb: 'OPEN_PORT_TO_RECEIVE', port };
    },
    format: ({ port }) => String(port),
  }),
};

export type EventVerb = keyof typeof table;

type RowEvent<Row> = Row extends EventSpec<infer E> ? E : never;

/** The event whose first word is `V`. */
export type EventOf<V extends EventVerb> = RowEvent<(typeof table)[V]>;

/** Any version 1 event. Texts come from the server: they may hold anything but line ends. */
export type Event = { [V in EventVerb]: EventOf<V> }[EventVerb];

/** What the documentation reads of a row. */
export interface EventRow {
  readonly section: string;
  readonly form: string;
}

/** Every event with its section and form. */
export const eventTable: Readonly<Record<EventVerb, EventRow>> = table;

function isEventVerb(word: string): word is EventVerb {
  return Object.hasOwn(table, word);
}

/**
 * Reads one line of a server, without its line end. Undefined for a line of unknown form: a client ignores it, because
 * a later server may send lines that this client does not know.
 */
export function parseEvent(line: string): Event | undefined {
  const [word, rest] = splitWord(line);
  return isEventVerb(word) ? table[word].parse(rest) : undefined;
}

/** The line of `event`, with its line end. */
export function formatEvent(event: Event): string {
  const spec = table[event.verb] as EventSpec<Event>;
  const rest = spec.format(event);
  return rest === '' ? `${event.verb}\n` : `${event.verb} ${rest}\n`;
}

/** The text of the list of users in a `+SUCCESS` [7.4]: `[Rogier, Steven, unknown]`. */
export function formatUserList(names: readonly string[]): string {
  return `[${names.join(', ')}]`;
}

/**
 * The names in a list of users, or undefined if `text` is not such a list. `unknown` is a connection without a login.
 */
export function parseUserList(text: string): readonly Username[] | undefined {
  if (!text.startsWith('[') || !text.endsWith(']')) return undefined;
  const names = text.slice(1, -1).split(', ').map(parseUsername);
  return names.every((name) => name !== undefined) ? names : undefined;
}
