// The timeline of a chat: receives the events of a headless client, and passes each to the conversation that it
// belongs to. Everything that others wrote is made harmless here, so no escape sequence of a stranger gets past this
// file. Its data: conversation-book.ts, timeline-people.ts, device-history.ts, local-echo.ts.

import type { Choice } from '../commands/choices.ts';
import { textContent } from '../content.ts';
import type { ClientEvent, PrivateEvent } from '../client-event.ts';
import type { ClientState } from '../client-state.ts';
import type { Transfer, TransferEvent } from '../files/transfer.ts';
import { membershipOf } from '../membership.ts';
import type { WallClock, Timers } from '../ports.ts';
import { invariant } from '../../lib/invariant.ts';
import { lobbyGroup, parsePlace } from '../../wire/extended/names.ts';
import { parseGroupName, parseUsername } from '../../wire/text.ts';
import type { PrintedLine } from '../wording/printed-line.ts';
import { harmless } from '../wording/sanitize.ts';
import { TimelinePeople } from './timeline-people.ts';
import { connectionOf } from '../wording/connection-words.ts';
import { ConversationBook, type TimelineConversation } from './conversation-book.ts';
import { DeviceHistory } from './device-history.ts';
import { RemoteMessages } from './remote-messages.ts';
import {
  lobbyId,
  type ConnectionStatus,
  type ConversationId,
  type ConversationSummary,
  type MessageItem,
  type MessageRights,
  type NewMessageItem,
  type NewNotice,
  type NoticeTone,
  type TimelineItems,
} from './model.ts';
import { AmendedItems } from './amended-items.ts';
import { readerOf } from './history-items.ts';
import type { LocalEcho, LocalEchoOptions } from './local-echo.ts';
import type { ShownItems } from './shown-items.ts';
import { ConversationRouter } from './conversation-router.ts';
import { roleIn, ShownPresence } from './presence.ts';
import type { rightsOf } from './timeline-rights.ts';
import type { TimelineSource } from './timeline-source.ts';

export interface TimelineSettings {
  readonly me: string;
  readonly now: WallClock;
  readonly timers: Timers;
}

/** What an event says, in the lines of line mode, and what the person can decide then. */
export interface EventWords {
  readonly linesOf: (event: ClientEvent) => readonly PrintedLine[];
  readonly choicesFor: (event: ClientEvent) => readonly Choice[];
  readonly rightsOf: typeof rightsOf;
  readonly echo: (options: LocalEchoOptions) => LocalEcho;
  /** What is shown of the items in memory. */
  readonly shownItems: Pick<ShownItems, 'of' | 'ignoredChanged'>;
  /** How a conversation is marked that is to be quiet. */
  readonly quietMark: (quiet: Pick<ConversationSummary, 'mutedUntil' | 'rule'>) => string;
}

type Untimed<T> = T extends NewNotice ? Omit<T, 'at'> : never;
type UntimedNotice = Untimed<NewNotice>;
const notice = { kind: 'notice' } as const;
const protections = { verified: 'verified', pinned: 'encrypted', changed: 'changed' } as const;

export class Timeline {
  readonly me: string;
  readonly book: ConversationBook;
  readonly #isIgnored: (name: string) => boolean;
  /** Who is online, as far as the server has said. */
  readonly here: ShownPresence;
  readonly timelinePeople: TimelinePeople;
  readonly history: DeviceHistory;
  readonly router: ConversationRouter;
  readonly #echoOptions: LocalEchoOptions;
  #own: LocalEcho | undefined;
  readonly #remoteMessages: RemoteMessages;
  readonly #amendedItems: AmendedItems;
  readonly #settings: TimelineSettings;
  readonly #source: TimelineSource;
  readonly #listeners: ((id: ConversationId | undefined) => void)[] = [];
  #attention: ConversationId = lobbyId;
  #isCaughtUp: boolean;
  #as: 'account' | 'guest' | undefined;
  /** It comes with the client. */
  #words: EventWords | undefined;
  #connection: ConnectionStatus = connectionOf({ phase: 'connecting' });

