// What one batch of the inbox brings about, and how what the server said is put down before anybody opens it.

import type { Username } from '../../wire/text.ts';
import type { ClientEvent, Filed } from '../client-event.ts';
import type { ClientChange, HistoryRecord } from '../store-port.ts';
import type { Said } from './catch-up.ts';
import type { Conversation } from './conversations.ts';
import type { Entry } from './outbox-book.ts';

/** What one batch brings about. */
export interface Batch {
  readonly changes: ClientChange[];
  readonly events: ClientEvent[];
  readonly drafts: Entry[];
  readonly touched: Set<Conversation>;
}

/** What the history shows of a message of somebody, before it is opened. */
export function received(
  conversation: Conversation,
  { seq, at, from, guest }: Said,
): HistoryRecord {
  return {
    conversation: conversation.name,
    localId: undefined,
    seq,
    at,
    from,
    guest: guest === true,
    text: '',
    encrypted: false,
    key: undefined,
    unreadable: undefined,
    state: undefined,
    reason: undefined,
  };
}

/** Where a message stands. `me`: the account that hears it. */
export function filedAs(
  me: Username,
  conversation: Conversation,
  said: Said,
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
