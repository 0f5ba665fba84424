// The suggestions over the input, for fingers, eyes and ears: a list that the input owns, because the focus stays
// there. Comes with the client, as what it suggests does.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { suggestionId, suggestionListId, type SuggestionListProps } from './suggestions.ts';

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
