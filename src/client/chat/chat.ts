// The public library's view of a client: a connected chat, in promises and async iteration. Owns which of the
// client's events a program sees, and that none is lost between the connection and the first listener. Otherwise it
// has no behaviour of its own: that is chat-client.ts.

import { isExpirySeconds } from '../../wire/expiry.ts';
import { isEmoji } from '../amending/amendment-content.ts';
import { currentOf } from '../amending/current.ts';
import { targetIdOf } from '../amending/target.ts';
import type { Result } from '../../lib/result.ts';
import { textOf, ttlOf } from '../content.ts';
import type { ListedPerson } from '../../wire/extended/events.ts';
import {
  conversationOf,
  formatPlace,
  placeOf as placeAt,
  type ConversationName,
  type Place,
} from '../../wire/extended/names.ts';
import { parseGroupName, parseUsername, type GroupName, type Username } from '../../wire/text.ts';
import {
  callback,
  duration,
  given,
  groupKind,
  oneOf,
  pageOptions,
  placeOf,
  text as textForm,
} from './chat-arguments.ts';
import { exported, followLink, linkTo, type ExportWish } from './chat-links.ts';
import {
  ignore,
  quietTimeOf,
  setQuietTime,
  setRule,
  type QuietNow,
  type QuietTime,
} from './chat-quiet.ts';
import type { NotifyRule } from '../account/own/quiet/quiet.ts';
import type { ChatClient, Sent } from '../chat-client.ts';
import type { GovernWish, GroupInfo, ListedGroup } from '../governing/govern-wish.ts';
import type { AccountSignals } from '../signals/account-signals.ts';
import { ChatError, endedBecause } from './chat-error.ts';
import type { ClientEvent, ReceivedMessage } from '../client-event.ts';
import type { ClientState, CloseReason } from '../client-state.ts';
import { refuseCommand, type CommandRefusal } from '../command-refusal.ts';
import { GroupCommands, type GroupRefusal, type GroupVerb } from '../group-commands.ts';
import { backupProblemWords } from '../wording/backup-words.ts';
import { giveRefusalWords } from '../wording/history-words.ts';
import { chatMessage, messageOf, type ChatMessage } from './chat-message.ts';
import { Listeners } from './listeners.ts';
import { MessageQueue } from './message-queue.ts';
import type { DirectoryState } from '../account/directory/directory-alarm.ts';
import type { ListedDevice } from '../encryption/trust/devices.ts';
import {
  programEvent,
  withText,
  type ProgramEvent,
  type ProgramOwnMessage,
} from './program-event.ts';
import { SendPromises, type SendPromise } from './send-promises.ts';
import type { HistoryRecord, SendState } from '../store/store-port.ts';

export type { ChatMessage } from './chat-message.ts';

/** A message of the history on this device. */
export interface PastMessage {
  readonly from: string | undefined;
  /** Empty if this version does not know the kind of message. */
  readonly text: string;
  readonly unknown: boolean;
  readonly at: number;
  readonly seq: number | undefined;
  readonly encrypted: boolean;
  /** For an own message. */
  readonly state: SendState | undefined;
  /** Why it cannot be read, if it cannot. */
  readonly unreadable: string | undefined;
  /** `text` is not the first one. */
  readonly edited?: true;
  /** `text` is empty: it was deleted, by whom. */
  readonly deleted?: { readonly by: string };
  /** Each emoji, and who gave it. */
  readonly reactions?: readonly { readonly emoji: string; readonly by: readonly string[] }[];
  /** Who pinned it, if it is. */
  readonly pinned?: { readonly by: string };
  /** When it disappears from this device, in milliseconds since 1970. Undefined: it stays. */
  readonly expiresAt?: number;
}

/** What somebody else did with a message that is here. */
export interface Amended {
  readonly place: string;
  /** The number of the message. */
  readonly seq: number;
  readonly by: string;
  readonly at: number;
}

/** Somebody on the server. */
export interface Person {
  readonly name: string;
  readonly online: boolean;
  readonly guest: boolean;
}

/** Who is in a group. */
export interface GroupMembers {
  readonly admin: string;
  /** Online members first. */
  readonly people: readonly Person[];
  /** Whether the group has more people than the server names. */
  readonly isCut: boolean;
  /** Of a sealed group: who can read it, as this device knows without the server's word. Undefined of an open one. */
  readonly sealed: SealedMembers | undefined;
}

/** Who can read a sealed group. */
export interface SealedMembers {
  /** Empty while this device is on its way into the group, or out of it. */
  readonly readers: readonly string[];
  readonly admins: readonly string[];
  /** Equal for all who are in the same state of the group: to be compared over another way. Undefined outside. */
  readonly digits: string | undefined;
}

