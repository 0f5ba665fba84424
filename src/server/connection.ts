// One connection: bytes -> lines -> typed commands, which the chat then hears about. Owns the line splitter and
// whether the connection is still listened to; knows no users and no rules.

import { isUtf8 } from 'node:buffer';
import type { ConnectionId } from '../hub/effects.ts';
import { parseCommand, type Command, type Refusal } from '../wire/commands.ts';
import { LineSplitter } from '../wire/line-splitter.ts';
import { soft } from '../wire/replies.ts';
import { binaryFromBytes } from './binary-string.ts';
import type { Transport, TransportListener } from './transport/transport.ts';

/** What a connection reports. */
export interface ConnectionListener {
  /** The phase that decides which commands may come; undefined once nothing more is wanted. */
  phase(connection: ConnectionId): 'greeting' | 'open' | undefined;
  command(connection: ConnectionId, command: Command): void;
  refuse(connection: ConnectionId, refusal: Refusal): void;
  /** A line has grown over the cap. */
  lineTooLong(connection: ConnectionId): void;
  /** The other side has gone, or has said all that it had to say. */
  gone(connection: ConnectionId): void;
}

const notUtf8: Refusal = { severity: 'soft', text: soft.text('not-utf8') };

export class Connection implements TransportListener {
  readonly #id: ConnectionId;
  readonly #transport: Transport;
  readonly #listener: ConnectionListener;
  readonly #splitter: LineSplitter;

  constructor(
    id: ConnectionId,
    transport: Transport,
    maxLineBytes: number,
    listener: ConnectionListener,
  ) {
    this.#id = id;
    this.#transport = transport;
    this.#listener = listener;
    this.#splitter = new LineSplitter(maxLineBytes);
  }

  data(chunk: Uint8Array): void {
    if (this.#listener.phase(this.#id) === undefined) return;
    if (!this.#splitter.push(chunk, this.#line)) this.#listener.lineTooLong(this.#id);
  }

  finished(): void {
    this.#listener.gone(this.#id);
    this.#transport.end();
  }

  closed(): void {
    this.#listener.gone(this.#id);
  }

  readonly #line = (line: Uint8Array): void => {
    const phase = this.#listener.phase(this.#id);
    // Lines behind a QUIT in the same chunk.
    if (phase === undefined) return;
    if (!isUtf8(line)) {
      this.#listener.refuse(this.#id, notUtf8);
      return;
    }
    const parsed = parseCommand(binaryFromBytes(line), phase);
    if (parsed.ok) this.#listener.command(this.#id, parsed.value);
    else this.#listener.refuse(this.#id, parsed.error);
  };
}
