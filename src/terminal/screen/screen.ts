// The screen: a terminal in front of a model. Owns which conversation is looked at, what lies over it, and what keys, the
// mouse and pasted text do; how things look is drawn by frame.ts. Knows no client and no connection.

import { commandVerbs, isAddressed, runTyped, type Actions } from './command-table.ts';
import { ConversationView } from './conversation-view.ts';
import type { RowStyle } from './entry-rows.ts';
import { drawFrame, type Frame } from './frame.ts';
import { HelpOverlay } from './help-overlay.ts';
import { InputReader, type Input } from './input-reader.ts';
import { bindKeys, keyTable, type KeyAction } from './key-table.ts';
import { narrowColumns, type Wishes } from './layout.ts';
import { lobbyId, type Conversation, type ConversationId, type Model } from './model.ts';
import type { Overlay } from './overlay.ts';
import { Pace } from './pace.ts';
import { Painter } from './painter.ts';
import { PasteQuestion } from './paste-question.ts';
import { moveBy, positionAt } from './scroll.ts';
import { Switcher } from './switcher.ts';
import type { TerminalOwner } from './terminal-owner.ts';
import type { Theme } from './theme.ts';
import { harmless } from '../sanitize.ts';

export interface ScreenSettings {
  readonly model: Model;
  readonly terminal: TerminalOwner;
  readonly theme: Theme;
  /** The person leaves: when all is sent, or at once. */
  readonly leave: (how: 'settled' | 'at-once') => void;
}

const wheelRows = 3;
/** Somebody who pastes more meant a file. */
const maxPasteBytes = 1_000_000;

export class Screen {
  readonly #settings: ScreenSettings;
  readonly #painter: Painter;
  readonly #reader: InputReader;
  readonly #pace: Pace;
  readonly #views = new Map<ConversationId, ConversationView>();
  readonly #bound = bindKeys(keyTable);
  readonly #compared = new Map<string, string>();
  #current: ConversationId = lobbyId;
  #overlay: Overlay | undefined;
  #wishes: Wishes = { list: undefined, people: undefined };
  /** What was answered to the last key. */
  #remark: string | undefined;
  #work: string | undefined;
  #style: RowStyle;
  #frame: Frame | undefined;
  #isLookedAt = true;
  #isClosed = false;
  /** Ctrl-C was pressed once with nothing typed. */
  #isWarned = false;

