// One login of this page: the client, the timeline that the views show, and what the person does. Views read it, and
// draw again when `changes` does, once a frame at most.

import { signal } from '@preact/signals';
import { ChatClient } from '../../client/chat-client.ts';
import type { ClientEvent } from '../../client/client-event.ts';
import type { CloseReason } from '../../client/client-state.ts';
import type { CommandActions, Verdict } from '../../client/commands/actions.ts';
import { runTyped } from '../../client/commands/run.ts';
import { screenActions } from '../../client/commands/screen-actions.ts';
import { maxBytesIn, refusalOf } from '../../client/commands/typed-lines.ts';
import { formatServerAddress, type ServerAddress } from '../../client/connection/server-address.ts';
import { textOf } from '../../client/content.ts';
import type { ConversationId } from '../../client/timeline/model.ts';
import { TimelineClient } from '../../client/timeline/timeline-client.ts';
import { exportText } from '../../client/wording/export-text.ts';
import { harmless } from '../../client/wording/sanitize.ts';
import { encodeUtf8 } from '../../lib/bytes.ts';
import { err, ok } from '../../lib/result.ts';
import { formatPlace } from '../../wire/extended/names.ts';
import type { BrowserLogin } from '../../platform/browser/client-ports.ts';
import type { StorageStanding } from '../../platform/browser/storage.ts';
import type { Username } from '../../wire/text.ts';
import { isPagePreference, prefer, preferenceNames, preferenceOf } from '../preferences.ts';
import { saveText } from './save-text.ts';
import { Drafts, type LateDraftStore } from './drafts.ts';
import { PageFocus } from './focus.ts';

/** What lies over the chat. */
export type PageOverlay =
  | { readonly kind: 'help' | 'go' | 'settings' | 'devices' | 'people' }
  | { readonly kind: 'search'; readonly query: string }
  | { readonly kind: 'about'; readonly id: ConversationId }
  | { readonly kind: 'verify'; readonly name: string }
  | {
      readonly kind: 'code';
      readonly why: 'needed' | 'invalid';
      readonly orGuest: boolean;
      readonly answer: (code: string | undefined) => void;
    }
  | { readonly kind: 'words'; readonly answer: (words: string | undefined) => void };

export interface SessionSettings {
  readonly me: Username;
  readonly address: ServerAddress;
  readonly login: BrowserLogin;
  readonly drafts: LateDraftStore;
  /** The first login has worked. */
  readonly entered: () => void;
  /** The chat is over. `wasIn`: there was a login before. */
  readonly closed: (reason: CloseReason, wasIn: boolean) => void;
}

/** A hidden page has no frames. */
const hiddenMs = 250;

export class Session {
  readonly settings: SessionSettings;
  readonly client: ChatClient;
  readonly model: TimelineClient;
  readonly focus: PageFocus;
  readonly drafts: Drafts;
  /** Grows whenever the views must look at the model again. */
  readonly changes = signal(0);
  readonly overlay = signal<PageOverlay | undefined>(undefined);
  /** What had the focus before a dialogue came. */
  opener: HTMLElement | undefined;
  /** The answer to what the person did last. */
  readonly remark = signal<string | undefined>(undefined);
  /** On a narrow page one of them is shown. */
  readonly pane = signal<'list' | 'messages'>('messages');
  /** Whether the browser keeps what this page stores. Undefined until it says. */
  readonly storage = signal<StorageStanding | undefined>(undefined);
  readonly over = signal<CloseReason | undefined>(undefined);
  /** The safety numbers that were shown, by name. */
  readonly #compared = new Map<string, string>();
  readonly #sinks: ((event: ClientEvent) => void)[] = [];
  /** What was sent last from this page. */
  lastSent: string | undefined;
  #wasIn = false;
  #isScheduled = false;

  constructor(settings: SessionSettings) {
    const { me, address, login, drafts } = settings;
    this.settings = settings;
    const { ports, account } = login;
    this.client = new ChatClient(
      {
        address,
        username: me,
        account,
        reconnects: true,
        triesFromStart: account?.isKnown === true,
      },
      { ...ports, askInvite: (why, orGuest) => this.#askCode(why, orGuest) },
      (event) => this.#receive(event),
    );
    this.model = new TimelineClient(
      {
        me,
        server: formatServerAddress(address),
        isTls: location.protocol === 'https:',
        now: ports.now,
        timers: ports.timers,
      },
      this.client,
    );
    this.drafts = new Drafts(
      me,
      drafts,
      ports.timers,
      (reason) => this.notify('warning', `what you type cannot be kept: ${reason}`),
      {
        texts: () => this.client.sharedDrafts,
        tell: (id, text) => this.client.drafted(id, text),
      },
    );
    this.focus = new PageFocus(this.model, this.drafts, () => this.soon());
    this.model.subscribe(() => this.soon());
    for (const id of this.drafts.ids) if (id.startsWith('@')) this.model.withPerson(id.slice(1));
    this.focus.open(this.focus.id);
  }

  /** Calls `sink` with each event of the client, after the timeline has it. */
  hear(sink: (event: ClientEvent) => void): void {
    this.#sinks.push(sink);
  }

  /**
   * A component that calls this is drawn again after changes. Each that reads the model does: of a component whose
   * properties are the same as before nothing is drawn otherwise.
   */
  watch(): void {
    void this.changes.value;
  }

  /** Views draw with the next frame. */
  soon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const draw = (): void => {
      this.#isScheduled = false;
      this.focus.mark(this.isLookedAt);
      this.changes.value += 1;
    };
    if (document.hidden) setTimeout(draw, hiddenMs);
    else requestAnimationFrame(draw);
  }

