// What was said of a message, as it is read together with it: of everything that is stored about its number, what is about
// this very message.
import type { HistoryRecord } from '../store/store-port.ts';
import { isMark } from '../store/mark.ts';
import { mergedAmendments, noAmendments, onlyDeletions, type Amendments } from './amendments.ts';
import { gathered, mergedReactions, type Reaction } from './reactions.ts';
import { isIdOf } from './target.ts';

/** What was said of the message with one number, by the id of the message that it was said of. */
export type AmendmentsById = ReadonlyMap<string, Amendments>;
/** The same of reactions: those of each account. Older versions kept them among the amendments, where they stay. */
export type ReactionsById = ReadonlyMap<string, readonly (readonly Reaction[])[]>;

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
export function withAmended(
  record: HistoryRecord,
  said: AmendmentsById,
  reacted: ReactionsById = new Map(),
): HistoryRecord {
  const amended = said.size === 0 ? undefined : amendmentsOf(record, said);
  const reactions = reacted.size === 0 ? [] : reactionsTo(record, reacted);
  if (reactions.length > 0) {
    const before = amended ?? noAmendments;
    const all = mergedReactions(before.reactions, reactions);
    return { ...record, amended: { ...before, reactions: all } };
  }
  return amended === undefined ? record : { ...record, amended };
}

function reactionsTo(record: HistoryRecord, reacted: ReactionsById): readonly Reaction[] {
  if (isMark(record)) return [];
  return [...reacted]
    .filter(([id]) => isIdOf(id, record))
    .map(([, kept]) => gathered(kept))
    .reduce(mergedReactions, []);
}