/** What `on` can listen to. */
export interface ChatEvents {
  /** Somebody's presence has changed. For accounts, if the server reports it. */
  presence: Person;
  message: ChatMessage;
  /** The state of an own message has changed. */
  own: ProgramOwnMessage;
  /** Somebody else has given a message another text, deleted one, pinned one or reacted to one. */
  edited: Amended & { readonly text: string };
  deleted: Amended;
  pinned: Amended & { readonly isOn: boolean };
  reacted: Amended & { readonly emoji: string; readonly isOn: boolean };
  /** Who is writing at a place now, as they say; nobody in the end. */
  typing: { readonly place: string; readonly names: readonly string[] };
  /** Somebody else has read everything at a place up to `seq`, as they say. */
  read: { readonly place: string; readonly by: string; readonly seq: number };
  /** What is said at a place disappears so many seconds after it was read, from now on; 0: it stays. */
  timer: { readonly place: string; readonly seconds: number; readonly by: string | undefined };
  /** These messages have disappeared. */
  expired: { readonly place: string; readonly seqs: readonly number[] };
  state: ClientState;
  /** All events of the client, messages included (client-event.ts, program-event.ts). */
  event: ProgramEvent;
  /** An error that a listener threw. If nobody listens to it, it becomes an uncaught exception of the program. */
  error: unknown;
}

/** What `on` can listen to, as names. */
const eventKinds = [
  'presence',
  'message',
  'edited',
  'deleted',
  'pinned',
  'reacted',
  'typing',
  'read',
  'timer',
  'expired',
  'own',
  'state',
  'event',
  'error',
] as const;

type AmendedEvent = Extract<ClientEvent, { readonly type: 'amended' }>;

type MakeClient = (sink: (event: ClientEvent) => void) => ChatClient;

/** What a program wants of the messages of others. */
export interface Intake {
  /** At one place alone: all others stay unseen. */
  readonly only?: Place | undefined;
  /** Nothing counts as seen, and what was stored before comes another way. */
  readonly isPeek?: boolean;
}

/** The most unseen messages of one conversation from earlier runs that are delivered at the start: the last ones. */
const maxUnseen = 10_000;

/** What kind of group is made. */
export interface GroupKind {
  /**
   * Encrypted for its members: the server cannot read it, and its members need accounts. Without it a group is sealed
   * if this login is an account's, at a server that has sealed groups; otherwise it is open.
   */
  readonly sealed?: boolean | undefined;
  /** A sealed group that is entered by invitation. */
  readonly private?: boolean | undefined;
}

/** How long leaving waits for progress. */
const settleMs = 10_000;

export class Chat {
  readonly #client: ChatClient;
  readonly #listeners: Listeners<ChatEvents>;
  readonly #queue: MessageQueue<ChatMessage & { readonly seen: () => void }>;
  readonly #sendPromises = new SendPromises();
  readonly #commands = new GroupCommands();
  readonly #userLists: ((names: readonly string[]) => void)[] = [];
  #ended: (reason: CloseReason) => void = () => {};
  /** Resolves when the chat has ended, with the reason. */
  readonly closed: Promise<CloseReason>;
  #opened: ((error: ChatError | undefined) => void) | undefined;
  /** Messages that arrived before those of the last run were read from the device. */
  #held: ReceivedMessage[] | undefined = [];
  readonly #intake: Intake;
  /** Whether the server has sent what was said before this login. */
  #isCaughtUp = false;

