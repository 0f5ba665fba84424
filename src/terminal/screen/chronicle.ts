// The chronicle of a chat: takes the events of a headless client, and keeps from them the conversations, what was said in
// each, who is here, and how far the person has seen it. Everything that others wrote is made harmless here, so that
// nothing behind this file can be written by a stranger's escape sequences. Asks the client for nothing but the history.

import type { ConversationView } from '../../client/account/conversations.ts';
import type { ChatClient } from '../../client/chat-client.ts';
import type {
  ClientEvent,
  OwnMessage,
  PrivateEvent,
  ReceivedMessage,
} from '../../client/client-event.ts';
import type { ClientState } from '../../client/client-state.ts';
import type { Transfer } from '../../client/files/transfer.ts';
import type { Clock, Timers } from '../../client/ports.ts';
import type { KeyStanding } from '../../client/private/events.ts';
import type { HistoryRecord } from '../../client/store-port.ts';
import {
  directConversation,
  groupConversation,
  lobbyName,
  type ConversationName,
  type Place,
} from '../../wire/extended/names.ts';
import { parseUsername, type Username } from '../../wire/text.ts';
import { present } from '../line/present.ts';
import { harmless } from '../sanitize.ts';
import { Filing, saidOf, sentStates } from './filing.ts';
import { ConversationBook, type Kept } from './conversation-book.ts';
import {
  lobbyId,
  type Connection,
  type ConversationId,
  type Entry,
  type NewSaid,
  type SentState,
  type Told,
} from './model.ts';
import { WhoIsHere } from './who-is-here.ts';
import { connectionOf } from './connection-words.ts';
import { WaitingTexts } from './waiting-texts.ts';

export interface ChronicleSettings {
  readonly me: string;
  readonly now: Clock;
  readonly timers: Timers;
}

/** So many messages of the history are read at once. */
const pageLength = 200;

export class Chronicle {
  readonly me: string;
  readonly book = new ConversationBook();
  readonly mention: RegExp;
  readonly waiting = new WaitingTexts();
  /** Whose keys were compared. */
  readonly verified = new Set<string>();
  readonly #settings: ChronicleSettings;
  readonly #client: ChatClient;
  readonly #listeners: ((id: ConversationId | undefined) => void)[] = [];
  /** Who is here, as far as the server has told. */
  readonly here: WhoIsHere;
  #attention: ConversationId = lobbyId;
  #isCaughtUp: boolean;
  #as: 'account' | 'guest' | undefined;
  #connection: Connection = connectionOf({ phase: 'connecting' });

