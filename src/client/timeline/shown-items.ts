// The items of a conversation as they are shown: what somebody says whom this person ignores is one line for each run of it,
// and is not quoted. A view of the items in memory, made anew where those or the ignored people change; without any it is
// the items themselves.

import { ignoredQuote, ignoredWords } from '../wording/ignored-words.ts';
import type { ConversationBook } from './conversation-book.ts';
import type { TimelineSource } from './timeline-source.ts';
import { ItemList } from './item-list.ts';
import type { MessageItem, NoticeItem, TimelineItem, TimelineItems } from './model.ts';

interface Made {
  readonly version: number;
  readonly generation: number;
  readonly items: TimelineItems;
}

export class ShownItems {
  readonly #isIgnored: (name: string) => boolean;
  #made = new WeakMap<ItemList, Made>();
  /** Lines, by the first item of their run; and messages without what they quote. The same ones are drawn once. */
  #lines = new WeakMap<TimelineItem, NoticeItem>();
  #unquoted = new WeakMap<MessageItem, MessageItem>();
  #generation = 0;

  constructor(isIgnored: (name: string) => boolean) {
    this.#isIgnored = isIgnored;
  }

  /** Other people are ignored than before: what is unread is counted anew. */
  ignoredChanged(book: ConversationBook, source: Pick<TimelineSource, 'conversations'>): void {
    this.#generation += 1;
    for (const kept of book.all) {
      const view = source.conversations.find(({ name }) => name === kept.messageIndex?.name);
      if (view === undefined || kept.messageIndex?.isLoaded !== true) continue;
      const isNew = (said: MessageItem) =>
        !said.isOwn && said.namesMe && (said.seq ?? 0) > view.read && !book.hides(kept, said.from);
      kept.unread = view.unread;
      kept.mentions = kept.log.findLast(isNew, view.unread).length;
    }
  }

  of(list: ItemList): TimelineItems {
    const known = this.#made.get(list);
    const { version } = list;
    const generation = this.#generation;
    if (known?.version === version && known.generation === generation) return known.items;
    const items = this.#make(list);
    this.#made.set(list, { version, generation, items });
    return items;
  }

  #make(list: ItemList): TimelineItems {
    const shown: TimelineItem[] = [];
    let isSame = true;
    for (let index = 0; index < list.length;) {
      const item = list.at(index);
      if (item === undefined) break;
      const end = this.#runEnd(list, index);
      if (end > index) {
        shown.push(this.#lineOf(item, end - index));
        index = end;
        isSame = false;
        continue;
      }
      const one = this.#withoutQuote(item);
      isSame &&= one === item;
      shown.push(one);
      index += 1;
    }
    if (isSame) return list;
    const made = new ItemList({ isNewest: list.isNewest, nextKey: list.nextKey });
    for (const item of shown) made.push(() => item);
    return made;
  }

  /** Behind the last item of a run of one ignored person that begins at `from`; `from` where none does. */
  #runEnd(list: ItemList, from: number): number {
    const who = saidBy(list.at(from));
    if (who === undefined || !this.#isIgnored(who)) return from;
    let end = from + 1;
    while (end < list.length && saidBy(list.at(end)) === who) end += 1;
    return end;
  }

  #lineOf(first: TimelineItem, count: number): NoticeItem {
    const { key, at, seq, rowId } = first;
    const text = ignoredWords(saidBy(first) ?? '', count);
    const known = this.#lines.get(first);
    if (known?.text === text) return known;
    const who = saidBy(first) ?? '';
    const choices = [{ words: 'Show again', typed: `/unignore @${who}` }];
    const place = { key, at, seq, rowId };
    const line: NoticeItem = { kind: 'notice', tone: 'reply', ...place, text, choices };
    this.#lines.set(first, line);
    return line;
  }

  #withoutQuote(item: TimelineItem): TimelineItem {
    if (item.kind !== 'message' || item.reply?.from === undefined) return item;
    if (!this.#isIgnored(item.reply.from)) return item;
    const known = this.#unquoted.get(item);
    if (known !== undefined) return known;
    const unquoted = { ...item, reply: { ...item.reply, text: ignoredQuote } };
    this.#unquoted.set(item, unquoted);
    return unquoted;
  }
}

/** Whose message it is, if it is one of somebody else. */
function saidBy(item: TimelineItem | undefined): string | undefined {
  const isSaid = item?.kind === 'message' || item?.kind === 'unreadable';
  return isSaid && !item.isOwn ? item.from : undefined;
}
