// What an item of a timeline says, in words for people, and as a line of an exported file.

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

/** One line, with the time in UTC, so that other programs can sort and search it. */
export function exportLine(item: NewItem): string {
  const time = new Date(item.at).toISOString();
  switch (item.kind) {
    case 'message': {
      const marks = [
        item.encrypted ? 'encrypted' : 'not encrypted',
        ...(item.state === 'failed' ? ['not delivered'] : []),
      ];
      return `${time} [${item.from}] (${marks.join(', ')}) ${itemWords(item)}`;
    }
    case 'unreadable':
      return item.from === undefined
        ? `${time} * ${item.why}`
        : `${time} * a message of ${item.from} cannot be read`;
    case 'notice':
    case 'file':
      return `${time} * ${item.text}`;
    default:
      return unreachable(item);
  }
}
