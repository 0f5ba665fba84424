// Messages of a device's history as items: the one place that says what a record is to a view. Makes every text
// harmless. Line mode prints its history, search results and exported files from the same items.

import { textOf } from '../content.ts';
import type { HistoryRecord, PlacedRecord, SendState } from '../store/store-port.ts';
import { contentWords, harmlessContent } from '../wording/content-words.ts';
import { privateRemark } from '../wording/message-remark.ts';
import { harmless } from '../wording/sanitize.ts';
import type { NewItem, NewMessageItem, SentState } from './model.ts';

/** Whose history it is. */
export interface TimelineReader {
  readonly me: string;
  /** What names this person. */
  readonly mention: RegExp;
}

export function readerOf(me: string): TimelineReader {
  return { me, mention: new RegExp(`(?<![\\w@#])@?${me}(?!\\w)`, 'i') };
}

export const sentStates: Readonly<Record<SendState, SentState>> = {
  waiting: 'waiting',
  stored: 'sent',
  delivered: 'delivered',
  refused: 'failed',
};

/** A record as the item that stands for it. */
export function itemOf(
  record: HistoryRecord & Partial<PlacedRecord>,
  reader: TimelineReader,
): NewItem {
  const { at, from, seq, rowId, encrypted, key: standing, unreadable, content } = record;
  const place = { at, seq, rowId };
  if (unreadable !== undefined) {
    const isOwn = from === reader.me;
    const why = harmless(unreadable);
    return { kind: 'unreadable', ...place, from, isOwn, why, encrypted, standing };
  }
  if (from === undefined) {
    const text = harmless(contentWords(content));
    return { kind: 'notice', ...place, tone: 'reply', text };
  }
  return { ...messageOf(record, from, reader), rowId };
}

function messageOf(
  record: HistoryRecord,
  from: string,
  { me, mention }: TimelineReader,
): NewMessageItem {
  const { at, seq, content, encrypted, key: standing, state, reason } = record;
  const isOwn = from === me;
  return {
    kind: 'message',
    at,
    from,
    isOwn,
    content: harmlessContent(content),
    encrypted,
    standing,
    seq,
    remark:
      state === 'refused' && reason !== undefined
        ? `not sent: ${harmless(reason)}`
        : privateRemark(record.conversation.startsWith('@'), encrypted, standing),
    namesMe: !isOwn && mention.test(textOf(content)),
    state: state === undefined ? undefined : sentStates[state],
  };
}
