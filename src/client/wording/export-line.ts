// An item of a timeline as a line of an exported file.

import { unreachable } from '../../lib/invariant.ts';
import type { NewItem, NewMessageItem } from '../timeline/model.ts';
import { itemWords } from './item-words.ts';

/** What a line says of a message besides its words. */
function marksOf(item: NewMessageItem): readonly string[] {
  const { encrypted, state, edited, deleted, reply, isImported } = item;
  return [
    isImported === true ? 'imported, not proven' : encrypted ? 'encrypted' : 'not encrypted',
    ...(state === 'failed' ? ['not delivered'] : []),
    ...(edited === undefined ? [] : ['edited']),
    ...(deleted === undefined
      ? []
      : [`deleted${deleted.by === undefined ? '' : ` by ${deleted.by}`}`]),
    ...(reply === undefined ? [] : [`answers number ${reply.seq}`]),
  ];
}

function reactionsTo({ reactions = [] }: NewMessageItem): string {
  const all = reactions.map(
    ({ emoji, count, names }) =>
      `${emoji} ${names.join(', ')}${count > names.length ? ' and more' : ''}`,
  );
  return all.length === 0 ? '' : ` {${all.join('; ')}}`;
}

/** One line, with the time in UTC, so that other programs can sort and search it. */
export function exportLine(item: NewItem): string {
  const time = new Date(item.at).toISOString();
  switch (item.kind) {
    case 'message': {
      return `${time} [${item.from}] (${marksOf(item).join(', ')}) ${itemWords(item)}${reactionsTo(item)}`;
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
