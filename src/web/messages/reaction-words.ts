// Who reacted to a message, in words.

import type { ItemReaction } from '../../client/timeline/model.ts';

type Who = Pick<ItemReaction, 'count' | 'mine' | 'names'>;

/** `you, bob and 3 others`, with at most `most` of them by name. */
export function reactedWords({ count, mine, names }: Who, me: string, most: number): string {
  const others = names.filter((name) => name !== me);
  const named = [...(mine ? ['you'] : []), ...others].slice(0, most);
  const rest = count - named.length;
  const all =
    rest > 0 ? [...named, rest === 1 ? '1 other' : `${rest.toLocaleString('en')} others`] : named;
  const last = all.pop() ?? 'nobody';
  return all.length === 0 ? last : `${all.join(', ')} and ${last}`;
}
