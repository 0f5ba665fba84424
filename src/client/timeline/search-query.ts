// A search query as typed: words, `in:` and a conversation, `from:` and a name; and which conversation a typed name
// means. Pure.

import { err, ok, type Result } from '../../lib/result.ts';
import { wordsIn } from '../store/word-search.ts';
import { lobbyId, type ConversationId } from './model.ts';

export interface SearchQuery {
  /** Each is the beginning of a word of the message. */
  readonly words: readonly string[];
  /** As typed after `in:`. */
  readonly place: string | undefined;
  /** As typed after `from:`, without an `@`. */
  readonly from: string | undefined;
}

/** The query in `text`. Of two places, or two names, the last one counts. An empty `in:` is ignored. */
export function parseSearch(text: string): SearchQuery {
  const rest: string[] = [];
  let place: string | undefined;
  let from: string | undefined;
  for (const part of text.split(/\s+/)) {
    const [, key = '', value = ''] = /^(in|from):(.*)$/i.exec(part) ?? [];
    if (key === '') rest.push(part);
    else if (key.toLowerCase() === 'in') place = value || undefined;
    else from = value.replace(/^@/, '') || undefined;
  }
  return { words: wordsIn(rest.join(' ')), place, from };
}

/** Why a query asks for nothing. */
export type SearchFault =
  { readonly kind: 'empty' } | { readonly kind: 'no-such-place'; readonly place: string };

/** What `text` asks for, with the conversation that `placeOf` finds for its `in:`. */
export function resolveSearch<T>(
  text: string,
  placeOf: (typed: string) => T | undefined,
): Result<Omit<SearchQuery, 'place'> & { readonly place: T | undefined }, SearchFault> {
  const query = parseSearch(text);
  const { words, place: typed, from } = query;
  if (words.length === 0 && typed === undefined && from === undefined)
    return err({ kind: 'empty' });
  const place = typed === undefined ? undefined : placeOf(typed);
  if (typed !== undefined && place === undefined)
    return err({ kind: 'no-such-place', place: typed });
  return ok({ words, place, from });
}

/** Whether `typed` names a conversation: by its id, or without the sign in front, in any letter case. */
export function isNamed(id: ConversationId, typed: string): boolean {
  const [known, wanted] = [id.toLowerCase(), typed.toLowerCase()];
  return wanted === known || (known !== lobbyId && wanted === known.slice(1));
}
