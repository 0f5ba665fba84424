// The first bytes of a connection to the port of a kept file [13.8], in any chunks.

import { maxPortLineBytes, parsePortLine, type PortLine } from '../../../wire/kept-files.ts';
import { binaryFromBytes } from '../../binary-string.ts';
import type { VisitorReader } from '../visitor.ts';

/** What somebody has said first, and the bytes after that, which are part of their chunk. */
export interface PortIntroduction {
  readonly line: PortLine;
  readonly rest: Uint8Array;
}

const lf = 10;

export class PortLineReader implements VisitorReader<PortIntroduction> {
  #line = '';

  push(chunk: Uint8Array): PortIntroduction | 'more' | 'stranger' {
    const end = chunk.indexOf(lf);
    const part = end < 0 ? chunk : chunk.subarray(0, end);
    if (this.#line.length + part.length > maxPortLineBytes) return 'stranger';
    this.#line += binaryFromBytes(part);
    if (end < 0) return 'more';
    const line = parsePortLine(this.#line);
    return line === undefined ? 'stranger' : { line, rest: chunk.subarray(end + 1) };
  }
}
