// The pending lines of an audience, encoded once, in one block of memory that every member's socket gets as it is.
// Bytes that a socket may still hold are never overwritten: the block is append-only, and replaced when it is full.

import type { ConnectionId } from '../../hub/effects.ts';

/** The size of a block: a quiet group has a small one, a busy lobby seldom needs a new one. */
const minBlockBytes = 1024;
const maxBlockBytes = 64 * 1024;

/** Within these limits, a new block has room for this many flushes of the present size. */
const gatheringsPerBlock = 8;

const noBlock = Buffer.alloc(0);

/** One line of a buffer, for receivers that must not get the whole buffer. */
export interface BufferedLine {
  /** The position of the line among all lines of all audiences. */
  readonly turn: number;
  /** Where the line ends in the block. It begins where the one before it ends. */
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
  #start = 0;
  #end = 0;
  #shared: Buffer | undefined;

  constructor(number: number) {
    this.number = number;
  }

  /** Whether there are pending lines. */
  get held(): boolean {
    return this.lines.length > 0;
  }

  /** Where the first pending line begins in the block. */
  get start(): number {
    return this.#start;
  }

  /** The block with the pending lines. */
  get block(): Buffer {
    return this.#block;
  }

  /** Adds one more line. `turn` only grows. */
  append(line: string, turn: number, except: ConnectionId | undefined): void {
    if (this.#end + line.length > this.#block.length) this.#renew(line.length);
    this.#end += this.#block.write(line, this.#end, 'latin1');
    this.#shared = undefined;
    this.lines.push({ turn, end: this.#end, except });
  }

  /** All pending lines, as the one buffer that members share. */
  shared(): Buffer {
    this.#shared ??= this.#block.subarray(this.#start, this.#end);
    return this.#shared;
  }

  /** Forgets the pending lines: every member got them. */
  clear(): void {
    this.lines.length = 0;
    this.#start = this.#end;
    this.#shared = undefined;
  }

  #renew(needed: number): void {
    const held = this.#end - this.#start;
    const room = Math.min(maxBlockBytes, gatheringsPerBlock * (held + needed));
    const block = Buffer.allocUnsafeSlow(Math.max(minBlockBytes, room, 2 * (held + needed)));
    this.#block.copy(block, 0, this.#start, this.#end);
    const moved = this.#start;
    for (const [at, line] of this.lines.entries()) {
      this.lines[at] = { ...line, end: line.end - moved };
    }
    this.#block = block;
    this.#start = 0;
    this.#end = held;
  }
}
