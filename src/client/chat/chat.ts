// The public library's view of a client: a connected chat, in promises and async iteration. Owns which of the
// client's events a program sees, and that none is lost between the connection and the first listener. Otherwise it
// has no behaviour of its own: that is chat-client.ts.

import { textOf } from '../content.ts';
import type { ListedPerson } from '../../wire/extended/events.ts';
import {
  formatPlace,
  parseConversation,
  type ConversationName,
} from '../../wire/extended/names.ts';
import { parseGroupName, type Username } from '../../wire/text.ts';
import {
  callback,
  given,
  oneOf,
  pageOptions,
  placeOf,
  text as textForm,
} from './chat-arguments.ts';
import type { ChatClient, Sent } from '../chat-client.ts';
import { ChatError, endedBecause } from './chat-error.ts';
import type { ClientEvent, ReceivedMessage } from '../client-event.ts';
import type { ClientState, CloseReason } from '../client-state.ts';
import { refuseCommand, type CommandRefusal } from '../command-refusal.ts';
import { GroupCommands, type GroupVerb } from '../group-commands.ts';
import { Listeners } from './listeners.ts';
import { MessageQueue } from './message-queue.ts';
import type { KeyStanding } from '../encryption/trust/key-events.ts';
import {
  programEvent,
  withText,
  type ProgramEvent,
  type ProgramOwnMessage,
} from './program-event.ts';
import { SendPromises, type SendPromise } from './send-promises.ts';
import type { HistoryRecord, SendState } from '../store/store-port.ts';

/** Something that somebody said. */
export interface ChatMessage {
  /** Where: what `say` takes to answer. Undefined in groups of version 1, which do not say which one it was. */
  readonly place: string | undefined;
  readonly kind: 'lobby' | 'group' | 'person';
  readonly from: string;
  /** Empty where this version does not know what it is. */
  readonly text: string;
  /** It is of a later version of helo, of a kind that this one does not know. */
  readonly unknown: boolean;
  /** Whether nobody else could read it on the way, and it is proven who wrote it. */
  readonly encrypted: boolean;
  /** How the writer's key stands: `verified`, `pinned`, or `changed`, which nobody here has trusted. */
  readonly key: KeyStanding | undefined;
  /** Whether the writer is a guest: the name may be somebody else's tomorrow. */
  readonly guest: boolean;
  /** When the server took it, in milliseconds since 1970; undefined in version 1. */
  readonly at: number | undefined;
  /** Its number in its conversation; undefined where the server does not keep it. */
  readonly seq: number | undefined;
  /** It was said before this connection. */
  readonly late: boolean;
}

/** A message of the history on this device. */
export interface PastMessage {
  readonly from: string | undefined;
  /** Empty where this version does not know what it is. */
  readonly text: string;
  readonly unknown: boolean;
  readonly at: number;
  readonly seq: number | undefined;
  readonly encrypted: boolean;
  /** Of an own message. */
  readonly state: SendState | undefined;
  /** Why it can't be read, where it can't. */
  readonly unreadable: string | undefined;
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
  /** Those who are here first. */
  readonly people: readonly Person[];
  /** There are others, more than the server names. */
  readonly isCut: boolean;
}

/** What `on` can be asked for. */
export interface ChatEvents {
  /** Somebody has come or gone. For accounts, where the server tells it. */
  presence: Person;
  message: ChatMessage;
  /** What becomes of own messages. */
  own: ProgramOwnMessage;
  state: ClientState;
  /** Everything that the client tells, messages included (client-event.ts, program-event.ts). */
  event: ProgramEvent;
  /** What a listener threw. Where nobody listens to it, it is an uncaught exception of the program. */
  error: unknown;
}

/** What `on` can be asked for, as a program may name it. */
const eventKinds = ['presence', 'message', 'own', 'state', 'event', 'error'] as const;

type MakeClient = (sink: (event: ClientEvent) => void) => ChatClient;

/** Messages of one conversation that an earlier run had not looked at and that are shown at the start; the last ones. */
const maxUnseen = 10_000;

/** How long leaving waits for something to move. */
const settleMs = 10_000;

export class Chat {
  readonly #client: ChatClient;
  readonly #listeners: Listeners<ChatEvents>;
  readonly #queue: MessageQueue<ChatMessage & { readonly seen: () => void }>;
  readonly #sendPromises = new SendPromises();
  readonly #commands = new GroupCommands();
  readonly #userLists: ((names: readonly string[]) => void)[] = [];
  #ended: (reason: CloseReason) => void = () => {};
  /** Resolves when the chat is over, with the reason. */
  readonly closed: Promise<CloseReason>;
  #opened: ((error: ChatError | undefined) => void) | undefined;
  /** Messages that came before those of the last run were read from the device. */
  #held: ReceivedMessage[] | undefined = [];

