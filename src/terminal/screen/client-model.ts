// The model over a headless client: turns its events into conversations, and what the screen asks for into its commands.
// Everything that others wrote is made harmless here, so that nothing behind this file can be written by a stranger's
// escape sequences. Knows no terminal.

import type { ChatClient } from '../../client/chat-client.ts';
import type { ClientEvent, PrivateEvent, ReceivedMessage } from '../../client/client-event.ts';
import type { ClientState } from '../../client/client-state.ts';
import type { CommandRefusal } from '../../client/command-refusal.ts';
import type { Transfer } from '../../client/files/transfer.ts';
import type { Clock, Timers } from '../../client/ports.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { parseUsername } from '../../wire/text.ts';
import { present } from '../line/present.ts';
import { harmless } from '../sanitize.ts';
import { ConversationBook, type Kept, type NewSaid } from './conversation-book.ts';
import { EntryLog } from './entry-log.ts';
import {
  lobbyId,
  type Connection,
  type Conversation,
  type ConversationId,
  type Entries,
  type Found,
  type Model,
  type Person,
  type SafetyWords,
  type SentState,
  type Told,
  type Verdict,
} from './model.ts';
import { findIn, matcher } from './word-search.ts';
import { connectionOf } from './connection-words.ts';
import { WaitingTexts } from './waiting-texts.ts';

export interface ClientModelSettings {
  readonly me: string;
  readonly server: string;
  readonly isTls: boolean;
  readonly now: Clock;
  readonly timers: Timers;
}

/** How often the server is asked who is here; it does not tell of comings and goings by itself [7.4]. */
const peopleEveryMs = 20_000;
/** Longer lists are asked for on demand only. */
const maxPolledPeople = 500;

/** More are not shown: nobody reads them, a longer word finds less. */
const maxFound = 200;

const nothing: Entries = new EntryLog();

export class ClientModel implements Model {
  readonly me: string;
  readonly server: string;
  readonly isTls: boolean;
  readonly #settings: ClientModelSettings;
  readonly #client: ChatClient;
  readonly #book = new ConversationBook();
  readonly #waiting = new WaitingTexts();
  readonly #verified = new Set<string>();
  readonly #mention: RegExp;
  readonly #listeners: ((id: ConversationId | undefined) => void)[] = [];
  #here = new Set<string>();
  #attention: ConversationId = lobbyId;
  #connection: Connection = connectionOf({ phase: 'connecting' });

  constructor(settings: ClientModelSettings, client: ChatClient) {
    this.#settings = settings;
    this.#client = client;
    this.me = settings.me;
    this.server = settings.server;
    this.isTls = settings.isTls;
    this.#mention = new RegExp(`(?<![\\w@#])@?${settings.me}(?!\\w)`, 'i');
  }

  get connection(): Connection {
    return this.#connection;
  }

  get conversations(): readonly Conversation[] {
    return this.#book.sorted;
  }

  get transfers(): readonly Transfer[] {
    return this.#client.files?.list ?? [];
  }

  get names(): readonly string[] {
    return this.#client.people.names;
  }

  subscribe(changed: (id: ConversationId | undefined) => void): void {
    this.#listeners.push(changed);
  }

  conversation(id: ConversationId): Conversation | undefined {
    return this.#book.sorted.find((conversation) => conversation.id === id);
  }

  entries(id: ConversationId): Entries {
    return this.#book.get(id)?.log ?? nothing;
  }

