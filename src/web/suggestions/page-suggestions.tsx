// What can stand where the person writes: the suggestions for the end of the text before the cursor, which one the keys
// are at, and their list over the input, for fingers, eyes and ears. The input owns the list, because the focus stays
// there. Nothing is taken by itself, and what a writing system composes keeps its keys (composer.tsx).

import { signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Completions } from '../../client/commands/completion.ts';
import type { PageSuggestionsView, SuggestedInput } from '../chat/session.ts';

interface Suggestion {
  readonly text: string;
  /** What a command does. */
  readonly help: string | undefined;
}

interface Offer {
  /** What a suggestion replaces. */
  readonly word: string;
  readonly suggestions: readonly Suggestion[];
  /** Where the keys are. Undefined: they were not used. */
  readonly at: number | undefined;
}

/** What can stand at the end of a line, and what a command does. */
export interface Completer {
  readonly complete: (line: string) => Completions;
  readonly helpOf: (text: string) => string | undefined;
}

/** Nobody reads a longer list. */
const maxSuggestions = 50;
const listId = 'suggestions';
const idOf = (at: number): string => `suggestion-${at}`;
/** The suggestions are for where the cursor was. */
const cursorKeys: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'Home', 'End']);

export class PageSuggestions implements PageSuggestionsView {
  readonly #offer = signal<Offer | undefined>(undefined);
  readonly #completer: Completer;

  constructor(completer: Completer) {
    this.#completer = completer;
  }

  look({ value, selectionEnd }: HTMLTextAreaElement): void {
    const beforeCursor = value.slice(0, selectionEnd);
    const line = beforeCursor.slice(beforeCursor.lastIndexOf('\n') + 1);
    const { word, candidates, isPlain } = this.#completer.complete(line);
    // Whoever writes a text wants no list over the messages for each of its words.
    const suggestions = isPlain
      ? []
      : candidates.filter((text) => text.trimEnd() !== word).slice(0, maxSuggestions);
    const completer = this.#completer;
    this.#offer.value =
      suggestions.length === 0
        ? undefined
        : {
            word,
            suggestions: suggestions.map((text) => ({ text, help: completer.helpOf(text.trim()) })),
            at: undefined,
          };
  }

  close(): void {
    this.#offer.value = undefined;
  }

  pressed({ key, shiftKey }: KeyboardEvent, input: SuggestedInput): boolean {
    const offer = this.#offer.value;
    if (offer === undefined) return false;
    if (key === 'ArrowDown' || key === 'ArrowUp') this.#step(key === 'ArrowDown' ? 1 : -1);
    else if (key === 'Tab' && !shiftKey) this.#take(offer.at ?? 0, input);
    // What was typed is sent as it is, unless the person went into the list.
    else if (key === 'Enter' && offer.at !== undefined) this.#take(offer.at, input);
    else if (key === 'Escape') this.close();
    else {
      if (cursorKeys.has(key)) this.close();
      return false;
    }
    return true;
  }

  readonly marks = (): ReturnType<PageSuggestionsView['marks']> => {
    const offer = this.#offer.value;
    return {
      // Otherwise the browser writes what is typed into its own files, for when it is opened again.
      autocomplete: 'off',
      'aria-controls': offer && listId,
      'aria-activedescendant': offer?.at === undefined ? undefined : idOf(offer.at),
    };
  };

  readonly List = ({ input }: { readonly input: SuggestedInput }) => {
    const offer = this.#offer.value;
    const list = useRef<HTMLUListElement>(null);
    const at = offer?.at;
    useLayoutEffect(() => {
      if (at !== undefined) list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
    }, [at]);
    const count = offer?.suggestions.length ?? 0;
    return (
      <>
        <p class="hidden" role="status">
          {count > 0 &&
            `${count === 1 ? '1 suggestion' : `${count} suggestions`}: arrows choose, Tab takes`}
        </p>
        {offer !== undefined && (
          <ul
            ref={list}
            id={listId}
            class="suggestions"
            role="listbox"
            // What scrolls can be reached, also by whoever has no pointer.
            tabIndex={0}
            aria-label="Suggestions"
            // A press would take the focus, and close the list before the finger is up.
            onPointerDown={(event) => event.preventDefault()}
            onMouseDown={(event) => event.preventDefault()}
          >
            {offer.suggestions.map(({ text, help }, index) => (
              <li
                key={text}
                id={idOf(index)}
                role="option"
                aria-selected={index === at}
                onClick={() => this.#take(index, input)}
              >
                <bdi class="name">{text.trim().replace(/:$/, '')}</bdi>
                {help !== undefined && <span class="dim">{help}</span>}
              </li>
            ))}
          </ul>
        )}
      </>
    );
  };

  #take(at: number, { area, typed }: SuggestedInput): void {
    const offer = this.#offer.value;
    const text = offer?.suggestions[at]?.text;
    const input = area();
    if (input === null || offer === undefined || text === undefined) return;
    const end = input.selectionEnd;
    input.setRangeText(text, end - offer.word.length, end, 'end');
    typed(input);
  }

  /** The keys go on by one, around the ends. */
  #step(by: 1 | -1): void {
    const offer = this.#offer.value;
    if (offer === undefined) return;
    const { length } = offer.suggestions;
    const from = offer.at ?? (by === 1 ? -1 : 0);
    this.#offer.value = { ...offer, at: (from + by + length) % length };
  }
}
