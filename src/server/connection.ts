// One connection: bytes -> lines -> typed commands, passed to the chat. Owns the line splitter, whether lines are
// still accepted, and throttling: a connection that exceeds its limits is not read until it may continue, so nothing
// is lost and nobody is refused. Knows no users and no rules.

import { isUtf8 } from 'node:buffer';
import type { ConnectionId } from '../hub/effects.ts';
import { isVerb, parseCommand, type Command, type LineRefusal } from '../wire/commands.ts';
import { isRequestVerb } from '../wire/extended/requests.ts';
import { LineSplitter } from '../wire/line-splitter.ts';
import { otherProtocol } from '../wire/other-protocols.ts';
import { fatal, soft } from '../wire/replies.ts';
import { splitWord } from '../wire/text.ts';
import { binaryFromBytes, textFromBinary } from './binary-string.ts';
import type { Clock } from './clock.ts';
import type { Allowance } from './limits/flood-control.ts';
import type { Transport, TransportListener } from './transport/transport.ts';

/** What a connection reports. */
export interface ClientConnectionListener {
  readonly maxLineBytes: number;
  readonly clock: Clock;
  /**
   * How long every connection must wait before its next line, in milliseconds, because the server is behind; mostly 0.
   */
  readonly waitMs: number;
  /** The phase that decides which commands are valid. Undefined once no more input is wanted. */
  phase(connection: ConnectionId): 'greeting' | 'open' | undefined;
  /** Returns the cost of carrying it out, in bytes. */
  command(connection: ConnectionId, command: Command): number;
  /** A line of the extended protocol, or one that looks like it, in UTF-8. Returns its cost, in bytes. */
  request(connection: ConnectionId, verb: string, line: string): number;
  /** Returns the cost of the answer, in bytes. */
  refuse(connection: ConnectionId, refusal: LineRefusal): number;
  /** A line exceeds the cap. */
  lineTooLong(connection: ConnectionId): void;
  /** The connection is not read for a while, because it exceeded its limits. */
  holdBack(connection: ConnectionId): void;
  /** The connection is read again. */
  letGo(connection: ConnectionId): void;
  /**
   * The other side has closed its output. Ends the transport after everything that must still be sent, which may wait
   * for the store.
   */
  gone(connection: ConnectionId): void;
}

/** The input of a connection while it is not read. */
interface HeldBack {
  /** At most one chunk. */
  readonly rest: Uint8Array;
  cancel: () => void;
  /** Whether the other side has closed its output. */
  finished: boolean;
}

const lineEnd = 10;

/** Shorter waits are not worth a timer, in milliseconds: the connection may exceed its limits a little instead. */
const minHoldMs = 20;

const tooMuchUnfinished: LineRefusal = {
  severity: 'fatal',
  text: fatal.text('too-much-unfinished'),
};
const notUtf8: LineRefusal = { severity: 'soft', text: soft.text('not-utf8') };

export class ClientConnection implements TransportListener {
  readonly #id: ConnectionId;
  readonly #transport: Transport;
  readonly #listener: ClientConnectionListener;
  /** Undefined if there are no limits. */
  readonly #allowance: Allowance | undefined;
  readonly #splitter: LineSplitter;
  #held: HeldBack | undefined;
  /** Bytes that the transport keeps of a message that is not whole. */
  #gathered = 0;

  constructor(
    id: ConnectionId,
    transport: Transport,
    allowance: Allowance | undefined,
    listener: ClientConnectionListener,
  ) {
    this.#id = id;
    this.#transport = transport;
    this.#allowance = allowance;
    this.#listener = listener;
    this.#splitter = new LineSplitter(listener.maxLineBytes);
  }

  data(chunk: Uint8Array): void {
    if (this.#listener.phase(this.#id) === undefined) return;
    let waitMs = 0;
    // Where all of a chunk is UTF-8, so is each line that is in it as a whole.
    let isChecked: boolean | undefined;
    const inCap = this.#splitter.pushRanges(chunk, (bytes, from, to) => {
      if (bytes === chunk) isChecked ??= isUtf8(chunk.subarray(0, chunk.lastIndexOf(lineEnd)));
      const isText = bytes === chunk && isChecked === true;
      waitMs = this.#handle(bytes, from, to, isText || isUtf8(bytes.subarray(from, to)));
      return waitMs === 0;
    });
    if (!inCap) this.#listener.lineTooLong(this.#id);
    else if (!this.#mayHold()) this.#listener.refuse(this.#id, tooMuchUnfinished);
    // A copy, because the chunk is only valid during the call. (slice() of a Buffer would not copy.)
    else if (waitMs > 0)
      this.#holdBack(new Uint8Array(chunk.subarray(this.#splitter.taken)), waitMs);
  }

