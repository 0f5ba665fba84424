// How the load generator speaks to one kind of server: what to send, and how messages of others arrive. Texts are
// binary strings (one character per byte). A dialect is data; it opens no sockets.

/** A step of a conversation before the measurement: send something, or read until something has arrived. */
export type Step = { readonly send: string } | { readonly until: string };

export interface Dialect {
  /** Whether all that comes is in frames of a WebSocket, to be taken out of them first. */
  readonly inFrames?: boolean;
  /** Whether the connection is over TLS. Whose certificate it is does not matter here. */
  readonly overTls?: boolean;
  /** Whether one can only connect: nobody speaks there. */
  readonly isMute?: boolean;

  /** From the open connection to a person to whom others can write by that name. */
  login(name: string): readonly Step[];
  /** From there to receiving what is sent to everybody. */
  join(name: string): readonly Step[];
  /** A request whose answer comes after everything that the server has yet to send. Empty if it has none. */
  readonly barrier: readonly Step[];
  /** How many logins may be in progress at once: fewer than the server's listen backlog. */
  readonly loginsAtOnce: number;
  /** Whether senders to everybody must be among the receivers. */
  readonly speakersJoin: boolean;

  /** Sends `payload` to everybody. */
  broadcast(payload: string): string;
  /** How that arrives. */
  broadcastArrives(from: string, payload: string): string;
  /** The confirmation for the sender, if there is one and it repeats the payload. */
  broadcastConfirmed?(payload: string): string;

  /** Sends `payload` to one person. */
  privately(to: string, payload: string): string;
  /** How that arrives. */
  privateArrives(from: string, to: string, payload: string): string;

  /** Lines that may come during the measurement and carry no message, each with its line end. Undefined for none. */
  readonly aside?: RegExp;
}

/** The name of person number `index`. All have the same length, so that all lines have. */
export function personName(index: number): string {
  return `u${String(index).padStart(5, '0')}`;
}
