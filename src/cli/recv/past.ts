// What was said since a moment, read from the history: all places in one order of time, a page of each in memory. What
// comes meanwhile is held back by the number up to which the history was read, so that nothing comes twice.
import type { ChatClient } from '../../client/chat-client.ts';
import { messageOf, chatMessage, type ChatMessage } from '../../client/chat/chat-message.ts';
import type { ClientEvent } from '../../client/client-event.ts';
import type { HistoryRange } from '../../client/store/store-port.ts';
import { formatPlace, type ConversationName, type Place } from '../../wire/extended/names.ts';

const pageSize = 200;

export class Past {
  readonly #since: number;
  readonly #only: Place | undefined;
  readonly #read = new Map<ConversationName, number>();
  #caughtUp: () => void = () => {};
  #isOver = false;
  /** Resolves when the server has sent what was said before the login, or the chat is over. */
  readonly #isCaughtUp = new Promise<void>((resolve) => (this.#caughtUp = resolve));
  #hasCaughtUp = false;

  constructor(since: number, only: Place | undefined) {
    this.#since = since;
    this.#only = only;
  }

  /** Whether the history has it, and it is printed from there. */
  takes(event: ClientEvent): boolean {
    if (event.type === 'caught-up' || (event.type === 'state' && event.state.phase === 'closed')) {
      this.#hasCaughtUp = true;
      this.#caughtUp();
    }
    if (event.type === 'amended') return !this.#isOver;
    if (event.type !== 'message') return false;
    const { filed } = event.message;
    if (!this.#hasCaughtUp) return true;
    return filed?.seq !== undefined && filed.seq <= (this.#read.get(filed.conversation) ?? 0);
  }

  /** Nothing more is read. */
  end(): void {
    this.#isOver = true;
  }

  async *messages(client: ChatClient): AsyncIterableIterator<ChatMessage> {
    await this.#isCaughtUp;
    const readers: { next: ChatMessage; readonly rest: AsyncIterator<ChatMessage> }[] = [];
    const wanted = this.#only && formatPlace(this.#only);
    for (const { name, place, cursor } of client.conversations) {
      if (wanted !== undefined && formatPlace(place) !== wanted) continue;
      this.#read.set(name, cursor);
    }
    for (const [name, cursor] of this.#read) {
      const rest = this.#said(client, name, cursor)[Symbol.asyncIterator]();
      const first = await rest.next();
      if (first.done !== true) readers.push({ next: first.value, rest });
    }
    while (readers.length > 0) {
      const earliest = readers.reduce((one, other) =>
        (other.next.at ?? 0) < (one.next.at ?? 0) ? other : one,
      );
      yield earliest.next;
      const following = await earliest.rest.next();
      if (following.done === true) readers.splice(readers.indexOf(earliest), 1);
      else earliest.next = following.value;
    }
  }

  async *#said(
    client: ChatClient,
    name: ConversationName,
    cursor: number,
  ): AsyncIterableIterator<ChatMessage> {
    let range: HistoryRange = { kind: 'since', at: this.#since };
    for (;;) {
      const page = await client.historyRange(name, range, pageSize);
      for (const record of page) {
        const { from, seq = 0 } = record;
        if (from === undefined || from === client.username || seq > cursor) continue;
        const message = record.content.kind === 'file' ? undefined : messageOf(record, from);
        if (message !== undefined) yield chatMessage(message);
      }
      const last = page.at(-1);
      if (last === undefined) return;
      range = { kind: 'after', message: last };
    }
  }
}
