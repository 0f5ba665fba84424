// Searches messages as you type, newest first. Enter jumps to the message. Does not know how they are found.

import { wordPlace } from '../../../client/store/word-search.ts';
import type { Result } from '../../../lib/result.ts';
import type { Bindings } from '../input/bindings.ts';
import { nothingFound } from '../draw/empty-places.ts';
import { formatDay, formatTime } from '../../../client/wording/moment-words.ts';
import { slices } from '../draw/item-rows.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import { ListCursor } from './list-cursor.ts';
import type { Found } from '../../../client/timeline/model.ts';
import type { OverlayOutcome, Overlay } from './overlay.ts';
import { parseSearch } from '../../../client/timeline/search-query.ts';
import { fit, pad, widthUpTo } from '../draw/text.ts';
import type { Theme } from '../draw/theme.ts';
import { InputField } from '../input/input-field.ts';

export interface SearchOptions {
  readonly bindings: Bindings;
  /** The initial query. */
  readonly query: string;
  readonly search: (query: string) => Promise<Result<readonly Found[], string>>;
  readonly go: (found: Found) => void;
  /** Something new must be drawn. */
  readonly changed: () => void;
}

const maxQuery = 200;
/** How much of a long text is shown before the first word that was found. */
const leadColumns = 16;
/** The least columns of text beside the names. */
const minTextColumns = 20;

export class SearchOverlay implements Overlay {
  readonly title = 'Search';
  readonly #options: SearchOptions;
  readonly #query: InputField;
  readonly #cursor = new ListCursor();
  #found: Result<readonly Found[], string> | undefined;
  /** One search at a time. Text that is typed meanwhile is searched after it. */
  #isSearching = false;

  constructor(options: SearchOptions) {
    this.#options = options;
    this.#query = new InputField({ maxLength: maxQuery, allowed: /\P{C}/u, text: options.query });
    void this.#search();
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const word = (action: KeyAction): string => this.#options.bindings.word(action);
    const keys = `${word('list-up')}, ${word('list-down')}; ${word('list-choose')} goes there; ${word('list-close')} closes it`;
    return [
      ` ${theme.paint('strong', 'Search:')} ${fit(this.#query.text, width - 12)}${theme.paint('bar', ' ')}`,
      theme.paint('dim', fit(` ${keys}. in:#group and from:user narrow it`, width)),
      ...this.#foundRows(width, Math.max(1, height - 2), theme),
    ];
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (action === 'list-close') return 'goes';
    if (action === 'list-choose') {
      const found = this.#list[this.#cursor.index];
      if (found === undefined) return 'stays';
      this.#options.go(found);
      return 'goes';
    }
    if (!this.#cursor.input(input, action) && this.#query.input(input, action)) {
      void this.#search();
    }
    return 'stays';
  }

  async #search(): Promise<void> {
    if (this.#isSearching) return;
    this.#isSearching = true;
    let searched: string | undefined;
    while (searched !== this.#query.text) {
      searched = this.#query.text;
      this.#found = searched.trim() === '' ? undefined : await this.#options.search(searched);
      this.#cursor.index = 0;
      this.#options.changed();
    }
    this.#isSearching = false;
  }

  get #list(): readonly Found[] {
    return this.#found?.ok === true ? this.#found.value : [];
  }

  #foundRows(width: number, height: number, theme: Theme): readonly string[] {
    if (this.#found === undefined) return [];
    if (!this.#found.ok) return ['', theme.paint('dim', fit(` ${this.#found.error}`, width))];
    if (this.#list.length === 0) return ['', theme.paint('dim', fit(` ${nothingFound}`, width))];
    const leads = this.#list.map(
      ({ id, at, from }) => `${pad(whenOf(at), 18)} ${id.padEnd(14)} ${from}: `,
    );
    const longest = Math.max(...leads.map(({ length }) => length));
    // If the names leave no room, they are above the text, whole.
    const each = longest + minTextColumns <= width ? 1 : Math.ceil(longest / (width - 2)) + 1;
    const room = Math.max(1, Math.floor(height / each));
    const start = this.#cursor.window(this.#list.length, room);
    const placeOf = wordPlace(parseSearch(this.#query.text).words);
    return this.#list.slice(start, start + room).flatMap(({ text }, index) => {
      const lead = leads[start + index] ?? '';
      const before = each === 1 ? lead.length + 1 : 1;
      const shown = fit(fromPlace(text, placeOf(text), width - before), width - before);
      const rows =
        each === 1
          ? [` ${lead}${shown}`]
          : [...slices(lead.trimEnd(), width - 2).map((part) => ` ${part}`), `  ${shown}`];
      const isChosen = start + index === this.#cursor.index;
      return rows.map((row) => (isChosen ? theme.paint('chosen', pad(row, width)) : row));
    });
  }
}

/** `text`; a long one begins near what was found. */
function fromPlace(text: string, place: number, columns: number): string {
  const isFar = widthUpTo(text.slice(0, place), columns) + leadColumns > columns;
  if (!isFar || place <= leadColumns) return text;
  return `…${text.slice(place - leadColumns).replace(/^[\uDC00-\uDFFF]/, '')}`;
}

/** `23 Nov 2026 14:05` */
function whenOf(at: number): string {
  const day = formatDay(at)
    .replace(/^\w+, /, '')
    .replace(/ (\w{3})\w* /, ' $1 ');
  return `${day} ${formatTime(at)}`;
}
