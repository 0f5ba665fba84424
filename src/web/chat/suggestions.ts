// What can stand where the person writes: the suggestions for the end of the text before the cursor, and which one the
// keys are at. Nothing is taken by itself, and what a writing system composes keeps its keys (composer.tsx).

import { signal } from '@preact/signals';
import { complete, sourcesOf } from '../../client/commands/completion.ts';
import { commands } from '../../client/commands/table.ts';
import type { Model } from '../../client/timeline/model.ts';
import { preferenceTable } from '../preferences.ts';

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

/** Nobody reads a longer list. */
const maxSuggestions = 50;

const settings = Object.fromEntries(
  Object.entries(preferenceTable).map(([name, { values }]) => [name, values]),
);

export class Suggestions {
  readonly offer = signal<Offer | undefined>(undefined);
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Looks for suggestions for the end of `beforeCursor`. */
  look(beforeCursor: string): void {
    const line = beforeCursor.slice(beforeCursor.lastIndexOf('\n') + 1);
    const sources = sourcesOf(this.#model, { settings, paths: () => [] });
    const { word, candidates, isPlain } = complete(line, sources);
    // Whoever writes a text wants no list over the messages for each of its words.
    const suggestions = isPlain
      ? []
      : candidates.filter((text) => text.trimEnd() !== word).slice(0, maxSuggestions);
    this.offer.value =
      suggestions.length === 0
        ? undefined
        : {
            word,
            suggestions: suggestions.map((text) => ({ text, help: helpOf(text.trim()) })),
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

function helpOf(text: string): string | undefined {
  return Object.hasOwn(commands, text) ? commands[text]?.help : undefined;
}
