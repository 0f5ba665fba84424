// The pending lines of an audience, encoded once and together, in one block of memory that every member's socket gets as it is.
// Bytes that a socket may still hold are never overwritten: the block is append-only, and replaced when it is full.

import type { ConnectionId } from '../../hub/effects.ts';

/** The size of a block: a quiet group has a small one, a busy lobby seldom needs a new one. */
const minBlockBytes = 1024;
const maxBlockBytes = 64 * 1024;

/** Within these limits, a new block has room for this many flushes of the present size. */
const gatheringsPerBlock = 8;

const noBlock = Buffer.alloc(0);

/** So many bytes of lines wait at most as text until they are written into the block. */
const maxUnwritten = 64 * 1024;

/** One line of a buffer, for receivers that must not get the whole buffer. */
export interface BufferedLine {
  /** The position of the line among all lines of all audiences. */
  readonly turn: number;
  /** Where the line ends among the pending bytes. It begins where the one before it ends. */
  readonly end: number;
  /** Who does not get it. */
  readonly except: ConnectionId | undefined;
}

export class BroadcastBuffer<Member> {
  /** Part of the key of several buffers. */
  readonly number: number;
  readonly members = new Set<Member>();
  /** This buffer as a list of one. */
  readonly alone: readonly BroadcastBuffer<Member>[] = [this];
  /** The lines held, oldest first. */
  readonly lines: BufferedLine[] = [];
  #block = noBlock;
  /** Where the pending bytes begin in the block, and where those end that are written there. */
  #start = 0;
  #written = 0;
  /** The lines behind those, as one binary string: writing each by itself costs more than joining them. */
  #unwritten = '';
  #shared: Buffer | undefined;

  constructor(number: number) {
    this.number = number;
  }

  /** Whether there are pending lines. */
  get held(): boolean {
    return this.lines.length > 0;
  }

  /** Adds one more line. `turn` only grows. */
  append(line: string, turn: number, except: ConnectionId | undefined): void {
    const end = this.#written - this.#start + this.#unwritten.length + line.length;
    this.#unwritten += line;
    this.#shared = undefined;
    this.lines.push({ turn, end, except });
    if (this.#unwritten.length > maxUnwritten) this.#write();
  }

  /** All pending lines, as the one buffer that members share. */
  shared(): Buffer {
    if (this.#shared === undefined) {
      this.#write();
      this.#shared = this.#block.subarray(this.#start, this.#written);
    }
    return this.#shared;
  }

  /** Forgets the pending lines: every member got them. */
  clear(): void {
    this.lines.length = 0;
    this.#start = this.#written;
    this.#unwritten = '';
    this.#shared = undefined;
  }

  #write(): void {
    const { length } = this.#unwritten;
    if (length === 0) return;
    if (this.#written + length > this.#block.length) this.#renew(length);
    this.#written += this.#block.write(this.#unwritten, this.#written, 'latin1');
    this.#unwritten = '';
  }

  #renew(needed: number): void {
    const held = this.#written - this.#start;
    const room = Math.min(maxBlockBytes, gatheringsPerBlock * (held + needed));
    const block = Buffer.allocUnsafeSlow(Math.max(minBlockBytes, room, 2 * (held + needed)));
    this.#block.copy(block, 0, this.#start, this.#written);
    this.#block = block;
    this.#start = 0;
    this.#written = held;
  }
}
