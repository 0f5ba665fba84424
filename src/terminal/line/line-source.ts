// The lines of an input, one after the other. Read no faster than they are taken; those that were not used can be put
// back, for whoever reads on.
import type { Readable } from 'node:stream';
import type { ConsoleLine } from './console.ts';
import { InputLines } from './input-lines.ts';

export class LineSource {
  readonly #input: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #lines = new InputLines();
  #waiting: ConsoleLine[] = [];
  #reading: Promise<void> | undefined;
  #isOver = false;

  constructor(input: Readable) {
    this.#input = input;
    this.#chunks = (input as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  }

  /** Resolves with whether there is a line; false at the end. */
  async ready(): Promise<boolean> {
    while (this.#waiting.length === 0 && !this.#isOver) {
      this.#reading ??= this.#read();
      await this.#reading;
    }
    return this.#waiting.length > 0;
  }

  /** The next line, if it is there. */
  take(): ConsoleLine | undefined {
    return this.#waiting.shift();
  }

  /** The next line; undefined at the end. */
  async next(): Promise<ConsoleLine | undefined> {
    await this.ready();
    return this.take();
  }

  /** They come before all others. */
  putBack(lines: readonly ConsoleLine[]): void {
    this.#waiting = [...lines, ...this.#waiting];
  }

  close(): void {
    this.#input.destroy();
  }

  async #read(): Promise<void> {
    try {
      const chunk = await this.#chunks.next();
      if (chunk.done === true) this.#end();
      else this.#waiting.push(...this.#lines.push(chunk.value));
    } catch {
      // The input broke off, or was closed because the program ends: in both cases there are no more lines.
      this.#end();
    }
    this.#reading = undefined;
  }

  #end(): void {
    this.#isOver = true;
    this.#waiting.push(...this.#lines.end());
  }
}
