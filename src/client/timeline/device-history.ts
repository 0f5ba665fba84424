// The history of an account on its device, as the conversations of the book show it: the last page is read when a
// conversation is opened, and more where the person scrolls. The rest stays on the device.

import type { HistoryRecord, PlacedRecord, HistoryRange } from '../store/store-port.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import { currentOf } from '../amending/current.ts';
import type { ConversationBook, TimelineConversation } from './conversation-book.ts';
import type { ItemMaker } from './item-list.ts';
import type { AmendedItems } from './amended-items.ts';
import { namesReader, type TimelineReader } from './history-items.ts';
import { MessageIndex } from './message-index.ts';
import { HistoryWindow } from './history-window.ts';
import type { TimelineSource } from './timeline-source.ts';

export interface DeviceHistoryOptions {
  readonly reader: TimelineReader;
  readonly book: ConversationBook;
  readonly source: TimelineSource;
  readonly amendedItems: AmendedItems;
  readonly changed: (kept: TimelineConversation) => void;
  /** The device cannot read its history. */
  readonly failed: (kept: TimelineConversation, why: string) => void;
}

/**
 * The most conversations in which the person is further back. In those left longest ago the newest messages are shown.
 */
const maxAway = 10;

export class DeviceHistory {
  readonly #options: DeviceHistoryOptions;
  /** Conversations in which the person was further back, the most recent last. */
  readonly #away = new Set<TimelineConversation>();

  constructor(options: DeviceHistoryOptions) {
    this.#options = options;
  }

  /** The index of a conversation on this device, from now on. */
  file(kept: TimelineConversation, name: ConversationName): MessageIndex {
    kept.messageIndex ??= new MessageIndex(
      name,
      new HistoryWindow(kept.log, {
        read: (historyRange, limit) => this.read(kept, name, historyRange, limit),
        entryOf: (record) => this.entryOf(kept, record),
      }),
    );
    return kept.messageIndex;
  }

  /** The person looks at it. */
  lookAt(kept: TimelineConversation): void {
    const { messageIndex } = kept;
    if (messageIndex?.isLoaded === false) messageIndex.loaded ??= this.#load(kept, messageIndex);
  }

  /** An unopened conversation shows it when it is opened. */
  whenLoaded(kept: TimelineConversation, show: () => void): void {
    const { messageIndex } = kept;
    if (messageIndex === undefined || messageIndex.isLoaded) show();
    else messageIndex.waiting?.push(show);
    this.#options.changed(kept);
  }

  /** What could not be read at `seq` has come: its mark goes. */
  removeMark(kept: TimelineConversation, seq: number): void {
    this.whenLoaded(kept, () => kept.messageIndex?.window.removeMark(seq));
  }

  /** These messages are in the history no more. */
  remove(kept: TimelineConversation, messages: readonly PlacedRecord[]): void {
    this.whenLoaded(kept, () => kept.messageIndex?.window.remove(messages));
  }

  /** Whether something at the number `last` comes behind the beginning of what is in memory. */
  async isBefore({ messageIndex, log }: TimelineConversation, last: number): Promise<boolean> {
    await messageIndex?.loaded;
    if (messageIndex?.isLoaded !== true) return false;
    for (let index = 0; index < log.length; index++) {
      const { seq } = log.at(index) ?? {};
      if (seq !== undefined) return seq <= last;
    }
    return true;
  }

  /** The numbers of a conversation change: what is in memory is dropped, and read again. */
  async restart(kept: TimelineConversation): Promise<void> {
    await kept.messageIndex?.loaded;
    kept.log.keep(() => false, Infinity);
    this.#options.amendedItems.forget(kept);
    kept.messageIndex = undefined;
    this.#away.delete(kept);
  }

  /** Reads what is before the first item. False if there was nothing. */
  async earlier(kept: TimelineConversation): Promise<boolean> {
    // A guest has only the messages of this login: version 1 stores none.
    const isMore = (await kept.messageIndex?.window.earlier()) ?? false;
    this.#moved(kept);
    return isMore;
  }

  /** Reads what is after the last item, unless that is the newest. */
  async later(kept: TimelineConversation): Promise<void> {
    await kept.messageIndex?.window.later();
    this.#moved(kept);
  }

  toNewest(kept: TimelineConversation): void {
    kept.messageIndex?.window.toNewest();
    this.#moved(kept);
  }

  /** Moves the window to the result of `find`, after the newest messages were loaded. Returns that result. */
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

  async #load(kept: TimelineConversation, messageIndex: MessageIndex): Promise<void> {
    const { source, reader, book, changed } = this.#options;
    messageIndex.waiting = [];
    const records = await messageIndex.window.load();
    messageIndex.pageRead(records);
    for (const record of records) {
      const entry = record.state === undefined ? undefined : kept.log.find(record);
      if (entry !== undefined && record.state !== undefined)
        messageIndex.follow(record.localId, entry.key, record.state, record.seq);
    }
    messageIndex.isLoaded = true;
    const view = source.conversations.find(({ name }) => name === messageIndex.name);
    const isNew = ({ seq, from }: HistoryRecord) =>
      from !== reader.me && seq !== undefined && seq > (view?.read ?? 0);
    const fresh = records.filter(isNew);
    const unread = fresh.filter(({ from }) => from === undefined || !book.hides(kept, from));
    // If there are more than a page, the client's own count.
    kept.unread = fresh.length < records.length ? unread.length : (view?.unread ?? 0);
    kept.mentions = unread.filter((record) =>
      namesReader(currentOf(record).content, reader),
    ).length;
    const { waiting } = messageIndex;
    messageIndex.waiting = undefined;
    for (const show of waiting) show();
    book.touched();
    changed(kept);
  }

  /** The records of a range, and `entryOf` what is shown of each. */
  async read(
    kept: TimelineConversation,
    name: ConversationName,
    historyRange: HistoryRange,
    limit: number,
  ) {
    try {
      return await this.#options.source.historyRange(name, historyRange, limit);
    } catch (error) {
      this.#options.failed(kept, error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  entryOf(kept: TimelineConversation, record: PlacedRecord): ItemMaker {
    const { amendedItems } = this.#options;
    const item = amendedItems.itemOf(record);
    return (key) => ({ ...amendedItems.placed(kept, item, key), key });
  }

  /** The window may have moved. */
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