  private constructor(make: MakeClient, rethrow: (error: unknown) => void, intake: Intake) {
    this.#intake = intake;
    this.#listeners = new Listeners(rethrow);
    this.closed = new Promise((resolve) => (this.#ended = resolve));
    this.#queue = new MessageQueue((isFull) =>
      isFull ? this.#client.pauseReading() : this.#client.resumeReading(),
    );
    this.#client = make((event) => this.#receive(event));
  }

  /**
   * Connects with the client that `make` makes. Rejects with a ChatError if the login fails. `rethrow` throws the error
   * of a listener as an uncaught exception.
   */
  static async open(
    make: MakeClient,
    rethrow: (error: unknown) => void,
    intake: Intake = {},
  ): Promise<Chat> {
    const chat = new Chat(make, rethrow, intake);
    const error = await new Promise<ChatError | undefined>((resolve) => (chat.#opened = resolve));
    if (error !== undefined) throw error;
    return chat;
  }

  /** The name of this login. */
  get name(): string {
    return this.#client.username;
  }

  /** The state of the connection: `open`, `waiting` for the next attempt... */
  get state(): ClientState {
    return this.#client.state;
  }

  /** Whether the name belongs to this device. */
  get isAccount(): boolean {
    return this.state.phase === 'open' && this.state.as === 'account';
  }

  /**
   * Sends `text` to `place`: `lobby`, `#group` or `@person` (encrypted, or not at all). An account's message is stored
   * on the device and sent once when there is a connection. Throws a ChatError if it is not even accepted.
   */
  say(place: string, text: string): SendPromise {
    const parsed = placeOf(place);
    const words = given(textForm, text, 'text');
    const said =
      parsed.kind === 'lobby'
        ? this.#client.broadcast(words)
        : parsed.kind === 'group'
          ? this.#client.groupMessage(parsed.group, words)
          : this.#client.privateMessage(parsed.user, words);
    if (!said.ok) throw refusalOf(said.error);
    return this.#sendPromises.make(said.value, place, text);
  }

  /** Says a text of several lines as one message, which only accounts have. Otherwise like `say`; rejects instead of throwing. */
  async sayLines(place: string, text: string): Promise<SendPromise> {
    const where = placeOf(place);
    const words = given(textForm, text, 'text');
    const { speech } = this.#client;
    if (speech === undefined) throw refusalOf(refuseCommand('no-account').error);
    return this.#promised(await speech.say(where, words), place, words);
  }

  /**
   * Messages of others, from the first unseen one: after a restart, those that an account missed come first. Ends with
   * the chat. It waits for a slow program. One loop at a time.
   */
  messages(): AsyncIterableIterator<ChatMessage> {
    return this.#queue.iterate((message) => message.seen());
  }

  /**
   * Messages of others that no program of this store has seen, up to now: ends where there are no more. A guest has missed
   * none. Otherwise like `messages`.
   */
  missed(): AsyncIterableIterator<ChatMessage> {
    return this.#queue.iterate(
      (message) => message.seen(),
      () => (this.#isCaughtUp || !this.isAccount) && this.#held === undefined,
    );
  }

  /**
   * Calls `listener` for everything of a kind, one after the other. Returns a function that stops this. A message
   * counts as seen when the listener is done with it. Its errors go to listeners of `error`; without any, they become
   * uncaught exceptions. The chat continues.
   */
  on<K extends keyof ChatEvents>(kind: K, listener: (value: ChatEvents[K]) => void): () => void {
    given(oneOf(eventKinds), kind, 'kind');
    given(callback, listener, 'listener');
    const stop = this.#listeners.add(kind, listener);
    if (kind === 'presence') this.#client.roster?.follow();
    if (kind === 'message') this.#queue.divert((message) => this.#deliver(message));
    return stop;
  }

  /**
   * The last `limit` messages at `place` before number `before`, oldest first: from this device, and from the server if
   * it stores more of the lobby or a group. A part that the server's disk has damaged is a message without `from`, with
   * a reason in `unreadable`. Rejects with the server's code if the server cannot read its messages.
   */
  async history(
    place: string,
    options: { readonly before?: number; readonly limit?: number } = {},
  ): Promise<readonly PastMessage[]> {
    const wanted = formatPlace(placeOf(place));
    const { before, limit } = given(pageOptions, options, 'options');
    const name = this.#client.conversations.find(
      (conversation) => formatPlace(conversation.place) === wanted,
    )?.name;
    if (name === undefined) return [];
    const { records, failure } = await this.#client.historyOrWhy(name, before, limit);
    if (failure !== undefined && failure.code !== 'gone')
      throw new ChatError(failure.code, failure.text);
    const isText = ({ content: { kind } }: HistoryRecord) => kind !== 'file' && kind !== 'timer';
    return records.filter(isText).map(pastMessage);
  }

  /** Answers the message `seq` at a place (`ChatMessage.seq`). Rejects like `edit`. */
  async reply(place: string, seq: number, text: string): Promise<SendPromise> {
    const { speech, where, about } = await this.#about(place, seq);
    return this.#promised(
      await speech.say(where, given(textForm, text, 'text'), about),
      place,
      text,
    );
  }

  /**
   * Gives an own message another text. Rejects with `no-account` for guests, and `not-here` where this device does not have
   * that message; what others would not follow is refused by nobody, and changes nothing.
   */
  async edit(place: string, seq: number, text: string): Promise<SendPromise> {
    const { speech, where, about } = await this.#about(place, seq);
    return this.#promised(
      await speech.edit(where, about, given(textForm, text, 'text')),
      place,
      text,
    );
  }

