// The results of one batch of the inbox, and how a message of the server is recorded before it is decrypted.

import { textContent } from '../../content.ts';
import type { Username } from '../../../wire/text.ts';
import type { ClientEvent, Filed } from '../../client-event.ts';
import type { ClientChange, ConversationRecord, HistoryRecord } from '../../store/store-port.ts';
import type { LogMessage } from './catch-up.ts';
import type { Conversation } from '../conversations.ts';
import { damageWords, type DamagedRange } from './damage.ts';
import type { OutboxEntry } from '../outbox/outbox-book.ts';

/**
 * What one batch brings about. Nothing of it is so before it is on the disk: how far a conversation is then stands here,
 * and its record follows when everything that it passes is written.
 */
export interface InboxBatch {
  readonly changes: ClientChange[];
  readonly events: ClientEvent[];
  readonly drafts: OutboxEntry[];
  /** How conversations stand when it is written. */
  readonly records: Map<Conversation, ConversationRecord>;
  /** Of these more is on the disk then. */
  readonly touched: Set<Conversation>;
}

/** How a conversation stands when all before is written. */
export function recordIn(batch: InboxBatch, conversation: Conversation): ConversationRecord {
  return batch.records.get(conversation) ?? conversation.record;
}

/** What the history shows of a message of somebody, before it is opened. */
export function received(
  conversation: Conversation,
  { seq, at, from, guest }: LogMessage,
): HistoryRecord {
  return {
    conversation: conversation.name,
    localId: undefined,
    seq,
    at,
    from,
    guest: guest === true,
    content: textContent(''),
    encrypted: false,
    key: undefined,
    unreadable: undefined,
    state: undefined,
    reason: undefined,
  };
}

/** What the history shows in the place of what the server's disk has damaged. */
export function markOf(
  conversation: Conversation,
  damage: DamagedRange,
  now: number,
): HistoryRecord {
  const { first, at = now } = damage;
  const mark = received(conversation, { verb: 'MSG', in: conversation.name, seq: first, at });
  return { ...mark, unreadable: damageWords(damage) };
}

/** Where a message stands. `me`: the account that hears it. */
export function filedAs(
  me: Username,
  conversation: Conversation,
  said: LogMessage,
  isLate: boolean,
): Filed {
  return {
    conversation: conversation.name,
    seq: said.seq,
    at: said.at,
    guest: said.guest === true,
    own: said.from === me,
    late: isLate,
  };
}
