// What later messages said of messages, in IndexedDB: edits, deletions, reactions. Read with the messages, and brought
// together with them within one transaction, in whatever order they come.
import {
  decodeAmendments,
  noAmendments,
  type Amendments,
} from '../../../client/amending/amendments.ts';
import { withAmended, type AmendmentsById } from '../../../client/amending/settled.ts';
import { atTheEnd, type KeptMessage } from '../../../client/store/kept-message.ts';
import type { AmendmentRow, ReadTransaction } from './database.ts';
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
  for (const [log, { conversation, first, last }] of ranges) {
    const range = IDBKeyRange.bound([conversation, log, first], [conversation, log, last, []]);
    for (const row of await transaction.objectStore('amendments').getAll(range)) {
      const key = `${log} ${row.seq}`;
      said.set(key, [...(said.get(key) ?? []), row]);
    }
  }
  if (said.size === 0) return all;
  return all.map((kept) => {
    const rows = said.get(`${kept.log} ${kept.seq}`);
    return rows === undefined
      ? kept
      : { ...kept, message: withAmended(kept.message, byTarget(rows)) };
  });
}

function byTarget(rows: readonly AmendmentRow[]): AmendmentsById {
  return new Map(rows.map(({ target, said }) => [target, amendmentsOf(said)]));
}

/** This page has written it. */
function amendmentsOf(said: string): Amendments {
  return decodeAmendments(said) ?? noAmendments;
}
