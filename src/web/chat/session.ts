// One login of this page: the timeline that the views show, and what the person does. Views read it, and draw again when
// `changes` does, once a frame at most. It shows what the browser has stored; the client comes later (connect.ts), and
// what the person does before that waits for it.

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { ClientEvent } from '../../client/client-event.ts';
import type { CommandActions, Verdict } from '../../client/commands/actions.ts';
import type { Choice } from '../../client/commands/choices.ts';
import { maxBytesIn, messagesOf, refusalOf } from '../../client/commands/typed-lines.ts';
import { formatServerAddress, type ServerAddress } from '../../client/connection/server-address.ts';
import type { ConversationId, MessageItem, TimelineItems } from '../../client/timeline/model.ts';
import type { StoredSource } from '../../client/timeline/stored-source.ts';
import { TimelineClient } from '../../client/timeline/timeline-client.ts';
import { encodeUtf8 } from '../../lib/bytes.ts';
import { browserClock, browserTimers } from '../../platform/browser/runtime.ts';
import type { StorageStanding } from '../../platform/browser/storage.ts';
import type { AccountPlace } from '../../platform/browser/account-place.ts';
import type { Username } from '../../wire/text.ts';
import type { SavedDraft } from '../../client/draft-writer.ts';
import { Drafts, type LateDraftStore } from './drafts.ts';
import { PageFocus } from './focus.ts';

/** What lies over the chat. */
export type PageOverlay =
  | { readonly kind: 'help' | 'go' | 'groups' | 'settings' | 'devices' | 'people' | 'files' }
  | { readonly kind: 'picture'; readonly file: File; readonly name: string }
  | { readonly kind: 'search'; readonly query: string }
  | { readonly kind: 'about' | 'pins'; readonly id: ConversationId }
  | { readonly kind: 'verify'; readonly name: string }
  | {
      readonly kind: 'message';
      readonly id: ConversationId;
      readonly key: number;
      readonly view: MessageView;
    }
  | {
      readonly kind: 'code';
      readonly why: 'needed' | 'invalid';
      readonly orGuest: boolean;
      readonly answer: (code: string | undefined) => void;
    }
  | { readonly kind: 'words'; readonly answer: (words: string | undefined) => void };

/** What is shown or asked about a message. */
export type MessageView = 'all' | 'react' | 'delete' | 'forms';

/** What can be done with messages of the open conversation (messages/page-messages.tsx), each by its key. */
export interface PageMessagesView {
  /** What the list of messages is given: listeners, and which row must stay. */
  readonly list: (entries: TimelineItems) => object;
  /** In a message: what can be done with it. */
  readonly Tools: (props: { readonly item: MessageItem }) => JSX.Element;
  /** Over the text: what it answers or edits. */
  readonly Purpose: () => JSX.Element;
  /** The text of a message that is edited: it stands in the place of the draft. */
  readonly edited: { text: string } | undefined;
  /** The message that the text answers. */
  readonly answers: number | undefined;
  /** A key in the input. Returns whether it was for this. */
  readonly pressed: (event: KeyboardEvent) => boolean;
  /** Says a text, as the answer that it is meant to be. */
  readonly say: (id: ConversationId, text: string) => Promise<Verdict>;
  /** Gives the edited message its text. */
  readonly save: (id: ConversationId) => Promise<void>;
  readonly reply: (key: number) => void;
  readonly edit: (key: number) => void;
  readonly react: (key: number, emoji: string, on: boolean) => void;
  readonly pin: (key: number, on: boolean) => void;
  readonly delete: (key: number) => void;
  readonly copy: (key: number) => void;
  /** Copies a link to it. */
  readonly copyLink: (key: number) => void;
  readonly ask: (key: number, view: MessageView) => void;
  /** To what a message answers. */
  readonly toReplied: (key: number) => void;
}

/** Files on the page (files/page-files-part.tsx). */
export interface PageFilesView {
  /** Takes a paste of files. Returns whether it was one. */
  readonly pasted: (data: DataTransfer | null) => boolean;
  /** Sends what is chosen for the open conversation. */
  readonly send: () => Promise<void>;
  /** Beside the text: chooses files. */
  readonly Tools: () => JSX.Element | null;
  /** Over the text: what is chosen, and what is on its way. */
  readonly Pending: () => JSX.Element;
  /** Under the message about a file: the file, where this browser has it. */
  readonly Said: (props: Pick<MessageItem, 'content'>) => JSX.Element | null;
  /** All of this login. */
  readonly All: () => JSX.Element;
}

export interface SessionSettings {
  readonly me: Username;
  readonly address: ServerAddress;
  /** What is shown: stored things, and those of the client once it is there. */
  readonly source: StoredSource;
  /** What this browser has of the account. */
  readonly place: AccountPlace;
  readonly drafts: LateDraftStore;
}

