// Messages of a device's history as items: the one place that says what a record is to a view. Makes every text
// harmless. Line mode prints its history, search results and exported files from the same items.

import { currentOf, type CurrentMessage, type Reacted } from '../amending/current.ts';
import { textOf, ttlOf, type MessageContent } from '../content.ts';
import type { HistoryRecord, PlacedRecord, SendState } from '../store/store-port.ts';
import { contentWords, harmlessContent } from '../wording/content-words.ts';
import { privateRemark } from '../wording/message-remark.ts';
import { harmless } from '../wording/sanitize.ts';
import type { ItemReaction, MessageItem, NewItem, NewMessageItem, SentState } from './model.ts';

/** Whose history it is. */
export interface TimelineReader {
  readonly me: string;
  /** What names this person. */
  readonly mention: RegExp;
  /** By it others mention the account: of a text that does so its name alone does not count. */
  readonly root: () => string | undefined;
}

export function readerOf(
  me: string,
  root: TimelineReader['root'] = () => undefined,
): TimelineReader {
  return { me, mention: new RegExp(`(?<![\\w@#])@?${me}(?!\\w)`, 'i'), root };
}

/** Whether a message names this person. */
export function namesReader(content: MessageContent, reader: TimelineReader): boolean {
  const root = reader.root();
  if (content.kind === 'said' && content.mentions.length > 0 && root !== undefined)
    return content.mentions.some((mention) => mention.root === root);
  return reader.mention.test(textOf(content));
}

/** What a content shows: its words, and what it answers, which is looked up later. */
export function shownContent(content: MessageContent): Pick<NewMessageItem, 'content' | 'reply'> {
  const reply = content.kind === 'said' ? content.reply : undefined;
  const shown = harmlessContent(content);
  if (reply === undefined) return { content: shown };
  return { content: shown, reply: { ...reply, key: undefined, from: undefined, text: '' } };
}

/** When something disappears that is shown, and so read, now. */
export function endOf(content: MessageContent, now: number): Pick<MessageItem, 'expiresAt'> {
  const ttl = ttlOf(content);
  return ttl === undefined ? {} : { expiresAt: now + ttl * 1000 };
}

/** The most names at a reaction. */
const maxNames = 50;

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
  const current = currentOf(record);
  // Of what was never readable here it may be known that it is deleted.
  if (unreadable !== undefined && current.deletion === undefined) {
    const isOwn = from === reader.me;
    const why = harmless(unreadable);
    return { kind: 'unreadable', ...place, from, isOwn, why, encrypted, standing };
  }
  if (from === undefined) {
    const text = harmless(contentWords(content));
    return { kind: 'notice', ...place, tone: 'reply', text };
  }
  return { ...messageOf(record, from, current, reader), rowId };
}

function messageOf(
  record: HistoryRecord,
  from: string,
  current: CurrentMessage,
  reader: TimelineReader,
): NewMessageItem {
  const { at, seq, encrypted, key: standing, state, reason } = record;
  const { content, deletion } = current;
  const isOwn = from === reader.me;
  return {
    kind: 'message',
    at,
    from,
    isOwn,
    ...shownContent(content),
    encrypted,
    standing,
    seq,
    remark:
      state === 'refused' && reason !== undefined
        ? `not sent: ${harmless(reason)}`
        : record.imported === true
          ? 'imported, not proven'
          : privateRemark(record.conversation.startsWith('@'), encrypted, standing),
    namesMe: !isOwn && namesReader(content, reader),
    ...(record.imported === true && { isImported: true as const }),
    state: state === undefined ? undefined : sentStates[state],
    ...(record.ends !== undefined && { expiresAt: record.ends }),
    ...editedOf(current),
    ...(current.pin && { pinned: { by: current.pin.by } }),
    ...(deletion && { deleted: { by: deletion.by } }),
    ...(current.reactions.length > 0 && {
      reactions: current.reactions.map((one) => reactionOf(one, reader)),
    }),
  };
}

function editedOf({ edits }: CurrentMessage): Pick<MessageItem, 'edited'> {
  const last = edits.at(-1);
  return last === undefined ? {} : { edited: { times: edits.length, at: last.at } };
}

function reactionOf({ emoji, by }: Reacted, { me }: TimelineReader): ItemReaction {
  const mine = (by as readonly string[]).includes(me);
  return { emoji, count: by.length, mine, names: by.slice(0, maxNames) };
}