  /** Deletes a message for everybody: an own one, or as the admin of a group. Rejects like `edit`. */
  async delete(place: string, seq: number): Promise<SendPromise> {
    const { speech, where, about } = await this.#about(place, seq);
    return this.#promised(await speech.delete(where, about), place, '');
  }

  /** Reacts to a message with one emoji, or takes that back (`isOn` false). Rejects like `edit`. */
  async react(place: string, seq: number, emoji: string, isOn = true): Promise<SendPromise> {
    if (!isEmoji(given(textForm, emoji, 'emoji')))
      throw new ChatError('usage', 'emoji: one emoji, as a person sees it');
    const { speech, where, about } = await this.#about(place, seq);
    return this.#promised(await speech.react(where, about, emoji, isOn), place, emoji);
  }

  /**
   * Pins a message for everybody at a place, or takes that off (`isOn` false): in private both may, in a group its owners
   * and moderators; others follow nothing else. Rejects like `edit`.
   */
  async pin(place: string, seq: number, isOn = true): Promise<SendPromise> {
    const { speech, where, about } = await this.#about(place, seq);
    return this.#promised(await speech.pin(where, about, isOn), place, '');
  }

  /** What is pinned at a place, oldest first: at most 100. */
  async pins(place: string): Promise<readonly PastMessage[]> {
    const name = conversationOf(this.#client.username, placeOf(place));
    return (await this.#client.pinned(name)).map(pastMessage);
  }

  /**
   * Lets what is said at a place from now on disappear `seconds` after it was read (3600, 86400, 604800 or 2592000), or
   * stay (0). Only where it is sealed, and in a group only by its admins.
   */
  async setTimer(place: string, seconds: number): Promise<SendPromise> {
    const where = placeOf(place);
    const { speech } = this.#client;
    if (speech === undefined) throw refusalOf(refuseCommand('no-account').error);
    if (seconds !== 0 && !isExpirySeconds(seconds))
      throw new ChatError('usage', 'seconds: 0, 3600, 86400, 604800 or 2592000');
    return this.#promised(await speech.setTimer(where, seconds), place, '');
  }

  /** After how many seconds disappears what is said at a place; 0 if it stays. */
  timer(place: string): number {
    return this.#client.timerAt(placeOf(place));
  }

  async #about(place: string, seq: number) {
    const where = placeOf(place);
    const { speech } = this.#client;
    if (speech === undefined) throw refusalOf(refuseCommand('no-account').error);
    const record = await this.#recordAt(where, seq);
    const target = { seq, id: targetIdOf(record) };
    const about = { target, from: record.from, ttl: ttlOf(record.content) };
    return { speech, where, about };
  }

  async #recordAt(where: Place, seq: number) {
    const name = conversationOf(this.#client.username, where);
    const range = { kind: 'from', message: { seq } } as const;
    const [record] = await this.#client.historyRange(name, range, 1);
    if (record?.seq !== seq || record.from === undefined)
      throw new ChatError('not-here', 'this device does not have that message');
    return { ...record, from: record.from };
  }

  #promised(said: Result<string, CommandRefusal>, place: string, text: string): SendPromise {
    if (!said.ok) throw refusalOf(said.error);
    return this.#sendPromises.make(said.value, place, text);
  }

