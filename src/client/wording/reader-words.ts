// Who has read a message, in words, as far as they say.

import type { ItemReaders } from '../timeline/model.ts';

/** "Read by bob, carol"; of more people than are named how many; empty for nobody. */
export function readersWords(readers: ItemReaders | undefined): string {
  if (readers === undefined || readers.count === 0) return '';
  const { count, names } = readers;
  return `Read by ${names.length === 0 ? `${count} people` : names.join(', ')}`;
}
