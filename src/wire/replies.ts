// The registry of fixed replies: every code with its text, exactly as in version 1 [7.1 to 7.12]. Both directions use
// one template, so clients match on codes and never on text. docs/PROTOCOL.md lists the same; a test compares the
// two.

import { failures } from './extended/failures.ts';
import type { LineText } from './text.ts';

/** The same words in both forms of the protocol. */
const storeFailed = failures['store-failed'];

/** Refusals that end the connection: `-ERR <text>`. */
const fatalTemplates = {
  'user-logged-in': 'user already logged in', // [7.1]
  'username-invalid':
    'username has an invalid format (only characters, numbers and underscores are allowed)', // [7.1]
  'line-too-long': 'line too long (at most {max} bytes)',
  'server-full': 'the server is full, try again later',
  'other-protocol': 'this port is for chat, and that line is of another protocol ({protocol})',
  'no-login': 'too many lines that are no login (at most {max}), begin with HELO <username>',
  'no-guests': 'this server takes no guests, log in with an account',
  'address-banned': 'nobody new is let in from your address at the moment',
  'too-many-connections': 'too many connections from your address, try again later',
  'too-much-unfinished': 'too many unfinished lines from your address, try again later',
  'too-many-logins': 'too many logins from your address, try again in {seconds} seconds',
  // The extended login [12]:
  'name-registered': 'that name belongs to an account, log in with its device or take another name',
  'name-taken': 'that name belongs to an account with another device, take another name',
  'device-revoked':
    'this device was taken out of that account, log in with another of its devices or link a new one',
  'recovery-refused':
    'that recovery does not go on from the last link of that account, or adds another device',
  'login-malformed': 'malformed login: EHLO and PROVE take one JSON object each',
  'login-out-of-order': 'the login is out of order: EHLO, then PROVE, once',
  'bad-signature': 'that signature does not prove that you hold the key',
  'account-banned': 'your account is banned from this server',
  'account-busy': 'your account is connected {max} times already, that is the most',
  'registration-closed': 'this server takes no new accounts',
  'invite-needed': 'a new account needs a one-time code from the operator of this server',
  'invite-invalid': 'that one-time code is not valid, or not any more',
  'too-many-accounts': 'this server has as many accounts as it can keep',
  'store-failed': storeFailed,
} as const;

/** Refusals after which the connection stays open: `-SOFT_ERR <text>`. */
const softTemplates = {
  'no-such-user': 'no such user!', // [7.5] [7.11]
  'group-exists': 'a group with that name already exists!', // [7.6]
  'no-such-group': 'no such group!', // [7.7] to [7.10]
  'already-member': 'you are already a member of that group!', // [7.7]
  banned: 'you are banned from that group!', // [7.7]
  'not-allowed-to-write': 'you are not allowed to write in that group!', // [7.8]
  'not-a-member': 'you are not a member of that group!', // [7.9]
  'admin-cannot-leave': `you are an admin, you can't leave the group!"`, // [7.9] the quote is version 1's
  'not-allowed-to-kick': 'you are not allowed to kick members out that group!', // [7.10]
  'cannot-kick-yourself': 'why would you kick yourself out of your group :)?', // [7.10]
  'user-not-a-member': 'user {user} is not a member of group {group}', // [7.10]
  'cannot-send-to-yourself': "you can't send a file to yourself!", // [7.11]
  // Where version 1 is silent:
  'login-first': 'log in first: HELO <username>',
  'already-logged-in': 'you are already logged in',
  'unknown-command': 'unknown command',
  malformed: 'malformed command, the form is: {form}',
  'not-utf8': 'the line is not valid UTF-8',
  'control-character': 'a line must not hold NUL or CR characters',
  'group-name-invalid':
    'group name has an invalid format (only characters, numbers and underscores are allowed, at most 32)',
  'too-many-groups': 'you are the admin of {max} groups already, that is the most',
  'ban-list-full': 'the ban list of that group is full ({max} names)',
  'lobby-only': 'guests may speak in the lobby of this server, and nowhere else',
  'lobby-sealed':
    'the lobby of this server is sealed: it is for accounts, with a program that can encrypt for groups',
  silenced: failures.silenced,
  'slow-mode': 'that group is in slow mode, write again in {seconds} seconds',
  'announcements-only': failures['announcements-only'],
  'sealed-group':
    'that group is sealed: it is for accounts, with a program that can encrypt for groups',
  'no-such-offer': 'no such file offer!',
  'too-many-offers':
    'you have too many unanswered file offers (at most {max}, {maxBytes} bytes of metadata)',
  'too-many-transfers': 'you have {max} file transfers running already, that is the most',
  'sender-busy': 'user {user} has {max} file transfers running already, try again later',
  'transfers-full': 'the server has {max} file transfers running already, try again later',
  'guest-transfers-full':
    'guests have {max} file transfers running already, that is the most, try again later',
  'address-transfers-full':
    'there are {max} file transfers running already from one of your addresses, that is the most, try again later',
  'no-free-port': 'the server has no free port for a file transfer, try again later',
  'store-failed': storeFailed,
  'no-room': failures['no-room'],
  'over-quota': failures['over-quota'],
  'guests-over-quota':
    'guests have written as much in the last day as the server keeps of them, there is room again in a while',
} as const;