  /** Who has an account here, and who is connected. Rejects with `not-open` without a connection. */
  async people(): Promise<readonly Person[]> {
    if (this.isAccount) {
      const people = await this.#client.listPeople();
      if (people === undefined) throw new ChatError('not-open', 'there is no connection');
      return people.map(personOf);
    }
    const asked = this.#client.listUsers();
    if (!asked.ok) throw refusalOf(asked.error);
    const names = await new Promise<readonly string[]>((resolve) => this.#userLists.push(resolve));
    return names.map((name) => ({ name, online: true, guest: true }));
  }

  /**
   * The server's list of all devices, as this program has it: how long it is, and what was found wrong with it. With an
   * alarm nothing that is encrypted is sent before `acceptDirectory`. Undefined for guests, and in programs without the store.
   */
  directory(): Promise<DirectoryState | undefined> {
    return this.#client.directory();
  }

  /** Goes on with what the server shows now, where a person has decided that. Whether there was an alarm. */
  acceptDirectory(): Promise<boolean> {
    return this.#client.acceptDirectory();
  }

  /** The devices of this account, the oldest first, the one of this program among them. None for guests, or offline. */
  async devices(): Promise<readonly ListedDevice[]> {
    return (await this.#client.devices.own()).devices ?? [];
  }

  /**
   * Mutes a conversation for `ms` milliseconds, or without an end, on all devices of the account: people's programs tell
   * them nothing of it but what names them. What this program gets stays the same.
   */
  async mute(place: string, ms = Infinity): Promise<void> {
    const where = placeOf(place);
    await this.#mute(where, given(duration, ms, 'ms'));
  }

  async unmute(place: string): Promise<void> {
    await this.#mute(placeOf(place), 0);
  }

  /** Says that something is being written at a place. Call it as often as you like: others hear it every five seconds. */
  typing(place: string): void {
    this.#signals.typing(placeOf(place));
  }

  /**
   * Whether others at a place hear how far this account has read, and this program hears it of them (`read`); or in `all`
   * private conversations and small groups. On all devices of the account.
   */
  async receipts(place: string, isOn: boolean): Promise<void> {
    const name = place === 'all' ? 'receipts' : this.#nameOf(placeOf(place));
    await this.#signals.wishes.set(name, isOn);
  }

  /** Everything at a place was read. If `receipts` are on there, others hear that, and this program hears of them. */
  markRead(place: string): void {
    const name = this.#nameOf(placeOf(place));
    this.#client.read(name);
    this.#signals.reads(name);
  }

  get #signals(): AccountSignals {
    const { signals } = this.#client;
    if (signals === undefined) throw refusalOf(refuseCommand('no-account').error);
    return signals;
  }

  #nameOf(place: Place): ConversationName {
    return conversationOf(this.#client.username, place);
  }

  #placeOf({ conversation }: { readonly conversation: ConversationName }): string {
    const place = placeAt(this.#client.username, conversation);
    return place === undefined ? '' : formatPlace(place);
  }

  /**
   * Hides what somebody says in the lobby and in groups from the account's person, on all devices. Resolves to whether that
   * is `kept`, or holds as long as this program runs (`for-now`: of guests). What this program gets stays the same.
   */
  ignore(name: string): Promise<'kept' | 'for-now'> {
    return ignore(this.#client.quiet, this.name, name, true);
  }

  async unignore(name: string): Promise<void> {
    await ignore(this.#client.quiet, this.name, name, false);
  }

  /** Who is ignored. */
  ignored(): readonly string[] {
    return this.#client.quiet.ignored;
  }

  /** What of a conversation calls for the account's person, on all devices; `default`: as without a rule. */
  async notify(place: string, rule: NotifyRule | 'default'): Promise<void> {
    this.#accountOnly();
    await setRule(this.#client.quiet, place, rule);
  }

  /** The rule of a conversation, if it has one. */
  notifyRule(place: string): NotifyRule | undefined {
    return this.#client.quiet.rule(placeOf(place));
  }

  /** When nothing is to disturb the account's person, on all devices. What is left out stays as it is. */
  async doNotDisturb(time: QuietTime): Promise<void> {
    this.#accountOnly();
    await setQuietTime(this.#client.quiet, time);
  }

  /** How long it holds now, 0 if it does not, and each day. */
  disturbance(): QuietNow {
    return quietTimeOf(this.#client.quiet);
  }

  /** A link to the message `seq` at a place, which tells nothing of either to whoever has neither. Rejects like `edit`. */
  async permalink(place: string, seq: number): Promise<string> {
    return linkTo(this.#client, await this.#recordAt(placeOf(place), seq));
  }

  /**
   * The message of a link, and where it is: of this device, or fetched from the server. Rejects with `not-here` where it is in
   * no conversation of this account or kept no more, and with `other-server`.
   */
  async follow(link: string): Promise<PastMessage & { readonly place: string }> {
    const record = await followLink(this.#client, link);
    return { ...pastMessage(record), place: this.#placeOf(record) };
  }

  /** The history of this device as a file, in pieces (docs/EXPORT.md). Throws with `no-account` for guests, and `not-here`. */
  export(options?: ExportWish): AsyncIterable<string> {
    return exported(this.#client, options);
  }

  /** The muted conversations, as `say` takes them, and until when: Infinity without an end. */
  muted(): readonly { readonly place: string; readonly until: number }[] {
    return this.#client.quiet.muted.map((place) => ({
      place: formatPlace(place),
      until: this.#client.quiet.mutedUntil(place) ?? 0,
    }));
  }

  /**
   * Makes a backup of the history of this device in the file at `path`, or adds to it what is new; it is sealed to the
   * recovery words that a person has made (docs/E2EE.md 15). Resolves to how many bytes it has, and how many are new.
   */
  async backup(path: string): Promise<{ readonly bytes: number; readonly brought: number }> {
    const { vault } = this.#client;
    if (vault === undefined) throw refusalOf(refuseCommand('no-account').error);
    const made = await vault.toFile(given(textForm, path, 'path'));
    if (made.ok) return { bytes: made.value.bytes, brought: made.value.brought };
    const { error } = made;
    if (typeof error === 'string') throw new ChatError(error, backupProblemWords[error]);
    throw new ChatError('not-written', `there is no backup in ${error.path}: ${error.why}`);
  }

  /**
   * Gives what this device has heard to the device of the account that was added last, as `/history give` does; listeners
   * of `event` get `history-moved`. Rejects with `alone` if no other one is in. Only on the word of the account's person.
   */
  async giveHistory(): Promise<void> {
    const { historyTransfer } = this.#client;
    if (historyTransfer === undefined) throw refusalOf(refuseCommand('no-account').error);
    const begun = await historyTransfer.give();
    if (begun === 'no-connection') throw refusalOf(refuseCommand('not-open').error);
    if (begun !== 'begun') throw new ChatError(begun, giveRefusalWords[begun]);
  }

  async #mute(place: Place, ms: number): Promise<void> {
    this.#accountOnly();
    if (!(await this.#client.quiet.mute(place, ms)))
      throw new ChatError('store-failed', 'that could not be kept');
  }

  #accountOnly(): void {
    if (!this.isAccount) throw refusalOf(refuseCommand('no-account').error);
  }

  /**
   * Changes one thing of a group: its topic, a rule, or what somebody is in it. In a sealed group it is signed, and members
   * check it. Rejects with `not-done`, and why.
   */
  async govern(group: string, wish: GovernWish): Promise<void> {
    valueOf(await this.#governance().change(this.#groupNamed(group), wish));
  }

  /** What a group is about, who is what in it, and its rules. */
  async groupInfo(group: string): Promise<GroupInfo> {
    return valueOf(await this.#governance().info(this.#groupNamed(group)));
  }

  /** The groups that are public, by their names. */
  async publicGroups(): Promise<readonly ListedGroup[]> {
    return valueOf(await this.#governance().groups());
  }

  #governance() {
    const { governance } = this.#client;
    if (governance === undefined) throw refusalOf(refuseCommand('no-account').error);
    return governance;
  }

  #groupNamed(group: string): GroupName {
    const name = parseGroupName(given(textForm, group, 'group'));
    if (name === undefined) throw refusalOf(refuseCommand('not-a-group-name').error);
    return name;
  }

  /** Who is in a group of this account. Rejects with the server's code, or with `not-open`. */
  async members(group: string): Promise<GroupMembers> {
    const name = parseGroupName(given(textForm, group, 'group'));
    if (name === undefined) throw refusalOf(refuseCommand('not-a-group-name').error);
    const answer = await this.#client.listMembers(name);
    if (answer?.ok !== true) {
      const failure = answer?.error;
      if (failure !== undefined && failure.code !== 'gone')
        throw new ChatError(failure.code, failure.text);
      throw refusalOf(refuseCommand(this.isAccount ? 'not-open' : 'no-account').error);
    }
    const { admin, members, more } = answer.value;
    const view = await this.#client.sealedView(name);
    const sealed = view && { readers: view.members, admins: view.admins, digits: view.digits };
    return { admin, people: members.map(personOf), isCut: more === true, sealed };
  }

  /** Lets the account `name` enter a group that is entered by invitation. For its admin. Rejects with the server's code. */
  async invite(group: string, name: string): Promise<void> {
    const [place, user] = this.#groupAndUser(group, name);
    const answer = await this.#client.invite(place, user);
    if (answer?.ok === true) return;
    const failure = answer?.error;
    if (failure !== undefined && failure.code !== 'gone')
      throw new ChatError(failure.code, failure.text);
    throw refusalOf(refuseCommand(this.#isGuest ? 'no-account' : 'not-open').error);
  }

  /** Makes the member `name` the admin of a group in place of this user. */
  async makeAdmin(group: string, name: string): Promise<void> {
    const [place, user] = this.#groupAndUser(group, name);
    const done = await this.#client.handOver(place, user);
    if (!done.ok) throw new ChatError('refused', done.error);
  }

  /** Ends a group of which this user is the admin: nobody is in it any more, and its messages at the server are gone. */
  async endGroup(group: string): Promise<void> {
    const done = await this.#client.handOver(given(textForm, group, 'group'), undefined);
    if (!done.ok) throw new ChatError('refused', done.error);
  }

  get #isGuest(): boolean {
    return this.state.phase === 'open' && this.state.as === 'guest';
  }

  #groupAndUser(group: string, name: string): [GroupName, Username] {
    const place = parseGroupName(given(textForm, group, 'group'));
    const user = parseUsername(given(textForm, name, 'name'));
    if (place === undefined) throw refusalOf(refuseCommand('not-a-group-name').error);
    if (user === undefined) throw refusalOf(refuseCommand('not-a-username').error);
    return [place, user];
  }

  /**
   * Makes a group with this user as its admin, and returns of which kind it is. With `sealed: true` an open group of
   * this user is sealed. Rejects with the server's code.
   */
  async createGroup(group: string, kind?: GroupKind): Promise<'sealed' | 'open'> {
    const name = given(textForm, group, 'group');
    const how = given(groupKind, kind, 'kind');
    if (this.#isToBeSealed(name, how)) {
      const done = await this.#client.sealGroup(name, how.private === true ? 'invite' : 'open');
      if (!done.ok) throw notMade(done.error);
      return 'sealed';
    }
    if (how.private === true) throw new ChatError('usage', 'kind: only sealed groups are private');
    await this.#command('CREATE_GROUP', group, (name) => this.#client.createGroup(name));
    return 'open';
  }

  #isToBeSealed(group: string, { sealed }: GroupKind): boolean {
    if (sealed !== undefined) return sealed;
    const { sealingLack, conversations } = this.#client;
    // The keys are in another program: an open group is made only on request.
    if (sealingLack === 'device') return true;
    // Nothing is sealed by the way. The server refuses a group that there is.
    const isThere = conversations.some(({ name, isIn }) => name === `#${group}` && isIn);
    return sealingLack === undefined && !isThere;
  }

  /** Enters a group. */
  async joinGroup(group: string): Promise<void> {
    const entered = await this.#client.joinSealed(given(textForm, group, 'group'));
    if (entered !== 'not-sealed') {
      if (!entered.ok) throw new ChatError('refused', entered.error);
      return undefined;
    }
    return this.#command('JOIN_GROUP', group, (name) => this.#client.joinGroup(name));
  }

  /** Leaves a group. */
  async leaveGroup(group: string): Promise<void> {
    return this.#command('LEAVE_GROUP', group, (name) => this.#client.leaveGroup(name));
  }

  /** Removes somebody from a group of which this user is the admin. They cannot come back. */
  async kick(group: string, name: string): Promise<void> {
    const member = given(textForm, name, 'name');
    const sealed = await this.#client.kickSealed(given(textForm, group, 'group'), member);
    if (sealed !== 'not-sealed') {
      if (!sealed.ok) throw new ChatError('refused', sealed.error);
      return undefined;
    }
    return this.#command('KICK', group, (group) => this.#client.kick(group, member));
  }

  /**
   * Leaves once everything sent is stored, or nothing makes progress any more. An account's other messages stay on the
   * device.
   */
  async close(): Promise<CloseReason> {
    await this.#client.settled(settleMs);
    await this.#client.quit();
    return this.closed;
  }

  async #command(verb: GroupVerb, group: string, send: (group: string) => Sent): Promise<void> {
    const name = given(textForm, group, 'group');
    const done = await this.#commands.ask(verb, name, send(name));
    if (!done.ok) throw new ChatError(done.error.code, done.error.text);
  }

  #receive(event: ClientEvent): void {
    this.#listeners.emit('event', programEvent(event));
    switch (event.type) {
      case 'message':
        if (this.#held === undefined) this.#put(event.message);
        else this.#held.push(event.message);
        return;
      case 'own':
        this.#sendPromises.receive(event.message);
        this.#listeners.emit('own', withText(event.message));
        return;
      case 'own-amendment':
        this.#sendPromises.receiveAmendment(event);
        return;
      case 'amended':
        this.#amended(event);
        return;
      case 'typing':
        this.#listeners.emit('typing', { place: this.#placeOf(event), names: event.names });
        return;
      case 'read': {
        const { user: by, seq } = event;
        this.#listeners.emit('read', { place: this.#placeOf(event), by, seq });
        return;
      }
      case 'timer': {
        const { seconds, by } = event;
        this.#listeners.emit('timer', { place: formatPlace(event.place), seconds, by });
        return;
      }
      case 'expired': {
        const seqs = event.messages.flatMap(({ seq }) => seq ?? []);
        this.#listeners.emit('expired', { place: formatPlace(event.place), seqs });
        return;
      }
      case 'caught-up':
        this.#isCaughtUp = true;
        this.#queue.look();
        return;
      case 'private':
        this.#sendPromises.heardPrivate(event.event);
        return;
      case 'success':
      case 'refused':
        this.#commands.answered(event);
        return;
      case 'presence':
        for (const person of event.changed ?? [])
          this.#listeners.emit('presence', personOf(person));
        return;
      case 'users':
        this.#userLists.shift()?.(event.names);
        return;
      case 'state':
        this.#moved(event.state);
        return;
      default:
    }
  }

  #isWanted(place: string | undefined): boolean {
    const { only } = this.#intake;
    return only === undefined || formatPlace(only) === place;
  }

  #amended({ place, amendment, isOwn, isHere }: AmendedEvent): void {
    if (isOwn || !isHere || !this.#isWanted(formatPlace(place))) return;
    const { by, at, content } = amendment;
    const what = { place: formatPlace(place), seq: content.target.seq, by, at };
    if (content.kind === 'edit') this.#listeners.emit('edited', { ...what, text: content.text });
    else if (content.kind === 'delete') this.#listeners.emit('deleted', what);
    else if (content.kind === 'pin')
      this.#listeners.emit('pinned', { ...what, isOn: content.isOn });
    else {
      const { emoji, isOn } = content;
      this.#listeners.emit('reacted', { ...what, emoji, isOn });
    }
  }

  #moved(state: ClientState): void {
    this.#listeners.emit('state', state);
    if (state.phase === 'open' && this.#opened !== undefined) {
      this.#opened(undefined);
      this.#opened = undefined;
      this.#catchUp().catch((error: unknown) => this.#listeners.failed(error));
    }
    if (state.phase === 'waiting' || state.phase === 'closed') this.#commands.lost();
    if (state.phase !== 'closed') return;
    this.#opened?.(endedBecause(state.reason));
    this.#sendPromises.ended();
    this.#queue.end();
    this.#ended(state.reason);
  }

  /** Delivers what the last run of the program stored and had not seen. */
  async #catchUp(): Promise<void> {
    // The state before this connection delivers anything: new messages are held.
    const behind = (this.#intake.isPeek === true ? [] : this.#client.conversations)
      .map(({ name, cursor, read }) => ({ name, cursor, read }))
      .filter(({ cursor, read }) => cursor > read);
    try {
      for (const { name, cursor, read } of behind) await this.#putUnseen(name, cursor, read);
    } finally {
      // Held messages are delivered, even if the device could not be read.
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const message of held) this.#put(message);
      this.#queue.look();
    }
  }

  async #putUnseen(name: ConversationName, cursor: number, read: number): Promise<void> {
    for (const record of await this.#client.kept(name, cursor + 1, maxUnseen)) {
      const { seq = 0, from } = record;
      if (seq <= read || from === undefined || from === this.name) continue;
      const message = messageOf(record, from);
      if (message !== undefined) this.#put(message);
    }
  }

  #put(message: ReceivedMessage): void {
    const { filed } = message;
    if (filed?.own === true) return;
    // Events tell of files. Whoever answers texts must not answer them.
    if (message.content.kind === 'file' || message.content.kind === 'timer') return;
    const told = chatMessage(message);
    if (!this.#isWanted(told.place)) return;
    const seen = () => {
      if (filed?.seq !== undefined && this.#intake.isPeek !== true)
        this.#client.read(filed.conversation, filed.seq);
    };
    this.#queue.put({ ...told, seen });
  }

  #deliver(message: ChatMessage & { readonly seen: () => void }): void {
    this.#listeners.emit('message', message, message.seen);
  }
}

function personOf({ user, online, guest = false }: ListedPerson): Person {
  return { name: user, online, guest };
}

/** The server has another code for the name of a group that there is, where a sealed one was to be made. */
function notMade({ code, text }: GroupRefusal): ChatError {
  return new ChatError(code === 'place-taken' ? 'group-exists' : code, text);
}

function refusalOf({ code, hint }: CommandRefusal): ChatError {
  return new ChatError(code, hint);
}

function pastMessage(record: HistoryRecord): PastMessage {
  const { from, at, seq, encrypted, state, unreadable } = record;
  const { content, edits, deletion, reactions, pin } = currentOf(record);
  const unknown = content.kind === 'unknown';
  return {
    from,
    text: textOf(content),
    unknown,
    at,
    seq,
    encrypted,
    state,
    unreadable,
    ...(edits.length > 0 && { edited: true as const }),
    ...(deletion !== undefined && { deleted: { by: deletion.by } }),
    ...(reactions.length > 0 && { reactions }),
    ...(pin !== undefined && { pinned: { by: pin.by } }),
    ...(record.ends !== undefined && { expiresAt: record.ends }),
  };
}

function valueOf<T>(done: Result<T, string>): T {
  if (!done.ok) throw new ChatError('not-done', done.error);
  return done.value;
}
