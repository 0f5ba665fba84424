// What the timeline shows of signals: who is writing in a conversation, and who has read an own message. Items are as they
// are stored; their readers are added where they are looked at, and an item with the same readers is the same object.
// Comes with the client, not with what is stored.

import { isPrivateConversation, type ConversationName } from '../../wire/extended/names.ts';
import type { ChatClient } from '../chat-client.ts';
import { maxNamedReaders } from '../signals/limits.ts';
import type {
  ConversationSummary,
  ItemReaders,
  MessageItem,
  SignalSummary,
  TimelineItem,
  TimelineItems,
} from './model.ts';

export class ShownSignals {
  readonly #client: Pick<ChatClient, 'signals' | 'quiet'>;

  constructor(client: Pick<ChatClient, 'signals' | 'quiet'>) {
    this.#client = client;
  }

  of(
    name: ConversationName | undefined,
  ): Pick<ConversationSummary, 'typing' | 'tellsReading'> | undefined {
    const { signals, quiet } = this.#client;
    if (signals === undefined || name === undefined) return undefined;
    const isShown = (who: string): boolean => name.startsWith('@') || !quiet.isIgnored(who);
    const typing = signals.typingIn(name).filter(isShown);
    return { ...(typing.length > 0 && { typing }), tellsReading: signals.tellsReading(name) };
  }

  /** What is told wherever the person has not decided otherwise. Undefined for guests. */
  get wishes(): SignalSummary | undefined {
    const { signals } = this.#client;
    return (
      signals && { reading: signals.wishes.of('receipts') === true, typing: signals.tellsTyping }
    );
  }

  /** Items of a conversation with their readers. */
  withReaders(items: TimelineItems, name: ConversationName | undefined): TimelineItems {
    const { signals } = this.#client;
    if (signals === undefined || name === undefined || !signals.tellsReading(name)) return items;
    return {
      get length() {
        return items.length;
      },
      get isNewest() {
        return items.isNewest;
      },
      indexFrom: (key) => items.indexFrom(key),
      at: (index) => {
        const item = items.at(index);
        if (item?.kind !== 'message' || !item.isOwn || item.seq === undefined) return item;
        return readItem(item, signals.readersOf(name, item.seq), isPrivateConversation(name));
      },
    };
  }
}

const made = new WeakMap<TimelineItem, MessageItem & { readonly readBy: ItemReaders }>();

/** Readers only become more, so their count tells whether they are the same. */
function readItem(item: MessageItem, readers: readonly string[], isPrivate: boolean): MessageItem {
  const count = readers.length;
  if (count === 0) return item;
  const known = made.get(item);
  if (known?.readBy.count === count) return known;
  const names = count > maxNamedReaders ? [] : readers;
  const shown = { ...item, ...(isPrivate && { state: 'read' as const }), readBy: { count, names } };
  made.set(item, shown);
  return shown;
}
