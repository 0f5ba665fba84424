// Which accounts a text mentions: those whose names stand in it after an @.
import { formatHex } from '../../lib/bytes.ts';
import { sameButCase } from '../people.ts';
import { maxMentions, type Mention } from './said-content.ts';

/** Somebody who can be mentioned. */
export interface Mentionable {
  readonly name: string;
  readonly root16: Uint8Array;
}

const words = /(?<![\w@#])@(\w+)/g;

/** The mentions of `people`, in the order of the text. */
export function mentionsOf(text: string, people: readonly Mentionable[]): readonly Mention[] {
  const roots = new Map(people.map(({ name, root16 }) => [name, root16]));
  const names = people.map(({ name }) => name);
  const mentions: Mention[] = [];
  for (const { 0: word, 1: name = '', index } of text.matchAll(words)) {
    const root = roots.get(sameButCase(name, names));
    if (root === undefined || mentions.length >= maxMentions) continue;
    mentions.push({ root: formatHex(root), offset: index, length: word.length });
  }
  return mentions;
}