/** The input, for whoever puts something into it. */
export interface SuggestedInput {
  readonly area: () => HTMLTextAreaElement | null;
  /** What stands in it has changed. */
  readonly typed: (area: HTMLTextAreaElement) => void;
}

/** What can stand where the person writes (suggestions/page-suggestions.tsx). */
export interface PageSuggestionsView {
  /** The list over the input. */
  readonly List: (props: { readonly input: SuggestedInput }) => JSX.Element;
  /** What the input says of the list, and of suggestions by the browser. */
  readonly marks: () => {
    readonly autocomplete: 'off';
    readonly 'aria-controls': string | undefined;
    readonly 'aria-activedescendant': string | undefined;
  };
  /** Looks for suggestions for the end of what stands before the cursor. */
  look(area: HTMLTextAreaElement): void;
  /** Whether the key was for the list. */
  pressed(event: KeyboardEvent, input: SuggestedInput): boolean;
  close(): void;
}

/** What a person can do once the client is there (session-actions.ts). */
export interface ConnectedActions {
  readonly suggestions: PageSuggestionsView;
  /** Sends what is typed, or does what it says. */
  readonly run: (text: string) => Promise<Verdict>;
  /** The actions of commands, for the conversation that is open now. */
  readonly actions: () => CommandActions;
  readonly leave: () => Promise<void>;
  readonly Announcer: (props: { readonly session: Session }) => JSX.Element;
  /** What was begun to write and not sent, on any device of the account. */
  readonly sharedDrafts: ReadonlyMap<ConversationId, string>;
  /** The other devices hear of what stands in the input. */
  readonly drafted: (id: ConversationId, text: string) => Promise<void>;
}

/** Why the chat is over, and in words for the person. */
export interface Ending {
  readonly isWanted: boolean;
  readonly words: string;
}

/** Of so many commands is known when they were carried out last. */
const maxDecided = 100;

/** A hidden page has no frames. */
const hiddenMs = 250;

export class Session {
  readonly settings: SessionSettings;
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
  /** Undefined until the client is there, and where the browser can keep no files. */
  readonly files = signal<PageFilesView | undefined>(undefined);
  /** Undefined until the client is there: before that messages can only be read. */
  readonly messages = signal<PageMessagesView | undefined>(undefined);
  /** Undefined until the client is there. */
  readonly suggestions = signal<PageSuggestionsView | undefined>(undefined);
  /** On a narrow page one of them is shown. */
  readonly pane = signal<'list' | 'messages'>('messages');
  /** Whether the browser keeps what this page stores. Undefined until it says. */
  readonly storage = signal<StorageStanding | undefined>(undefined);
  /** How far a history is that comes from elsewhere. */
  readonly history = signal<{ readonly done: number; readonly all: number } | undefined>(undefined);
  readonly over = signal<Ending | undefined>(undefined);
  /** Whether the client is there. */
  isLive = false;
  /** Says new messages to whoever hears the page, once the client is there. */
  readonly announcer = signal<ConnectedActions['Announcer'] | undefined>(undefined);
  /** Whether another tab had the account's data when this one came. */
  readonly isBusy: boolean;
  readonly #sinks: ((event: ClientEvent) => void)[] = [];
  /** What was sent last from this page. */
  lastSent: string | undefined;
  /** When the person last did what they chose or typed, here or elsewhere, in milliseconds since 1970. */
  readonly #decided = signal<ReadonlyMap<string, number>>(new Map());
  /** What the client brings. Rejects if there will be none. */
  readonly #late: Promise<ConnectedActions>;
  #came: (actions: ConnectedActions) => void = () => {};
  #failed: (cause: unknown) => void = () => {};
  #isScheduled = false;

