// A search query as typed: words, `in:` and a conversation, `from:` and a name. Pure.

import { wordsIn } from '../store/word-search.ts';

export interface SearchQuery {
  /** Each begins one of the message's. */
  readonly words: readonly string[];
  /** As it was typed behind `in:`. */
  readonly place: string | undefined;
  /** As it was typed behind `from:`, without an `@`. */
  readonly from: string | undefined;
}

/** What `text` asks for. Of two places, or two names, the last one counts; an `in:` with nothing behind it does not. */
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
