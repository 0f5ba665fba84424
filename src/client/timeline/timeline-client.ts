// The model over a headless client: turns requests of the screen into the client's commands; shows the timeline
// (timeline.ts), which receives the client's events. Knows no terminal.

import { blockWords } from '../wording/block-words.ts';
import { makeGroup } from '../wording/create-words.ts';
import { inviteWords } from '../wording/invite-words.ts';
import { historyWords } from '../wording/history-words.ts';
import { linkWords } from '../wording/linking-words.ts';
import { backupWordsOf } from '../wording/backup-words.ts';
import { muteWords } from '../wording/mute-words.ts';
import { otherWordsOf, recoveryWordsOf } from '../wording/recovery-words.ts';
import { enterSealed, putOutSealed, sealedMembers, sealOpen } from '../wording/sealed-words.ts';
import type { ChatClient, Sent } from '../chat-client.ts';
import type { ClientEvent } from '../client-event.ts';
import { textContent } from '../content.ts';
import { refuseCommand, type CommandRefusal } from '../command-refusal.ts';
import { GroupCommands, type GroupVerb } from '../group-commands.ts';
import type { Transfer } from '../files/transfer.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { RevokeReason } from '../../wire/statements/chain-link.ts';
import type { BackupWish, GroupWish } from '../commands/actions.ts';
import { parsePlace } from '../../wire/extended/names.ts';
import { parseUsername } from '../../wire/text.ts';
import { directoryAnswer } from '../wording/directory-words.ts';
import { revokeWords, tellDevices } from '../wording/devices-words.ts';
import { groupRefusal } from '../wording/group-refusal.ts';
import type { TimelineConversation } from './conversation-book.ts';
import { ItemList } from './item-list.ts';
import type {
  ConnectionStatus,
  ConversationSummary,
  ConversationId,
  TimelineItems,
  Found,
  Model,
  RosterPerson,
  SafetyWords,
  NoticeTone,
  Verdict,
} from './model.ts';
import { PeopleList } from './people-list.ts';
import { FirstConnection } from './first-connection.ts';
import { Timeline, type TimelineSettings } from './timeline.ts';
import { Searching } from './searching.ts';

export interface TimelineClientSettings extends TimelineSettings {
  readonly server: string;
  readonly isTls: boolean;
}

const nothing: TimelineItems = new ItemList();

export class TimelineClient implements Model {
  readonly me: string;
  readonly server: string;
  readonly isTls: boolean;
  readonly #client: ChatClient;
  readonly #timeline: Timeline;
  readonly #commands = new GroupCommands();
  readonly #people: PeopleList;
  readonly #searching: Searching;
  readonly #firstConnection = new FirstConnection();

