// What can stand where the person writes: the suggestions for the end of the text before the cursor, and which one the
// keys are at. Nothing is taken by itself, and what a writing system composes keeps its keys (composer.tsx).

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Completions } from '../../client/commands/completion.ts';

export const suggestionListId = 'suggestions';

/** The id of a suggestion in the page, for the input. */
export function suggestionId(at: number): string {
  return `suggestion-${at}`;
}

export interface Suggestion {
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

export interface SuggestionListProps {
  readonly suggestions: Suggestions;
  readonly take: (at: number) => void;
}

/** What can stand at the end of a line, and what a command does. It comes with the client (session-actions.ts). */
export interface Completer {
  readonly complete: (line: string) => Completions;
  readonly helpOf: (text: string) => string | undefined;
  /** Shows them. */
  readonly List: (props: SuggestionListProps) => JSX.Element;
}

/** Nobody reads a longer list. */
const maxSuggestions = 50;

export class Suggestions {
  readonly offer = signal<Offer | undefined>(undefined);
  readonly #completer: () => Completer | undefined;

  /** Undefined: there is nothing to suggest yet. */
  constructor(completer: () => Completer | undefined) {
    this.#completer = completer;
  }

  /** Looks for suggestions for the end of `beforeCursor`. */
  look(beforeCursor: string): void {
    const line = beforeCursor.slice(beforeCursor.lastIndexOf('\n') + 1);
    const completer = this.#completer();
    if (completer === undefined) return;
    const { word, candidates, isPlain } = completer.complete(line);
    // Whoever writes a text wants no list over the messages for each of its words.
    const suggestions = isPlain
      ? []
      : candidates.filter((text) => text.trimEnd() !== word).slice(0, maxSuggestions);
    this.offer.value =
      suggestions.length === 0
        ? undefined
        : {
            word,
            suggestions: suggestions.map((text) => ({ text, help: completer.helpOf(text.trim()) })),
            at: undefined,
          };
  }

  /** The keys go on by one, around the ends. */
  step(by: 1 | -1): void {
    const offer = this.offer.value;
    if (offer === undefined) return;
    const { length } = offer.suggestions;
    const from = offer.at ?? (by === 1 ? -1 : 0);
    this.offer.value = { ...offer, at: (from + by + length) % length };
  }

  close(): void {
    this.offer.value = undefined;
  }
}