  people(id: ConversationId): readonly Person[] {
    const kept = this.#book.get(id);
    if (kept === undefined) return [];
    const names =
      kept.kind === 'lobby'
        ? new Set([...this.#here, ...kept.speakers])
        : kept.kind === 'group'
          ? new Set(kept.speakers)
          : new Set([kept.name]);
    names.add(this.me);
    return [...names]
      .map((name) => ({
        name,
        isMe: name === this.me,
        isHere: name === this.me ? this.#connection.phase === 'open' : this.#here.has(name),
        isVerified: this.#verified.has(name),
      }))
      .sort(
        (one, other) =>
          Number(other.isHere) - Number(one.isHere) ||
          (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1),
      );
  }

  // What is before the first entry was before this login, which version 1 does not remember.
  loadBefore(): Promise<boolean> {
    return Promise.resolve(false);
  }

  search(query: string): Promise<readonly Found[] | undefined> {
    const isMeant = matcher(query);
    if (isMeant === undefined) return Promise.resolve(undefined);
    const found = [...this.#book.all].flatMap(({ id, log }) =>
      findIn(log, isMeant, maxFound).map(({ key, at, from, text }) => ({
        id,
        at,
        from,
        text,
        reveal: () => Promise.resolve(log.get(key)?.key),
      })),
    );
    return Promise.resolve(found.sort((one, other) => other.at - one.at).slice(0, maxFound));
  }

  withPerson(name: string): ConversationId | undefined {
    const user = parseUsername(name);
    return user === undefined || user === this.me ? undefined : this.#person(user).id;
  }

  lookAt(id: ConversationId): void {
    this.#attention = id;
  }

  seen(id: ConversationId): void {
    const kept = this.#book.get(id);
    if (kept !== undefined && this.#book.seen(kept)) this.#changed(id);
  }

  tell(id: ConversationId, tone: Told['tone'], text: string): void {
    const kept = this.#book.get(id);
    if (kept === undefined) return;
    this.#book.told(kept, tone, harmless(text), this.#settings.now());
    this.#changed(id);
  }

  refreshPeople(): void {
    this.#client.listUsers();
  }

  async say(id: ConversationId, text: string): Promise<Verdict> {
    const kept = this.#book.get(id);
    if (kept === undefined) return err('There is no such conversation any more.');
    await this.#client.ready();
    switch (kept.kind) {
      case 'lobby':
        return this.#said(kept, text, this.#client.broadcast(text), (key) =>
          this.#waiting.broadcast(text, key),
        );
      case 'group':
        // The server sends it back to its speaker too: that is when it is shown.
        return verdictOf(this.#client.groupMessage(kept.name, text));
      case 'person': {
        const sent = this.#client.privateMessage(kept.name, text);
        return this.#said(kept, text, sent, (key) => {
          if (sent.ok) this.#waiting.private(sent.value, kept.id, key);
        });
      }
    }
  }

  async sayUnencrypted(name: string, text: string): Promise<Verdict> {
    const sent = await this.#client.sendUnencrypted(name, text);
    const user = parseUsername(name);
    if (!sent.ok || user === undefined) return verdictOf(sent);
    this.#push(this.#person(user), { ...this.#own(text), remark: 'not encrypted', state: 'sent' });
    return ok(undefined);
  }

  createGroup(name: string): Verdict {
    return verdictOf(this.#client.createGroup(name));
  }

  joinGroup(name: string): Verdict {
    return verdictOf(this.#client.joinGroup(name));
  }

  leaveGroup(name: string): Verdict {
    return verdictOf(this.#client.leaveGroup(name));
  }

  kick(group: string, name: string): Verdict {
    return verdictOf(this.#client.kick(group, name));
  }

  async safetyNumber(name: string): Promise<Result<SafetyWords, string>> {
    const number = await this.#client.safetyNumber(name);
    return number.ok ? number : err(number.error.hint);
  }

  async markVerified(name: string, digits: string): Promise<Verdict> {
    const marked = await this.#client.markVerified(name, digits);
    if (marked.ok) this.#protect(name, 'verified');
    return verdictOf(marked);
  }

  async trust(name: string): Promise<Verdict> {
    const done = await this.#client.trust(name);
    if (done.ok) this.#protect(name, 'encrypted');
    return verdictOf(done);
  }

  async distrust(name: string): Promise<Verdict> {
    return verdictOf(await this.#client.distrust(name));
  }

  async sendFile(name: string, path: string): Promise<Verdict> {
    const user = parseUsername(name);
    if (user !== undefined && user !== this.me) this.#person(user);
    return verdictOf((await this.#client.files?.send(name, path)) ?? noConnection);
  }

  async chooseFile(
    act: 'accept' | 'decline' | 'cancel',
    number: number | undefined,
  ): Promise<Verdict> {
    return verdictOf((await this.#client.files?.[act](number)) ?? noConnection);
  }

  /** Takes the events of the client. */
  heard(event: ClientEvent): void {
    switch (event.type) {
      case 'state':
        this.#stateChanged(event.state);
        return;
      case 'message':
        this.#message(event.message);
        return;
      case 'broadcast-sent':
        this.#settle(this.#waiting.broadcastSent(event.text), 'sent');
        return;
      case 'own':
        this.#ownMoved(event);
        return;
      case 'users':
        this.#here = new Set(event.names.filter((name) => name !== 'unknown'));
        for (const kept of this.#book.all) {
          if (kept.kind === 'person') kept.isHere = this.#here.has(kept.name);
        }
        this.#book.touched();
        this.#changed(undefined);
        return;
      case 'private':
        this.#private(event.event);
        return;
      case 'success':
        this.#groupChanged(event.reply.code, event.reply.values['group']);
        this.#tellAll(event, this.#placeOf(event.reply.values['group']));
        return;
      case 'file': {
        const transfer = event.event.type === 'transfer' ? event.event.transfer : undefined;
        const from = event.event.type === 'unverifiable-file' ? event.event.from : transfer?.peer;
        const user = from === undefined ? undefined : parseUsername(from);
        if (user !== undefined && isMoving(transfer)) this.#isHere(user);
        this.#tellAll(event, user === undefined ? lobbyId : this.#person(user).id);
        this.#changed(undefined);
        return;
      }
      case 'group-notice':
        this.#tellAll(event, this.#onlyGroup()?.id ?? lobbyId);
        return;
      default:
        this.#tellAll(event, this.#attention);
    }
  }

  #stateChanged(state: ClientState): void {
    const wasOpen = this.#connection.phase === 'open';
    this.#connection = connectionOf(state);
    if (state.phase === 'open' && !wasOpen) this.#pollPeople();
    this.#changed(undefined);
  }

  #pollPeople(): void {
    if (this.#connection.phase !== 'open') return;
    if (this.#here.size <= maxPolledPeople) this.refreshPeople();
    this.#settings.timers.after(peopleEveryMs, () => this.#pollPeople());
  }

  #message(message: ReceivedMessage): void {
    const { place, from, text, encrypted } = message;
    const isOwn = from === this.me;
    const kept =
      place === 'lobby'
        ? this.#book.open('lobby', 'Lobby')
        : place === 'group'
          ? (this.#groupOf(message) ?? this.#book.open('lobby', 'Lobby'))
          : this.#person(from);
    const standing = message.place === 'private' && message.encrypted ? message.key : undefined;
    if (standing !== undefined) this.#protect(from, protections[standing]);
    this.#isHere(from);
    this.#push(kept, {
      at: this.#settings.now(),
      from,
      isOwn,
      text: harmless(text),
      encrypted,
      standing,
      remark: remarkOn(message, kept),
      namesMe: !isOwn && this.#mention.test(text),
      state: isOwn ? 'sent' : undefined,
    });
  }

  /** Accounts hear to which group something was said, guests do not. */
  #groupOf(message: ReceivedMessage): Kept | undefined {
    const group = message.place === 'group' ? message.group : undefined;
    return group === undefined ? this.#onlyGroup() : this.#book.open('group', group);
  }

  /** What becomes of what an account says. In a group it is shown when the server has it, as for guests. */
  #ownMoved(event: Extract<ClientEvent, { readonly type: 'own' }>): void {
    const { localId, place, state, text } = event.message;
    if (state === 'waiting') return;
    if (place.kind === 'direct') {
      const isOver = state === 'refused' || state === 'delivered';
      const where = isOver ? this.#waiting.privateDone(localId) : this.#waiting.privateOf(localId);
      this.#settle(where, state === 'refused' ? 'failed' : state === 'stored' ? 'sent' : state);
    }
    if (place.kind === 'group' && state === 'stored') {
      const group = this.#book.open('group', place.group);
      this.#push(group, { ...this.#own(text), state: 'sent' });
    } else if (state === 'refused') {
      const id = place.kind === 'direct' ? this.#person(place.user).id : this.#attention;
      this.#tellAll(event, id);
    }
  }

  #private(event: PrivateEvent): void {
    switch (event.type) {
      case 'sent':
        this.#settle(this.#waiting.privateOf(event.id), 'sent');
        return;
      case 'delivered':
        this.#settle(this.#waiting.privateDone(event.id), 'delivered');
        if (this.conversation(`@${event.to}`)?.protection === 'untried')
          this.#protect(event.to, 'encrypted');
        return;
      case 'not-delivered':
        this.#settle(this.#waiting.privateDone(event.id), 'failed');
        break;
      case 'key-changed':
        this.#protect(event.user, 'changed');
        break;
      default:
    }
    const about =
      'to' in event ? event.to : 'user' in event ? event.user : 'from' in event ? event.from : '';
    const user = parseUsername(about);
    this.#tellAll(
      { type: 'private', event },
      user === undefined ? this.#attention : this.#person(user).id,
    );
  }

  /** Version 1 says that something was said in a group, and not in which [7.8]: in the only one, if there is only one. */
  #onlyGroup(): Kept | undefined {
    const groups = [...this.#book.all].filter(({ kind, isLeft }) => kind === 'group' && !isLeft);
    return groups.length === 1 ? groups[0] : undefined;
  }

  #groupChanged(code: string | undefined, group: string | undefined): void {
    if (group === undefined) return;
    if (code === 'group-created' || code === 'group-entered') {
      this.#book.open('group', group).isLeft = false;
    } else if (code === 'group-left' || code === 'you-were-kicked') {
      this.#book.open('group', group).isLeft = true;
    }
    this.#book.touched();
    this.#changed(undefined);
  }

  #placeOf(group: string | undefined): ConversationId {
    return group !== undefined && this.#book.get(`#${group}`) !== undefined
      ? `#${group}`
      : this.#attention;
  }

  #person(name: string): Kept {
    const kept = this.#book.open('person', name);
    if (this.#here.size > 0) kept.isHere = this.#here.has(name);
    return kept;
  }

  /** Something came of that person just now. */
  #isHere(name: string): void {
    this.#here.add(name);
    const kept = this.#book.get(`@${name}`);
    if (kept === undefined || kept.isHere === true) return;
    kept.isHere = true;
    this.#book.touched();
  }

  #protect(name: string, protection: Kept['protection']): void {
    const user = parseUsername(name);
    if (user === undefined) return;
    this.#person(user).protection = protection;
    if (protection === 'verified') this.#verified.add(name);
    else this.#verified.delete(name);
    this.#book.touched();
    this.#changed(undefined);
  }

