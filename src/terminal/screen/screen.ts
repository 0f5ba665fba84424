// The screen: a terminal in front of a model. Owns when it is drawn, its overlay, and what keys and the mouse do.
// conversation-focus.ts has the position, composer.ts the input, frame.ts the look. Knows no client.

import type { DevicesDrafts, DraftStore } from '../../client/draft-writer.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { CommandActions } from '../../client/commands/actions.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import { Appearance } from './draw/appearance.ts';
import { Bindings } from './input/bindings.ts';
import type { Timers } from '../../client/ports.ts';
import type { Config } from './settings/config.ts';
import { DraftKeeper } from './input/draft-keeper.ts';
import type { ExportFormat } from '../../client/export/export-format.ts';
import type { ReadExport } from '../../client/export/import-run.ts';
import { exportText } from '../../client/wording/export-text.ts';
import { FilesOverlay } from './overlay/files-overlay.ts';
import { drawFrame, type Frame } from './draw/frame.ts';
import { GroupOverlay } from './overlay/group-overlay.ts';
import { GroupsOverlay } from './overlay/groups-overlay.ts';
import { HelpOverlay } from './overlay/help-overlay.ts';
import { InputReader, typedBy, type TerminalInput } from './input/input-reader.ts';
import { InviteQuestion } from './overlay/invite-question.ts';
import {
  isEditorAction,
  isMessageAction,
  type KeyAction,
  type ScreenAction,
} from './input/key-table.ts';
import { ExitKeys } from './exit-keys.ts';
import { ConversationFocus } from './conversation-focus.ts';
import {
  lobbyId,
  type ConversationId,
  type Model,
  type Verdict,
} from '../../client/timeline/model.ts';
import { Notifier } from './notify.ts';
import type { Overlay } from './overlay/overlay.ts';
import { calmMs, frameMs, FramePacer } from './draw/frame-pacer.ts';
import { Painter } from './draw/painter.ts';
import { isPreference } from './settings/preferences.ts';
import { PinsOverlay } from './overlay/pins-overlay.ts';
import { SearchOverlay } from './overlay/search-overlay.ts';
import { screenActs } from './screen-acts.ts';
import { screenActions } from '../../client/commands/screen-actions.ts';
import type { TerminalAnswer } from './input/terminal-answers.ts';
import { pathOf } from '../line/path-completion.ts';
import type { TerminalOwner } from './terminal-owner.ts';
import type { SchemeName } from './draw/theme.ts';
import { WholeOverlay } from './overlay/whole-overlay.ts';
import { WordsQuestion } from './overlay/words-question.ts';
import { CodeOverlay } from './overlay/code-overlay.ts';
import { safetyContent } from '../../client/scanned-code.ts';
import { Choosing } from './choosing.ts';
import { Composer } from './input/composer.ts';

/** What the screen needs from the machine. */
export interface ScreenPorts {
  readonly now: () => number;
  /** Lets the person edit `text` with their own program. Returns the new text, or why it failed. */
  readonly edit: (text: string) => Promise<Result<string, string>>;
  /** Writes a new file, piece by piece. Returns its path, or why it failed. */
  readonly writeFile: (
    path: string,
    text: AsyncIterable<string>,
  ) => Promise<Result<string, string>>;
  /** The content of a file, each time from its beginning; or why it cannot be read. */
  readonly readFile: (path: string) => Promise<Result<ReadExport, string>>;
  /** Stores a text in its own file, for this person only. Returns its path, or why it failed. */
  readonly keepText: (text: string) => Promise<Result<string, string>>;
  /** Stores a preference for the next time. Returns its path, or why it failed and what the person can do. */
  readonly keepSetting: (name: string, value: string) => Promise<Result<string, string>>;
}

