// Why a command was not sent, as a value. Nothing has left the machine when one of these is given back.

import { err, type Err } from '../lib/result.ts';
import { maxNameLength } from '../wire/text.ts';

interface Refusals {
  /** There is no login, not yet or no longer. */
  'not-open': unknown;
  empty: unknown;
  /** CR, LF or NUL: they would end the line, and what follows would be a command of its own. */
  'control-character': unknown;
  /** `overBytes`: by how much the line is longer than what a server takes. */
  'too-long': { readonly overBytes: number };
  'not-a-username': unknown;
  'not-a-group-name': unknown;
  /** More waits to be sent than may: somebody did not wait for `ready`. */
  'queue-full': unknown;
}

export type CommandRefusalCode = keyof Refusals;

/** A code to act on, and a sentence for people that says what would be right. */
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
} as const;

/** The refusal with that code. */
export function refuseCommand(code: keyof typeof hints): Err<CommandRefusal> {
  return err({ code, hint: hints[code] });
}

/** The refusal of a text that is too long for a line. */
export function refuseLength(overBytes: number): Err<CommandRefusal> {
  return err({ code: 'too-long', overBytes, hint: `It is too long by ${overBytes} bytes.` });
}

/** The refusal of something that cannot stand on a line. */
export function refuseText(text: string): Err<CommandRefusal> {
  return refuseCommand(text === '' ? 'empty' : 'control-character');
}