  #said(
    kept: Kept,
    text: string,
    sent: Result<unknown, CommandRefusal>,
    wait: (key: number) => void,
  ): Verdict {
    if (!sent.ok) return verdictOf(sent);
    wait(this.#push(kept, this.#own(text, kept.kind === 'person')));
    return ok(undefined);
  }

  #own(text: string, encrypted = false): NewSaid {
    return {
      at: this.#settings.now(),
      from: this.me,
      isOwn: true,
      text: harmless(text),
      encrypted,
      standing: undefined,
      remark: undefined,
      namesMe: false,
      state: 'waiting',
    };
  }

  #push(kept: Kept, said: NewSaid): number {
    const { key } = this.#book.said(kept, said);
    this.#changed(kept.id);
    return key;
  }

  #settle(
    where: { readonly id: ConversationId; readonly key: number } | undefined,
    state: SentState,
  ): void {
    const log = where === undefined ? undefined : this.#book.get(where.id)?.log;
    const entry = where === undefined ? undefined : log?.get(where.key);
    if (entry?.kind !== 'said') return;
    log?.replace({ ...entry, state });
    this.#changed(where?.id);
  }

  /** What line mode would print, said in the conversation that it is about. */
  #tellAll(event: ClientEvent, id: ConversationId): void {
    const lines = present(event, (name) => this.#client.people.meantBy(name));
    for (const { kind, text } of lines) {
      this.tell(id, kind === 'warning' || kind === 'reply' ? kind : 'notice', text);
    }
  }

  #changed(id: ConversationId | undefined): void {
    for (const changed of this.#listeners) changed(id);
  }
}

/** Whether the other side takes part in it at this moment. */
function isMoving(transfer: Transfer | undefined): boolean {
  const phase = transfer?.state.phase;
  return phase === 'asking' || phase === 'moving';
}

const noConnection: Result<never, { readonly hint: string }> = err({
  hint: 'There is no connection to the server.',
});

const protections = { verified: 'verified', pinned: 'encrypted', changed: 'changed' } as const;

function verdictOf(done: Result<unknown, { readonly hint: string }>): Verdict {
  return done.ok ? ok(undefined) : err(done.error.hint);
}

/** What must stand beside a message that is not what it seems. */
function remarkOn(message: ReceivedMessage, kept: Kept): string | undefined {
  if (message.place === 'group' && kept.kind !== 'group') return 'in a group';
  if (message.place !== 'private') return undefined;
  if (!message.encrypted) return 'not encrypted';
  return message.key === 'changed' ? 'new key, not trusted' : undefined;
}