export interface ScreenSettings {
  readonly model: Model;
  readonly terminal: TerminalOwner;
  readonly ports: ScreenPorts;
  readonly config: Config;
  /** The person does something, or is back at a program that was stopped. */
  readonly attended: () => void;
  /** The scheme of the theme `auto`. */
  readonly scheme: SchemeName;
  readonly timers: Timers;
  /** Where drafts are stored. Undefined if they are not. */
  readonly drafts: DraftStore | undefined;
  readonly devicesDrafts: DevicesDrafts;
  /** The person leaves: after everything was sent, or at once. */
  readonly leave: (how: 'settled' | 'at-once') => void;
}

const wheelRows = 3;
/** Without a connection the terminal is asked after this time. */
const beforeAskingMs = 1_000;

export class Screen {
  readonly #settings: ScreenSettings;
  readonly #painter: Painter;
  readonly #reader: InputReader;
  readonly #pacer: FramePacer;
  readonly #focus: ConversationFocus;
  readonly #composer: Composer;
  readonly #choosing: Choosing;
  readonly #exitKeys: ExitKeys;
  readonly #appearance: Appearance;
  readonly #notifier: Notifier;
  readonly #drafts: DraftKeeper | undefined;
  readonly #bindings: Bindings;
  readonly #acts: Readonly<Record<ScreenAction, () => void>>;
  /** The safety numbers that were shown, by name. */
  readonly #compared = new Map<string, string>();
  #overlay: Overlay | undefined;
  /** The answer to the last key. */
  #remark: string | undefined;
  #work: string | undefined;
  #frame: Frame | undefined;
  #isLookedAt = true;
  #isClosed = false;
  /** The terminal was asked, or may be. A chat that ends at once asks nothing: the shell would get the answer. */
  #mayAsk = false;
  readonly #asking: NodeJS.Timeout;

