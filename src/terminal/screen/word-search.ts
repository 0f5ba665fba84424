// Finds messages by the beginnings of their words, in what is in memory. Every word that is looked for has to begin one
// of the message's, in any letter case.

import type { Entries, Said } from './model.ts';

/** Whether a text fits the words that are looked for. */
export function matcher(query: string): ((text: string) => boolean) | undefined {
  const words = query.toLowerCase().match(/[\p{L}\p{N}\p{M}_]+/gu);
  if (words === null) return undefined;
  const patterns = words.map((word) => new RegExp(`(?<![\\p{L}\\p{N}\\p{M}_])${word}`, 'iu'));
  return (text) => patterns.every((pattern) => pattern.test(text));
}

/** The last `limit` messages that fit, newest first. */
export function findIn(
  entries: Entries,
  isMeant: (text: string) => boolean,
  limit: number,
): readonly Said[] {
  const found: Said[] = [];
  for (let index = entries.length - 1; index >= 0 && found.length < limit; index--) {
    const entry = entries.at(index);
    if (entry?.kind === 'said' && isMeant(entry.text)) found.push(entry);
  }
  return found;
}
