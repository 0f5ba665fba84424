// How the screen looks and behaves now: the person's preferences, and what follows from them.

import { ok } from '../../../lib/result.ts';
import type { RowStyle } from './item-rows.ts';
import { narrowColumns, type Layout, type Wishes } from './layout.ts';
import type { Verdict } from '../../../client/timeline/model.ts';
import {
  preferenceTable,
  withPreference,
  type PreferenceName,
  type Preferences,
} from '../settings/preferences.ts';
import { themeOf, type SchemeName, type Theme } from './theme.ts';

const asItFits: Wishes = { list: undefined, people: undefined };

/** The schemes that depend on the background. */
const fitting: ReadonlySet<SchemeName> = new Set(['dark', 'light']);

export class Appearance {
  #scheme: SchemeName;
  readonly #applied: (preferences: Preferences) => void;
  #preferences: Preferences;
  #theme: Theme;
  #style: RowStyle;
  #wishes: Wishes = asItFits;

  /** `scheme`: the scheme for the theme `auto`. `applied` is called for preferences that do not change the look. */
  constructor(
    scheme: SchemeName,
    preferences: Preferences,
    applied: (preferences: Preferences) => void,
  ) {
    this.#scheme = scheme;
    this.#applied = applied;
    this.#preferences = preferences;
    this.#theme = themeOf(scheme);
    this.#style = { width: 0, theme: this.#theme, links: true };
    this.prefer(preferences);
  }

  get preferences(): Preferences {
    return this.#preferences;
  }

  /** Whether the colours should fit the terminal, and the terminal can be asked for its background. */
  get asksTerminal(): boolean {
    return this.#preferences.theme === 'auto' && fitting.has(this.#scheme);
  }

  get hasBars(): boolean {
    return this.#preferences.motion === 'on';
  }

  get theme(): Theme {
    return this.#theme;
  }

  get wishes(): Wishes {
    return this.#wishes;
  }

  /** The style of messages at a width: the same object for the same width, so that drawn rows stay cached. */
  styleAt(width: number): RowStyle {
    if (this.#style.width !== width) this.#style = { ...this.#style, width };
    return this.#style;
  }

  /** The background that the terminal reports. */
  fit(background: 'dark' | 'light'): void {
    if (!this.asksTerminal || background === this.#scheme) return;
    this.#scheme = background;
    this.#colour();
  }

  /** Applies preferences. */
  prefer(preferences: Preferences): void {
    const { list, people } = preferences;
    this.#preferences = preferences;
    this.#colour();
    this.#wishes = { list: wish(list), people: wish(people) };
    this.#applied(preferences);
  }

  #colour(): void {
    const { theme, links } = this.#preferences;
    this.#theme = themeOf(theme === 'auto' ? this.#scheme : theme);
    this.#style = { width: 0, theme: this.#theme, links: links === 'on' };
  }

  /** One setting in words, or all of them. */
  described(name: string | undefined): readonly string[] {
    return Object.entries(preferenceTable)
      .filter(([row]) => name === undefined || row === name)
      .map(([row, { values, help }]) => {
        const is = this.#preferences[row as PreferenceName];
        return `${row} is ${is} (${values.join(', ')}): ${help}`;
      });
  }

  /** Sets one, or says why not. */
  set(name: string, value: string): Verdict {
    const next = withPreference(this.#preferences, name, value);
    if (!next.ok) return next;
    this.prefer(next.value);
    return ok(undefined);
  }

  /** Shows or hides a side pane. If only one pane has room, switches between that one and the messages. */
  toggle(pane: keyof Wishes, layout: Layout | undefined): void {
    const isShown = layout?.[pane] !== undefined;
    const isNarrow = (layout?.columns ?? 0) < narrowColumns;
    this.#wishes = { ...(isNarrow ? asItFits : this.#wishes), [pane]: !isShown };
  }

  /** On a narrow screen, shows the messages again. */
  showMessages(columns: number): void {
    if (columns < narrowColumns) this.#wishes = asItFits;
  }
}

function wish(value: 'auto' | 'shown' | 'hidden'): boolean | undefined {
  return value === 'auto' ? undefined : value === 'shown';
}
