// What an item of a timeline says, in words for people.

import { unreachable } from '../../lib/invariant.ts';
import type { NewItem } from '../timeline/model.ts';
import { contentWords } from './content-words.ts';

/** Its words, without who says them and when. */
export function itemWords(item: NewItem): string {
  switch (item.kind) {
    case 'message':
      return contentWords(item.content);
    case 'unreadable':
      return item.why;
    case 'notice':
    case 'file':
      return item.text;
    default:
      return unreachable(item);
  }
}

/** Who says it, where it is of somebody. */
export function authorOf(item: NewItem): string | undefined {
  return item.kind === 'message' || item.kind === 'unreadable' ? item.from : undefined;
}