  constructor(settings: SessionSettings) {
    const { me, address, source, place, drafts } = settings;
    this.settings = settings;
    this.isBusy = !place.tab.isHeld;
    this.#late = new Promise((came, failed) => {
      this.#came = came;
      this.#failed = failed;
    });
    // Whoever waits for it hears of that.
    this.#late.catch(() => {});
    this.model = new TimelineClient(
      {
        me,
        server: formatServerAddress(address),
        isTls: location.protocol === 'https:',
        now: browserClock,
        timers: browserTimers,
      },
      source,
    );
    this.drafts = new Drafts(
      me,
      place.texts,
      drafts,
      browserTimers,
      (reason) => this.notify('warning', `what you type cannot be kept: ${reason}`),
      (id, text) => this.#tellDraft(id, text),
    );
    this.focus = new PageFocus(this.model, this.drafts, () => this.soon());
    this.model.subscribe(() => this.soon());
    for (const id of this.drafts.ids) if (id.startsWith('@')) this.model.withPerson(id.slice(1));
    this.focus.open(this.focus.id);
  }

  /** The client is there. */
  take(actions: ConnectedActions): void {
    this.isLive = true;
    this.suggestions.value = actions.suggestions;
    this.announcer.value = actions.Announcer;
    for (const [id, text] of actions.sharedDrafts)
      if (id.startsWith('@') && text !== '') this.model.withPerson(id.slice(1));
    this.drafts.joinDevices(actions.sharedDrafts);
    this.#came(actions);
    this.soon();
  }

  /** There will be no client, and why. What is stored can be read all the same. */
  fail(why: string): void {
    this.#failed(new Error(why));
    this.over.value = { isWanted: false, words: `The chat could not be started: ${why}` };
    const failure = { code: 'EIO', detail: why };
    this.receive({
      type: 'state',
      state: { phase: 'closed', reason: { code: 'store-failed', failure } },
    });
  }

  /** Resolves when the open conversation has been drawn with what is stored of it. */
  async firstPage(): Promise<void> {
    await this.model.loaded(this.focus.id);
    if (!document.hidden) await new Promise((drawn) => requestAnimationFrame(drawn));
    await new Promise((drawn) => setTimeout(drawn));
  }

  /** What the client brings, as soon as it is there. */
  get late(): Promise<ConnectedActions> {
    return this.#late;
  }

  /** An event of the client. */
  receive(event: ClientEvent): void {
    this.model.receive(event);
    for (const sink of this.#sinks) sink(event);
    if (event.type === 'draft') this.#draftCame(event.place, event.text);
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
    const messages = this.messages.value;
    if (messages?.edited !== undefined) {
      await messages.save(id);
      return;
    }
    const { text: typed, wasPasted } = this.drafts.of(id);
    const text = typed.trimEnd();
    await this.files.value?.send();
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
    // What is answered may be far from the newest, and must be there until it is sent.
    if (messages?.answers === undefined) this.focus.toNewest();
    const draft = { text, wasPasted };
    const late = await this.drafts.sendsEarly(id, draft, this.#late).catch(() => undefined);
    if (late === undefined) {
      this.#restore(id, draft);
      return;
    }
    if (lines.length > 1) {
      await this.#sayAll(id, text);
      return;
    }
    const verdict = await this.#run(text);
    this.told(verdict);
    if (!verdict.ok) this.#restore(id, draft);
  }

  /** Says a text, as the answer that it is meant to be. */
  say(id: ConversationId, text: string): Promise<Verdict> {
    return (this.messages.value ?? this.model).say(id, text);
  }

  /** What could not be sent stands in the text again, unless something else is there by now. */
  #restore(id: ConversationId, draft: SavedDraft): void {
    if (this.drafts.of(id).text === '') this.drafts.set(id, draft);
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
    else void this.ask(this.#run(typed));
  }

  async #run(typed: string): Promise<Verdict> {
    const verdict = await (await this.#late).run(typed);
    if (verdict.ok && typed.startsWith('/')) this.decided(typed);
    return verdict;
  }

  /** What a button of a notice says is done, here or on another device. */
  decided(typed: string): void {
    const others = [...this.#decided.value].filter(([one]) => one !== typed);
    this.#decided.value = new Map([...others.slice(1 - maxDecided), [typed, Date.now()]]);
  }

  /** Whether the person has decided for one of these since `at`. */
  isDecided(choices: readonly Choice[], at: number): boolean {
    return choices.some(
      ({ typed, isLook }) => isLook !== true && (this.#decided.value.get(typed) ?? -Infinity) >= at,
    );
  }

  /** Shows how something went, when it is known. */
  async ask(done: Promise<Verdict>): Promise<void> {
    this.told(await done);
  }

  /** The actions of commands, for the conversation that is open then. */
  async actions(): Promise<CommandActions> {
    return (await this.#late).actions();
  }

  /** Leaves when everything sent has arrived, or after a time limit. */
  async leave(): Promise<void> {
    this.drafts.close();
    await (await this.#late).leave();
  }

  /** Asks the person for a code of invitation. */
  askCode(why: 'needed' | 'invalid', orGuest: boolean): Promise<string | undefined> {
    return new Promise((answer) => {
      this.overlay.value = { kind: 'code', why, orGuest, answer };
    });
  }

  /** Sends a text as it is: as one message, or a message for each line. */
  async #sayAll(id: ConversationId, text: string): Promise<void> {
    const messages = messagesOf(text, this.model.hasLines);
    for (const [index, message] of messages.entries()) {
      const verdict = await this.say(id, message);
      if (verdict.ok) continue;
      this.told(verdict);
      this.#restore(id, { text: messages.slice(index).join('\n'), wasPasted: true });
      return;
    }
  }

  async #tellDraft(id: ConversationId, text: string): Promise<void> {
    // Without a client no other device hears of anything.
    await (await this.#late.catch(() => undefined))?.drafted(id, text);
  }

  #draftCame(id: ConversationId, text: string): void {
    if (id.startsWith('@') && text !== '') this.model.withPerson(id.slice(1));
    this.drafts.came(id, text);
    this.soon();
  }
}
