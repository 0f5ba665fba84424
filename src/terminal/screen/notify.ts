// Tells a person who looks elsewhere that somebody wrote to them (notifying.ts). Off by default.

import { calledWords, Notifying } from '../../client/timeline/notifying.ts';
import type { ConversationId, Model } from '../../client/timeline/model.ts';

export const notifyWays = ['off', 'bell', 'osc9', 'osc777'] as const;
export type NotifyWay = (typeof notifyWays)[number];

export class Notifier {
  readonly #write: (text: string) => void;
  readonly #notifying: Notifying;
  way: NotifyWay = 'off';

  constructor(write: (text: string) => void, now: () => number) {
    this.#write = write;
    this.#notifying = new Notifying(now);
  }

  /** Call after a change. `seen` is the conversation that the person is looking at, if any. */
  look(model: Model, seen: ConversationId | undefined): void {
    const who = this.#notifying.look(model, seen, this.way !== 'off');
    if (who !== undefined) this.#write(sequence(this.way, calledWords(who)));
  }
}

function sequence(way: NotifyWay, text: string): string {
  switch (way) {
    case 'off':
      return '';
    case 'bell':
      return '\u0007';
    case 'osc9':
      return `\u001B]9;helo: ${text}\u0007`;
    case 'osc777':
      return `\u001B]777;notify;helo;${text}\u0007`;
  }
}
