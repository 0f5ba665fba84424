// The output of `helo send`: version 1's sentences on stdout, its own words on stderr, and on a terminal one line there
// with the progress.
import type { WriteStream } from 'node:tty';
import type { PrintedLine } from '../../client/wording/printed-line.ts';
import { pipeStyle } from '../../terminal/line/style.ts';
import { columnsOf, oneRow } from '../../terminal/line/wrap.ts';

const clearRow = '\r\u001B[K';

export class SendScreen {
  readonly #output: WriteStream;
  readonly #errors: WriteStream;
  readonly #isLive: boolean;
  #status = '';

  constructor(output: WriteStream, errors: WriteStream, term: string | undefined) {
    this.#output = output;
    this.#errors = errors;
    this.#isLive = errors.isTTY && term !== 'dumb';
  }

  print(line: PrintedLine): void {
    const isOwn = line.kind === 'notice' || line.kind === 'warning' || line.kind === 'hint';
    this.#clear();
    const stream = isOwn ? this.#errors : this.#output;
    stream.write(`${pipeStyle(() => columnsOf(stream))(line)}\n`);
    this.#draw();
  }

  /** Shows the progress. Undefined clears the line. */
  status(text: string | undefined): void {
    if (!this.#isLive) return;
    this.#clear();
    this.#status = oneRow(text ?? '', columnsOf(this.#errors));
    this.#draw();
  }

  #clear(): void {
    if (this.#status !== '') this.#errors.write(clearRow);
  }

  #draw(): void {
    if (this.#status !== '') this.#errors.write(this.#status);
  }
}
