// The screen: a terminal in front of a model. Owns when it is drawn, what lies over it, and what keys and the mouse do.
// Where one looks is looking.ts, what becomes of words is writing.ts, how things look is frame.ts. Knows no client.

import { err, ok, type Result } from '../../lib/result.ts';
import { harmless } from '../sanitize.ts';
import { Appearance } from './appearance.ts';
import { commandVerbs, type Actions } from './command-table.ts';
import type { Config } from './config.ts';
import { exportText } from './export-text.ts';
import { FilesOverlay } from './files-overlay.ts';
import { drawFrame, type Frame } from './frame.ts';
import { HelpOverlay } from './help-overlay.ts';
import { InputReader, type Input } from './input-reader.ts';
import { InviteQuestion } from './invite-question.ts';
import { bindKeys, type KeyAction } from './key-table.ts';
import { Looking } from './looking.ts';
import { lobbyId, type Model, type Verdict } from './model.ts';
import { Notifier } from './notify.ts';
import type { Overlay } from './overlay.ts';
import { Pace } from './pace.ts';
import { Painter } from './painter.ts';
import { SearchOverlay } from './search-overlay.ts';
import { Switcher } from './switcher.ts';
import type { TerminalOwner } from './terminal-owner.ts';
import type { SchemeName } from './theme.ts';
import { Writing } from './writing.ts';

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

export class Screen {
  readonly #settings: ScreenSettings;
  readonly #painter: Painter;
  readonly #reader: InputReader;
  readonly #pace: Pace;
  readonly #looking: Looking;
  readonly #writing: Writing;
  readonly #appearance: Appearance;
  readonly #notifier: Notifier;
  readonly #bound: ReadonlyMap<string, KeyAction>;
  /** The safety numbers that were shown, by name. */
  readonly #compared = new Map<string, string>();
  #overlay: Overlay | undefined;
  /** What was answered to the last key. */
  #remark: string | undefined;
  #work: string | undefined;
  #frame: Frame | undefined;
  #isLookedAt = true;
  #isClosed = false;
  /** Ctrl-C was pressed once with nothing typed. */
  #isWarned = false;

