// Why a command was not sent, as a value. If one of these is returned, nothing has left the machine.

import { err, type Err } from '../lib/result.ts';
import { maxNameLength } from '../wire/text.ts';
import type { SendRefusal } from './files/transfers-options.ts';

interface Refusals {
  /** There is no login, not yet or no longer. */
  'not-open': unknown;
  empty: unknown;
  /** CR, LF or NUL: they would end the line, and what follows would be a command of its own. */
  'control-character': unknown;
  /** `overBytes`: by how much the line is longer than a server accepts. */
  'too-long': { readonly overBytes: number };
  'not-a-username': unknown;
  'not-a-group-name': unknown;
  /** Too much waits to be sent: the caller did not wait for `ready`. */
  'queue-full': unknown;
  /** Too many private texts are not delivered yet. */
  'too-many-undelivered': unknown;
  /** Too much waits to be stored by the server. */
  'outbox-full': unknown;
  /** This program does not have the account's store: private messages and files are for the one that has it. */
  'private-elsewhere': unknown;
  /** The stored data about it cannot be read. */
  'unreadable-store': unknown;
  /** Only an account gets that. */
  'no-account': unknown;
  /** A private message to oneself. */
  'to-yourself': unknown;
  /** Unencrypted, to a person whose key is known: that could reveal what was private before. */
  'encrypted-before': unknown;
  /** No key of that person is known yet. */
  'no-key': unknown;
  /** The compared safety number no longer belongs to the key. */
  'other-key': unknown;
  /** No changed key of that person waits for a decision. */
  'nothing-to-decide': unknown;
  /** This client has no means to send and receive files. */
  'no-files': unknown;
  'file-to-yourself': unknown;
  'no-such-file': unknown;
  /** A folder, a device. */
  'not-a-file': unknown;
  'unreadable-file': unknown;
  /** That file is on its way there already. */
  'already-sending': unknown;
  /** Too many files are not done yet. */
  'too-many-files': unknown;
  /** No file of that number waits for that. */
  'no-such-transfer': unknown;
  /** Several files wait for that: a number is needed. */
  'which-transfer': unknown;
  /** The key of the offer is not trusted here. */
  'key-not-trusted': unknown;
  /** A file to a group that is not sealed: the server could read its key. */
  'open-group': unknown;
  'open-lobby': unknown;
  /** The server keeps no files. */
  'nothing-kept': unknown;
  /** More than a text, where an older server can read what is said. */
  'no-contents': unknown;
  /** The server erases nothing by itself. */
  'no-expiry': unknown;
  /** Whoever is there without an account, or in version 1, would keep what is said. */
  'open-timer': unknown;
  /** In a group its admins set the timer, and in the lobby nobody. */
  'not-your-timer': unknown;
}

export type CommandRefusalCode = keyof Refusals;

/** A code for the program, and a sentence for people that says what would be right. */
export type CommandRefusal = {
  [Code in CommandRefusalCode]: { readonly code: Code; readonly hint: string } & Refusals[Code];
}[CommandRefusalCode];

const nameForm = `is 1 to ${maxNameLength} letters, digits and underscores`;

const hints = {
  'not-open': 'There is no connection to the server.',
  empty: 'There is nothing to send.',
  'control-character': 'A text is one line, without line breaks and NUL characters.',
  'not-a-username': `A name of a user ${nameForm}.`,
  'not-a-group-name': `A name of a group ${nameForm}.`,
  'queue-full': 'The server takes it in too slowly. Wait a moment and send it again.',
  'too-many-undelivered': 'Too much is not delivered yet. Wait until some of it is.',
  'outbox-full':
    'As much as can be kept waits to be sent already. Send it again when some of it has left.',
  'private-elsewhere':
    'Private messages and files of this account are for the program that has what is kept for it, and not here.',
  'no-account': 'Guests are not told that; an account is.',
  'to-yourself': 'A private message to yourself would go nowhere.',
  'encrypted-before':
    'Messages with this person were encrypted before, and are never sent in the clear since.',
  'no-key': 'No key of this person is known yet: exchange a private message first.',
  'other-key': 'The key of this person is another one by now: compare the number again.',
  'nothing-to-decide': 'No changed key of this person waits for your word.',
  'no-files': 'Files cannot be sent from here.',
  'file-to-yourself': "You can't send a file to yourself!",
  'no-such-file': 'No such file!',
  'not-a-file': 'That is no file: a folder can be packed first.',
  'already-sending': 'That file is on its way there already.',
  'too-many-files': 'Too many files are not done yet. Wait until some are.',
  'no-such-transfer': 'There is no such file. /files shows those there are.',
  'which-transfer': 'There are several: say which one by its number. /files shows them.',
  'key-not-trusted':
    'It is offered under a key that is not trusted. Decide about the key first: /trust or /distrust.',
  'open-group':
    'You are in no sealed group of that name, and files go to sealed groups only: in an open one the server could read them.',
  'open-lobby':
    'The lobby is not sealed, and files go to one person or to a sealed group: in an open lobby the server could read them.',
  'no-contents':
    'This server is of an earlier version, and cannot carry that where it can read what is said.',
  'no-expiry': 'This server is of an earlier version, and would keep what disappears.',
  'open-timer':
    'Only what is sealed can disappear: in the open, guests and older programs keep what is said.',
  'not-your-timer': 'In a group its admins decide that, and in the lobby nobody does.',
  'nothing-kept': 'This server keeps no files for others, so they go to one person at a time.',
} as const;

/** The refusal with that code. */
export function refuseCommand(code: keyof typeof hints): Err<CommandRefusal> {
  // The compiler compares no more than 25 codes by itself.
  return err({ code, hint: hints[code] } as CommandRefusal);
}

/** The refusal of a text that is too long for a line. */
export function refuseLength(overBytes: number): Err<CommandRefusal> {
  return err({ code: 'too-long', overBytes, hint: `It is too long by ${overBytes} bytes.` });
}

/** The refusal of a file that is not sent. */
export function refuseFile(refusal: SendRefusal): Err<CommandRefusal> {
  switch (refusal.code) {
    case 'missing':
      return refuseCommand('no-such-file');
    case 'unreadable':
    case 'changed': {
      const detail = refusal.code === 'changed' ? 'it changes at this moment' : refusal.detail;
      return err({ code: 'unreadable-file', hint: `The file cannot be read: ${detail}.` });
    }
    case 'self':
      return refuseCommand('file-to-yourself');
    case 'too-many':
      return refuseCommand('too-many-files');
    case 'not-a-file':
    case 'nothing-kept':
    case 'already-sending':
      return refuseCommand(refusal.code);
  }
}

/** The refusal of a text that cannot be on a line. */
export function refuseText(text: string): Err<CommandRefusal> {
  return refuseCommand(text === '' ? 'empty' : 'control-character');
}
