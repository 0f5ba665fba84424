// How the load generator talks to one kind of server: what to send, and how messages of others arrive. Texts are
// binary strings (one character a byte). A dialect is data; it opens no sockets.

/** A step of a conversation before anything is measured: say something, or read until something has come. */
export type Step = { readonly send: string } | { readonly until: string };

export interface Dialect {
  /** From the open connection to a person who can be written to by that name. */
  login(name: string): readonly Step[];
  /** From there to hearing what is said to all. */
  join(name: string): readonly Step[];
  /** A question whose answer comes behind everything that the server has yet to say; none where nothing comes. */
  readonly barrier: readonly Step[];
  /** How many logins may be under way at once: fewer than the server's listen backlog holds. */
  readonly loginsAtOnce: number;
  /** Whether those who speak to all have to be among those who hear it. */
  readonly speakersJoin: boolean;

  /** Says `payload` to all. */
  broadcast(payload: string): string;
  /** How that arrives. */
  broadcastArrives(from: string, payload: string): string;
  /** What the sender is told about it, where there is such a thing and it repeats the payload. */
  broadcastConfirmed?(payload: string): string;

  /** Says `payload` to one person. */
  privately(to: string, payload: string): string;
  /** How that arrives. */
  privateArrives(from: string, to: string, payload: string): string;

  /** Lines that may come while one measures and carry no message, each with its line end; undefined for none. */
  readonly aside?: RegExp;
}

/** The name of person number `index`: all are equally long, so that all lines are. */
export function personName(index: number): string {
  return `u${String(index).padStart(5, '0')}`;
}
