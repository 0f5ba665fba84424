// The directory: the groups that are public, to enter or open them: /groups.

import type { ListedGroup } from '../../../client/governing/govern-wish.ts';
import type { ConversationId, Model } from '../../../client/timeline/model.ts';
import { sizeWords } from '../../../client/wording/govern-words.ts';
import type { Result } from '../../../lib/result.ts';
import { fit } from '../draw/text.ts';
import type { Theme } from '../draw/theme.ts';
import type { Bindings } from '../input/bindings.ts';
import type { TerminalInput } from '../input/input-reader.ts';
import type { KeyAction } from '../input/key-table.ts';
import { ListCursor } from './list-cursor.ts';
import type { Overlay, OverlayOutcome } from './overlay.ts';

export interface GroupsOverlayPorts {
  readonly model: Model;
  readonly bindings: Bindings;
  readonly go: (id: ConversationId) => void;
  /** Why a group could not be entered. */
  readonly told: (text: string) => void;
  /** It is to be drawn again. */
  readonly changed: () => void;
}

export class GroupsOverlay implements Overlay {
  readonly title: string;
  readonly #ports: GroupsOverlayPorts;
  readonly #cursor = new ListCursor();
  #found: Result<readonly ListedGroup[], string> | undefined;

  constructor(ports: GroupsOverlayPorts) {
    this.#ports = ports;
    const { bindings } = ports;
    this.title = `Public groups  (${bindings.word('list-choose')} enters one, ${bindings.word('list-close')} closes it)`;
    void this.#read();
  }

  rows(width: number, height: number, theme: Theme): readonly string[] {
    const groups = this.#groups;
    if (groups.length === 0) return [theme.paint('dim', fit(` ${this.#words}`, width))];
    const start = this.#cursor.window(groups.length, height);
    return groups.slice(start, start + height).map((one, index) => {
      const isChosen = index + start === this.#cursor.index;
      const topic = one.topic === undefined ? '' : `: ${one.topic}`;
      const words = `#${one.group} (${sizeWords(one)})${topic}`;
      const row = fit(`${isChosen ? '▌ ' : '  '}${words}`, width);
      return isChosen ? theme.paint('chosen', row) : row;
    });
  }

  input(input: TerminalInput, action: KeyAction | undefined): OverlayOutcome {
    if (action === 'list-close') return 'goes';
    if (action === 'list-choose') {
      const one = this.#groups[this.#cursor.index];
      if (one !== undefined) void this.#enter(one.group);
      return 'goes';
    }
    if (this.#cursor.input(input, action)) return 'stays';
    return input.type === 'key' ? 'goes-unheard' : 'stays';
  }

  async #read(): Promise<void> {
    this.#found = await this.#ports.model.listGroups();
    this.#ports.changed();
  }

  get #groups(): readonly ListedGroup[] {
    return this.#found?.ok === true ? this.#found.value : [];
  }

  get #words(): string {
    if (this.#found === undefined) return 'the server is asked …';
    return this.#found.ok ? 'no group here is public' : this.#found.error;
  }

  async #enter(group: string): Promise<void> {
    const { changed, go, model, told } = this.#ports;
    const id = `#${group}`;
    const known = model.conversation(id);
    const done = known === undefined || known.isLeft ? await model.joinGroup(group) : undefined;
    if (done?.ok === false) told(done.error);
    else go(id);
    changed();
  }
}
