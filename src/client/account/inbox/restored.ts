// Whether this device's store of an account is an older copy that somebody has restored: its keys have been used
// since, numbers assigned, and messages acknowledged that are not in it. Decided once in a run, from what the server
// says at the first login, before anything is encrypted or numbered; a running program knows more than any copy.
//
// The server's statement is not proven. A lie makes this device begin new sessions, or treat texts as sent that were
// not: the server could refuse them as well.

import type { ExtendedEventOf, KeptConversation } from '../../../wire/extended/events.ts';
import { parseConversation } from '../../../wire/extended/names.ts';
import type { Username } from '../../../wire/text.ts';
import type { ClientRecords, ConversationRecord } from '../../store/store-port.ts';
import { commonOf, unknownLog } from './log-change.ts';

/** What speaks for it. */
export interface Restored {
  /** The last number that the server has of the stream that the copy knows. */
  readonly taken: number;
  /** With them private messages were exchanged that this device had, and has no more. */
  readonly missing: readonly Username[];
}

/** How far the copy goes. */
export interface StoreExtent {
  readonly me: Username;
  /** The last number that it gave to a message. */
  readonly lastNumber: number;
  readonly conversations: readonly ConversationRecord[];
  /** There was nothing in the store: then it is a new one, and no copy. */
  readonly isNew: boolean;
  /**
   * The runs of the server that the store names. They come to the disk behind what the first login has described: a new
   * device of an account that was killed before has none, and the server counts as acknowledged what it never gave it.
   */
  readonly runs: readonly number[];
}

/** Whether a store has never been used. */
export function isNewStore(records: ClientRecords): boolean {
  const { conversations, outbox, sessions, packages, stream } = records;
  const all = [...conversations, ...outbox, ...sessions, ...packages];
  return all.length === 0 && stream === undefined;
}

/** What speaks for an older copy, or undefined where nothing does. */
export function restoredFrom(
  { me, lastNumber, conversations, isNew, runs }: StoreExtent,
  welcome: ExtendedEventOf<'WELCOME'>,
): Restored | undefined {
  if (isNew) return undefined;
  const { lastNumber: taken = 0 } = welcome;
  const known = new Map(conversations.map((record) => [record.name, record]));
  // After a reset the server counts for this device what others of the account had: nothing that this one lacks.
  const isReset = welcome.links === 0;
  const wasDescribed = runs.length > 0 || welcome.runs === undefined;
  const missing = (isReset || !wasDescribed ? [] : welcome.conversations)
    .filter((kept) => hasAcknowledgedMore(kept, known.get(kept.in)))
    .flatMap(({ in: name }) => peerOf(me, name) ?? []);
  return taken > lastNumber || missing.length > 0 ? { taken, missing } : undefined;
}

/** A receipt is given only for what is on the disk. */
function hasAcknowledgedMore(
  kept: KeptConversation,
  record: ConversationRecord | undefined,
): boolean {
  // Of a conversation that has begun with what came live, the log may not have been named yet.
  const { got = 0 } = kept;
  if (record === undefined) return got > 0;
  const isSame =
    record.log === unknownLog || commonOf({ log: record.log, record }, kept) !== undefined;
  return got > (isSame ? record.cursor : 0);
}

function peerOf(me: Username, name: KeptConversation['in']): Username | undefined {
  const parsed = parseConversation(name);
  return parsed?.kind === 'direct' ? parsed.people.find((user) => user !== me) : undefined;
}
