// What a store does where a message and what later messages said of it come together, in whatever order: which of that is
// about this message, and what is left if it is deleted. The stores share it.
import { textContent } from '../content.ts';
import type { HistoryRecord } from '../store/store-port.ts';
import { isMark } from '../store/mark.ts';
import { onlyDeletions, type Amendment } from './amendments.ts';
import { deletionOf } from './current.ts';
import type { Reaction } from './reactions.ts';
import { amendmentsOf, type AmendmentsById } from './said-of.ts';
import { isIdOf, targetIdOf } from './target.ts';

export interface Settled {
  /** To be stored in place of the record; undefined if that stays as it is. */
  readonly wiped: HistoryRecord | undefined;
  /** What remains of what was said. */
  readonly said: AmendmentsById;
  /** Whether the reactions to the message with that id remain. */
  readonly keepsReactions: (id: string) => boolean;
}

/** One reaction, as it comes. */
export function reactionOf({ content, by, at, seq }: Amendment): Reaction | undefined {
  if (content.kind !== 'react') return undefined;
  const { emoji, isOn } = content;
  return { by, at, seq, emoji, isOn };
}

/** Whether a message may have been deleted: then it is to be settled after a reaction too, which changes nothing else. */
export function hasDeletion(said: AmendmentsById): boolean {
  return [...said.values()].some(({ deletions }) => deletions.length > 0);
}

/** What to store of a message, and of what was said of its number. */
export function settled(record: HistoryRecord, said: AmendmentsById): Settled {
  // Its id is not known: what it was may still come.
  if (isMark(record)) return { wiped: undefined, said, keepsReactions: () => true };
  const amended = amendmentsOf(record, said);
  const keepsReactions = (id: string) => isIdOf(id, record);
  if (amended === undefined) return { wiped: undefined, said: new Map(), keepsReactions };
  const isDeleted = deletionOf(record, amended) !== undefined;
  const { content } = record;
  const isWiped = content.kind === 'text' && content.text === '';
  return {
    wiped: isDeleted && !isWiped ? { ...record, content: textContent('') } : undefined,
    said: new Map([[targetIdOf(record), isDeleted ? onlyDeletions(amended) : amended]]),
    keepsReactions: isDeleted ? () => false : keepsReactions,
  };
}