  constructor(settings: ChronicleSettings, client: ChatClient) {
    this.#settings = settings;
    this.#client = client;
    this.me = settings.me;
    this.here = new WhoIsHere(client, settings.timers, () => this.#peopleChanged());
    // Of an account; a guest has no conversations that are kept.
    this.#isCaughtUp = client.conversations.length === 0;
    this.mention = new RegExp(`(?<![\\w@#])@?${settings.me}(?!\\w)`, 'i');
    this.#syncAll();
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** As what this person is in, or was last. */
  get as(): 'account' | 'guest' | undefined {
    return this.#as;
  }

  /** What was said while this person was away is here. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  subscribe(changed: (id: ConversationId | undefined) => void): void {
    this.#listeners.push(changed);
  }

  /** Reads so many messages before the first that is in memory; false where nothing was before. */
  async loadPage(kept: Kept, length = pageLength): Promise<boolean> {
    const { filing } = kept;
    // What is before the first entry was before this login, which version 1 does not remember.
    if (filing?.first === undefined) return false;
    const records = await this.#client.history(filing.name, filing.first, length);
    const [oldest] = records;
    if (oldest?.seq === undefined) return false;
    filing.pageRead(records);
    kept.log.unshift(records.map((record) => this.#entryOf(record)));
    this.#changed(kept.id);
    return true;
  }

  lookAt(id: ConversationId): void {
    this.#attention = id;
    const kept = this.book.get(id);
    if (kept?.filing?.isLoaded === false) kept.filing.loaded ??= this.#load(kept, kept.filing);
  }

  seen(id: ConversationId): void {
    const kept = this.book.get(id);
    if (kept === undefined || !this.book.seen(kept)) return;
    if (kept.filing !== undefined) this.#client.read(kept.filing.name);
    this.#changed(id);
  }

  tell(id: ConversationId, tone: Told['tone'], text: string): void {
    const kept = this.book.get(id);
    if (kept === undefined) return;
    this.book.told(kept, tone, harmless(text), this.#settings.now());
    this.#changed(id);
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
        this.#settle(this.waiting.broadcastSent(event.text), 'sent');
        return;
      case 'users':
        this.here.listed(event.names);
        return;
      case 'presence':
        this.here.told();
        return;
      case 'members':
        this.here.touched();
        this.#changed(`#${event.group}`);
        return;
      case 'member':
        this.here.touched();
        this.#tellAll(event, `#${event.group}`);
        this.#changed(undefined);
        return;
      case 'private':
        this.#private(event.event);
        return;
      case 'success':
        this.#groupChanged(event.reply.code, event.reply.values['group']);
        this.#tellAll(event, this.#placeOf(event.reply.values['group']) ?? this.#attention);
        return;
      case 'own':
        this.#ownTold(event.message);
        return;
      case 'delivered': {
        const kept = this.keptOf(event.conversation);
        for (const key of kept?.filing?.delivered(event.seq) ?? []) {
          this.#settle({ id: kept?.id ?? lobbyId, key }, 'delivered');
        }
        return;
      }
      case 'conversations':
        this.#syncAll();
        return;
      case 'caught-up':
        this.#isCaughtUp = true;
        this.#syncAll();
        return;
      case 'file': {
        const transfer = event.event.type === 'transfer' ? event.event.transfer : undefined;
        const from = event.event.type === 'unverifiable-file' ? event.event.from : transfer?.peer;
        const user = from === undefined ? undefined : parseUsername(from);
        if (user !== undefined && isMoving(transfer)) this.#isHere(user);
        this.#tellAll(event, user === undefined ? lobbyId : this.person(user).id);
        this.#changed(undefined);
        return;
      }
      case 'group-notice':
        this.#tellAll(event, this.#placeOf(event.group) ?? this.#onlyGroup()?.id ?? lobbyId);
        return;
      default:
        this.#tellAll(event, this.#attention);
    }
  }

  #stateChanged(state: ClientState): void {
    const wasOpen = this.#connection.phase === 'open';
    this.#connection = connectionOf(state);
    if (state.phase === 'open') {
      this.#as = state.as;
      if (state.as === 'guest') this.#isCaughtUp = true;
    } else if (state.phase === 'waiting') {
      this.#isCaughtUp = this.#as !== 'account';
    }
    if (state.phase === 'open' && !wasOpen) this.here.begin(state.as);
    if (state.phase !== 'open') this.here.pause();
    this.#changed(undefined);
  }

  #peopleChanged(): void {
    for (const kept of this.book.all) {
      if (kept.kind === 'person') kept.isHere = this.here.isHere(kept.name);
    }
    this.book.touched();
    this.#changed(undefined);
  }

  #message(message: ReceivedMessage): void {
    const { from, filed } = message;
    const isOwn = from === this.me;
    const kept = this.#placeOfMessage(message);
    const standing = message.place === 'private' && message.encrypted ? message.key : undefined;
    if (standing !== undefined && !isOwn) this.protect(from, protections[standing]);
    if (filed?.late !== true) this.#isHere(from);
    if (kept.filing === undefined) {
      this.#show(kept, message, standing);
      return;
    }
    this.#syncCount(kept);
    // Of what is not in memory yet, what names this person is counted here.
    if (!kept.filing.isLoaded && !isOwn && this.mention.test(message.text)) kept.mentions += 1;
    this.#whenLoaded(kept, kept.filing, (filing) => {
      if (filing.takes(filed?.seq)) this.#show(kept, message, standing);
    });
  }

  #show(kept: Kept, message: ReceivedMessage, standing: KeyStanding | undefined): void {
    const { from, text, encrypted, filed } = message;
    const isOwn = from === this.me;
    this.push(kept, {
      at: filed?.at ?? this.#settings.now(),
      from,
      isOwn,
      text: harmless(text),
      encrypted,
      standing,
      seq: filed?.seq,
      remark: remarkOn(message, kept),
      namesMe: !isOwn && this.mention.test(text),
      state: isOwn ? 'sent' : undefined,
    });
  }

  #private(event: PrivateEvent): void {
    switch (event.type) {
      case 'sent':
        this.#settle(this.waiting.privateOf(event.id), 'sent');
        return;
      case 'delivered':
        this.#settle(this.waiting.privateDone(event.id), 'delivered');
        if (this.book.get(`@${event.to}`)?.protection === 'untried')
          this.protect(event.to, 'encrypted');
        return;
      case 'not-delivered':
        this.#settle(this.waiting.privateDone(event.id), 'failed');
        break;
      case 'key-changed':
        this.protect(event.user, 'changed');
        break;
      default:
    }
    const about =
      'to' in event ? event.to : 'user' in event ? event.user : 'from' in event ? event.from : '';
    const user = parseUsername(about);
    this.#tellAll(
      { type: 'private', event },
      user === undefined ? this.#attention : this.person(user).id,
    );
  }

  #placeOfMessage(message: ReceivedMessage): Kept {
    const kept = message.filed === undefined ? undefined : this.keptOf(message.filed.conversation);
    if (kept !== undefined) return kept;
    switch (message.place) {
      case 'lobby':
        return this.book.open('lobby', 'Lobby');
      case 'group':
        return message.group === undefined
          ? (this.#onlyGroup() ?? this.book.open('lobby', 'Lobby'))
          : this.book.open('group', message.group);
      case 'private':
        return this.person(message.from);
    }
  }

  /** The conversation that the account's has in the book. */
  keptOf(name: ConversationName): Kept | undefined {
    const view = this.#client.conversations.find((other) => other.name === name);
    return view === undefined ? undefined : this.#sync(view);
  }

  #syncAll(): void {
    for (const view of this.#client.conversations) this.#sync(view);
    this.lookAt(this.#attention);
    this.#changed(undefined);
  }

  #sync({ name, place, isIn, unread }: ConversationView): Kept {
    const kept = this.#bookPlace(place);
    kept.filing ??= new Filing(name);
    this.book.touched();
    // Nobody leaves a person, or the lobby.
    kept.isLeft = kept.kind === 'group' && !isIn;
    // Of what is in memory every message is counted when it is shown.
    if (!kept.filing.isLoaded) kept.unread = unread;
    return kept;
  }

  #syncCount(kept: Kept): void {
    const view = this.#client.conversations.find(({ name }) => name === kept.filing?.name);
    if (view !== undefined) this.#sync(view);
  }

  #bookPlace(place: Place): Kept {
    switch (place.kind) {
      case 'lobby':
        return this.book.open('lobby', 'Lobby');
      case 'group':
        return this.book.open('group', place.group);
      case 'direct':
        return this.person(place.user);
    }
  }

  /** The last page of a conversation's history, then what came meanwhile. */
  async #load(kept: Kept, filing: Filing): Promise<void> {
    filing.waiting = [];
    const records = await this.#client.history(filing.name, undefined, pageLength);
    filing.pageRead(records);
    for (const record of records) {
      const { key } = kept.log.push(this.#entryOf(record));
      if (record.state !== undefined) filing.follow(record.localId, key, record.state, record.seq);
    }
    filing.isLoaded = true;
    const view = this.#client.conversations.find(({ name }) => name === filing.name);
    const isUnread = ({ seq, from }: HistoryRecord) =>
      from !== this.me && seq !== undefined && seq > (view?.read ?? 0);
    const unread = records.filter(isUnread);
    // More than a page of them is as many as the client has counted.
    kept.unread = unread.length < records.length ? unread.length : (view?.unread ?? 0);
    kept.mentions = unread.filter(({ text }) => this.mention.test(text)).length;
    const { waiting } = filing;
    filing.waiting = undefined;
    for (const show of waiting) show();
    this.book.touched();
    this.#changed(kept.id);
  }

  /** What is not looked at yet stays on the device until it is. */
  #whenLoaded(kept: Kept, filing: Filing, show: (filing: Filing) => void): void {
    if (filing.isLoaded) show(filing);
    else filing.waiting?.push(() => show(filing));
    this.#changed(kept.id);
  }

  #entryOf(record: HistoryRecord): (key: number) => Entry {
    const said = saidOf(record, this.me, this.mention);
    return said === undefined
      ? (key) => ({ kind: 'told', key, at: record.at, tone: 'reply', text: harmless(record.text) })
      : (key) => ({ kind: 'said', key, ...said });
  }

  /** What becomes of something that this account says. */
  #ownTold(message: OwnMessage): void {
    const { localId, place, text, state, seq, at, reason } = message;
    const kept = this.#bookPlace(place);
    const isPrivate = place.kind === 'direct';
    const filing = (kept.filing ??= new Filing(this.#nameOf(place)));
    this.#whenLoaded(kept, filing, () => {
      const known = filing.keyOf(localId);
      const entry = known === undefined ? undefined : kept.log.get(known);
      const remark =
        state === 'refused' && reason !== undefined ? `not sent: ${harmless(reason)}` : undefined;
      const sent = sentStates[state];
      if (entry?.kind === 'said') {
        kept.log.replace({
          ...entry,
          seq: seq ?? entry.seq,
          state: sent,
          at: at ?? entry.at,
          remark: remark ?? entry.remark,
        });
      } else if (known === undefined && filing.takes(seq)) {
        const said = { ...this.own(text, isPrivate), seq, state: sent, remark };
        filing.follow(localId, this.push(kept, said), state, seq);
      }
      if (known !== undefined) filing.follow(localId, known, state, seq);
      if (isPrivate && state === 'delivered' && kept.protection === 'untried') {
        this.protect(kept.name, 'encrypted');
      }
      this.#changed(kept.id);
    });
  }

  #nameOf(place: Place): ConversationName {
    switch (place.kind) {
      case 'lobby':
        return lobbyName;
      case 'group':
        return groupConversation(place.group);
      case 'direct':
        return directConversation(this.me as Username, place.user);
    }
  }

  /** Version 1 says that something was said in a group, and not in which [7.8]: in the only one, if there is only one. */
  #onlyGroup(): Kept | undefined {
    const groups = [...this.book.all].filter(({ kind, isLeft }) => kind === 'group' && !isLeft);
    return groups.length === 1 ? groups[0] : undefined;
  }

  #groupChanged(code: string | undefined, group: string | undefined): void {
    if (group === undefined) return;
    if (code === 'group-created' || code === 'group-entered') {
      this.book.open('group', group).isLeft = false;
    } else if (code === 'group-left' || code === 'you-were-kicked') {
      this.book.open('group', group).isLeft = true;
    }
    this.book.touched();
    this.#changed(undefined);
  }

  #placeOf(group: string | undefined): ConversationId | undefined {
    return group === undefined ? undefined : this.book.get(`#${group}`)?.id;
  }

  /** The conversation with somebody. */
  person(name: string): Kept {
    const kept = this.book.open('person', name);
    kept.isHere = this.here.isHere(name);
    return kept;
  }

  /** Something came of that person just now. */
  #isHere(name: string): void {
    this.here.cameFrom(name);
    const kept = this.book.get(`@${name}`);
    if (kept === undefined || kept.isHere === true) return;
    kept.isHere = this.here.isHere(name);
    this.book.touched();
  }

  /** How what is said to somebody is protected from now on. */
  protect(name: string, protection: Kept['protection']): void {
    const user = parseUsername(name);
    if (user === undefined) return;
    this.person(user).protection = protection;
    if (protection === 'verified') this.verified.add(name);
    else this.verified.delete(name);
    this.here.touched();
    this.book.touched();
    this.#changed(undefined);
  }

  /** A message of this person's own, as it is before anything is known of it. */
  own(text: string, encrypted = false): NewSaid {
    return {
      at: this.#settings.now(),
      from: this.me,
      isOwn: true,
      text: harmless(text),
      encrypted,
      standing: undefined,
      seq: undefined,
      remark: undefined,
      namesMe: false,
      state: 'waiting',
    };
  }

  /** Adds a message; its key. */
  push(kept: Kept, said: NewSaid): number {
    const { key } = this.book.said(kept, said);
    this.#changed(kept.id);
    return key;
  }

  #settle(
    where: { readonly id: ConversationId; readonly key: number } | undefined,
    state: SentState,
  ): void {
    const log = where === undefined ? undefined : this.book.get(where.id)?.log;
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

const protections = { verified: 'verified', pinned: 'encrypted', changed: 'changed' } as const;

/** What must stand beside a message that is not what it seems. */
function remarkOn(message: ReceivedMessage, kept: Kept): string | undefined {
  if (message.place === 'group' && kept.kind !== 'group') return 'in a group';
  if (message.place !== 'private') return undefined;
  if (!message.encrypted) return 'not encrypted';
  return message.key === 'changed' ? 'new key, not trusted' : undefined;
}
