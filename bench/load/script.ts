// Plays a conversation of known steps over a connection: logging in, joining.

import type { Step } from '../dialect.ts';

/** The most received text that is kept while a step waits. Every line that matters is shorter. */
const maxKept = 4096;

export class Script {
  readonly #send: (text: string) => void;
  readonly #finished: () => void;
  #steps: readonly Step[] = [];
  #at = 0;
  #text = '';

  constructor(send: (text: string) => void, finished: () => void) {
    this.#send = send;
    this.#finished = finished;
  }

  /** Begins to play `steps`. Earlier input is forgotten. */
  play(steps: readonly Step[]): void {
    this.#steps = steps;
    this.#at = 0;
    this.#text = '';
    this.#advance();
  }

  /** Handles received bytes, as a binary string. */
  received(text: string): void {
    this.#text += text;
    this.#advance();
  }

  /** Its state, for an error about a conversation that is stuck. */
  describe(): string {
    const came = JSON.stringify(this.#text.slice(-200));
    return `at ${JSON.stringify(this.#steps[this.#at] ?? 'the end')}, the last that came is ${came}`;
  }

  #advance(): void {
    for (let step = this.#steps[this.#at]; step !== undefined; step = this.#steps[this.#at]) {
      if ('send' in step) {
        this.#send(step.send);
      } else {
        const found = this.#text.indexOf(step.until);
        if (found < 0) {
          if (this.#text.length > maxKept) this.#text = this.#text.slice(-maxKept);
          return;
        }
        this.#text = this.#text.slice(found + step.until.length);
      }
      this.#at++;
    }
    if (this.#text.length > maxKept) this.#text = '';
    if (this.#at === this.#steps.length && this.#steps.length > 0) {
      this.#steps = [];
      this.#at = 0;
      this.#finished();
    }
  }
}
