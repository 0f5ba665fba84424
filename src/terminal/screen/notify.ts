// Notifies a person who looks elsewhere that somebody wrote to them. Off by default. Says who, never what: anybody
// nearby can read a notification.

import {
  callsIn,
  type ConversationSummary,
  type ConversationId,
  type Model,
} from '../../client/timeline/model.ts';

export const notifyWays = ['off', 'bell', 'osc9', 'osc777'] as const;
export type NotifyWay = (typeof notifyWays)[number];

/** Time between two notifications. */
const quietMs = 2_000;

export class Notifier {
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  way: NotifyWay = 'off';
  readonly #counted = new Map<ConversationId, number>();
  #last = -Infinity;

  constructor(write: (text: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
  }

  /** Call after a change. `seen` is the conversation that the person is looking at, if any. */
  look(model: Model, seen: ConversationId | undefined): void {
    let who: ConversationSummary | undefined;
    for (const conversation of model.conversations) {
      const { id, kind, mentions } = conversation;
      const counts = kind === 'person' ? callsIn(conversation) : mentions;
      if (counts > (this.#counted.get(id) ?? 0) && id !== seen) who = conversation;
      if (counts > 0) this.#counted.set(id, counts);
      else this.#counted.delete(id);
    }
    if (who === undefined || this.way === 'off' || this.#now() - this.#last < quietMs) return;
    this.#last = this.#now();
    this.#write(sequence(this.way, words(who)));
  }
}

function words({ kind, name }: ConversationSummary): string {
  return kind === 'person' ? `${name} wrote to you` : `you were named in ${name}`;
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
