// Items as later messages have changed them: what was edited, deleted or reacted to is read again from the history and
// takes the place of the item in memory; an own change is shown while it waits to be sent; and a reply shows what it
// answers. The history is the truth: nothing is folded here a second time.
import { amended, noAmendments } from '../amending/amendments.ts';
import { isIdOf } from '../amending/target.ts';
import type { OwnAmendment } from '../client-event.ts';
import type { WallClock } from '../ports.ts';
import type { PlacedRecord } from '../store/store-port.ts';
import { conversationOf, type ConversationName } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { deletedWords } from '../wording/amended-words.ts';
import { itemWords } from '../wording/item-words.ts';
import type { TimelineConversation } from './conversation-book.ts';
import { itemOf, type TimelineReader } from './history-items.ts';
import type { ItemReply, NewItem } from './model.ts';
import type { TimelineSource } from './timeline-source.ts';

export interface AmendedItemsOptions {
  readonly reader: TimelineReader;
  readonly now: WallClock;
  readonly source: Pick<TimelineSource, 'historyRange' | 'amending'>;
  readonly changed: (kept: TimelineConversation) => void;
}

/** What a reply shows of the message that it answers. */
type Quote = Pick<ItemReply, 'from' | 'text'> & { readonly isMeant: (id: string) => boolean };

/** Of one conversation. */
interface Changes {
  /** Numbers of messages to be read again. */
  readonly dirty: Set<number>;
  readonly quotes: Map<number, Quote>;
  /** The keys of replies, by the number of what they answer. */
  readonly replies: Map<number, Set<number>>;
  isRunning: boolean;
}

const maxQuote = 80;

export class AmendedItems {
  readonly #options: AmendedItemsOptions;
  #changes = new WeakMap<TimelineConversation, Changes>();

  constructor(options: AmendedItemsOptions) {
    this.#options = options;
  }

  /** A message of the history, with what this person says of it. */
  itemOf(record: PlacedRecord): NewItem {
    const { reader, now } = this.#options;
    const own = this.#waitingFor(record);
    if (own.length === 0) return itemOf(record, reader);
    // It comes after everything, and everybody whose wish is sent may have it.
    const by = reader.me as Username;
    const whole = own.reduce(
      (before, { content }, index) =>
        amended(before, { content, by, at: Number.MAX_SAFE_INTEGER, seq: index, asAdmin: true }),
      record.amended ?? noAmendments,
    );
    const item = itemOf({ ...record, amended: whole }, reader);
    if (item.kind !== 'message') return item;
    const edited = item.edited && { ...item.edited, at: Math.min(item.edited.at, now()) };
    return { ...item, ...(edited && { edited }), isChanging: true };
  }

  /** A new item has its place: if it is a reply, it shows what it answers as soon as that is known. */
  placed<Item extends NewItem>(kept: TimelineConversation, item: Item, key: number): Item {
    if (item.kind !== 'message' || item.reply === undefined) return item;
    const { seq } = item.reply;
    const changes = this.#of(kept);
    const keys = changes.replies.get(seq) ?? new Set();
    changes.replies.set(seq, keys.add(key));
    const quote = changes.quotes.get(seq);
    if (quote !== undefined) return { ...item, reply: this.#quoted(kept, item.reply, quote) };
    this.refresh(kept, seq);
    return item;
  }

  /** Something was said of the message `seq`. */
  refresh(kept: TimelineConversation, seq: number): void {
    const changes = this.#of(kept);
    changes.dirty.add(seq);
    if (!changes.isRunning) void this.#run(kept, changes);
  }

  /** What is in memory is dropped. */
  forget(kept: TimelineConversation): void {
    this.#changes.delete(kept);
  }

  async #run(kept: TimelineConversation, changes: Changes): Promise<void> {
    changes.isRunning = true;
    // What is said at once is read at once.
    await Promise.resolve();
    const { messageIndex } = kept;
    await messageIndex?.loaded;
    let hasChanged = false;
    while (changes.dirty.size > 0) {
      const seqs = [...changes.dirty];
      changes.dirty.clear();
      for (const seq of seqs) {
        if (messageIndex === undefined || kept.messageIndex !== messageIndex) break;
        const isWanted =
          messageIndex.window.findNumber(seq) !== undefined || changes.replies.has(seq);
        if (!isWanted) continue;
        const record = await this.#recordAt(messageIndex.name, seq);
        // Meanwhile the numbers may be those of another log.
        if (kept.messageIndex !== messageIndex) break;
        this.#show(kept, changes, seq, record);
        hasChanged = true;
      }
    }
    changes.isRunning = false;
    if (hasChanged) this.#options.changed(kept);
  }

