// Asks what to do with many pasted lines. They are never a command or an address.

import type { Bindings } from '../input/bindings.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import type { OverlayOutcome, Overlay } from './overlay.ts';
import { fit, pad, wrap } from '../draw/text.ts';
import type { Theme } from '../draw/theme.ts';

export interface PasteAnswers {
  /** Sends them. */
  say(lines: readonly string[]): void;
  /** Puts the lines into the input, to be edited. */
  edit(lines: readonly string[]): void;
}

export interface PasteSettings {
  readonly lines: readonly string[];
  /** Where they would be sent, for people. */
  readonly place: string;
  readonly bindings: Bindings;
  /** Whether they are one message; otherwise each is one. */
  readonly hasLines: boolean;
  readonly answers: PasteAnswers;
}

/** More of them are never sent at once, only put into the input. */
export const maxPastedMessages = 200;

const keyColumns = 7;

export class PasteQuestion implements Overlay {
  readonly title = 'Pasted';
  readonly keyPlace = 'paste';
  readonly isQuestion = true;
  readonly #settings: PasteSettings;

  constructor(settings: PasteSettings) {
    this.#settings = settings;
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const { lines, place, bindings, hasLines } = this.#settings;
    // The receiver is shown whole, however narrow the screen is.
    const row = (action: KeyAction, words: string): readonly string[] => {
      const room = width - keyColumns - 3;
      return wrap(words, room, room).map(({ start, end }, index) => {
        const name = pad(index === 0 ? bindings.word(action) : '', keyColumns);
        return `  ${theme.paint('key', name)}${words.slice(start, end)}`;
      });
    };
    const head = [
      ` ${theme.paint('strong', fit(`You pasted ${lines.length} lines. What is to become of them?`, width - 2))}`,
      '',
      ...row('paste-edit', 'put them into the text, to read them over'),
      ...(this.#canSay
        ? row(
            'paste-send',
            `send them as ${hasLines ? 'one message' : `${lines.length} messages`} to ${place}`,
          )
        : []),
      ...row('paste-drop', 'drop them'),
      '',
    ];
    const room = Math.max(0, height - head.length);
    const shown = lines
      .slice(0, room)
      .map((line) => theme.paint('dim', ` ┊ ${fit(line, width - 4)}`));
    return [...head, ...shown].slice(0, height);
  }

  input(_: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    const { lines, answers } = this.#settings;
    switch (action) {
      case 'paste-edit':
        answers.edit(lines);
        return 'goes';
      case 'paste-send':
        if (!this.#canSay) return 'stays';
        answers.say(lines);
        return 'goes';
      case 'paste-drop':
        return 'goes';
      default:
        return 'stays';
    }
  }

  get #canSay(): boolean {
    const { hasLines, lines } = this.#settings;
    return hasLines || lines.length <= maxPastedMessages;
  }
}