  constructor(settings: ScreenSettings) {
    const { model, terminal, config, ports, scheme } = settings;
    this.#settings = settings;
    this.#bindings = new Bindings(config.keys);
    this.#painter = new Painter((text) => terminal.write(text));
    this.#pacer = new FramePacer(() => this.#draw());
    this.#notifier = new Notifier((text) => terminal.write(text), ports.now);
    this.#focus = new ConversationFocus({
      model,
      rows: () => terminal.rows,
      opened: () => this.#appearance.showMessages(terminal.columns),
      changed: () => this.#pacer.soon(),
    });
    this.#composer = new Composer({
      model,
      focus: this.#focus,
      bindings: this.#bindings,
      actions: () => this.#actions(),
      ask: (question) => (this.#overlay = question),
      keepText: ports.keepText,
      remark: (text) => {
        this.#remark = text;
        this.#pacer.soon();
      },
    });
    this.#choosing = new Choosing({
      model,
      focus: this.#focus,
      bindings: this.#bindings,
      actions: () => this.#actions(),
      remark: (text) => {
        this.#remark = text;
        this.#pacer.soon();
      },
    });
    this.#appearance = new Appearance(scheme, config.preferences, ({ notify, motion }) => {
      this.#notifier.way = notify;
      this.#pacer.between = motion === 'on' ? frameMs : calmMs;
      this.#painter.forget();
    });
    this.#exitKeys = new ExitKeys({
      focus: this.#focus,
      bindings: this.#bindings,
      leave: settings.leave,
      remark: (text) => (this.#remark = text),
    });
    this.#acts = screenActs({
      model,
      terminal,
      focus: this.#focus,
      composer: this.#composer,
      choosing: this.#choosing,
      appearance: this.#appearance,
      layout: () => this.#frame?.layout,
      lay: (overlay) => (this.#overlay = overlay),
      bindings: this.#bindings,
      help: () => this.#help(),
      toggleMouse: () => this.#toggleMouse(),
      edit: () => void this.#edit(),
      redraw: () => this.#painter.forget(),
      exitKeys: this.#exitKeys,
    });
    this.#reader = new InputReader((input) => {
      this.#receive(input);
      this.#pacer.afterKeys();
    });
    model.subscribe(() => this.#pacer.soon());
    const drawAnew = (): void => {
      this.#painter.forget();
      this.#pacer.now();
    };
    const comeBack = (): void => {
      settings.attended();
      drawAnew();
    };
    terminal.start({
      onInput: (text) => this.#reader.push(text),
      onResize: drawAnew,
      onResume: comeBack,
      onGone: () => settings.leave('at-once'),
    });
    this.#asking = setTimeout(() => this.#ask(), beforeAskingMs);
    this.#drafts =
      settings.drafts &&
      new DraftKeeper({
        draftStore: settings.drafts,
        focus: this.#focus,
        model,
        timers: settings.timers,
        devices: settings.devicesDrafts,
        failed: (reason) => this.print('warning', `what you type cannot be kept: ${reason}`),
      });
    const restored = this.#drafts?.restore() ?? [];
    this.#focus.open(lobbyId);
    const elsewhere = restored.filter((id) => id !== lobbyId);
    if (elsewhere.length > 0)
      this.print('notice', `what you had begun to write is still there: ${elsewhere.join(', ')}`);
    for (const fault of config.faults) this.print('warning', `in your configuration: ${fault}`);
    this.#pacer.now();
  }

  /** Shown in the status row until it changes. */
  set work(text: string | undefined) {
    if (text === this.#work) return;
    this.#work = text;
    this.#pacer.soon();
  }

  /** Asks for a code for the login. Without one the person is a guest, or not let in. */
  askInvite(why: 'needed' | 'invalid', orGuest: boolean): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#overlay = new InviteQuestion(why, orGuest, this.#bindings, resolve);
      this.#pacer.soon();
    });
  }

  /** Prints a notice of the program where the person looks. */
  print(tone: 'notice' | 'warning', text: string): void {
    this.#settings.model.notify(this.#focus.id, tone, text);
  }

  /** A message that could not be stored is in the input again. */
  giveBack(id: ConversationId, text: string): void {
    const { draft } = this.#focus.viewOf(id);
    draft.restore({ text: draft.isEmpty ? text : `${text}\n${draft.text}`, wasPasted: true });
    this.#pacer.soon();
  }

  /** Another device of the account has another draft there. */
  draftCame(id: ConversationId, text: string): void {
    this.#drafts?.came(id, text);
    this.#pacer.soon();
  }

  /** Restores the terminal. Returns the typed text that could not be stored and is lost otherwise. */
  close(): readonly string[] {
    const lost = this.#isClosed ? [] : (this.#drafts?.close() ?? []);
    this.#isClosed = true;
    clearTimeout(this.#asking);
    this.#pacer.stop();
    this.#reader.close();
    this.#settings.terminal.release();
    return lost;
  }

  #draw(): void {
    if (this.#isClosed) return;
    const { model, terminal } = this.#settings;
    const focus = this.#focus;
    const isSeen = this.#isLookedAt && this.#overlay === undefined && terminal.isOurs;
    this.#notifier.look(model, isSeen ? focus.id : undefined);
    focus.mark(isSeen);
    this.#frame = drawFrame({
      model,
      conversation: focus.conversation,
      view: focus.view,
      theme: this.#appearance.theme,
      wishes: this.#appearance.wishes,
      hasBars: this.#appearance.hasBars,
      bindings: this.#bindings,
      overlay: this.#overlay,
      remark: this.#remark ?? this.#choosing.hint,
      work: this.#work,
      columns: terminal.columns,
      rows: terminal.rows,
      styleAt: (width) => this.#appearance.styleAt(width),
    });
    focus.window = this.#frame.window ?? focus.window;
    this.#setModes();
    this.#drafts?.look();
    // The changes by marking are drawn already.
    this.#pacer.stop();
    this.#painter.paint(this.#frame.rows, this.#frame.cursor);
  }

  #ask(): void {
    if (this.#mayAsk) return;
    clearTimeout(this.#asking);
    this.#mayAsk = true;
    this.#settings.terminal.askKeys();
    this.#pacer.soon();
  }

  /** Sets what the terminal should report now. */
  #setModes(): void {
    const { terminal, model } = this.#settings;
    if (model.connection.phase === 'open') this.#ask();
    const isAsked = this.#overlay?.isQuestion === true;
    terminal.mouse = this.#appearance.preferences.mouse === 'on' && !isAsked;
    terminal.colourNews = this.#mayAsk && this.#appearance.asksTerminal;
  }

  #receive(input: TerminalInput): void {
    switch (input.type) {
      case 'focus':
        this.#isLookedAt = input.isOn;
        return;
      case 'background':
        this.#appearance.fit(input.isLight ? 'light' : 'dark');
        return;
      case 'keyboard':
        this.#settings.terminal.useRichKeys();
        return;
      default:
        this.#did(input);
    }
  }

  #did(input: Exclude<TerminalInput, { type: 'focus' } | TerminalAnswer>): void {
    this.#settings.attended();
    this.#remark = undefined;
    if (this.#overlay !== undefined) {
      const overlay = this.#overlay;
      const name = input.type === 'key' ? input.name : undefined;
      const action = this.#bindings.meaning(name, overlay.keyPlace ?? 'list');
      const answer = overlay.input(input, action);
      if (answer !== 'stays' && this.#overlay === overlay) this.#overlay = undefined;
      if (answer !== 'goes-unheard') return;
    }
    if (this.#takesForMessage(input)) return;
    switch (input.type) {
      case 'wheel':
        this.#focus.scroll(input.up ? -wheelRows : wheelRows);
        return;
      case 'click': {
        const conversation = this.#frame?.listed.get(input.row);
        const list = this.#frame?.layout.list;
        if (conversation !== undefined && list !== undefined && input.column < list.width) {
          this.#focus.open(conversation.id);
        }
        return;
      }
      case 'paste':
        this.#composer.paste(input.text);
        return;
      case 'key':
        this.#key(input.name, input.raw);
    }
  }

  /** Whether a key is for the chosen message, while one is being chosen. */
  #takesForMessage(input: TerminalInput): boolean {
    const { view } = this.#focus;
    if (!view.isChoosing) return false;
    if (input.type === 'paste') view.isChoosing = false;
    if (input.type !== 'key') return false;
    const action = this.#bindings.meaning(input.name, 'message');
    if (action === undefined || isEditorAction(action)) return true;
    if (!isMessageAction(action)) {
      view.isChoosing = false;
      return false;
    }
    this.#choosing.act(action);
    return true;
  }

  #key(name: string | undefined, raw: string): void {
    const action = this.#bindings.meaning(name);
    const { draft } = this.#focus.view;
    this.#exitKeys.receive(action);
    if (action === undefined) {
      const typed = typedBy(raw);
      if (typed !== undefined) draft.type(typed);
    } else if (isEditorAction(action)) {
      draft.edit(action);
    } else if (isScreenAction(action, this.#acts)) {
      this.#acts[action]();
    }
  }

  #help(): void {
    this.#overlay = new HelpOverlay(this.#bindings);
  }

  #toggleMouse(): void {
    const { preferences } = this.#appearance;
    const mouse = preferences.mouse === 'on' ? 'off' : 'on';
    this.#appearance.prefer({ ...preferences, mouse });
    this.#remark = mouse === 'on' ? 'mouse on; Shift selects text' : 'mouse off';
  }

  /** Edits the text in the person's own program. */
  async #edit(): Promise<void> {
    const { terminal, ports } = this.#settings;
    const { draft } = this.#focus.view;
    const edited = await terminal.lend(() => ports.edit(draft.text));
    if (edited.ok) draft.insertInstead(edited.value.split('\n').map(harmless).join('\n').trimEnd());
    else this.#remark = edited.error;
    this.#pacer.now();
  }

  #search(query: string): Verdict {
    this.#overlay = new SearchOverlay({
      bindings: this.#bindings,
      query,
      search: (typed) => this.#settings.model.search(typed),
      go: (found) => void this.#focus.reveal(found).then(() => this.#pacer.afterKeys()),
      // Search results answer a key, so they do not wait for the next frame.
      changed: () => this.#pacer.afterKeys(),
    });
    return ok(undefined);
  }

  /** The whole of the lowest message on the screen that is cut. */
  #full(): Verdict {
    const cut = this.#frame?.shown?.cut;
    if (cut === undefined) return err('There is no message here that is shown in part only.');
    this.#overlay = new WholeOverlay(cut, this.#bindings);
    return ok(undefined);
  }

  async #export(
    path: string,
    id: ConversationId | undefined,
    format: ExportFormat,
  ): Promise<Verdict> {
    const { model, ports } = this.#settings;
    // What stands here is more than what is kept: notices too, and what a guest has heard.
    const isShown = id !== undefined && format === 'text';
    const text = isShown ? ok(exportText(model.everything(id))) : await model.exported(id, format);
    if (!text.ok) return text;
    const written = await ports.writeFile(path, text.value);
    return written.ok ? ok(`written to ${written.value}`) : written;
  }

  async #import(path: string): Promise<Verdict> {
    const { model, ports } = this.#settings;
    if (path === '') return err('Nothing was taken. It is written: /import path');
    const file = await ports.readFile(path);
    return file.ok ? model.import(file.value) : file;
  }

  /** Sets a preference, now and for the next time, or prints the preferences. */
  async #set(name: string | undefined, value: string | undefined): Promise<Verdict> {
    const { ports } = this.#settings;
    if (value === undefined && (name === undefined || isPreference(name))) {
      for (const words of this.#appearance.described(name)) this.print('notice', words);
      return ok(undefined);
    }
    const done = this.#appearance.set(name ?? '', value ?? '');
    if (!done.ok) return done;
    const kept = await ports.keepSetting(name ?? '', value ?? '');
    return kept.ok
      ? ok(`${name} is ${value}, kept in ${kept.value}`)
      : ok(`${name} is ${value} until you leave, it could not be kept: ${kept.error}`);
  }

  #groupOverlay(group: string): GroupOverlay {
    return new GroupOverlay({
      model: this.#settings.model,
      bindings: this.#bindings,
      group,
      changed: () => this.#pacer.afterKeys(),
    });
  }

  #actions(): CommandActions {
    const { model, leave, ports } = this.#settings;
    return screenActions({
      model,
      focus: this.#focus,
      compared: this.#compared,
      help: () => this.#help(),
      files: () =>
        (this.#overlay = new FilesOverlay(model, this.#bindings, () => this.#appearance.hasBars)),
      showGroup: (group) => (this.#overlay = this.#groupOverlay(group)),
      showGroups: () =>
        (this.#overlay = new GroupsOverlay({
          model,
          bindings: this.#bindings,
          go: (id) => this.#focus.open(id),
          told: (text) => this.print('notice', text),
          changed: () => this.#pacer.afterKeys(),
        })),
      full: () => this.#full(),
      beginEdit: (item) => this.#choosing.edit(item),
      askWords: () =>
        new Promise((resolve) => (this.#overlay = new WordsQuestion(this.#bindings, resolve))),
      search: (query) => this.#search(query),
      pins: (id) =>
        (this.#overlay = new PinsOverlay({
          bindings: this.#bindings,
          place: id,
          pins: () => model.pins(id),
          go: (one) => void this.#focus.reveal(one).then(() => this.#pacer.afterKeys()),
          changed: () => this.#pacer.afterKeys(),
        })),
      reveal: (id, key) => void this.#focus.reveal({ id, reveal: () => Promise.resolve(key) }),
      now: ports.now,
      drawNumber: (name, digits) =>
        (this.#overlay = new CodeOverlay(
          `The safety number of you and ${name}`,
          safetyContent(digits),
          this.#bindings,
        )),
      set: (name, value) => this.#set(name, value),
      export: (path, id, format) => this.#export(path, id, format),
      import: (path) => this.#import(path),
      path: pathOf,
      leave: () => leave('settled'),
    });
  }
}

function isScreenAction(action: KeyAction, acts: object): action is ScreenAction {
  return Object.hasOwn(acts, action);
}
