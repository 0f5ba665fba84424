// How much is unread in each conversation, counted in what is stored: at the start, and whenever other people are ignored.

import type { Username } from '../../wire/text.ts';
import { currentOf } from '../amending/current.ts';
import type { ClientStore, HistoryRecord } from '../store/store-port.ts';
import type { Conversation, Conversations } from './conversations.ts';
import { maxUnreadCounted } from './limits.ts';

/** Whether a message there waits to be seen by this account. */
export function isUnread(conversation: Conversation, me: Username, record: HistoryRecord): boolean {
  const { seq, from } = record;
  const isOthers = from !== me && !conversation.hides(from);
  return (seq ?? 0) > conversation.seen && isOthers && currentOf(record).deletion === undefined;
}

/** To be called where nothing else is written meanwhile. */
export async function countUnread(
  conversations: Conversations,
  me: Username,
  store: Pick<ClientStore, 'history'>,
): Promise<void> {
  for (const conversation of conversations.all) {
    conversation.unread = 0;
    if (conversation.cursor <= conversation.seen) continue;
    const last = await store.history(conversation.name, undefined, maxUnreadCounted);
    conversation.unread += last.filter((record) => isUnread(conversation, me, record)).length;
  }
}
