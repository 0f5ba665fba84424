// The model over a headless client: shows the timeline (timeline.ts), which receives the client's events, and passes on
// what the person asks for (timeline-actions.ts). The client may come later than the view: until then what is stored is
// shown (stored-source.ts), and whatever is asked for waits. Knows no terminal.

import { parsePlace } from '../../wire/extended/names.ts';
import type { ClientEvent } from '../client-event.ts';
import type { Transfer } from '../files/transfer.ts';
import { parseUsername } from '../../wire/text.ts';
import type { TimelineConversation } from './conversation-book.ts';
import { ItemList } from './item-list.ts';
import type {
  ConnectionStatus,
  ConversationSummary,
  ConversationId,
  TimelineItems,
  Model,
  MessageRights,
  ModelActions,
  RosterPerson,
  NoticeTone,
} from './model.ts';
import type { ShownSignals } from './shown-signals.ts';
import { PeopleList } from './people-list.ts';
import { Timeline, type EventWords, type TimelineSettings } from './timeline.ts';
import type { TimelineSource } from './timeline-source.ts';

export interface TimelineClientSettings extends TimelineSettings {
  readonly server: string;
  readonly isTls: boolean;
}

/** What a client brings besides what is shown. */
export interface LateActions extends ModelActions, EventWords {
  readonly receive: (event: ClientEvent) => boolean;
  readonly signals: ShownSignals;
  /** All items of a conversation, page by page. */
  readonly everything: (kept: TimelineConversation) => AsyncIterable<TimelineItems>;
}

const nothing: TimelineItems = new ItemList();

export class TimelineClient implements Model {
  readonly me: string;
  readonly server: string;
  readonly isTls: boolean;
  readonly #source: TimelineSource;
  readonly #timeline: Timeline;
  readonly #people: PeopleList;
  readonly #later: Promise<LateActions>;
  #came: (actions: LateActions) => void = () => {};
  #actions: LateActions | undefined;

