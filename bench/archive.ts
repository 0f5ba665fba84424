// How the load generator writes to a conversation that a server stores, and how it learns that a message is stored.
// Texts are binary strings (one character a byte). Opens no sockets itself.

import type { Talk } from './load/talk.ts';

export interface Archive {
  /** From the open connection to somebody who can write to the conversation that all writers share. */
  join(talk: Talk, name: string): Promise<void>;
  /** What says `payload`, as message `number` of this writer; the first is 1. */
  write(name: string, number: number, payload: string): string;
  /** How each confirmation of an own message looks: one match, which must end where the confirmation ends. */
  kept(name: string): RegExp;
}
