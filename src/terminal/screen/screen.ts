// The screen: a terminal in front of a model. Owns which conversation is looked at, what lies over it, and what keys, the
// mouse and pasted text do; how things look is drawn by frame.ts. Knows no client and no connection.

import { commandVerbs, isAddressed, runTyped, type Actions } from './command-table.ts';
import { ConversationView } from './conversation-view.ts';
import type { RowStyle } from './entry-rows.ts';
import type { Config } from './config.ts';
import { exportText } from './export-text.ts';
import { FilesOverlay } from './files-overlay.ts';
import { drawFrame, type Frame } from './frame.ts';
import { HelpOverlay } from './help-overlay.ts';
import { InputReader, type Input } from './input-reader.ts';
import { bindKeys, type KeyAction } from './key-table.ts';
import { narrowColumns, type Wishes } from './layout.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import {
  lobbyId,
  type Conversation,
  type ConversationId,
  type Found,
  type Model,
  type Verdict,
} from './model.ts';
import type { Overlay } from './overlay.ts';
import { Pace } from './pace.ts';
import { Painter } from './painter.ts';
import { PasteQuestion } from './paste-question.ts';
import { moveBy, positionAt, type Window } from './scroll.ts';
import { Notifier } from './notify.ts';
import {
  preferenceTable,
  withPreference,
  type PreferenceName,
  type Preferences,
} from './preferences.ts';
import { SearchOverlay } from './search-overlay.ts';
import { Switcher } from './switcher.ts';
import type { TerminalOwner } from './terminal-owner.ts';
import { themeOf, type SchemeName, type Theme } from './theme.ts';
import { harmless } from '../sanitize.ts';

/** What the screen asks of the machine. */
export interface ScreenPorts {
  readonly now: () => number;
  /** Lets the person write `text` with a program of theirs; what it is then, or why not. */
  readonly edit: (text: string) => Promise<Result<string, string>>;
  /** Writes a new file. Where it went, or why not. */
  readonly writeFile: (path: string, text: string) => Promise<Result<string, string>>;
}

export interface ScreenSettings {
  readonly model: Model;
  readonly terminal: TerminalOwner;
  readonly ports: ScreenPorts;
  readonly config: Config;
  /** What the theme `auto` is. */
  readonly scheme: SchemeName;
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
  readonly #bound: ReadonlyMap<string, KeyAction>;
  readonly #notifier: Notifier;
  #preferences: Preferences;
  #theme: Theme;
  readonly #compared = new Map<string, string>();
  #current: ConversationId = lobbyId;
  #overlay: Overlay | undefined;
  #wishes: Wishes = { list: undefined, people: undefined };
  /** What was answered to the last key. */
  #remark: string | undefined;
  #work: string | undefined;
  #style: RowStyle;
  #frame: Frame | undefined;
  /** Over the messages when they were last shown. */
  #window: Window | undefined;
  #isLookedAt = true;
  #isClosed = false;
  /** Ctrl-C was pressed once with nothing typed. */
  #isWarned = false;