  constructor(settings: TimelineClientSettings, source: TimelineSource) {
    this.#source = source;
    this.#timeline = new Timeline(settings, source);
    this.#later = new Promise((came) => (this.#came = came));
    this.#people = new PeopleList(
      settings.me,
      this.#timeline.here,
      this.#timeline.timelinePeople.verified,
    );
    this.me = settings.me;
    this.server = settings.server;
    this.isTls = settings.isTls;
  }

  /** The client is there: what was asked for is done from now on. */
  take(make: (timeline: Timeline) => LateActions): void {
    this.#actions = make(this.#timeline);
    this.#timeline.take(this.#actions);
    this.#came(this.#actions);
  }

  /** An event of the client. */
  receive(event: ClientEvent): void {
    // The person who typed it is told why it was refused.
    if (this.#actions?.receive(event) !== true) this.#timeline.receive(event);
  }

  subscribe(changed: (id: ConversationId | undefined) => void): void {
    this.#timeline.subscribe(changed);
  }

  lookAt(id: ConversationId): void {
    this.#timeline.lookAt(id);
  }

  seen(id: ConversationId): void {
    this.#timeline.seen(id);
  }

  notify(id: ConversationId, tone: NoticeTone, text: string): void {
    this.#timeline.notify(id, tone, text);
  }

  refreshPeople(): Promise<void> {
    return this.#timeline.here.refresh();
  }

  /** What is stored is read anew, as the source now tells of it. */
  refresh(): void {
    this.#timeline.refresh();
  }

  /** Resolves when the last page of a conversation that is looked at has been read. */
  async loaded(id: ConversationId): Promise<void> {
    await this.#timeline.book.get(id)?.messageIndex?.loaded;
  }

  get connection(): ConnectionStatus {
    return this.#timeline.connection;
  }

  get conversations(): readonly ConversationSummary[] {
    return this.#timeline.book.sorted(
      ({ messageIndex }) => this.#timeline.isCaughtUp && messageIndex?.isLoaded !== false,
      ({ id }) => this.#timeline.quietAt(id),
      ({ messageIndex }) => this.#actions?.signals.of(messageIndex?.name),
      ({ id }) => {
        const place = parsePlace(id);
        return place === undefined ? 0 : this.#source.timerAt(place);
      },
    );
  }

  get hasLines(): boolean {
    return this.#timeline.as === 'account';
  }

  get signalSummary() {
    return this.#actions?.signals.wishes;
  }

  get transfers(): readonly Transfer[] {
    return this.#source.files?.list ?? [];
  }

  get quietUntil(): number | undefined {
    return this.#source.quiet?.quietUntil;
  }

  isIgnored(name: string): boolean {
    return this.#source.isIgnored(name);
  }

  get names(): readonly string[] {
    return this.#source.people.names;
  }

  conversation(id: ConversationId): ConversationSummary | undefined {
    return this.conversations.find((conversation) => conversation.id === id);
  }

  entries(id: ConversationId): TimelineItems {
    const items = this.#timeline.items(id) ?? nothing;
    const name = this.#timeline.book.get(id)?.messageIndex?.name;
    return this.#actions?.signals.withReaders(items, name) ?? items;
  }

  people(id: ConversationId): readonly RosterPerson[] {
    const kept = this.#timeline.book.get(id);
    if (kept === undefined) return [];
    return this.#people.of(kept, this.#timeline.connection.phase === 'open');
  }

  async loadBefore(id: ConversationId): Promise<boolean> {
    const kept = this.#timeline.book.get(id);
    return kept !== undefined && this.#timeline.history.earlier(kept);
  }

  async loadAfter(id: ConversationId): Promise<void> {
    const kept = this.#timeline.book.get(id);
    if (kept !== undefined) await this.#timeline.history.later(kept);
  }

  toNewest(id: ConversationId): void {
    const kept = this.#timeline.book.get(id);
    if (kept !== undefined) this.#timeline.history.toNewest(kept);
  }

  async *everything(id: ConversationId): AsyncIterable<TimelineItems> {
    const kept = this.#timeline.book.get(id);
    if (kept !== undefined) yield* (await this.#later).everything(kept);
  }

  rightsTo(id: ConversationId, key: number): MessageRights | undefined {
    return this.#timeline.rightsTo(id, key);
  }

  withPerson(name: string): ConversationId | undefined {
    const user = parseUsername(name);
    return user === undefined || user === this.me
      ? undefined
      : this.#timeline.timelinePeople.person(user).id;
  }

  readonly search = this.#asked('search');
  readonly say = this.#asked('say');
  readonly editText = this.#asked('editText');
  readonly deleteMessage = this.#asked('deleteMessage');
  readonly react = this.#asked('react');
  readonly pin = this.#asked('pin');
  readonly pins = this.#asked('pins');
  readonly editsOf = this.#asked('editsOf');
  readonly goToReplied = this.#asked('goToReplied');
  readonly goTo = this.#asked('goTo');
  readonly exported = this.#asked('exported');
  readonly import = this.#asked('import');
  readonly permalink = this.#asked('permalink');
  readonly goToLink = this.#asked('goToLink');
  readonly sayUnencrypted = this.#asked('sayUnencrypted');
  readonly createGroup = this.#asked('createGroup');
  readonly joinGroup = this.#asked('joinGroup');
  readonly leaveGroup = this.#asked('leaveGroup');
  readonly kick = this.#asked('kick');
  readonly devices = this.#asked('devices');
  readonly revokeDevice = this.#asked('revokeDevice');
  readonly directory = this.#asked('directory');
  readonly link = this.#asked('link');
  readonly mute = this.#asked('mute');
  readonly tellReading = this.#asked('tellReading');
  readonly tellTyping = this.#asked('tellTyping');
  readonly setRule = this.#asked('setRule');
  readonly ignore = this.#asked('ignore');
  readonly doNotDisturb = this.#asked('doNotDisturb');
  readonly setTimer = this.#asked('setTimer');
  readonly backup = this.#asked('backup');
  readonly giveHistory = this.#asked('giveHistory');
  readonly recovery = this.#asked('recovery');
  readonly otherRecovery = this.#asked('otherRecovery');
  readonly safetyNumber = this.#asked('safetyNumber');
  readonly markVerified = this.#asked('markVerified');
  readonly trust = this.#asked('trust');
  readonly seal = this.#asked('seal');
  readonly sealedMembers = this.#asked('sealedMembers');
  readonly invite = this.#asked('invite');
  readonly handOver = this.#asked('handOver');
  readonly govern = this.#asked('govern');
  readonly groupInfo = this.#asked('groupInfo');
  readonly listGroups = this.#asked('listGroups');
  readonly block = this.#asked('block');
  readonly distrust = this.#asked('distrust');
  readonly sendFile = this.#asked('sendFile');
  readonly sendFileToGroup = this.#asked('sendFileToGroup');
  readonly chooseFile = this.#asked('chooseFile');

  /** That action, as soon as there is a client. In the order in which they were asked for. */
  #asked<Name extends keyof ModelActions>(name: Name): ModelActions[Name] {
    const ask = async (...asked: readonly unknown[]): Promise<unknown> => {
      const actions = await this.#later;
      return Reflect.apply(actions[name], actions, asked) as unknown;
    };
    return ask as unknown as ModelActions[Name];
  }
}
