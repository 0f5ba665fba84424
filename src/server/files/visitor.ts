// A connection to a transfer port until it has introduced itself: plain or TLS, and the introduction. Owns the time
// limit for this. Does not decide who is admitted.
//
// One port serves both people; one may be connected to the chat over TLS and the other not. A TLS connection is
// recognised by its first byte, which begins no line of the protocol.

import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket, type SecureContext } from 'node:tls';
import type { Clock } from '../clock.ts';
import { normalAddress } from '../transport/address.ts';
import type { RelayOrigin } from './admission.ts';

/** The type of the record that a TLS handshake begins with [RFC 8446 §5.1]. */
const tlsHandshake = 0x16;

/** How long the introduction may take, with the handshake, in milliseconds. */
const introductionTimeoutMs = 10_000;

/** Reads what a connection says first, in any chunks. Must be called until the result is not `more`. */
export interface VisitorReader<Introduced> {
  push(chunk: Uint8Array): Introduced | 'more' | 'stranger';
}

export interface VisitorListener<Introduced> {
  /** It has introduced itself. The socket is paused and belongs to the listener from now on. */
  introduced(visitor: Visitor<Introduced>, socket: Duplex, introduced: Introduced): void;
  /** It is neither the sender nor the receiver, or has not introduced itself in time. */
  refused(visitor: Visitor<Introduced>, reason: 'stranger' | 'silent'): void;
  /** It has disconnected. */
  left(visitor: Visitor<Introduced>): void;
}

export class Visitor<Introduced> {
  readonly #raw: Duplex;
  readonly #web: RelayOrigin | undefined;
  readonly #reader: VisitorReader<Introduced>;
  readonly #listener: VisitorListener<Introduced>;
  readonly #cancelTimeout: () => void;
  #socket: Duplex;

  /**
   * @param web where a WebSocket comes from: its connection and its TLS are behind it already
   * @param secureContext for TLS; undefined if the server has no TLS
   */
  constructor(
    socket: Duplex,
    web: RelayOrigin | undefined,
    reader: VisitorReader<Introduced>,
    secureContext: SecureContext | undefined,
    clock: Clock,
    listener: VisitorListener<Introduced>,
  ) {
    this.#raw = socket;
    this.#web = web;
    this.#socket = socket;
    this.#reader = reader;
    this.#listener = listener;
    this.#cancelTimeout = clock.after(introductionTimeoutMs, () => this.#refuse('silent'));
    socket.once('data', (first: Buffer) => {
      if (first[0] === tlsHandshake && secureContext !== undefined && socket instanceof Socket) {
        this.#stopListening();
        socket.pause();
        socket.unshift(first);
        this.#socket = new TLSSocket(socket, { isServer: true, secureContext });
        this.#listen();
      } else {
        socket.on('data', this.#data);
        this.#data(first);
      }
    });
    socket.on('end', this.#leave);
    socket.on('close', this.#leave);
    // 'close' follows every error and is what counts.
    socket.on('error', () => {});
  }

  /** Where it comes from. */
  get origin(): RelayOrigin {
    if (this.#web !== undefined) return this.#web;
    const address = this.#raw instanceof Socket ? this.#raw.remoteAddress : undefined;
    return { address: normalAddress(address), secure: this.#socket !== this.#raw };
  }

  /** Closes it at once, without a report. */
  destroy(): void {
    this.#release();
    this.#socket.destroy();
    this.#raw.destroy();
  }

  #listen(): void {
    this.#socket.on('data', this.#data);
    this.#socket.on('end', this.#leave);
    this.#socket.on('close', this.#leave);
    this.#socket.on('error', () => {});
  }

  #stopListening(): void {
    this.#socket.off('data', this.#data);
    this.#socket.off('end', this.#leave);
    this.#socket.off('close', this.#leave);
  }

  #release(): void {
    this.#cancelTimeout();
    this.#stopListening();
  }

  readonly #data = (chunk: Buffer): void => {
    const reading = this.#reader.push(chunk);
    if (reading === 'more') return;
    if (reading === 'stranger') {
      this.#refuse('stranger');
      return;
    }
    this.#release();
    this.#socket.pause();
    this.#listener.introduced(this, this.#socket, reading);
  };

  readonly #leave = (): void => {
    this.destroy();
    this.#listener.left(this);
  };

  #refuse(reason: 'stranger' | 'silent'): void {
    this.destroy();
    this.#listener.refused(this, reason);
  }
}