  constructor(settings: TimelineSettings, source: TimelineSource) {
    const { me, now, timers } = settings;
    this.#settings = settings;
    this.#source = source;
    this.me = me;
    // Only for an account. A guest has no stored conversations.
    this.#as = source.as;
    this.#isCaughtUp = source.conversations.length === 0;
    const reader = readerOf(me, () => source.root);
    const isIgnored = (name: string): boolean => source.isIgnored(name);
    const book = new ConversationBook(isIgnored);
    this.book = book;
    this.#isIgnored = isIgnored;
    const changed = ({ id }: TimelineConversation): void => this.#changed(id);
    this.here = new ShownPresence(source, timers, () => this.timelinePeople.changed());
    const { here } = this;
    const { devices } = source;
    this.timelinePeople = new TimelinePeople({
      book,
      here,
      devices,
      changed: () => this.#changed(undefined),
    });
    this.#amendedItems = new AmendedItems({ reader, now, source, changed });
    this.history = new DeviceHistory({
      reader,
      book,
      source,
      amendedItems: this.#amendedItems,
      changed,
      failed: ({ id }, why) => this.notify(id, 'warning', `the history cannot be read: ${why}`),
    });
    const { timelinePeople, history } = this;
    const conversations = () => source.conversations;
    this.router = new ConversationRouter({ me, book, timelinePeople, history, conversations });
    const { router } = this;
    const show = (kept: TimelineConversation, said: NewMessageItem): number =>
      this.show(kept, said);
    this.#echoOptions = { me, now, book, timelinePeople, router, history, changed, show };
    this.#remoteMessages = new RemoteMessages({
      book,
      reader,
      now,
      timelinePeople,
      router,
      history,
      show,
    });
    this.#syncAll();
  }

  /** The client is there, and its events come from now on. */
  take(words: EventWords): void {
    this.#words = words;
    this.#own = words.echo(this.#echoOptions);
    this.#as = this.#source.as;
    this.here.follow();
    this.#syncAll();
  }

  /** The source tells something else of its conversations. */
  refresh(): void {
    this.#syncAll();
  }

  get connection(): ConnectionStatus {
    return this.#connection;
  }

  /** How this person is logged in, or was last. */
  get as(): 'account' | 'guest' | undefined {
    return this.#as;
  }

  /** Whether the messages from while this person was away are here. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  /** Comes with the client: before it nothing is said. */
  get own(): LocalEcho {
    invariant(this.#own, 'there is a client');
    return this.#own;
  }

  subscribe(changed: (id: ConversationId | undefined) => void): void {
    this.#listeners.push(changed);
  }

  lookAt(id: ConversationId): void {
    this.#attention = id;
    const kept = this.book.get(id);
    if (kept === undefined) return;
    this.history.lookAt(kept);
    if (kept.messageIndex !== undefined) this.#source.signals?.lookAt(kept.messageIndex.name);
    void this.timelinePeople.recall(kept);
  }

  /** What the person wants to hear of a conversation. */
  quietAt(id: ConversationId): Pick<ConversationSummary, 'mutedUntil' | 'rule' | 'quietMark'> {
    const [place, { quiet }] = [parsePlace(id), this.#source];
    const mutedUntil = place && quiet?.mutedUntil(place);
    const rule = place && quiet?.rule(place);
    return { mutedUntil, rule, quietMark: this.#words?.quietMark({ mutedUntil, rule }) };
  }

  /** What is shown of a conversation. */
  items(id: ConversationId): TimelineItems | undefined {
    const kept = this.book.get(id);
    const list = kept && (kept.messageIndex?.window.entries ?? kept.log);
    if (list === undefined || kept?.kind === 'person') return list;
    if (this.#words !== undefined) return this.#words.shownItems.of(list);
    // Until then nothing stands in the place of what is hidden.
    return list.only((item) => !('from' in item && this.#isIgnored(item.from ?? '')));
  }

  /** The message with that key, if it is in memory. */
  itemAt(id: ConversationId, key: number): MessageItem | undefined {
    const kept = this.book.get(id);
    const item = (kept?.messageIndex?.window ?? kept?.log)?.get(key);
    return item?.kind === 'message' ? item : undefined;
  }

  rightsTo(id: ConversationId, key: number): MessageRights | undefined {
    const item = this.itemAt(id, key);
    if (item === undefined) return undefined;
    const isAccount = this.as === 'account';
    const { kind } = this.book.get(id) ?? { kind: 'lobby' };
    const isAdmin = isAccount && this.#isAdmin(id);
    return this.#words?.rightsOf(item, { isAccount, isAdmin, kind });
  }

  #isAdmin(id: ConversationId): boolean {
    const kept = this.book.get(id);
    const known = kept?.kind === 'group' ? this.here.membersOf(kept.name) : undefined;
    return known !== undefined && roleIn(known, this.me) !== undefined;
  }

  seen(id: ConversationId): void {
    const kept = this.book.get(id);
    if (kept === undefined || !this.book.seen(kept)) return;
    if (kept.messageIndex !== undefined) this.#source.read(kept.messageIndex.name);
    this.#changed(id);
  }

  notify(id: ConversationId, tone: NoticeTone, text: string): void {
    const kept = this.book.get(id);
    if (kept === undefined) return;
    this.#tellIn(kept, { kind: 'notice', tone, text });
    this.#changed(id);
  }

  /** Adds a message to a conversation. Returns its key. */
  show(kept: TimelineConversation, said: NewMessageItem): number {
    const { key } = this.book.said(kept, said, (item, key) =>
      this.#amendedItems.placed(kept, item, key),
    );
    this.#changed(kept.id);
    return key;
  }

  /** An event of the client. */
  receive(event: ClientEvent): void {
    switch (event.type) {
      case 'state':
        this.#stateChanged(event.state);
        return;
      case 'message':
        this.#remoteMessages.apply(event.message);
        return;
      case 'broadcast-sent':
        this.own.settle(this.own.waiting.broadcastSent(event.content), 'sent');
        return;
      case 'users':
        this.here.listed(event.names);
        return;
      case 'presence':
        this.here.told();
        return;
      case 'members':
        this.#rulesChanged(event.group === lobbyGroup ? lobbyId : `#${event.group}`);
        return;
      case 'member':
        this.#rulesChanged(`#${event.group}`);
        this.#tellAll(event, `#${event.group}`);
        this.#changed(undefined);
        return;
      case 'private':
        this.#private(event.event);
        return;
      case 'success': {
        const { code, values } = event.reply;
        const group = values['group'];
        const news = membershipOf(event.reply);
        if (news !== undefined) this.router.groupChanged(news.group, news.isIn);
        if (!this.#isToldToAll(code)) this.#tellAll(event, this.#idOf(group) ?? this.#attention);
        this.#changed(undefined);
        return;
      }
      case 'own':
        this.own.told(event.message);
        return;
      case 'said-beside': {
        // Of an account's message `own` tells.
        const said = { ...this.own.of(textContent(event.text)), state: 'sent' } as const;
        if (this.as === 'guest') this.show(this.router.at(event.place), said);
        return;
      }
      case 'amended': {
        const kept = this.router.named(event.conversation);
        if (kept !== undefined) this.#refresh(kept, event.amendment.content.target.seq);
        return;
      }
      case 'own-amendment': {
        const { place, content } = event.amendment;
        const kept = this.router.at(place);
        this.#refresh(kept, content.target.seq);
        if (event.state === 'refused') this.#tellAll(event, kept.id);
        return;
      }
      case 'delivered': {
        const kept = this.router.named(event.conversation);
        if (kept !== undefined) this.own.delivered(kept, event.seq);
        return;
      }
      case 'log-restarted': {
        const kept = this.router.named(event.conversation);
        if (kept !== undefined) void this.history.restart(kept).then(() => this.#syncAll());
        return;
      }
      case 'history-taken': {
        const kept = this.router.named(event.conversation);
        if (kept !== undefined) void this.#historyTaken(kept, event.last);
        return;
      }
      case 'typing':
      case 'read': {
        const kept = this.router.named(event.conversation);
        if (kept === undefined) return;
        if (event.type === 'typing') this.book.touched();
        this.#changed(kept.id);
        return;
      }
      case 'signals':
      case 'muted':
        this.book.touched();
        this.#changed(undefined);
        return;
      case 'quiet':
        if (event.about === 'ignored')
          this.#words?.shownItems.ignoredChanged(this.book, this.#source);
        this.book.touched();
        this.#changed(undefined);
        return;
      case 'read-elsewhere': {
        const kept = this.router.named(event.conversation);
        if (kept === undefined) return;
        this.book.seenElsewhere(kept, event.unread);
        this.#changed(kept.id);
        return;
      }
      case 'key-decided-elsewhere': {
        const { user, standing } = event;
        this.timelinePeople.protect(user, protections[standing]);
        this.#tellAll(event, this.timelinePeople.person(user).id);
        return;
      }
      case 'rules':
        this.#rulesChanged(event.conversation);
        return;
      case 'timer': {
        const kept = this.router.named(event.conversation);
        this.book.touched();
        this.#changed(kept?.id);
        return;
      }
      case 'expired': {
        const kept = this.router.named(event.conversation);
        if (kept !== undefined) this.#expired(kept, event);
        return;
      }
      case 'mark-removed': {
        const kept = this.router.named(event.conversation);
        if (kept !== undefined) this.history.removeMark(kept, event.seq);
        return;
      }
      case 'damaged':
      case 'history-failed': {
        const kept = this.router.named(event.conversation);
        if (kept !== undefined) this.#missing(kept, event);
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
        const isLobby = transfer?.group === lobbyGroup;
        const group = isLobby ? lobbyId : this.#idOf(parseGroupName(transfer?.group ?? ''));
        if (user !== undefined && isMoving(transfer)) this.timelinePeople.receive(user);
        const isForAll = isLobby || group !== undefined;
        if (isForAll && user !== undefined && this.#isIgnored(user)) return;
        this.#tellAll(
          event,
          group ?? (user === undefined ? lobbyId : this.timelinePeople.person(user).id),
        );
        this.#changed(undefined);
        return;
      }
      case 'group-notice':
        this.#tellAll(event, event.isLobby === true ? lobbyId : this.#groupOf(event.group));
        return;
      default:
        this.#tellAll(event, this.#attention);
    }
  }

  /** Messages are gone, and what answers them says so. */
  #expired(
    kept: TimelineConversation,
    { messages, unread }: Extract<ClientEvent, { readonly type: 'expired' }>,
  ): void {
    this.history.remove(kept, messages);
    for (const { seq } of messages) if (seq !== undefined) this.#refresh(kept, seq);
    this.book.seenElsewhere(kept, unread);
    this.#changed(kept.id);
  }

  /**
   * [7.10] The admin who kicks somebody is told twice, as a member of the group and in the answer. One is enough, if
   * the group is known.
   */
  #isToldToAll(code: string | undefined): boolean {
    const isKnown = this.#as === 'account' || this.router.onlyGroup() !== undefined;
    return code === 'member-kicked' && isKnown;
  }

  #stateChanged(state: ClientState): void {
    const wasOpen = this.#connection.phase === 'open';
    this.#connection = connectionOf(state);
    if (state.phase === 'open') {
      this.#as = state.as;
      if (state.as === 'guest') {
        this.#isCaughtUp = true;
        this.router.begin();
      }
    } else if (state.phase === 'waiting') {
      this.#isCaughtUp = this.#as !== 'account';
    }
    if (state.phase === 'open' && !wasOpen) this.here.begin(state.as);
    if (state.phase !== 'open') this.here.pause();
    this.#changed(undefined);
  }

  #private(event: PrivateEvent): void {
    const { timelinePeople, own } = this;
    switch (event.type) {
      case 'sent':
        own.settle(own.waiting.privateOf(event.id), 'sent');
        return;
      case 'delivered':
        own.settle(own.waiting.privateDone(event.id), 'delivered');
        if (this.book.get(`@${event.to}`)?.protection === 'untried')
          timelinePeople.protect(event.to, 'encrypted');
        return;
      case 'not-delivered':
        own.settle(own.waiting.privateDone(event.id), 'failed');
        break;
      case 'key-changed':
        timelinePeople.protect(event.user, 'changed');
        break;
      default:
    }
    const about =
      'to' in event ? event.to : 'user' in event ? event.user : 'from' in event ? event.from : '';
    const user = parseUsername(about);
    this.#tellAll(
      { type: 'private', event },
      user === undefined ? this.#attention : timelinePeople.person(user).id,
    );
  }

  /** A guest is not told which group it is. */
  #groupOf(group: string | undefined): ConversationId {
    return this.#idOf(group) ?? this.router.onlyGroup()?.id ?? lobbyId;
  }

  #idOf(group: string | undefined): ConversationId | undefined {
    return group === undefined ? undefined : this.book.get(`#${group}`)?.id;
  }

  #syncAll(): void {
    this.router.syncAll();
    this.lookAt(this.#attention);
    this.#changed(undefined);
  }

  /** What is in memory is read again if something has come in between. */
  async #historyTaken(kept: TimelineConversation, last: number): Promise<void> {
    if (!(await this.history.isBefore(kept, last))) return;
    await this.history.restart(kept);
    this.#syncAll();
  }

  /** The server could not return something: the history may have its mark already. */
  #missing(
    kept: TimelineConversation,
    event: Extract<ClientEvent, { type: 'damaged' | 'history-failed' }>,
  ): void {
    if (event.type === 'history-failed') this.#tellAll(event, kept.id);
    else
      this.history.whenLoaded(kept, () => {
        if (kept.messageIndex?.takes(event.seq) !== false) this.#tellAll(event, kept.id);
      });
  }

  /** Who is in a group, or what they are or may do there. */
  #rulesChanged(id: ConversationId): void {
    const kept = this.book.get(id);
    if (kept !== undefined) kept.rules = (kept.rules ?? 0) + 1;
    this.here.touched();
    this.book.touched();
    this.#changed(id);
  }

  /** Something was said of an earlier message: what is in memory of it is read again. */
  #refresh(kept: TimelineConversation, seq: number): void {
    this.history.whenLoaded(kept, () => this.#amendedItems.refresh(kept, seq));
  }

  /** The lines of line mode, as notices in the conversation that they are about. */
  #tellAll(event: ClientEvent, id: ConversationId): void {
    const kept = this.book.get(id);
    if (kept === undefined || this.#words === undefined) return;
    const lines = this.#words.linesOf(event);
    const choices = this.#words.choicesFor(event);
    for (const [index, { kind, text }] of lines.entries()) {
      const tone = kind === 'warning' || kind === 'reply' ? kind : 'notice';
      // An offer counts once, however many lines it has.
      const isOffer = index === 0 && event.type === 'file' && isOffered(event.event);
      const asks = index === lines.length - 1 && choices.length > 0 ? { choices } : {};
      const item =
        event.type === 'file' ? ({ kind: 'file', isOffer } as const) : { ...notice, ...asks };
      this.#tellIn(kept, { ...item, tone, text });
    }
    this.#changed(id);
  }

  #tellIn(kept: TimelineConversation, told: UntimedNotice): void {
    this.book.told(kept, { ...told, text: harmless(told.text), at: this.#settings.now() });
  }

  #changed(id: ConversationId | undefined): void {
    for (const changed of this.#listeners) changed(id);
  }
}

/** Whether the event is a new offer of a file. */
function isOffered(event: TransferEvent): boolean {
  if (event.type === 'unverifiable-file') return true;
  if (event.type !== 'transfer' || event.change === 'progress') return false;
  const { direction, isSaid, state } = event.transfer;
  return direction === 'incoming' && isSaid !== true && state.phase === 'asking';
}

/** Whether the other side takes part in it now. */
function isMoving(transfer: Transfer | undefined): boolean {
  const phase = transfer?.state.phase;
  return transfer?.isKept === false && (phase === 'asking' || phase === 'moving');
}
