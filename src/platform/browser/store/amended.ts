// What later messages said of messages, in IndexedDB: edits, deletions, reactions. Read with the messages, and brought
// together with them within one transaction, in whatever order they come.
import {
  withAmended,
  type AmendmentsById,
  type ReactionsById,
} from '../../../client/amending/said-of.ts';
import {
  decodeAmendments,
  noAmendments,
  type Amendments,
} from '../../../client/amending/amendments.ts';
import { ownReactionsOf, type Reaction } from '../../../client/amending/reactions.ts';
import { noTargetId, targetIdOf } from '../../../client/amending/target.ts';
import { atTheEnd, type KeptMessage } from '../../../client/store/kept-message.ts';
import type { AmendmentRow, ReactionRow, ReadTransaction } from './database.ts';
import { beginningWith } from './message-row.ts';

/** What was said of the message with a number in one of a conversation's logs. */
export async function saidOf(
  transaction: ReadTransaction,
  conversation: string,
  log: number,
  seq: number,
): Promise<AmendmentsById> {
  const rows = await transaction
    .objectStore('amendments')
    .getAll(beginningWith(conversation, log, seq));
  return byTarget(rows);
}

/** Messages of one conversation as they are read, with what was said of them. */
export async function withSaid(
  transaction: ReadTransaction,
  all: readonly KeptMessage[],
): Promise<readonly KeptMessage[]> {
  const ranges = new Map<number, { conversation: string; first: number; last: number }>();
  for (const { message, log, seq } of all) {
    if (seq === undefined || log === atTheEnd) continue;
    const { first = seq, last = seq } = ranges.get(log) ?? {};
    const { conversation } = message;
    ranges.set(log, { conversation, first: Math.min(first, seq), last: Math.max(last, seq) });
  }
  const said = new Map<string, AmendmentRow[]>();
  const reacted = new Set<number>();
  for (const [log, { conversation, first, last }] of ranges) {
    const range = IDBKeyRange.bound([conversation, log, first], [conversation, log, last, []]);
    const [rows, reaction] = await Promise.all([
      transaction.objectStore('amendments').getAll(range),
      transaction.objectStore('reactions').getKey(range),
    ]);
    if (reaction !== undefined) reacted.add(log);
    for (const row of rows) {
      const key = `${log} ${row.seq}`;
      said.set(key, [...(said.get(key) ?? []), row]);
    }
  }
  if (said.size + reacted.size === 0) return all;
  return Promise.all(
    all.map(async (kept) => {
      const rows = said.get(`${kept.log} ${kept.seq}`) ?? [];
      const reactions = reacted.has(kept.log) ? await reactionsTo(transaction, kept) : undefined;
      if (rows.length === 0 && reactions === undefined) return kept;
      return { ...kept, message: withAmended(kept.message, byTarget(rows), reactions) };
    }),
  );
}

/** Those to this very message: whatever else may stand at its number is not even read. */
async function reactionsTo(
  transaction: ReadTransaction,
  { message, log, seq }: KeptMessage,
): Promise<ReactionsById | undefined> {
  if (seq === undefined) return undefined;
  const ids = new Set([targetIdOf(message), ...(message.encrypted ? [] : [noTargetId])]);
  const found = await Promise.all(
    [...ids].map(async (id) => {
      const range = beginningWith(message.conversation, log, seq, id);
      const rows = await transaction.objectStore('reactions').getAll(range);
      return [id, rows.map(givenIn)] as const;
    }),
  );
  return new Map(found.filter(([, rows]) => rows.length > 0));
}

/** This page has written it. */
export function givenIn({ user, given }: ReactionRow): readonly Reaction[] {
  return ownReactionsOf(user, JSON.parse(given)) ?? [];
}

function byTarget(rows: readonly AmendmentRow[]): AmendmentsById {
  return new Map(rows.map(({ target, said }) => [target, amendmentsOf(said)]));
}

/** This page has written it. */
function amendmentsOf(said: string): Amendments {
  return decodeAmendments(said) ?? noAmendments;
}