  constructor(settings: ScreenSettings) {
    const { model, terminal, config, ports, scheme } = settings;
    this.#settings = settings;
    this.#bound = bindKeys(config.keys);
    this.#painter = new Painter((text) => terminal.write(text));
    this.#pace = new Pace(() => this.#draw());
    this.#notifier = new Notifier((text) => terminal.write(text), ports.now);
    this.#looking = new Looking({
      model,
      rows: () => terminal.rows,
      opened: () => this.#appearance.showMessages(terminal.columns),
      changed: () => this.#pace.soon(),
    });
    this.#writing = new Writing({
      model,
      looking: this.#looking,
      actions: () => this.#actions(),
      ask: (question) => (this.#overlay = question),
      remark: (text) => {
        this.#remark = text;
        this.#pace.soon();
      },
    });
    this.#appearance = new Appearance(scheme, config.preferences, ({ mouse, notify }) => {
      terminal.mouse = mouse === 'on';
      this.#notifier.way = notify;
      this.#painter.forget();
    });
    this.#reader = new InputReader((input) => {
      this.#heard(input);
      this.#pace.afterKeys();
    });
    model.subscribe(() => this.#pace.soon());
    const drawAnew = (): void => {
      this.#painter.forget();
      this.#pace.now();
    };
    terminal.start({
      onInput: (text) => this.#reader.push(text),
      onResize: drawAnew,
      onResume: drawAnew,
      onGone: () => settings.leave('at-once'),
    });
    this.#looking.open(lobbyId);
    for (const fault of config.faults) this.print('warning', `in your configuration: ${fault}`);
    this.#pace.now();
  }

  /** Shown in the status row until it is another, or nothing. */
  set work(text: string | undefined) {
    if (text === this.#work) return;
    this.#work = text;
    this.#pace.soon();
  }

  /** Asks for a code to come in with; without one the person is a guest. */
  askInvite(why: 'needed' | 'invalid'): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#overlay = new InviteQuestion(why, resolve);
      this.#pace.soon();
    });
  }

  /** Says something of the program's own where the person looks. */
  print(tone: 'notice' | 'warning', text: string): void {
    this.#settings.model.tell(this.#looking.id, tone, text);
  }

  /** Gives the terminal back. */
  close(): void {
    this.#isClosed = true;
    this.#pace.stop();
    this.#reader.close();
    this.#settings.terminal.release();
  }

  #draw(): void {
    if (this.#isClosed) return;
    const { model, terminal } = this.#settings;
    const looking = this.#looking;
    const isSeen = this.#isLookedAt && this.#overlay === undefined && terminal.isOurs;
    this.#notifier.look(model, isSeen ? looking.id : undefined);
    looking.mark(isSeen);
    this.#frame = drawFrame({
      model,
      conversation: looking.conversation,
      view: looking.view,
      theme: this.#appearance.theme,
      wishes: this.#appearance.wishes,
      overlay: this.#overlay,
      remark: this.#remark,
      work: this.#work,
      columns: terminal.columns,
      rows: terminal.rows,
      styleAt: (width) => this.#appearance.styleAt(width),
    });
    looking.window = this.#frame.window ?? looking.window;
    // What marking has changed is drawn already.
    this.#pace.stop();
    this.#painter.paint(this.#frame.rows, this.#frame.cursor);
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
        this.#looking.scroll(input.up ? -wheelRows : wheelRows);
        return;
      case 'click': {
        const conversation = this.#frame?.listed.get(input.row);
        const list = this.#frame?.layout.list;
        if (conversation !== undefined && list !== undefined && input.column < list.width) {
          this.#looking.open(conversation.id);
        }
        return;
      }
      case 'paste':
        this.#writing.paste(input.text);
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
      if (conversation !== undefined) this.#looking.open(conversation.id);
    } else if (name === 'enter') {
      void this.#writing.enter();
    } else {
      this.#looking.view.draft.key(raw);
    }
  }

  /** Answers whether the key was for this, and not for the editor. */
  #act(action: KeyAction): boolean {
    const { terminal, config, model, leave } = this.#settings;
    const looking = this.#looking;
    const { draft } = looking.view;
    if (action === 'leave' && !draft.isEmpty) return false;
    const acts: Readonly<Record<KeyAction, () => void>> = {
      help: () => (this.#overlay = new HelpOverlay(config.keys)),
      switch: () => (this.#overlay = new Switcher(model, (id) => looking.open(id))),
      next: () => looking.step(1, () => true),
      previous: () => looking.step(-1, () => true),
      'next-unread': () => looking.step(1, ({ unread }) => unread > 0),
      'previous-unread': () => looking.step(-1, ({ unread }) => unread > 0),
      'page-up': () => looking.turn(-1),
      'page-down': () => looking.turn(1),
      'first-unread': () => looking.toUnread(),
      newest: () => {
        looking.toNewest();
        this.#appearance.showMessages(terminal.columns);
      },
      'toggle-list': () => this.#appearance.toggle('list', this.#frame?.layout),
      'toggle-people': () => this.#appearance.toggle('people', this.#frame?.layout),
      'toggle-mouse': () => {
        const { preferences } = this.#appearance;
        this.#appearance.prefer({ ...preferences, mouse: terminal.mouse ? 'off' : 'on' });
        this.#remark = terminal.mouse ? 'mouse on; Shift selects text' : 'mouse off';
      },
      newline: () => draft.key('\n'),
      complete: () => this.#complete(1),
      'complete-back': () => this.#complete(-1),
      editor: () => void this.#edit(),
      redraw: () => this.#painter.forget(),
      clear: () => this.#ctrlC(),
      leave: () => leave('settled'),
      suspend: () => terminal.suspend(),
    };
    acts[action]();
    return true;
  }

  #complete(step: 1 | -1): void {
    const { model } = this.#settings;
    const groups = model.conversations.filter(({ kind }) => kind === 'group');
    const known = {
      verbs: commandVerbs,
      names: model.names.filter((name) => name !== model.me),
      groups: groups.map(({ name }) => name),
    };
    this.#looking.view.draft.complete(known, step);
  }

  #ctrlC(): void {
    const { draft } = this.#looking.view;
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

  /** The text in a program of the person's own, and back. */
  async #edit(): Promise<void> {
    const { terminal, ports } = this.#settings;
    const { draft } = this.#looking.view;
    const edited = await terminal.lend(() => ports.edit(draft.text));
    if (edited.ok) draft.insertInstead(edited.value.split('\n').map(harmless).join('\n').trimEnd());
    else this.#remark = edited.error;
    this.#pace.now();
  }

  async #search(query: string): Promise<Verdict> {
    const found = await this.#settings.model.search(query);
    if (found === undefined) return err('There is no word in that to look for.');
    this.#overlay = new SearchOverlay(query, found, (chosen) => void this.#looking.reveal(chosen));
    return ok(undefined);
  }

  async #export(path: string): Promise<Verdict> {
    const { model, ports } = this.#settings;
    const { id } = this.#looking;
    while (await model.loadBefore(id));
    const written = await ports.writeFile(path, exportText(model.entries(id)));
    return written.ok ? ok(`written to ${written.value}`) : written;
  }

  #actions(): Actions {
    const { model, leave, config } = this.#settings;
    const looking = this.#looking;
    return {
      model,
      here: looking.conversation,
      compared: this.#compared,
      print: (tone, text) => model.tell(looking.id, tone, text),
      open: (id) => looking.open(id),
      help: () => (this.#overlay = new HelpOverlay(config.keys)),
      files: () => (this.#overlay = new FilesOverlay(model)),
      search: (query) => this.#search(query),
      set: (name, value) => this.#appearance.set(name, value, (text) => this.print('notice', text)),
      export: (path) => this.#export(path),
      leave: () => leave('settled'),
    };
  }
}
