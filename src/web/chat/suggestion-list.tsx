// The suggestions over the input, for fingers, eyes and ears: a list that the input owns, because the focus stays there.

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Suggestions } from './suggestions.ts';

export const suggestionListId = 'suggestions';

/** The id of a suggestion in the page, for the input. */
export function suggestionId(at: number): string {
  return `suggestion-${at}`;
}

export interface SuggestionListProps {
  readonly suggestions: Suggestions;
  readonly take: (at: number) => void;
}

export function SuggestionList({ suggestions, take }: SuggestionListProps) {
  const offer = suggestions.offer.value;
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
          id={suggestionListId}
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
              id={suggestionId(index)}
              role="option"
              aria-selected={index === at}
              onClick={() => take(index)}
            >
              <bdi class="name">{text.trim().replace(/:$/, '')}</bdi>
              {help !== undefined && <span class="dim">{help}</span>}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