  constructor(settings: ScreenSettings) {
    const { model, terminal, theme } = settings;
    this.#settings = settings;
    this.#style = { width: 0, theme };
    this.#painter = new Painter((text) => terminal.write(text));
    this.#pace = new Pace(() => this.#draw());
    this.#reader = new InputReader((input) => {
      this.#heard(input);
      this.#pace.afterKeys();
    });
    model.subscribe((id) => this.#changed(id));
    terminal.start({
      onInput: (text) => this.#reader.push(text),
      onResize: () => {
        this.#painter.forget();
        this.#pace.now();
      },
      onResume: () => {
        this.#painter.forget();
        this.#pace.now();
      },
      onGone: () => settings.leave('at-once'),
    });
    this.#open(lobbyId);
    this.#pace.now();
  }

  /** Shown in the status row until it is another, or nothing. */
  set work(text: string | undefined) {
    if (text === this.#work) return;
    this.#work = text;
    this.#pace.soon();
  }

  /** Says something of the program's own where the person looks. */
  print(tone: 'notice' | 'warning', text: string): void {
    this.#settings.model.tell(this.#current, tone, text);
  }

  /** Gives the terminal back. */
  close(): void {
    this.#isClosed = true;
    this.#pace.stop();
    this.#reader.close();
    this.#settings.terminal.release();
  }

  get #conversation(): Conversation {
    const { model } = this.#settings;
    const found = model.conversation(this.#current) ?? model.conversations[0];
    if (found === undefined) throw new Error('a model without a lobby');
    return found;
  }

  #view(id: ConversationId): ConversationView {
    const known = this.#views.get(id);
    if (known !== undefined) return known;
    const made = new ConversationView(() => this.#settings.terminal.rows);
    this.#views.set(id, made);
    return made;
  }

  #draw(): void {
    if (this.#isClosed) return;
    const { model, terminal, theme } = this.#settings;
    const conversation = this.#conversation;
    const view = this.#view(conversation.id);
    if (this.#isLookedAt && view.position === 'end' && this.#overlay === undefined) {
      model.seen(conversation.id);
    }
    this.#frame = drawFrame({
      model,
      conversation: this.#conversation,
      view,
      theme,
      wishes: this.#wishes,
      overlay: this.#overlay,
      remark: this.#remark,
      work: this.#work,
      columns: terminal.columns,
      rows: terminal.rows,
      styleAt: (width) => this.#styleAt(width),
    });
    // What `seen` has changed is drawn already.
    this.#pace.stop();
    this.#painter.paint(this.#frame.rows, this.#frame.cursor);
  }

  #styleAt(width: number): RowStyle {
    if (this.#style.width !== width) this.#style = { width, theme: this.#settings.theme };
    return this.#style;
  }

  #changed(id: ConversationId | undefined): void {
    const conversation = this.#conversation;
    if (id === conversation.id && conversation.unread > 0) {
      const view = this.#view(id);
      const isSeen = this.#isLookedAt && view.position === 'end' && this.#overlay === undefined;
      if (!isSeen) view.markUnread(this.#settings.model.entries(id), conversation.unread);
    }
    this.#pace.soon();
  }

  #open(id: ConversationId): void {
    const { model } = this.#settings;
    const left = this.#views.get(this.#current);
    if (left !== undefined && id !== this.#current && left.position === 'end')
      left.unreadKey = undefined;
    this.#current = id;
    model.lookAt(id);
    const { unread } = this.#conversation;
    const view = this.#view(id);
    view.markUnread(model.entries(id), unread);
    if (unread > 0 && view.unreadKey !== undefined && this.#frame?.window !== undefined) {
      const window = {
        ...this.#frame.window,
        entries: model.entries(id),
        unreadKey: view.unreadKey,
      };
      view.position = positionAt(window, view.unreadKey);
    }
    // On a narrow screen the list makes room for what was chosen from it.
    if (this.#settings.terminal.columns < narrowColumns)
      this.#wishes = { list: undefined, people: undefined };
  }

  #heard(input: Input): void {
    if (input.type === 'focus') {
      this.#isLookedAt = input.isOn;
      return;
    }
    this.#remark = undefined;
    if (this.#overlay !== undefined) {
      const overlay = this.#overlay;
      if (overlay.input(input) && this.#overlay === overlay) this.#overlay = undefined;
      return;
    }
    switch (input.type) {
      case 'wheel':
        this.#scroll(input.up ? -wheelRows : wheelRows);
        return;
      case 'click': {
        const conversation = this.#frame?.listed.get(input.row);
        const list = this.#frame?.layout.list;
        if (conversation !== undefined && list !== undefined && input.column < list.width) {
          this.#open(conversation.id);
        }
        return;
      }
      case 'paste':
        this.#paste(input.text);
        return;
      case 'key':
        this.#key(input.name, input.raw);
    }
  }

  #key(name: string | undefined, raw: string): void {
    const action = name === undefined ? undefined : this.#bound.get(name);
    if (action !== 'clear') this.#isWarned = false;
    if (action !== undefined && this.#act(action)) return;
    const digit = /^alt\+([1-9])$/.exec(name ?? '')?.[1];
    if (digit !== undefined) {
      const conversation = this.#settings.model.conversations[Number(digit) - 1];
      if (conversation !== undefined) this.#open(conversation.id);
    } else if (name === 'enter') {
      void this.#enter();
    } else {
      this.#view(this.#current).draft.key(raw);
    }
  }

  /** Answers whether the key was for this, and not for the editor. */
  #act(action: KeyAction): boolean {
    const { model, terminal } = this.#settings;
    const view = this.#view(this.#current);
    switch (action) {
      case 'help':
        this.#overlay = new HelpOverlay(keyTable);
        return true;
      case 'switch':
        this.#overlay = new Switcher(model, (id) => this.#open(id));
        return true;
      case 'next':
        this.#step(1, () => true);
        return true;
      case 'previous':
        this.#step(-1, () => true);
        return true;
      case 'next-unread':
        this.#step(1, ({ unread }) => unread > 0);
        return true;
      case 'previous-unread':
        this.#step(-1, ({ unread }) => unread > 0);
        return true;
      case 'page-up':
        this.#scroll(-this.#page);
        return true;
      case 'page-down':
        this.#scroll(this.#page);
        return true;
      case 'first-unread': {
        const window = this.#frame?.window;
        if (window !== undefined && view.unreadKey !== undefined) {
          view.position = positionAt(window, view.unreadKey);
        }
        return true;
      }
      case 'newest':
        if (view.position === 'end') view.unreadKey = undefined;
        view.position = 'end';
        this.#wishes =
          terminal.columns < narrowColumns ? { list: undefined, people: undefined } : this.#wishes;
        return true;
      case 'toggle-list':
        this.#toggle('list');
        return true;
      case 'toggle-people':
        this.#toggle('people');
        return true;
      case 'toggle-mouse':
        terminal.mouse = !terminal.mouse;
        this.#remark = terminal.mouse ? 'mouse on; Shift selects text' : 'mouse off';
        return true;
      case 'newline':
        view.draft.key('\n');
        return true;
      case 'complete':
      case 'complete-back':
        view.draft.complete(
          {
            verbs: commandVerbs,
            names: model.names.filter((name) => name !== model.me),
            groups: model.conversations
              .filter(({ kind }) => kind === 'group')
              .map(({ name }) => name),
          },
          action === 'complete' ? 1 : -1,
        );
        return true;
      case 'redraw':
        this.#painter.forget();
        return true;
      case 'clear':
        this.#ctrlC();
        return true;
      case 'leave':
        if (!view.draft.isEmpty) return false;
        this.#settings.leave('settled');
        return true;
      case 'suspend':
        terminal.suspend();
        return true;
    }
  }

  #ctrlC(): void {
    const { draft } = this.#view(this.#current);
    if (!draft.isEmpty) {
      draft.clear();
      this.#remark = 'cleared; Ctrl-Y brings it back';
    } else if (this.#isWarned) {
      this.#settings.leave('at-once');
    } else {
      this.#isWarned = true;
      this.#remark = 'Ctrl-C again leaves at once, /quit when all is sent';
    }
  }

  #toggle(pane: keyof Wishes): void {
    const layout = this.#frame?.layout;
    const isShown = layout?.[pane] !== undefined;
    const isNarrow = this.#settings.terminal.columns < narrowColumns;
    this.#wishes = isNarrow
      ? { list: undefined, people: undefined, [pane]: !isShown }
      : { ...this.#wishes, [pane]: !isShown };
  }

  /** To the next conversation in that direction that is meant. */
  #step(step: 1 | -1, isMeant: (conversation: Conversation) => boolean): void {
    const { conversations } = this.#settings.model;
    const from = conversations.findIndex(({ id }) => id === this.#current);
    const { length } = conversations;
    for (let away = 1; away <= length; away++) {
      const found = conversations[(((from + step * away) % length) + length) % length];
      if (found === undefined || found.id === this.#current || !isMeant(found)) continue;
      this.#open(found.id);
      return;
    }
  }

  get #page(): number {
    return Math.max(1, (this.#frame?.window?.height ?? 2) - 2);
  }

  #scroll(rows: number): void {
    const window = this.#frame?.window;
    if (window === undefined) return;
    const view = this.#view(this.#current);
    view.position = moveBy(window, view.position, rows);
    if (rows < 0) void this.#loadBefore(view);
  }

  /** What was before comes when the person is near the first entry. */
  async #loadBefore(view: ConversationView): Promise<void> {
    const { position, isLoading, isWhole } = view;
    const { model } = this.#settings;
    const id = this.#current;
    const isNear = position === 'end' || model.entries(id).indexFrom(position.key) < nearEntries;
    if (isLoading || isWhole || !isNear) return;
    view.isLoading = true;
    view.isWhole = !(await model.loadBefore(id));
    view.isLoading = false;
    this.#pace.soon();
  }

  #paste(text: string): void {
    if (text.length > maxPasteBytes) {
      this.#remark = 'that is too much to paste; /send_file sends a file';
      return;
    }
    const lines = text.split(/\r\n|\r|\n/).map(harmless);
    if (lines.at(-1) === '') lines.pop();
    const { draft } = this.#view(this.#current);
    if (lines.length <= 1) {
      draft.insert(lines[0] ?? '');
      return;
    }
    const { id, kind, name } = this.#conversation;
    this.#overlay = new PasteQuestion(lines, kind === 'lobby' ? 'everybody' : name, {
      edit: (pasted) => draft.insert(pasted.join('\n')),
      say: (pasted) => void this.#sayAll(id, pasted),
    });
  }

  async #enter(): Promise<void> {
    const id = this.#current;
    const { draft } = this.#view(id);
    const text = draft.text.trimEnd();
    if (text === '') return;
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length > 1 ? lines.some(isAddressed) : draft.wasPasted && isAddressed(text)) {
      this.#remark =
        lines.length > 1
          ? 'not sent: a line of it begins like a command. // says a slash'
          : 'not sent: pasted text is no command. Type its first character yourself, or // before it';
      return;
    }
    draft.sent(text);
    const view = this.#view(id);
    view.position = 'end';
    if (lines.length > 1) {
      await this.#sayAll(id, lines);
      return;
    }
    const verdict = await runTyped(text, this.#actions());
    if (verdict.ok) {
      this.#remark = verdict.value;
    } else {
      this.#remark = verdict.error;
      // Nothing that was typed is lost.
      if (draft.isEmpty) draft.set(text);
    }
    this.#pace.soon();
  }

  /** Says each line as it is: what was pasted is never a command. */
  async #sayAll(id: ConversationId, lines: readonly string[]): Promise<void> {
    const { model } = this.#settings;
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue;
      const verdict = await model.say(id, line);
      if (verdict.ok) continue;
      this.#remark = verdict.error;
      const { draft } = this.#view(id);
      if (draft.isEmpty) draft.insert(lines.slice(index).join('\n'));
      break;
    }
    this.#pace.soon();
  }

  #actions(): Actions {
    const { model, leave } = this.#settings;
    return {
      model,
      here: this.#conversation,
      compared: this.#compared,
      print: (tone, text) => model.tell(this.#current, tone, text),
      open: (id) => this.#open(id),
      help: () => (this.#overlay = new HelpOverlay(keyTable)),
      leave: () => leave('settled'),
    };
  }
}

const nearEntries = 100;
