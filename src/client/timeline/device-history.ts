// The history that an account has on its device, as the conversations of the book show it: the last page is read when
// a conversation is opened, and more wherever the person scrolls. The rest stays on the device.

import type { ChatClient } from '../chat-client.ts';
import type { HistoryRecord, PlacedRecord, HistoryRange } from '../store/store-port.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import { textOf } from '../content.ts';
import type { ConversationBook, TimelineConversation } from './conversation-book.ts';
import { ItemList, type ItemMaker } from './item-list.ts';
import { itemOf, type TimelineReader } from './history-items.ts';
import { MessageIndex } from './message-index.ts';
import { HistoryWindow } from './history-window.ts';

export interface DeviceHistoryOptions {
  readonly reader: TimelineReader;
  readonly book: ConversationBook;
  readonly client: ChatClient;
  readonly changed: (kept: TimelineConversation) => void;
  /** The device cannot give what it has. */
  readonly failed: (kept: TimelineConversation, why: string) => void;
}

/** In so many conversations the person may be further back at once; in those left longest ago the newest are shown. */
const maxAway = 10;
const exportPage = 1_000;

export class DeviceHistory {
  readonly #options: DeviceHistoryOptions;
  /** Where the person was further back, those looked at last at the end. */
  readonly #away = new Set<TimelineConversation>();

  constructor(options: DeviceHistoryOptions) {
    this.#options = options;
  }

  /** How a conversation is kept on this device; from now on it is. */
  file(kept: TimelineConversation, name: ConversationName): MessageIndex {
    kept.messageIndex ??= new MessageIndex(
      name,
      new HistoryWindow(kept.log, {
        read: (historyRange, limit) => this.#read(kept, name, historyRange, limit),
        entryOf: (record) => this.#entryOf(record),
      }),
    );
    return kept.messageIndex;
  }

  /** The person looks at it. */
  lookAt(kept: TimelineConversation): void {
    const { messageIndex } = kept;
    if (messageIndex?.isLoaded === false) messageIndex.loaded ??= this.#load(kept, messageIndex);
  }

  /** What is not looked at yet is shown when it is. */
  whenLoaded(kept: TimelineConversation, show: () => void): void {
    const { messageIndex } = kept;
    if (messageIndex === undefined || messageIndex.isLoaded) show();
    else messageIndex.waiting?.push(show);
    this.#options.changed(kept);
  }

  /** The numbers of a conversation are others from here on: what is in memory goes, and is read again. */
  async restart(kept: TimelineConversation): Promise<void> {
    await kept.messageIndex?.loaded;
    kept.log.keep(() => false, Infinity);
    kept.messageIndex = undefined;
    this.#away.delete(kept);
  }

  /** Reads what is before the first entry that is shown; false where nothing was. */
  async earlier(kept: TimelineConversation): Promise<boolean> {
    // Of a guest there is only what was heard in this login: version 1 does not remember.
    const isMore = (await kept.messageIndex?.window.earlier()) ?? false;
    this.#moved(kept);
    return isMore;
  }

  /** Reads what is behind the last one, where those are not the newest. */
  async later(kept: TimelineConversation): Promise<void> {
    await kept.messageIndex?.window.later();
    this.#moved(kept);
  }

  toNewest(kept: TimelineConversation): void {
    kept.messageIndex?.window.toNewest();
    this.#moved(kept);
  }

  /** Brings something into the window, once the newest messages are there. What `find` gives. */
  async show<T>(
    kept: TimelineConversation,
    find: (window: HistoryWindow) => Promise<T>,
  ): Promise<T | undefined> {
    this.lookAt(kept);
    await kept.messageIndex?.loaded;
    const found = await (kept.messageIndex && find(kept.messageIndex.window));
    this.#moved(kept);
    return found;
  }

  /** Everything of a conversation, page by page; what is in memory only comes last. */
  async *everything(kept: TimelineConversation): AsyncIterable<ItemList> {
    await kept.messageIndex?.loaded;
    if (kept.messageIndex !== undefined) yield* this.#before(kept, kept.messageIndex.name);
    yield kept.log;
  }

  /** What the history has before the newest messages. */
  async *#before(kept: TimelineConversation, name: ConversationName): AsyncIterable<ItemList> {
    let historyRange: HistoryRange | undefined = { kind: 'first' };
    while (historyRange !== undefined) {
      const records = await this.#read(kept, name, historyRange, exportPage);
      const end = kept.log.meets(records)?.index;
      const page = new ItemList();
      for (const record of records.slice(0, end)) page.push(this.#entryOf(record));
      yield page;
      const last = records.at(-1);
      historyRange =
        end !== undefined || last === undefined ? undefined : { kind: 'after', message: last };
    }
  }

  async #load(kept: TimelineConversation, messageIndex: MessageIndex): Promise<void> {
    const { client, reader, book, changed } = this.#options;
    messageIndex.waiting = [];
    const records = await messageIndex.window.load();
    messageIndex.pageRead(records);
    for (const record of records) {
      const entry = record.state === undefined ? undefined : kept.log.find(record);
      if (entry !== undefined && record.state !== undefined)
        messageIndex.follow(record.localId, entry.key, record.state, record.seq);
    }
    messageIndex.isLoaded = true;
    const view = client.conversations.find(({ name }) => name === messageIndex.name);
    const isUnread = ({ seq, from }: HistoryRecord) =>
      from !== reader.me && seq !== undefined && seq > (view?.read ?? 0);
    const unread = records.filter(isUnread);
    // More than a page of them is as many as the client has counted.
    kept.unread = unread.length < records.length ? unread.length : (view?.unread ?? 0);
    kept.mentions = unread.filter(({ content }) => reader.mention.test(textOf(content))).length;
    const { waiting } = messageIndex;
    messageIndex.waiting = undefined;
    for (const show of waiting) show();
    book.touched();
    changed(kept);
  }

  async #read(
    kept: TimelineConversation,
    name: ConversationName,
    historyRange: HistoryRange,
    limit: number,
  ) {
    try {
      return await this.#options.client.historyRange(name, historyRange, limit);
    } catch (error) {
      this.#options.failed(kept, error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  #entryOf(record: PlacedRecord): ItemMaker {
    const item = itemOf(record, this.#options.reader);
    return (key) => ({ ...item, key });
  }

  /** Another range of it may be shown than before. */
  #moved(kept: TimelineConversation): void {
    this.#away.delete(kept);
    if (kept.messageIndex?.window.entries.isNewest === false) this.#away.add(kept);
    const [longestAgo] = this.#away;
    if (this.#away.size > maxAway && longestAgo !== undefined) {
      this.#away.delete(longestAgo);
      longestAgo.messageIndex?.window.toNewest();
    }
    this.#options.changed(kept);
  }
}