  constructor(settings: ScreenSettings) {
    const { model, terminal, config, ports } = settings;
    this.#settings = settings;
    this.#bound = bindKeys(config.keys);
    this.#notifier = new Notifier((text) => terminal.write(text), ports.now);
    this.#preferences = config.preferences;
    this.#theme = themeOf(settings.scheme);
    this.#style = { width: 0, theme: this.#theme, links: true };
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
    this.#prefer(config.preferences);
    this.#open(lobbyId);
    for (const fault of config.faults)
      model.tell(lobbyId, 'warning', `in your configuration: ${fault}`);
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
    const { model, terminal } = this.#settings;
    const conversation = this.#conversation;
    const view = this.#view(conversation.id);
    if (this.#isLookedAt && view.position === 'end' && this.#overlay === undefined) {
      model.seen(conversation.id);
    }
    this.#frame = drawFrame({
      model,
      conversation: this.#conversation,
      view,
      theme: this.#theme,
      wishes: this.#wishes,
      overlay: this.#overlay,
      remark: this.#remark,
      work: this.#work,
      columns: terminal.columns,
      rows: terminal.rows,
      styleAt: (width) => this.#styleAt(width),
    });
    this.#window = this.#frame.window ?? this.#window;
    // What `seen` has changed is drawn already.
    this.#pace.stop();
    this.#painter.paint(this.#frame.rows, this.#frame.cursor);
  }

  #styleAt(width: number): RowStyle {
    if (this.#style.width !== width) this.#style = { ...this.#style, width };
    return this.#style;
  }

  #changed(id: ConversationId | undefined): void {
    const conversation = this.#conversation;
    if (id === conversation.id && conversation.unread > 0) {
      const view = this.#view(id);
      const isSeen = this.#isLookedAt && view.position === 'end' && this.#overlay === undefined;
      if (!isSeen) view.markUnread(this.#settings.model.entries(id), conversation.unread);
    }
    const isSeen = this.#isLookedAt && this.#overlay === undefined;
    this.#notifier.look(this.#settings.model, isSeen ? this.#current : undefined);
    this.#pace.soon();
  }

  /** Makes it so. */
  #prefer(preferences: Preferences): void {
    const { terminal, scheme } = this.#settings;
    const { theme, mouse, notify, links, list, people } = preferences;
    this.#preferences = preferences;
    this.#theme = themeOf(theme === 'auto' ? scheme : theme);
    this.#style = { width: 0, theme: this.#theme, links: links === 'on' };
    this.#notifier.way = notify;
    terminal.mouse = mouse === 'on';
    const wish = (value: 'auto' | 'shown' | 'hidden') =>
      value === 'auto' ? undefined : value === 'shown';
    this.#wishes = { list: wish(list), people: wish(people) };
    this.#painter.forget();
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
    if (unread > 0 && view.unreadKey !== undefined && this.#window !== undefined) {
      const window = {
        ...this.#window,
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
      const answer = overlay.input(input);
      if (answer !== 'stays' && this.#overlay === overlay) this.#overlay = undefined;
      if (answer !== 'goes-unheard') return;
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
        this.#overlay = new HelpOverlay(this.#settings.config.keys);
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
        const window = this.#window;
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
        this.#prefer({ ...this.#preferences, mouse: terminal.mouse ? 'off' : 'on' });
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
      case 'editor':
        void this.#edit();
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
    return Math.max(1, (this.#window?.height ?? 2) - 2);
  }

  #scroll(rows: number): void {
    const window = this.#window;
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

  /** The text in a program of the person's own, and back. */
  async #edit(): Promise<void> {
    const { terminal, ports } = this.#settings;
    const { draft } = this.#view(this.#current);
    const edited = await terminal.lend(() => ports.edit(draft.text));
    if (edited.ok) draft.insertInstead(edited.value.split('\n').map(harmless).join('\n').trimEnd());
    else this.#remark = edited.error;
    this.#pace.now();
  }

  async #search(query: string): Promise<Verdict> {
    const found = await this.#settings.model.search(query);
    if (found === undefined) return err('There is no word in that to look for.');
    this.#overlay = new SearchOverlay(query, found, (chosen) => void this.#reveal(chosen));
    return ok(undefined);
  }

  /** Goes to the place of a message. */
  async #reveal({ id, reveal }: Found): Promise<void> {
    const key = await reveal();
    this.#open(id);
    const window = this.#window;
    if (key !== undefined && window !== undefined) {
      const entries = this.#settings.model.entries(id);
      this.#view(id).position = positionAt({ ...window, entries }, key);
    }
    this.#pace.soon();
  }

  #set(name: string | undefined, value: string | undefined): Verdict {
    const { model } = this.#settings;
    const rows = Object.entries(preferenceTable).filter(
      ([row]) => name === undefined || row === name,
    );
    if (value === undefined && rows.length > 0) {
      for (const [row, { values, help }] of rows) {
        const is = this.#preferences[row as PreferenceName];
        model.tell(this.#current, 'notice', `${row} is ${is}; ${help} (${values.join(', ')})`);
      }
      return ok(undefined);
    }
    const next = withPreference(this.#preferences, name ?? '', value ?? '');
    if (!next.ok) return next;
    this.#prefer(next.value);
    return ok(`${name} is ${value}, until you leave. F1 says how to keep it.`);
  }

  async #export(path: string): Promise<Verdict> {
    const { model, ports } = this.#settings;
    const { id } = this.#conversation;
    while (await model.loadBefore(id));
    const written = await ports.writeFile(path, exportText(model.entries(id)));
    return written.ok ? ok(`written to ${written.value}`) : written;
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
      help: () => (this.#overlay = new HelpOverlay(this.#settings.config.keys)),
      files: () => (this.#overlay = new FilesOverlay(model)),
      search: (query) => this.#search(query),
      set: (name, value) => this.#set(name, value),
      export: (path) => this.#export(path),
      leave: () => leave('settled'),
    };
  }
}

const nearEntries = 100;
