// The results of one batch of the inbox, and how a message of the server is recorded before it is decrypted.

import { textContent } from '../../content.ts';
import type { Username } from '../../../wire/text.ts';
import type { ClientEvent, Filed } from '../../client-event.ts';
import type { KeyStanding } from '../../encryption/trust/key-events.ts';
import type { NoteNews } from '../../files/notes/note-news.ts';
import type {
  ClientChange,
  ClientStore,
  ConversationRecord,
  HistoryRecord,
  SendState,
} from '../../store/store-port.ts';
import type { LogMessage } from './catch-up.ts';
import type { Conversation } from '../conversations.ts';
import { damageWords, type DamagedRange } from './damage.ts';
import type { OutboxEntry } from '../outbox/outbox-book.ts';

/**
 * The results of one batch. Nothing of it holds before it is on the disk. Conversations have their next record here,
 * which is written together with every message up to its cursor.
 */
export interface InboxBatch {
  readonly changes: ClientChange[];
  readonly events: ClientEvent[];
  readonly notes: NoteNews[];
  readonly drafts: OutboxEntry[];
  /** The records of conversations when it is written. */
  readonly records: Map<Conversation, ConversationRecord>;
  /** Conversations of which more is on the disk then. */
  readonly touched: Set<Conversation>;
  /** Sealed groups that may have a next step then. */
  readonly groups: Set<Conversation>;
  /** How the keys of members of sealed groups stand whose texts are in it. */
  readonly standings: Map<string, KeyStanding | undefined>;
  /** Whether the other side of a private conversation has everything up to there. */
  readonly isDelivered: (conversation: Conversation, seq: number) => boolean;
  /** Done then. */
  readonly afterwards: (() => void)[];
}

/** The record of a conversation after everything before was written. */
export function recordIn(batch: InboxBatch, conversation: Conversation): ConversationRecord {
  return batch.records.get(conversation) ?? conversation.record;
}

/** A message of somebody for the history, before it is decrypted. */
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

/** What another device of this account has said in private becomes of it as of what this one has: the state in the history. */
export function stateOfSibling(
  { isDelivered }: Pick<InboxBatch, 'isDelivered'>,
  conversation: Conversation,
  seq: number | undefined,
): SendState | undefined {
  if (conversation.peer === undefined || seq === undefined) return undefined;
  return isDelivered(conversation, seq) ? 'delivered' : 'stored';
}

/** The history's mark for what the server's disk has damaged. */
export function markOf(
  conversation: Conversation,
  damage: DamagedRange,
  now: number,
): HistoryRecord {
  const { first, at = now } = damage;
  const mark = received(conversation, { verb: 'MSG', in: conversation.name, seq: first, at });
  return { ...mark, unreadable: damageWords(damage) };
}

/** Where a message is stored. `me`: the account that receives it. */
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
    ...(said.seq !== undefined && said.seq <= conversation.seen && { seen: true }),
  };
}

/** Whether a text is here already, on the disk or in what the batch is about to write. */
export async function hasText(
  store: Pick<ClientStore, 'hasText'>,
  { name }: Conversation,
  id: string,
  { changes }: InboxBatch,
): Promise<boolean> {
  const isInBatch = changes.some(
    (change) =>
      change.type === 'message' &&
      change.message.conversation === name &&
      change.message.textId === id,
  );
  return isInBatch || store.hasText(name, id);
}