  constructor(settings: TimelineClientSettings, client: ChatClient) {
    this.#client = client;
    this.#timeline = new Timeline(settings, client);
    this.#searching = new Searching(client, this.#timeline);
    this.#people = new PeopleList(
      settings.me,
      this.#timeline.here,
      this.#timeline.timelinePeople.verified,
    );
    this.me = settings.me;
    this.server = settings.server;
    this.isTls = settings.isTls;
  }

  /** An event of the client. */
  receive(event: ClientEvent): void {
    if (event.type === 'state') {
      this.#firstConnection.look(event.state.phase);
      if (event.state.phase !== 'open') this.#commands.lost();
    }
    if (event.type === 'success') this.#commands.answered(event);
    // The person who typed it is told why it was refused.
    if (event.type === 'refused' && this.#commands.answered(event)) return;
    this.#timeline.receive(event);
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

  get connection(): ConnectionStatus {
    return this.#timeline.connection;
  }

  get conversations(): readonly ConversationSummary[] {
    return this.#timeline.book.sorted(
      ({ messageIndex }) => this.#timeline.isCaughtUp && messageIndex?.isLoaded !== false,
      ({ id }) => {
        const place = parsePlace(id);
        return place && this.#client.mutedUntil(place);
      },
    );
  }

  get transfers(): readonly Transfer[] {
    return this.#client.files?.list ?? [];
  }

  get names(): readonly string[] {
    return this.#client.people.names;
  }

  conversation(id: ConversationId): ConversationSummary | undefined {
    return this.conversations.find((conversation) => conversation.id === id);
  }

  entries(id: ConversationId): TimelineItems {
    const kept = this.#timeline.book.get(id);
    return kept?.messageIndex?.window.entries ?? kept?.log ?? nothing;
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

  async goTo(id: ConversationId, at: number): Promise<number | undefined> {
    const kept = this.#timeline.book.get(id);
    if (kept === undefined) return undefined;
    if (kept.messageIndex === undefined) return kept.log.findSince(at)?.key;
    return this.#timeline.history.show(kept, (window) => window.since(at));
  }

  async *everything(id: ConversationId): AsyncIterable<TimelineItems> {
    const kept = this.#timeline.book.get(id);
    if (kept !== undefined) yield* this.#timeline.history.everything(kept);
  }

  search(query: string): Promise<Result<readonly Found[], string>> {
    return this.#searching.find(query);
  }

  withPerson(name: string): ConversationId | undefined {
    const user = parseUsername(name);
    return user === undefined || user === this.me
      ? undefined
      : this.#timeline.timelinePeople.person(user).id;
  }

  async say(id: ConversationId, text: string): Promise<Verdict> {
    const kept = this.#timeline.book.get(id);
    if (kept === undefined) return err('There is no such conversation any more.');
    await this.#firstConnection.decided;
    await this.#client.ready();
    // The client reports an account's messages from the beginning on.
    if (this.#timeline.as === 'account') return verdictOf(this.#sayAsAccount(kept, text));
    switch (kept.kind) {
      case 'lobby':
        return this.#said(kept, text, this.#client.broadcast(text), (key) =>
          this.#timeline.own.waiting.broadcast(textContent(text), key),
        );
      case 'group':
        // The server sends it back to its sender too, and then it is shown.
        return verdictOf(this.#client.groupMessage(kept.name, text));
      case 'person': {
        const sent = this.#client.privateMessage(kept.name, text);
        return this.#said(kept, text, sent, (key) => {
          if (sent.ok) this.#timeline.own.waiting.private(sent.value, kept.id, key);
        });
      }
    }
  }

  async sayUnencrypted(name: string, text: string): Promise<Verdict> {
    await this.#firstConnection.decided;
    const sent = await this.#client.sendUnencrypted(name, text);
    const user = parseUsername(name);
    if (!sent.ok || user === undefined) return verdictOf(sent);
    this.#timeline.show(this.#timeline.timelinePeople.person(user), {
      ...this.#timeline.own.of(textContent(text)),
      remark: 'not encrypted',
      state: 'sent',
    });
    return ok(undefined);
  }

  async createGroup(name: string, wish: GroupWish): Promise<Verdict> {
    await this.#firstConnection.decided;
    return makeGroup(this.#client, name, wish, () =>
      this.#askGroup('CREATE_GROUP', name, () => this.#client.createGroup(name)),
    );
  }

  async joinGroup(name: string): Promise<Verdict> {
    await this.#firstConnection.decided;
    const entered = await enterSealed(this.#client, name);
    return entered ?? this.#askGroup('JOIN_GROUP', name, () => this.#client.joinGroup(name));
  }

  async leaveGroup(name: string): Promise<Verdict> {
    return this.#askGroup('LEAVE_GROUP', name, () => this.#client.leaveGroup(name));
  }

  async kick(group: string, name: string): Promise<Verdict> {
    const done = await putOutSealed(this.#client, group, name);
    return done ?? this.#askGroup('KICK', group, () => this.#client.kick(group, name));
  }

  async #askGroup(verb: GroupVerb, group: string, send: () => Sent): Promise<Verdict> {
    await this.#firstConnection.decided;
    const done = await this.#commands.ask(verb, group, send());
    if (done.ok || done.error.code === 'already-member') return ok(undefined);
    return err(groupRefusal(done.error, group));
  }

  async devices(name: string | undefined): Promise<Result<readonly string[], string>> {
    const told = await tellDevices(this.#client, name);
    return told.ok ? told : err(told.error.hint);
  }

  revokeDevice(number: number, why: RevokeReason): Promise<Result<string, string>> {
    return revokeWords(this.#client, number, why);
  }

  directory(isAccepted: boolean): Promise<Result<readonly string[], string>> {
    return directoryAnswer(this.#client, isAccepted);
  }

  link(typed: string): Promise<Verdict> {
    return linkWords(this.#client, typed);
  }

  mute(id: ConversationId, ms: number): Promise<Verdict> {
    return muteWords(this.#client, id, ms);
  }

  backup(wish: BackupWish): Promise<Verdict> {
    return backupWordsOf(this.#client, wish);
  }

  giveHistory(answer: 'give' | 'keep'): Promise<Verdict> {
    return historyWords(this.#client, answer);
  }

  recovery(): Promise<Verdict> {
    return recoveryWordsOf(this.#client);
  }

  otherRecovery(typed: string, say: (text: string) => void): Promise<Verdict> {
    return otherWordsOf(this.#client, typed, say);
  }

  async safetyNumber(name: string): Promise<Result<SafetyWords, string>> {
    const number = await this.#client.safetyNumber(name);
    return number.ok ? number : err(number.error.hint);
  }

  async markVerified(name: string, digits: string): Promise<Verdict> {
    const marked = await this.#client.markVerified(name, digits);
    if (marked.ok) this.#timeline.timelinePeople.protect(name, 'verified');
    return verdictOf(marked);
  }

  async trust(name: string): Promise<Verdict> {
    const done = await this.#client.trust(name);
    if (done.ok) this.#timeline.timelinePeople.protect(name, 'encrypted');
    return verdictOf(done);
  }

  async seal(group: string): Promise<Verdict> {
    await this.#firstConnection.decided;
    return sealOpen(this.#client, group);
  }

  async sealedMembers(group: string): Promise<string | undefined> {
    const { here } = this.#timeline;
    return sealedMembers(this.#client, group, (name) => here.isHere(name) === false);
  }

  async invite(group: string, name: string | undefined): Promise<Verdict> {
    return inviteWords(this.#client, group, name);
  }

  async handOver(group: string, name: string | undefined): Promise<Verdict> {
    return this.#client.handOver(group, name);
  }

  async block(name: string | undefined, off: boolean): Promise<Verdict> {
    return blockWords(this.#client, name, off);
  }

  async distrust(name: string): Promise<Verdict> {
    return verdictOf(await this.#client.distrust(name));
  }

  async sendFile(name: string, path: string): Promise<Verdict> {
    const user = parseUsername(name);
    if (user !== undefined && user !== this.me) this.#timeline.timelinePeople.person(user);
    await this.#firstConnection.decided;
    return verdictOf((await this.#client.files?.send(name, path)) ?? this.#noFiles());
  }

  async sendFileToGroup(group: string, path: string): Promise<Verdict> {
    await this.#firstConnection.decided;
    return verdictOf((await this.#client.files?.sendToGroup(group, path)) ?? this.#noFiles());
  }

  async chooseFile(
    act: 'accept' | 'decline' | 'cancel',
    number: number | undefined,
  ): Promise<Verdict> {
    return verdictOf((await this.#client.files?.[act](number)) ?? this.#noFiles());
  }

  /** Between two connections there are none either. */
  #noFiles(): Result<never, { readonly hint: string }> {
    return this.#client.state.phase === 'open' ? refuseCommand('no-files') : noConnection;
  }

  #sayAsAccount(
    { kind, name }: TimelineConversation,
    text: string,
  ): Result<unknown, CommandRefusal> {
    switch (kind) {
      case 'lobby':
        return this.#client.broadcast(text);
      case 'group':
        return this.#client.groupMessage(name, text);
      case 'person':
        return this.#client.privateMessage(name, text);
    }
  }

  #said(
    kept: TimelineConversation,
    text: string,
    sent: Result<unknown, CommandRefusal>,
    wait: (key: number) => void,
  ): Verdict {
    if (!sent.ok) return verdictOf(sent);
    wait(
      this.#timeline.show(kept, this.#timeline.own.of(textContent(text), kept.kind === 'person')),
    );
    return ok(undefined);
  }
}

const noConnection: Result<never, { readonly hint: string }> = err({
  hint: 'There is no connection to the server.',
});

function verdictOf(done: Result<unknown, { readonly hint: string }>): Verdict {
  return done.ok ? ok(undefined) : err(done.error.hint);
}
