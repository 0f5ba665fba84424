// Bytes of a pipe -> typed lines. Owns their size limit, so that an endless line cannot fill the memory; a line that
// exceeds it, or is not UTF-8, is reported and the next one read.

import { decodeUtf8 } from '../../lib/bytes.ts';
import { err, ok } from '../../lib/result.ts';
import { LineSplitter } from '../../wire/line-splitter.ts';
import type { ConsoleLine } from './console.ts';

/** Twice what a server accepts: longer lines cannot be sent. */
export const maxInputLineBytes = 128 * 1024;

const lf = 10;

export class InputLines {
  #splitter = new LineSplitter(maxInputLineBytes);
  /** Whether the rest of an overlong line is being skipped. */
  #skipping = false;

  /** The lines that end in `chunk`. */
  push(chunk: Uint8Array): ConsoleLine[] {
    const lines: ConsoleLine[] = [];
    // Line by line, because the splitter reads nothing after an overlong line: it is replaced.
    for (let from = 0; from < chunk.length;) {
      const end = chunk.indexOf(lf, from);
      const next = end < 0 ? chunk.length : end + 1;
      this.#take(chunk.subarray(from, next), end >= 0, lines);
      from = next;
    }
    return lines;
  }

  /** The unfinished line at the end of the input. */
  end(): ConsoleLine[] {
    return this.push(Uint8Array.of(lf));
  }

  #take(part: Uint8Array, isEnded: boolean, lines: ConsoleLine[]): void {
    if (!this.#skipping) {
      const inCap = this.#splitter.push(part, (line) => {
        const text = decodeUtf8(line);
        lines.push(text === undefined ? err('The line is not UTF-8.') : ok(text));
      });
      if (inCap) return;
      lines.push(err(`The line is longer than ${maxInputLineBytes} bytes.`));
      this.#splitter = new LineSplitter(maxInputLineBytes);
    }
    this.#skipping = !isEnded;
  }
}