  gathering(bytes: number): void {
    this.#gathered = bytes;
    if (this.#listener.phase(this.#id) !== undefined && !this.#mayHold())
      this.#listener.refuse(this.#id, tooMuchUnfinished);
  }

  /** Whether the address of this connection may hold what has come of a line. */
  #mayHold(): boolean {
    return this.#allowance?.hold(this.#splitter.held + this.#gathered) ?? true;
  }

  finished(): void {
    if (this.#held !== undefined) {
      this.#held.finished = true;
      return;
    }
    this.#listener.gone(this.#id);
  }

  closed(): void {
    this.#held?.cancel();
    this.#allowance?.leave();
    this.#listener.gone(this.#id);
  }

  /** Returns how long to wait before the next line, in milliseconds. */
  #handle(bytes: Uint8Array, from: number, to: number, isText: boolean): number {
    const phase = this.#listener.phase(this.#id);
    // Lines behind a QUIT in the same chunk.
    if (phase === undefined) return 0;
    const line = binaryFromBytes(bytes, from, to);
    const cost = this.#carryOut(line, isText, phase);
    const ownMs = this.#allowance?.takeLine(line.length + cost) ?? 0;
    return Math.max(ownMs, this.#listener.waitMs);
  }

  /** `isText`: the line is UTF-8. Returns its cost, without its own bytes. */
  #carryOut(line: string, isText: boolean, phase: 'greeting' | 'open'): number {
    const foreign = phase === 'greeting' ? otherProtocol(line) : undefined;
    if (foreign !== undefined) return this.#listener.refuse(this.#id, isOfAnother(foreign));
    if (!isText) return this.#listener.refuse(this.#id, notUtf8);
    const [verb, rest] = splitWord(line);
    if (isRequestLine(verb, rest)) {
      const refused = verb === 'EHLO' ? this.#refuseLogin() : undefined;
      return refused ?? this.#listener.request(this.#id, verb, textFromBinary(line));
    }
    const parsed = parseCommand(line, phase);
    if (!parsed.ok) return this.#listener.refuse(this.#id, parsed.error);
    const refused = parsed.value.verb === 'HELO' ? this.#refuseLogin() : undefined;
    return refused ?? this.#listener.command(this.#id, parsed.value);
  }

  /** Counts a login. Returns the cost of refusing it, or undefined if it may continue. */
  #refuseLogin(): number | undefined {
    const waitMs = this.#allowance?.takeLogin() ?? 0;
    return waitMs > 0 ? this.#listener.refuse(this.#id, tooManyLogins(waitMs)) : undefined;
  }

  #holdBack(rest: Uint8Array, waitMs: number): void {
    this.#held = { rest, cancel: this.#letGoAfter(waitMs), finished: false };
    this.#transport.pause();
    this.#listener.holdBack(this.#id);
  }

  #letGoAfter(waitMs: number): () => void {
    return this.#listener.clock.after(Math.max(minHoldMs, waitMs), () => this.#letGo());
  }

  #letGo(): void {
    const held = this.#held;
    if (held === undefined) return;
    const { waitMs } = this.#listener;
    if (waitMs > 0) {
      held.cancel = this.#letGoAfter(waitMs);
      return;
    }
    this.#held = undefined;
    this.#listener.letGo(this.#id);
    this.data(held.rest);
    if (held.finished) this.finished();
    else if (this.#held === undefined) this.#transport.resume();
  }
}

/** Whether a line is from the extended protocol, perhaps from a later version than ours. */
function isRequestLine(verb: string, rest: string): boolean {
  return !isVerb(verb) && (isRequestVerb(verb) || rest.startsWith('{'));
}

function tooManyLogins(waitMs: number): LineRefusal {
  const text = fatal.text('too-many-logins', { seconds: Math.ceil(waitMs / 1000) });
  return { severity: 'fatal', text };
}

function isOfAnother(protocol: string): LineRefusal {
  return { severity: 'fatal', text: fatal.text('other-protocol', { protocol }) };
}
