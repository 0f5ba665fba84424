// What `helo send` shows: the seed's sentences on stdout, its own words on stderr, and on a terminal one line there that
// says how far it is.
import type { WriteStream } from 'node:tty';
import type { PrintedLine } from '../../terminal/line/printed-line.ts';
import { pipeStyle } from '../../terminal/line/style.ts';

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
    (isOwn ? this.#errors : this.#output).write(`${pipeStyle(line)}\n`);
    this.#draw();
  }

  /** How far it is; undefined for nothing to be seen. */
  status(text: string | undefined): void {
    if (!this.#isLive) return;
    this.#clear();
    this.#status = Array.from(text ?? '')
      .slice(0, this.#errors.columns - 1)
      .join('');
    this.#draw();
  }

  #clear(): void {
    if (this.#status !== '') this.#errors.write(clearRow);
  }

  #draw(): void {
    if (this.#status !== '') this.#errors.write(this.#status);
  }
}