  async #recordAt(name: ConversationName, seq: number): Promise<PlacedRecord | undefined> {
    try {
      const range = { kind: 'from', message: { seq } } as const;
      const [record] = await this.#options.source.historyRange(name, range, 1);
      return record?.seq === seq ? record : undefined;
    } catch {
      // The window says that the history cannot be read. The item stays as it was.
      return undefined;
    }
  }

  #show(
    kept: TimelineConversation,
    changes: Changes,
    seq: number,
    record: PlacedRecord | undefined,
  ): void {
    const window = kept.messageIndex?.window;
    const item = record && this.itemOf(record);
    const shown = window?.findNumber(seq);
    if (window !== undefined && shown !== undefined && item !== undefined) {
      const isSeen = shown.kind === 'message' && shown.isSeen === true && item.kind === 'message';
      const next = { ...item, ...(isSeen && { isSeen: true as const }) };
      window.replace({ ...this.placed(kept, next, shown.key), key: shown.key });
    }
    const quote = record && item && quoteOf(record, item);
    if (quote === undefined) changes.quotes.delete(seq);
    else changes.quotes.set(seq, quote);
    for (const key of changes.replies.get(seq) ?? []) {
      const reply = window?.get(key);
      if (reply?.kind !== 'message' || reply.reply?.seq !== seq) {
        changes.replies.get(seq)?.delete(key);
      } else if (quote !== undefined) {
        window?.replace({ ...reply, reply: this.#quoted(kept, reply.reply, quote) });
      } else if (reply.reply.from !== undefined) {
        // What it answers was here, and is not any more.
        const gone = { ...reply.reply, key: undefined, from: undefined, text: '' };
        window?.replace({ ...reply, reply: gone });
      }
    }
  }

  #quoted(kept: TimelineConversation, reply: ItemReply, quote: Quote): ItemReply {
    if (!quote.isMeant(reply.id)) return reply;
    const key = kept.messageIndex?.window.findNumber(reply.seq)?.key;
    return { ...reply, key, from: quote.from, text: quote.text };
  }

  #waitingFor({ conversation, seq, ...record }: PlacedRecord): readonly OwnAmendment[] {
    const { source, reader } = this.#options;
    if (seq === undefined) return [];
    return source.amending.filter(
      ({ place, content: { target } }) =>
        target.seq === seq &&
        conversationOf(reader.me as Username, place) === conversation &&
        isIdOf(target.id, record),
    );
  }

  #of(kept: TimelineConversation): Changes {
    const known = this.#changes.get(kept);
    if (known !== undefined) return known;
    const made = {
      dirty: new Set<number>(),
      quotes: new Map(),
      replies: new Map(),
      isRunning: false,
    };
    this.#changes.set(kept, made);
    return made;
  }
}

function quoteOf(record: PlacedRecord, item: NewItem): Quote {
  const words =
    item.kind === 'message' && item.deleted !== undefined ? deletedWords(item) : itemWords(item);
  const line = words.replaceAll(/\s+/g, ' ').trim();
  const characters = Array.from(line.slice(0, 4 * maxQuote));
  const text =
    characters.length <= maxQuote ? line : `${characters.slice(0, maxQuote - 1).join('')}…`;
  return { from: record.from, text, isMeant: (id) => isIdOf(id, record) };
}
