// What the rows of the table of typed commands may do, and what they answer.

import type { ChatClient } from '../../client/chat-client.ts';
import type { CommandRefusal } from '../../client/command-refusal.ts';
import type { Result } from '../../lib/result.ts';
import type { PrintedLine } from './printed-line.ts';

/** What the rows may do. */
export interface TypedActions {
  readonly client: ChatClient;
  /** The safety numbers that were shown, by user. */
  readonly compared: Map<string, string>;
  readonly print: (line: PrintedLine) => void;
  readonly leave: () => void;
}

/** What was asked is done, or was refused; or the words are not of the row's form. */
export type Done = Result<unknown, CommandRefusal> | 'malformed' | undefined;
