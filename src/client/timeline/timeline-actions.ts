// What a person asks of the model: turned into the client's commands, and the answers into words. A part of its own,
// because a page shows what is stored before it has any of this (timeline-client.ts). Knows no terminal.

import { cannotAmend } from '../wording/cannot-amend.ts';
import { blockWords } from '../wording/block-words.ts';
import { makeGroup } from '../wording/create-words.ts';
import type { GovernWish, GroupInfo, ListedGroup } from '../governing/govern-wish.ts';
import { governWords, infoOf, listedGroups } from '../wording/govern-words.ts';
import { inviteWords } from '../wording/invite-words.ts';
import { historyWords } from '../wording/history-words.ts';
import { linkWords } from '../wording/linking-words.ts';
import { backupWordsOf } from '../wording/backup-words.ts';
import type { NotifyRule } from '../account/own/quiet/quiet.ts';
import { quietMark } from '../wording/muted-words.ts';
import { muteWords } from '../wording/mute-words.ts';
import { tellReadingWords, tellTypingWords } from '../wording/signal-words.ts';
import { dndWords, ignoreWords, setRuleWords } from '../wording/quiet-words.ts';
import type { ExpirySeconds } from '../../wire/expiry.ts';
import { timerAnswer } from '../wording/timer-answer.ts';
import { noMarks } from '../wording/place-marks.ts';
import { present } from '../wording/present.ts';
import { seenLines, type PrintedLine } from '../wording/printed-line.ts';
import { otherWordsOf, recoveryWordsOf } from '../wording/recovery-words.ts';
import { enterSealed, putOutSealed, sealedMembers, sealOpen } from '../wording/sealed-words.ts';
import type { ChatClient, Sent } from '../chat-client.ts';
import type { ClientEvent } from '../client-event.ts';
import { choicesFor, type Choice } from '../commands/choices.ts';
import { textContent } from '../content.ts';
import { refuseCommand, type CommandRefusal } from '../command-refusal.ts';
import { GroupCommands, type GroupVerb } from '../group-commands.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { RevokeReason } from '../../wire/statements/chain-link.ts';
import type { BackupWish, GroupWish } from '../commands/actions.ts';
import { parseUsername } from '../../wire/text.ts';
import { directoryAnswer } from '../wording/directory-words.ts';
import { revokeWords, tellDevices } from '../wording/devices-words.ts';
import { groupRefusal } from '../wording/group-refusal.ts';
import { importWords, nothingToExport } from '../export/archive.ts';
import type { ExportFormat } from '../export/export-format.ts';
import type { ReadExport } from '../export/import-run.ts';
import type { Permalink } from '../permalink/permalink.ts';
import { AmendingActions } from './amending-actions.ts';
import type { TimelineConversation } from './conversation-book.ts';
import { FirstConnection } from './first-connection.ts';
import { LinkingActions } from './linking-actions.ts';
import type {
  ConversationId,
  Found,
  GoToPlace,
  MessageForm,
  PinnedMessage,
  ModelActions,
  SafetyWords,
  Verdict,
} from './model.ts';
import { ShownSignals } from './shown-signals.ts';
import { Searching } from './searching.ts';
import { everythingIn } from './everything.ts';
import type { ItemList } from './item-list.ts';
import { ShownItems } from './shown-items.ts';
import { LocalEcho, type LocalEchoOptions } from './local-echo.ts';
import { rightsOf } from './timeline-rights.ts';
import type { Timeline } from './timeline.ts';
import { TimelineClient, type TimelineClientSettings } from './timeline-client.ts';

/** The model of a client that is there already. */
export function timelineOf(settings: TimelineClientSettings, client: ChatClient): TimelineClient {
  const model = new TimelineClient(settings, client);
  model.take((timeline) => new TimelineActions(client, timeline));
  return model;
}

export class TimelineActions implements ModelActions {
  readonly #client: ChatClient;
  readonly #timeline: Timeline;
  readonly #commands = new GroupCommands();
  readonly signals: ShownSignals;
  readonly #searching: Searching;
  readonly #amending: AmendingActions;
  readonly #linking: LinkingActions;
  readonly #firstConnection = new FirstConnection();

  readonly shownItems: ShownItems;
  readonly quietMark = quietMark;
  readonly rightsOf = rightsOf;
  readonly echo = (options: LocalEchoOptions): LocalEcho => new LocalEcho(options);

  readonly #hasButtons: boolean;

  /** `hasButtons`: whether the view has them in the place of typed commands. */
  constructor(client: ChatClient, timeline: Timeline, hasButtons = false) {
    this.#hasButtons = hasButtons;
    this.shownItems = new ShownItems((name) => client.quiet.isIgnored(name));
    this.#client = client;
    this.#timeline = timeline;
    this.signals = new ShownSignals(client);
    this.#searching = new Searching(client, timeline);
    this.#amending = new AmendingActions(client, timeline);
    this.#linking = new LinkingActions(client, timeline);
  }