/** Confirmations: `+SUCCESS <text>`. */
const successTemplates = {
  'group-created': 'group "{group}" has been created!', // [7.6]
  'group-entered': 'you have successfully entered group "{group}"', // [7.7]
  'group-left': 'you have successfully left the group "{group}"', // [7.9]
  'member-kicked': 'user {user} has been kicked out of group {group}', // [7.10]
  'you-were-kicked': 'you have been kicked out of the group {group}', // [7.10]
  // Where version 1 is silent:
  'you-were-invited': '{user} has invited you to group "{group}": /join enters it',
  'now-admin': 'you are now the admin of group "{group}"',
  'group-ended': 'group "{group}" has been ended by its admin',
} as const;

/** Reasons of `DSCN <text>`, the last line before the server closes a connection. */
const disconnectTemplates = {
  'pong-timeout': 'Pong timeout', // [7.3]
  'login-timeout': 'Login timeout',
  'server-closing': 'the server is shutting down',
  'slow-reader': 'you read too slowly',
  'account-removed': 'your account was removed',
  'account-banned': 'your account was banned from this server',
  'address-banned': 'nobody new is let in from your address at the moment',
  'device-reset': 'your account is to be used with another device',
} as const;

type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** The values for a template's placeholders. */
export type Values<T extends string> = { readonly [Name in Placeholders<T>]: string | number };

/** The arguments behind a code: none, or the values of its template. */
export type ReplyValues<T, Code extends keyof T> = T[Code] extends string
  ? Placeholders<T[Code]> extends never
    ? []
    : [Values<T[Code]>]
  : never;

type Templates = Readonly<Record<string, string>>;

/** A reply read from the wire: its code, and the values of its placeholders. */
export interface ParsedReply<Code extends string> {
  readonly code: Code;
  readonly values: Readonly<Record<string, string>>;
}

/** One family of replies, from code to text and back. */
export interface ReplyFamily<T extends Templates> {
  readonly templates: T;
  /** The text of a reply, its placeholders filled. */
  text<Code extends keyof T & string>(code: Code, ...values: ReplyValues<T, Code>): LineText;
  /** The code of a text, or undefined if the text is not in the registry. */
  parse(text: string): ParsedReply<keyof T & string> | undefined;
}

/**
 * Longer texts are not replies of ours. Without this limit a hostile text of a line's full length could keep a pattern
 * with two placeholders busy for hours: it tries every pair of positions.
 */
const maxParsedLength = 512;

const placeholder = /\{(\w+)\}/g;

function templatePattern(template: string): RegExp {
  const literal = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(placeholder, '(?<$1>.+?)')}$`);
}

function family<T extends Templates>(templates: T): ReplyFamily<T> {
  const codes = Object.keys(templates) as (keyof T & string)[];
  const fixed = new Map<string, keyof T & string>();
  const open: [RegExp, keyof T & string][] = [];
  for (const code of codes) {
    const template = templates[code] as string;
    if (template.includes('{')) open.push([templatePattern(template), code]);
    else fixed.set(template, code);
  }
  return {
    templates,
    text(code, ...values) {
      const template = templates[code] as string;
      const filled = ((values as readonly unknown[])[0] ?? {}) as Readonly<
        Record<string, string | number>
      >;
      return template.replace(placeholder, (_, name: string) => String(filled[name])) as LineText;
    },
    parse(text) {
      if (text.length > maxParsedLength) return undefined;
      const code = fixed.get(text);
      if (code !== undefined) return { code, values: {} };
      for (const [pattern, candidate] of open) {
        const match = pattern.exec(text);
        if (match !== null) return { code: candidate, values: { ...match.groups } };
      }
      return undefined;
    },
  };
}

export const fatal = family(fatalTemplates);
export const soft = family(softTemplates);
export const success = family(successTemplates);
export const disconnect = family(disconnectTemplates);

export type SoftValues<Code extends SoftCode> = ReplyValues<typeof softTemplates, Code>;
export type SuccessValues<Code extends SuccessCode> = ReplyValues<typeof successTemplates, Code>;

export type FatalCode = keyof typeof fatalTemplates;
export type SoftCode = keyof typeof softTemplates;
export type SuccessCode = keyof typeof successTemplates;
export type DisconnectCode = keyof typeof disconnectTemplates;
