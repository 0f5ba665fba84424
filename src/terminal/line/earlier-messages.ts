// Messages from before the chat began, shown once: when everything missed is here, or when there is no server.
// Messages that come meanwhile are shown after them, each once.

import type { ChatClient } from '../../client/chat-client.ts';
import type { ClientEvent } from '../../client/client-event.ts';
import type { Marks } from '../../client/wording/place-marks.ts';
import type { PrintedLine } from '../../client/wording/printed-line.ts';
import { findEarlier, messageKey } from './shown-history.ts';

type MessageEvent = Extract<ClientEvent, { readonly type: 'message' }>;

export interface EarlierMessagesOptions {
  readonly client: ChatClient;
  readonly marks: Marks;
  /** The number of latest messages shown, seen or not. */
  readonly last: number;
  /** Whether every missed message is shown, not only private ones. */
  readonly all: boolean;
  readonly print: (line: PrintedLine) => void;
  /** Shows one that has come meanwhile. */
  readonly show: (event: MessageEvent) => void;
}

export class EarlierMessages {
  readonly #options: EarlierMessagesOptions;
  /** `due`: earlier messages are not shown yet; `gathering`: they are being read. */
  #phase: 'due' | 'gathering' | 'shown' = 'due';
  /** Live messages that came meanwhile. */
  #later: MessageEvent[] = [];

  constructor(options: EarlierMessagesOptions) {
    this.#options = options;
  }

  /** Whether a live message is shown from here: with the earlier messages, or after them. */
  takes(event: MessageEvent): boolean {
    if (event.message.filed?.seq === undefined || this.#phase === 'shown') return false;
    // Until everything missed is here, those of others are on the device, unread, and shown from there.
    const isOwn = event.message.from === this.#options.client.username;
    if (this.#phase === 'gathering' || isOwn) this.#later.push(event);
    return true;
  }

  /** Everything missed is here. */
  caughtUp(): void {
    if (this.#phase === 'due') void this.show();
  }

  async show(): Promise<void> {
    const { client, marks, last, all, print, show } = this.#options;
    this.#phase = 'gathering';
    const earlier = await findEarlier(client, client.username, { last, all, marks });
    for (const line of earlier.lines) print(line);
    for (const { name } of client.conversations) client.read(name);
    this.#phase = 'shown';
    const later = this.#later;
    this.#later = [];
    for (const event of later) {
      const { filed } = event.message;
      if (filed?.seq === undefined) continue;
      if (!earlier.shown.has(messageKey(filed.conversation, filed.seq))) show(event);
    }
  }
}
