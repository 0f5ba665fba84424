// Keeps a window of messages in flight: sends the next as soon as the slowest listener has verified an older one. The
// window is the same for every server, so none has to buffer more than that for anybody.

import type { Client } from './client.ts';
import type { Ledger } from './ledger.ts';

export interface PumpSettings {
  readonly ledger: Ledger;
  /** The clients that send: sender `n` is at index n. */
  readonly speakers: readonly Client[];
  /** The most messages of one sender in flight. */
  readonly window: number;
  /** How many counted listeners receive each message. */
  readonly audience: number;
  /** The line that sends message `number` of `sender`. */
  readonly line: (sender: number, number: number) => string;
}

export class Pump {
  readonly #settings: PumpSettings;
  #scheduled = false;
  #stopped = true;

  constructor(settings: PumpSettings) {
    this.#settings = settings;
  }

  /** Fills every window, and keeps them filled. */
  start(): void {
    this.#stopped = false;
    for (let sender = 0; sender < this.#settings.speakers.length; sender++) this.#fill(sender);
  }

  /** Sends nothing more. Messages in flight arrive. */
  stop(): void {
    this.#stopped = true;
  }

  /** Must be called after each read: continues at the end of this turn, if everybody has received something. */
  heard(): void {
    if (this.#scheduled || this.#settings.ledger.advanced.length === 0) return;
    this.#scheduled = true;
    setImmediate(this.#turn);
  }

  /** Sends one message now, whatever is in flight. */
  say(sender: number): void {
    const { ledger, speakers, audience, line } = this.#settings;
    const number = ledger.say(sender, performance.now(), audience);
    speakers[sender]?.send(line(sender, number));
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    const { advanced } = this.#settings.ledger;
    if (!this.#stopped) for (const sender of advanced) this.#fill(sender);
    advanced.length = 0;
  };

  #fill(sender: number): void {
    const { ledger, speakers, window, audience, line } = this.#settings;
    let room = window - ledger.underWay(sender);
    if (room <= 0) return;
    const now = performance.now();
    let text = '';
    for (; room > 0; room--) text += line(sender, ledger.say(sender, now, audience));
    speakers[sender]?.send(text);
  }
}