  everything(kept: TimelineConversation): AsyncIterable<ItemList> {
    return everythingIn(this.#timeline.history, kept);
  }

  /** An event of the client, before the timeline has it. Whether it answered somebody, who is told there. */
  receive(event: ClientEvent): boolean {
    if (event.type === 'state') {
      this.#firstConnection.look(event.state.phase);
      if (event.state.phase !== 'open') this.#commands.lost();
    }
    if (event.type === 'success') this.#commands.answered(event);
    return event.type === 'refused' && this.#commands.answered(event);
  }

  /** What an event says, in the lines of line mode. */
  linesOf(event: ClientEvent): readonly PrintedLine[] {
    const lines = present(event, (name) => this.#client.people.meantBy(name), noMarks);
    return this.#hasButtons ? seenLines(lines) : lines;
  }

  choicesFor(event: ClientEvent): readonly Choice[] {
    return choicesFor(event);
  }

  search(query: string): Promise<Result<readonly Found[], string>> {
    return this.#searching.find(query);
  }

  async say(
    id: ConversationId,
    text: string,
    { reply }: { readonly reply?: number | undefined } = {},
  ): Promise<Verdict> {
    const kept = this.#timeline.book.get(id);
    if (kept === undefined) return err('There is no such conversation any more.');
    await this.#firstConnection.decided;
    await this.#client.ready();
    // The client reports an account's messages from the beginning on.
    if (this.#timeline.as === 'account') {
      const isMore = reply !== undefined || text.includes('\n') || text.includes('@');
      if (isMore) return this.#amending.say(id, text, reply);
      return verdictOf(this.#sayAsAccount(kept, text));
    }
    if (reply !== undefined) return err(cannotAmend.guest);
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

  editText(id: ConversationId, key: number, text: string): Promise<Verdict> {
    return this.#amending.edit(id, key, text);
  }

  deleteMessage(id: ConversationId, key: number): Promise<Verdict> {
    return this.#amending.delete(id, key);
  }

  react(id: ConversationId, key: number, emoji: string, on: boolean): Promise<Verdict> {
    return this.#amending.react(id, key, emoji, on);
  }

  editsOf(id: ConversationId, key: number): Promise<Result<readonly MessageForm[], string>> {
    return this.#amending.editsOf(id, key);
  }

  pin(id: ConversationId, key: number, on: boolean): Promise<Verdict> {
    return this.#amending.pin(id, key, on);
  }

  pins(id: ConversationId): Promise<Result<readonly PinnedMessage[], string>> {
    return this.#amending.pins(id);
  }

  goToReplied(id: ConversationId, key: number): Promise<number | undefined> {
    return this.#amending.goToReplied(id, key);
  }

  goTo(id: ConversationId, where: GoToPlace): Promise<number | undefined> {
    return this.#linking.goTo(id, where);
  }

  async exported(
    id: ConversationId | undefined,
    format: ExportFormat,
  ): Promise<Result<AsyncIterable<string>, string>> {
    const { archive } = this.#client;
    const name = id === undefined ? undefined : this.#timeline.book.get(id)?.messageIndex?.name;
    if (archive === undefined || (id !== undefined && name === undefined))
      return err(nothingToExport);
    return ok(archive.write(format, name));
  }

  async import(read: ReadExport): Promise<Verdict> {
    const done = await this.#client.archive?.take(read);
    if (done === undefined) return err(nothingToExport);
    return done.ok ? ok(importWords(done.value)) : done;
  }

  permalink(id: ConversationId, key: number): Promise<Result<string, string>> {
    return this.#linking.linkTo(id, key);
  }

  goToLink(
    link: Permalink,
  ): Promise<Result<{ readonly id: ConversationId; readonly key: number }, string>> {
    return this.#linking.goToLink(link);
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

  tellReading(id: ConversationId, isOn: boolean | undefined): Promise<Verdict> {
    return tellReadingWords(this.#client, id, isOn);
  }

  tellTyping(isOn: boolean | undefined): Promise<Verdict> {
    return tellTypingWords(this.#client, isOn);
  }

  mute(id: ConversationId, ms: number): Promise<Verdict> {
    return muteWords(this.#client, id, ms);
  }

  setRule(id: ConversationId, rule: NotifyRule | undefined): Promise<Verdict> {
    return setRuleWords(this.#client, id, rule);
  }

  ignore(name: string | undefined, isOn: boolean): Promise<Verdict> {
    return ignoreWords(this.#client, name, isOn);
  }

  doNotDisturb(typed: string): Promise<Verdict> {
    return dndWords(this.#client, typed);
  }

  setTimer(id: ConversationId, seconds: ExpirySeconds | 0 | undefined): Promise<Verdict> {
    return timerAnswer(this.#client, id, seconds);
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

  async govern(group: string, wish: GovernWish): Promise<Verdict> {
    return governWords(this.#client, group, wish);
  }

  async groupInfo(group: string): Promise<Result<GroupInfo, string>> {
    return infoOf(this.#client, group);
  }

  async listGroups(): Promise<Result<readonly ListedGroup[], string>> {
    return listedGroups(this.#client);
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
    if (user !== undefined && user !== this.#timeline.me)
      this.#timeline.timelinePeople.person(user);
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
