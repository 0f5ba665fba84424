// The end of a passage (passage.ts) in the thread for files: the bytes of a socket in the other thread, as a stream.

import { Duplex } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';
import { maxPassingBytes, type PassageMessage } from './passage.ts';

/** After so many bytes the other thread hears that they were taken. */
const tellEveryBytes = maxPassingBytes / 4;

export class ThreadStream extends Duplex {
  readonly #channel: MessagePort;
  /** Written, and not yet with the system. */
  #unsent = 0;
  /** Goes on with writing. */
  #written: (() => void) | undefined;
  #received = 0;
  #told = 0;

  constructor(channel: MessagePort) {
    super({ allowHalfOpen: true });
    this.#channel = channel;
    channel.on('message', (message: PassageMessage) => this.#hear(message));
    channel.on('close', () => this.destroy());
    // 'close' follows every error and is what counts.
    this.on('error', () => {});
  }

  #hear(message: PassageMessage): void {
    if (this.destroyed) return;
    if (message === 'end') this.push(null);
    else if (typeof message === 'number') this.#sent(message);
    else {
      this.#received += message.length;
      this.push(message);
    }
  }

  #sent(bytes: number): void {
    this.#unsent -= bytes;
    if (this.#unsent >= maxPassingBytes) return;
    const goOn = this.#written;
    this.#written = undefined;
    goOn?.();
  }

  override _read(): void {
    const taken = this.#received - this.readableLength - this.#told;
    if (taken < tellEveryBytes) return;
    this.#told += taken;
    this.#post(taken);
  }

  override _write(chunk: Buffer, _encoding: unknown, done: () => void): void {
    this.#write([chunk], done);
  }

  override _writev(chunks: { readonly chunk: Buffer }[], done: () => void): void {
    this.#write(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  /** Copies them: what is written may be a buffer that is read into again. */
  #write(chunks: readonly Buffer[], done: () => void): void {
    const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    this.#unsent += bytes.length;
    this.#post(bytes, [bytes.buffer]);
    if (this.#unsent < maxPassingBytes) done();
    else this.#written = done;
  }

  override _final(done: () => void): void {
    this.#post('end');
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel.close();
    done(error);
  }

  #post(message: PassageMessage, transfer: readonly ArrayBuffer[] = []): void {
    this.#channel.postMessage(message, transfer);
  }
}