  /** Whether the person sees the messages. */
  get isLookedAt(): boolean {
    return (
      document.visibilityState === 'visible' &&
      document.hasFocus() &&
      this.overlay.value === undefined
    );
  }

  go(id: ConversationId): void {
    this.pane.value = 'messages';
    this.overlay.value = undefined;
    this.focus.open(id);
  }

  /** Tells the person something where they look. */
  notify(tone: 'notice' | 'warning' | 'reply', text: string): void {
    this.model.notify(this.focus.id, tone, text);
  }

  /** Sends what is typed, or does what it says. */
  async send(): Promise<void> {
    const { id } = this.focus;
    const { text: typed, wasPasted } = this.drafts.of(id);
    const text = typed.trimEnd();
    if (text === '') return;
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const most = maxBytesIn(this.focus.conversation);
    const refusal = lines.some((line) => encodeUtf8(line).length > most)
      ? `not sent: a message has at most ${most} bytes, and that is more`
      : refusalOf(lines, wasPasted);
    this.remark.value = refusal;
    if (refusal !== undefined) return;
    this.drafts.set(id, { text: '', wasPasted: false });
    this.lastSent = text;
    this.focus.toNewest();
    if (lines.length > 1) {
      await this.#sayAll(id, lines);
      return;
    }
    const verdict = await runTyped(text, this.actions());
    this.told(verdict);
    if (!verdict.ok && this.drafts.of(id).text === '') this.drafts.set(id, { text, wasPasted });
  }

  /** Shows how something went that the person asked for. */
  told(verdict: Verdict): void {
    this.remark.value = verdict.ok ? verdict.value : verdict.error;
  }

  /** Does what a button of a notice says: a command, or what the page shows in its place. */
  choose(typed: string): void {
    const [, name] = /^\/verify @(\w+)$/.exec(typed) ?? [];
    if (name !== undefined) this.overlay.value = { kind: 'verify', name };
    else if (typed === '/devices') this.overlay.value = { kind: 'devices' };
    else void this.ask(runTyped(typed, this.actions()));
  }

  /** Shows how something went, when it is known. */
  async ask(done: Promise<Verdict>): Promise<void> {
    this.told(await done);
  }

  /** The actions of commands, for the conversation that is open now. */
  actions(): CommandActions {
    return screenActions({
      model: this.model,
      focus: this.focus,
      compared: this.#compared,
      help: () => (this.overlay.value = { kind: 'help' }),
      files: () => (this.overlay.value = { kind: 'about', id: this.focus.id }),
      full: () => err('Every message here can be opened where it stands.'),
      askWords: () =>
        new Promise((resolve) => (this.overlay.value = { kind: 'words', answer: resolve })),
      search: (query) => {
        this.overlay.value = { kind: 'search', query };
        return ok(undefined);
      },
      set: (name, value) => Promise.resolve(this.#set(name, value)),
      export: async (name, id) => {
        const saved = await saveText(name, exportText(this.model.everything(id)));
        return ok(`given to the browser as ${saved}`);
      },
      path: (typed) => typed,
      leave: () => void this.leave(),
    });
  }

  /** Leaves when everything sent has arrived, or after a time limit. */
  async leave(): Promise<void> {
    this.drafts.close();
    await this.client.settled(leaveWithinMs);
    await this.client.quit();
  }

  async #sayAll(id: ConversationId, lines: readonly string[]): Promise<void> {
    for (const [index, line] of lines.entries()) {
      const verdict = await this.model.say(id, line);
      if (verdict.ok) continue;
      this.told(verdict);
      if (this.drafts.of(id).text === '')
        this.drafts.set(id, { text: lines.slice(index).join('\n'), wasPasted: true });
      return;
    }
  }

  #set(name: string | undefined, value: string | undefined): Verdict {
    if (value !== undefined) {
      const done = prefer(name ?? '', value);
      this.soon();
      return done.ok ? ok(`${name ?? ''} is ${value}`) : done;
    }
    if (name !== undefined && !isPagePreference(name)) return prefer(name, '');
    for (const one of preferenceNames.filter((one) => name === undefined || one === name)) {
      this.notify('notice', `${one} is ${preferenceOf(one)}`);
    }
    return ok(undefined);
  }

  #askCode(why: 'needed' | 'invalid', orGuest: boolean): Promise<string | undefined> {
    return new Promise((answer) => {
      this.overlay.value = { kind: 'code', why, orGuest, answer };
    });
  }

  /** After the login: some browsers ask the person, who should know for what. */
  async #askToKeep(): Promise<void> {
    this.storage.value = await this.settings.login.askToKeep();
  }

  #draftCame(id: string, text: string): void {
    if (id.startsWith('@') && text !== '') this.model.withPerson(id.slice(1));
    this.drafts.came(id, text);
    this.soon();
  }

  #receive(event: ClientEvent): void {
    this.model.receive(event);
    for (const sink of this.#sinks) sink(event);
    if (event.type === 'draft') this.#draftCame(event.place, event.text);
    if (event.type !== 'state') return;
    const { state } = event;
    if (state.phase === 'open' && !this.#wasIn) {
      this.#wasIn = true;
      this.settings.entered();
      void this.#askToKeep();
    }
    if (state.phase !== 'closed') return;
    // What could not be kept stands in the text again.
    for (const { place, content } of this.client.unkept) {
      const id = formatPlace(place);
      const before = this.drafts.of(id).text;
      const text = harmless(textOf(content));
      this.drafts.set(id, { text: before === '' ? text : `${text}\n${before}`, wasPasted: true });
    }
    this.over.value = state.reason;
    this.settings.closed(state.reason, this.#wasIn);
  }
}

const leaveWithinMs = 5_000;
