// One connection with one step after the other: send something, wait for an answer, use it in the next step. For the
// start of a connection, before the measurement.

import { Client } from './client.ts';

/** How long an answer may take. */
const stuckAfterMs = 30_000;
/** The most received text that is kept while an answer is awaited. */
const maxKept = 64 * 1024;

export class Talk {
  readonly client: Client;
  #text = '';
  #awaited: { pattern: RegExp; found: (match: RegExpExecArray) => void } | undefined;
  #failed: (error: Error) => void = () => {};
  #ended: Error | undefined;

  /** Begins to connect to this machine's `port`. */
  constructor(port: number) {
    this.client = new Client(port);
    this.client.readTo(
      (bytes, end) => {
        this.#text = (this.#text + bytes.toString('latin1', 0, end)).slice(-maxKept);
        this.#look();
      },
      (reason) => {
        this.#ended = reason;
        this.#failed(reason);
      },
    );
  }

  send(text: string): void {
    this.client.send(text);
  }

  /** Sends a request of helo's extended protocol and waits for its answer. */
  async ask(verb: string, body: object): Promise<void> {
    this.send(`${verb} ${JSON.stringify({ label: 'bench', ...body })}\n`);
    const [line, answer] = await this.until(/^([A-Z]+) \{"label":"bench".*\n/m);
    if (answer === 'FAILED') throw new Error(`${verb}: ${line}`);
  }

  /** The first match of `pattern` in the received text. Everything up to its end is forgotten. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<RegExpExecArray>((resolve, reject) => {
        if (this.#ended !== undefined) reject(this.#ended);
        this.#failed = reject;
        this.#awaited = { pattern, found: resolve };
        const stuck = () => reject(new Error(`no ${pattern} in ${JSON.stringify(this.#text)}`));
        timer = setTimeout(stuck, stuckAfterMs);
        this.#look();
      });
    } finally {
      clearTimeout(timer);
      this.#failed = () => {};
    }
  }

  #look(): void {
    const match = this.#awaited?.pattern.exec(this.#text);
    if (match === null || match === undefined) return;
    this.#text = this.#text.slice(match.index + match[0].length);
    const awaited = this.#awaited;
    this.#awaited = undefined;
    awaited?.found(match);
  }
}
