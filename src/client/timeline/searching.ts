// Searches messages: for an account in the history of its device, for a guest among those in memory.

import type { ChatClient } from '../chat-client.ts';
import type { PlacedRecord } from '../store/store-port.ts';
import { currentOf } from '../amending/current.ts';
import { wordMatcher } from '../store/word-search.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { contentWords } from '../wording/content-words.ts';
import { harmless } from '../wording/sanitize.ts';
import { searchLacks } from '../wording/search-words.ts';
import type { Timeline } from './timeline.ts';
import type { TimelineConversation } from './conversation-book.ts';
import type { Found } from './model.ts';
import { isNamed, resolveSearch, type SearchFault, type SearchQuery } from './search-query.ts';

/** The most results: nobody reads more, and a longer word finds less. */
const maxFound = 200;

type Asked = Omit<SearchQuery, 'place'> & { readonly place: TimelineConversation | undefined };

export class Searching {
  readonly #client: ChatClient;
  readonly #timeline: Timeline;

  constructor(client: ChatClient, timeline: Timeline) {
    this.#client = client;
    this.#timeline = timeline;
  }

  /** The newest messages that match `text`, newest first. The error says what is wrong with it. */
  async find(text: string): Promise<Result<readonly Found[], string>> {
    const query = resolveSearch(text, (typed) => this.#placeOf(typed));
    if (!query.ok) return err(faultWords(query.error));
    const { words, place: kept, from } = query.value;
    const isGuest = this.#timeline.as === 'guest';
    const conversation = kept?.messageIndex?.name;
    const answer =
      isGuest || (kept !== undefined && conversation === undefined)
        ? undefined
        : await this.#client.search({ words, conversation, from }, maxFound);
    // Messages in memory are no substitute for the device's whole history.
    if (answer?.ok === false && answer.error === 'cannot-search')
      return err(searchLacks[answer.error]);
    const found =
      answer?.ok === true
        ? answer.value.flatMap((one) => this.#foundOf(one))
        : this.#inMemory(query.value);
    return ok(found.sort((one, other) => other.at - one.at).slice(0, maxFound));
  }

  #placeOf(typed: string): TimelineConversation | undefined {
    const { book } = this.#timeline;
    return book.get(typed) ?? [...book.all].find(({ id }) => isNamed(id, typed));
  }

  #foundOf(record: PlacedRecord): readonly Found[] {
    const { conversation, at, from } = record;
    const { content } = currentOf(record);
    const kept = this.#timeline.router.named(conversation);
    if (kept === undefined || from === undefined) return [];
    if (this.#timeline.book.hides(kept, from)) return [];
    const reveal = () => this.#timeline.history.show(kept, (window) => window.reveal(record));
    let shown: string | undefined;
    // Most results are never looked at.
    const words = (): string => (shown ??= harmless(contentWords(content)));
    return [
      {
        id: kept.id,
        at,
        from,
        get text() {
          return words();
        },
        reveal,
      },
    ];
  }

  #inMemory({ words, place: kept, from }: Asked): Found[] {
    const isMeant = wordMatcher(words);
    const name = from?.toLowerCase();
    const { book } = this.#timeline;
    return [...(kept === undefined ? book.all : [kept])].flatMap((one) => {
      const { id, log } = one;
      return log
        .findLast(
          (said) =>
            !book.hides(one, said.from) &&
            (name === undefined || said.from.toLowerCase() === name) &&
            isMeant(contentWords(said.content)),
          maxFound,
        )
        .map(({ key, at, from, content }) => ({
          id,
          at,
          from,
          text: contentWords(content),
          reveal: () => Promise.resolve(log.get(key)?.key),
        }));
    });
  }
}

function faultWords(fault: SearchFault): string {
  return fault.kind === 'empty'
    ? 'There is no word in that to look for.'
    : `There is no conversation ${fault.place}. in:lobby, in:#group and in:@user are.`;
}
