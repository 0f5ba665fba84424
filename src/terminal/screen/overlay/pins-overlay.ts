// What is pinned in a conversation, the latest message first. Enter goes to the message, `u` takes the pin off.

import type { PinnedMessage, Verdict } from '../../../client/timeline/model.ts';
import type { Result } from '../../../lib/result.ts';
import { formatDay, formatTime } from '../../../client/wording/moment-words.ts';
import type { Bindings } from '../input/bindings.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import { fit, pad } from '../draw/text.ts';
import type { Theme } from '../draw/theme.ts';
import { ListCursor } from './list-cursor.ts';
import type { Overlay, OverlayOutcome } from './overlay.ts';

export interface PinsOptions {
  readonly bindings: Bindings;
  /** `lobby`, `#group` or `@user`. */
  readonly place: string;
  readonly pins: () => Promise<Result<readonly PinnedMessage[], string>>;
  readonly go: (pinned: PinnedMessage) => void;
  /** Something new must be drawn. */
  readonly changed: () => void;
}

export class PinsOverlay implements Overlay {
  readonly title = 'Pinned';
  readonly #options: PinsOptions;
  readonly #cursor = new ListCursor();
  #pins: Result<readonly PinnedMessage[], string> | undefined;
  #said = '';

  constructor(options: PinsOptions) {
    this.#options = options;
    void this.#read();
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const { bindings, place } = this.#options;
    const word = (action: KeyAction): string => bindings.word(action);
    const keys = `${word('list-choose')} goes there; u takes the pin off; ${word('list-close')} closes it`;
    const all = this.#list;
    const room = Math.max(1, Math.floor((height - 2) / 2));
    const start = this.#cursor.window(all.length, room);
    return [
      ` ${theme.paint('strong', fit(`Pinned in ${place}`, width - 2))}`,
      theme.paint('dim', fit(` ${this.#said === '' ? keys : this.#said}`, width)),
      ...(all.length === 0 ? ['', theme.paint('dim', fit(` ${this.#emptyWords}`, width))] : []),
      ...all.slice(start, start + room).flatMap((one, index) => {
        const { at, by, from, text } = one;
        const rows = [
          ` ${from}: ${text.replaceAll('\n', ' ')}`,
          `   ${formatDay(at)} ${formatTime(at)}, pinned by ${by}`,
        ].map((row) => fit(row, width));
        const isChosen = start + index === this.#cursor.index;
        return rows.map((row) => (isChosen ? theme.paint('chosen', pad(row, width)) : row));
      }),
    ].slice(0, height);
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (action === 'list-close') return 'goes';
    const one = this.#list[this.#cursor.index];
    if (action === 'list-choose') {
      if (one === undefined) return 'stays';
      this.#options.go(one);
      return 'goes';
    }
    if (this.#cursor.input(input, action)) return 'stays';
    if (input.type === 'key' && input.name === 'u' && one !== undefined) void this.#unpin(one);
    return 'stays';
  }

  get #list(): readonly PinnedMessage[] {
    return this.#pins?.ok === true ? this.#pins.value : [];
  }

  get #emptyWords(): string {
    if (this.#pins === undefined) return 'one moment …';
    return this.#pins.ok ? 'Nothing is pinned here.' : this.#pins.error;
  }

  async #unpin(one: PinnedMessage): Promise<void> {
    const done: Verdict = await one.unpin();
    this.#said = done.ok ? 'the pin is taken off' : done.error;
    if (done.ok && this.#pins?.ok === true)
      this.#pins = { ok: true, value: this.#pins.value.filter((pin) => pin !== one) };
    this.#options.changed();
  }

  async #read(): Promise<void> {
    this.#pins = await this.#options.pins();
    this.#options.changed();
  }
}
