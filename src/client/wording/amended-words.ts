// Deleted messages, and answers to what is not here, in words. Imports nothing: a page has it from its beginning on.
import type { MessageItem } from '../timeline/model.ts';

/** What stands in the place of a deleted message. */
export function deletedWords({ from, deleted }: Pick<MessageItem, 'from' | 'deleted'>): string {
  const by = deleted?.by;
  return by === undefined || by === from ? 'deleted' : `deleted by ${by}`;
}

/** At a message that answers another one. */
export const answersNothingHere = 'answers a message that is not here, or not any more';
