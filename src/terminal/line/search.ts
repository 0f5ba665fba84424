// `/search` in line mode: the results, oldest first.

import { contentWords } from '../../client/wording/content-words.ts';
import type { ChatClient } from '../../client/chat-client.ts';
import { err, ok } from '../../lib/result.ts';
import { formatPlace, type ConversationName } from '../../wire/extended/names.ts';
import type { Verdict } from '../../client/commands/actions.ts';
import { isNamed, resolveSearch, type SearchFault } from '../../client/timeline/search-query.ts';
import { conversationMark } from '../../client/wording/place-words.ts';
import { searchLacks } from '../../client/wording/search-words.ts';

/** The most results: a longer word finds less. */
const maxFound = 50;

/** Prints the results for `text`. */
export async function searchKept(
  text: string,
  client: ChatClient,
  print: (line: string) => void,
): Promise<Verdict> {
  const query = resolveSearch(text, (typed) => conversationCalled(typed, client));
  if (!query.ok) return err(faultWords(query.error));
  const { words, place: conversation, from } = query.value;
  const found = await client.search({ words, conversation, from }, maxFound);
  if (!found.ok) return err(searchLacks[found.error]);
  const records = found.value;
  for (const {
    at,
    conversation: name,
    from: who = '',
    content,
    encrypted,
  } of records.toReversed()) {
    const mark = conversationMark(name, client.username, encrypted);
    print(`${new Date(at).toISOString()} ${mark}[${who}] ${contentWords(content)}`);
  }
  if (records.length === 0) return ok('nothing was found');
  return ok(records.length === maxFound ? `the newest ${maxFound} are shown` : undefined);
}

/** The conversation for `lobby`, `#group`, `@user`, or a bare name. */
export function conversationCalled(
  typed: string,
  client: ChatClient,
): ConversationName | undefined {
  return client.conversations.find(({ place }) => isNamed(formatPlace(place), typed))?.name;
}

function faultWords(fault: SearchFault): string {
  return fault.kind === 'empty'
    ? 'it is written: /search words in:#group from:user'
    : `there is no conversation ${fault.place}. in:lobby, in:#group and in:@user are`;
}
