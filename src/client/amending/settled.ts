// What a store does where a message and what later messages said of it come together, in whatever order: which of that is
// about this message, and what is left if it is deleted. The stores share it.
import { textContent } from '../content.ts';
import type { HistoryRecord } from '../store/store-port.ts';
import { isMark } from '../store/taken-number.ts';
import {
  mergedAmendments,
  noAmendments,
  onlyDeletions,
  type Amendment,
  type Amendments,
} from './amendments.ts';
import { deletionOf } from './current.ts';
import { isIdOf, targetIdOf } from './target.ts';

/** What was said of the message with one number, by the id of the message that it was said of. */
export type AmendmentsById = ReadonlyMap<string, Amendments>;

export interface Settled {
  /** To be stored in place of the record; undefined if that stays as it is. */
  readonly wiped: HistoryRecord | undefined;
  /** What remains of what was said. */
  readonly said: AmendmentsById;
}

/**
 * Whether a message is to be settled after `amendment`, with which everything that was said of it is `after`: a reaction
 * changes nothing else, and there are many.
 */
export function unsettles({ content }: Amendment, after: Amendments): boolean {
  return content.kind !== 'react' || after.deletions.length > 0;
}

/** What to store of a message, and of what was said of its number. */
export function settled(record: HistoryRecord, said: AmendmentsById): Settled {
  // Its id is not known: what it was may still come.
  if (said.size === 0 || isMark(record)) return { wiped: undefined, said };
  const amended = amendmentsOf(record, said);
  if (amended === undefined) return { wiped: undefined, said: new Map() };
  const isDeleted = deletionOf(record, amended) !== undefined;
  const { content } = record;
  const isWiped = content.kind === 'text' && content.text === '';
  return {
    wiped: isDeleted && !isWiped ? { ...record, content: textContent('') } : undefined,
    said: new Map([[targetIdOf(record), isDeleted ? onlyDeletions(amended) : amended]]),
  };
}

/** What was said of this message. Of what only stands for one that could not be read: that it is deleted. */
export function amendmentsOf(
  record: Omit<HistoryRecord, 'amended'>,
  said: AmendmentsById,
): Amendments | undefined {
  let amended: Amendments | undefined;
  const isOfMark = isMark(record);
  for (const [id, one] of said) {
    if (!isOfMark && !isIdOf(id, record)) continue;
    const about = isOfMark ? onlyDeletions(one) : one;
    amended = amended === undefined ? about : mergedAmendments(amended, about);
  }
  return amended === noAmendments ? undefined : amended;
}

/** A message that is read, with what was said of it. */
export function withAmended(record: HistoryRecord, said: AmendmentsById): HistoryRecord {
  const amended = said.size === 0 ? undefined : amendmentsOf(record, said);
  return amended === undefined ? record : { ...record, amended };
}
