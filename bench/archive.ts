// How the load generator writes to a conversation that a server stores, and how it learns that a message is stored.
// Texts are binary strings (one character per byte). Opens no sockets itself.

import type { Talk } from './load/talk.ts';

export interface Archive {
  /** From the open connection to a person who can write to the conversation that all writers share. */
  join(talk: Talk, name: string): Promise<void>;
  /** The line that sends `payload`, as message `number` of this writer; the first is 1. */
  write(name: string, number: number, payload: string): string;
  /** The form of each confirmation of an own message: one match, which must end where the confirmation ends. */
  kept(name: string): RegExp;
}