  private constructor(make: MakeClient, rethrow: (error: unknown) => void) {
    this.#listeners = new Listeners(rethrow);
    this.closed = new Promise((resolve) => (this.#ended = resolve));
    this.#queue = new MessageQueue((isFull) =>
      isFull ? this.#client.pauseReading() : this.#client.resumeReading(),
    );
    this.#client = make((event) => this.#receive(event));
  }

  /**
   * Connects with the client that `make` makes. Rejects with a ChatError where it does not get in. `rethrow` makes an
   * uncaught exception of what a listener has thrown.
   */
  static async open(make: MakeClient, rethrow: (error: unknown) => void): Promise<Chat> {
    const chat = new Chat(make, rethrow);
    const error = await new Promise<ChatError | undefined>((resolve) => (chat.#opened = resolve));
    if (error !== undefined) throw error;
    return chat;
  }

  /** The name that this chat is in with. */
  get name(): string {
    return this.#client.username;
  }

  /** Where the connection is: `open`, `waiting` for the next attempt... */
  get state(): ClientState {
    return this.#client.state;
  }

  /** Whether the name belongs to this device. */
  get isAccount(): boolean {
    return this.state.phase === 'open' && this.state.as === 'account';
  }

  /**
   * Says `text` at `place`: `lobby`, `#group` or `@person` (encrypted, or not at all). What an account says is kept on
   * the device and sent when there is a connection, once. Throws a ChatError where it is not even taken.
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

  /**
   * What others say, from the first message that nobody looked at yet: after a restart those that an account missed
   * come first. Ends when the chat does. A program that is slow is waited for. One loop at a time.
   */
  messages(): AsyncIterableIterator<ChatMessage> {
    return this.#queue.iterate((message) => message.seen());
  }

  /**
   * Calls `listener` for everything of a kind, one after the other. Returns how to stop. A message counts as seen when
   * it is done with. What it throws goes to those who listen to `error`, else it is an uncaught exception; the chat goes
   * on.
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
   * The last `limit` messages at `place` before number `before`, oldest first: of this device, and of the server where
   * it keeps more of the lobby or a group. What its disk has damaged is a message without `from` that says so in
   * `unreadable`. Rejects where the server cannot give what it has, with its code.
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
    return records.map(pastMessage);
  }

  /** Who has an account here, and who is connected. Rejects with `not-open` while there is no connection. */
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
    return { admin, people: members.map(personOf), isCut: more === true };
  }

  /** Makes a group, whose admin this user is then. Rejects with the server's code. */
  async createGroup(group: string): Promise<void> {
    return this.#command('CREATE_GROUP', group, (name) => this.#client.createGroup(name));
  }

  /** Enters a group. */
  async joinGroup(group: string): Promise<void> {
    return this.#command('JOIN_GROUP', group, (name) => this.#client.joinGroup(name));
  }

  /** Leaves a group. */
  async leaveGroup(group: string): Promise<void> {
    return this.#command('LEAVE_GROUP', group, (name) => this.#client.leaveGroup(name));
  }

  /** Puts somebody out of a group that this user is the admin of, for good. */
  async kick(group: string, name: string): Promise<void> {
    const member = given(textForm, name, 'name');
    return this.#command('KICK', group, (group) => this.#client.kick(group, member));
  }

  /** Leaves once what was said is stored, or nothing moves any more. The rest stays on the device of an account. */
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

  /** What the last run of the program had on the device and had not looked at. */
  async #catchUp(): Promise<void> {
    // As they are before anything of this connection has come: what comes now is held.
    const behind = this.#client.conversations
      .map(({ name, cursor, read }) => ({ name, cursor, read }))
      .filter(({ cursor, read }) => cursor > read);
    try {
      for (const { name, cursor, read } of behind) await this.#putUnseen(name, cursor, read);
    } finally {
      // What comes now is told, also where the device could not be read.
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const message of held) this.#put(message);
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
    const seen = () => {
      if (filed?.seq !== undefined) this.#client.read(filed.conversation, filed.seq);
    };
    this.#queue.put({ ...chatMessage(message), seen });
  }

  #deliver(message: ChatMessage & { readonly seen: () => void }): void {
    this.#listeners.emit('message', message, message.seen);
  }
}

function personOf({ user, online, guest = false }: ListedPerson): Person {
  return { name: user, online, guest };
}

function refusalOf({ code, hint }: CommandRefusal): ChatError {
  return new ChatError(code, hint);
}

function chatMessage(message: ReceivedMessage): ChatMessage {
  const { place, from, content, encrypted, filed } = message;
  const group = 'group' in message ? message.group : undefined;
  return {
    place: place === 'lobby' ? 'lobby' : place === 'private' ? `@${from}` : group && `#${group}`,
    kind: place === 'private' ? 'person' : place,
    from,
    text: textOf(content),
    unknown: content.kind === 'unknown',
    encrypted,
    key: encrypted ? message.key : undefined,
    guest: filed?.guest ?? true,
    at: filed?.at,
    seq: filed?.seq,
    late: filed?.late ?? false,
  };
}

/** A message of the history as it was when it came. */
function messageOf(record: HistoryRecord, from: Username): ReceivedMessage | undefined {
  const { conversation, seq, at, guest, content, encrypted, key, unreadable } = record;
  const place = parseConversation(conversation);
  if (place === undefined || unreadable !== undefined) return undefined;
  const filed = { conversation, seq, at, guest, own: false, late: true };
  if (place.kind === 'group') {
    return { place: 'group', group: place.group, from, content, encrypted: false, filed };
  }
  if (place.kind === 'lobby') return { place: 'lobby', from, content, encrypted: false, filed };
  return encrypted && key !== undefined
    ? { place: 'private', from, content, encrypted: true, key, filed }
    : { place: 'private', from, content, encrypted: false, filed };
}

function pastMessage(record: HistoryRecord): PastMessage {
  const { from, content, at, seq, encrypted, state, unreadable } = record;
  const unknown = content.kind === 'unknown';
  return { from, text: textOf(content), unknown, at, seq, encrypted, state, unreadable };
}
