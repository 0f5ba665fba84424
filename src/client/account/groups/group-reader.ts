// Lines of a sealed group: opened, or why they can't be, and what has changed in the group. Fills a batch; writes and
// emits nothing itself.

import { isAmendment, isKeptFile, isNote, type AmendmentContent } from '../../content.ts';
import { formatHex } from '../../../lib/bytes.ts';
import { mayDo } from '../../../wire/groups/rights.ts';
import { isSilenced, roleIn } from '../../../wire/statements/roster-roles.ts';
import type { SignedRoster } from '../../../wire/statements/roster.ts';
import type { Username } from '../../../wire/text.ts';
import type { GroupLeaf } from '../../../e2ee/group/public-group.ts';
import type { GroupEngine } from '../../encryption/group/engine.ts';
import type { GroupNotice } from '../../encryption/group/ports.ts';
import type { ReadLine } from '../../encryption/group/reading.ts';
import type { ToldTimer } from '../../expiring/told-timer.ts';
import type { KeyStanding } from '../../encryption/trust/key-events.ts';
import type { TrustBook } from '../../encryption/trust/trust-book.ts';
import type { ClientStore } from '../../store/store-port.ts';
import { noticeWords, openedWords, replacedWords } from '../../wording/group-notice-words.ts';
import { groupAt, parseMessageId } from '../../../wire/extended/names.ts';
import type { LogMessage } from '../inbox/catch-up.ts';
import { isForAdmins, takeAmendment } from '../inbox/amending.ts';
import { changedKeyWords, type DirectReader } from '../inbox/direct-reader.ts';
import { filedAs, hasText, received, stateOfSibling, type InboxBatch } from '../inbox/batch.ts';
import { noticedIn, type Conversation } from '../conversations.ts';
import { isCommit } from '../outbox/outbox-book.ts';
import type { Outbox, OutboxEntry, SendFailure } from '../outbox/outbox.ts';
import type { OwnChannel } from '../own/own-channel.ts';

export interface GroupReaderPorts {
  readonly me: Username;
  readonly engine: Pick<
    GroupEngine,
    | 'isSealed'
    | 'isSealedAt'
    | 'read'
    | 'describe'
    | 'replaced'
    | 'isReplaced'
    | 'isShared'
    | 'isFounding'
    | 'forget'
    | 'putBack'
    | 'committed'
    | 'refused'
    | 'isBehind'
    | 'roster'
  >;
  readonly store: Pick<ClientStore, 'hasText' | 'numbered'>;
  readonly trusts: TrustBook;
  readonly outbox: () => Outbox;
  /** What is said by the other one of a private conversation, whichever way. */
  readonly direct: () => DirectReader | undefined;
  /** What another device of this account says to the others, in the room of the account itself. */
  readonly own: () => OwnChannel | undefined;
  /** The server has no room for a private conversation. */
  readonly unsealed: (conversation: Conversation) => void;
  /** Somebody has said which list of devices they were shown. */
  readonly headHeard?: ((told: Extract<ReadLine, { kind: 'head' }>) => void) | undefined;
  /** A device has entered a group. */
  readonly deviceIn?: ((conversation: Conversation) => void) | undefined;
  /** Somebody who may set its timer has said which one a group has. */
  readonly timerTold?:
    ((conversation: Conversation, timer: ToldTimer, batch: InboxBatch) => void) | undefined;
  /** A group has changed, or may have a next step. */
  readonly changed: (conversation: Conversation) => void;
  /** A commit of this device is in the log. */
  readonly committed: (conversation: Conversation, localId: string, wantsTree: boolean) => void;
  /** The server has refused one. */
  readonly stepRefused: (conversation: Conversation, localId: string, failure: SendFailure) => void;
}

const notInWords = 'it was said while this device could not read what was said';

/** Whether a line is one of a sealed group: of two people there are others. */
export function isGroupLine({ kind, on, records, out }: LogMessage): boolean {
  return [kind, on, records, out].some((part) => part !== undefined);
}

const unwantedWords = 'its sender may not write in this group, and the server has let it through';

export class GroupReader {
  readonly #ports: GroupReaderPorts;
  /** Groups of which it was said that what was sealed before cannot be read here. */
  readonly #toldNotIn = new Set<Conversation>();
  /** Where it was said that another program has taken this device's place: two copies take it from each other many times. */
  readonly #toldCopy = new Set<Conversation>();
  /** Groups that the person enters by a command of their own, in this login, though they were sealed. */
  readonly #wanted = new Set<Conversation>();

  constructor(ports: GroupReaderPorts) {
    this.#ports = ports;
  }

  /** Whether a line of a conversation is read here: of one that is sealed all but what was said while it was open. */
  async takes({ name, peer }: Conversation, said: LogMessage): Promise<boolean> {
    const { engine } = this.#ports;
    if (!engine.isSealed(name) || engine.isReplaced(name)) return false;
    // What was sealed in a session of two may still be on its way.
    if (peer !== undefined) return isGroupLine(said);
    const { text, seq } = said;
    return text === undefined || (await engine.isSealedAt(name, seq));
  }

  /** All that a batch says of a group is on the disk. */
  changed(conversation: Conversation): void {
    this.#ports.changed(conversation);
  }

  /** The person wants to be in an open group of that name. Whether they have decided about one that is there. */
  wantOpen(conversation: Conversation): boolean {
    const { engine } = this.#ports;
    if (engine.isReplaced(conversation.name)) return true;
    if (engine.isSealed(conversation.name) && !conversation.isIn) this.#wanted.add(conversation);
    return false;
  }

  logout(): void {
    this.#wanted.clear();
  }

  /**
   * The server describes a conversation as no sealed group, though it is one here. Returns why the texts that wait for it
   * are not sent, where they must not wait any longer.
   */
  async unsealed(
    conversation: Conversation,
    isDecided: boolean,
    batch: InboxBatch,
  ): Promise<string | undefined> {
    const { engine } = this.#ports;
    const { name, place } = conversation;
    if (place.kind === 'direct') {
      await this.#roomGone(conversation, batch);
      return undefined;
    }
    if (isDecided && !engine.isReplaced(name)) return undefined;
    if (place.kind === 'group' && (isDecided || this.#wanted.delete(conversation))) {
      batch.changes.push(...(await engine.forget(name)));
      this.#sealed(conversation, false, batch);
      return this.#tell(conversation, openedWords(place.group), batch);
    }
    const changes = await engine.replaced(name);
    if (changes === undefined) return undefined;
    batch.changes.push(...changes);
    this.#sealed(conversation, false, batch);
    return this.#tell(conversation, replacedWords(place), batch);
  }

  /**
   * The server has no room for a private conversation, though this device knows one. What waits for it goes in the session
   * of the two, which is as secret, and another room is founded then.
   */
  async #roomGone(conversation: Conversation, batch: InboxBatch): Promise<void> {
    const { engine, unsealed } = this.#ports;
    const { name, place } = conversation;
    // What becomes of a founding is its own answer.
    if (await engine.isFounding(name)) return;
    // In a room that nobody else has entered nothing was said.
    if (await engine.isShared(name)) this.#tell(conversation, replacedWords(place), batch);
    batch.changes.push(...(await engine.forget(name)));
    batch.afterwards.push(() => unsealed(conversation));
  }

  /** An open group refuses what was sealed for another in words of its own. */
  whyRefused({ name, place }: Conversation, failure: SendFailure): SendFailure {
    if (!this.#ports.engine.isReplaced(name)) return failure;
    return { ...failure, code: 'not-sealed', text: replacedWords(place) };
  }

  /** The server describes a conversation as the sealed group `groupId`. */
  async described(conversation: Conversation, groupId: string, batch: InboxBatch): Promise<void> {
    this.#wanted.delete(conversation);
    batch.changes.push(...(await this.#ports.engine.describe(conversation.name, groupId)));
    batch.groups.add(conversation);
    this.#sealed(conversation, true, batch);
  }

  /** The log is the one of before up to `common` only: the server was put back. */
  async putBack(conversation: Conversation, common: number, batch: InboxBatch): Promise<void> {
    if (!this.#ports.engine.isSealed(conversation.name)) return;
    batch.changes.push(...(await this.#ports.engine.putBack(conversation.name, common)));
    batch.groups.add(conversation);
  }

  /** Whether it is sealed with a group of its own. */
  isRoom({ name }: Conversation): boolean {
    return this.#ports.engine.isSealed(name);
  }

  /** Views are told, which may have been told of the group before. */
  #sealed(conversation: Conversation, isSealed: boolean, { events }: InboxBatch): void {
    // Private messages are always encrypted.
    if (conversation.peer !== undefined || conversation.isSealed === isSealed) return;
    conversation.isSealed = isSealed;
    events.push({ type: 'conversations' });
  }

  /** Whether a line of the log is a commit of this device, which then counts. */
  async ownStep(conversation: Conversation, said: LogMessage, batch: InboxBatch): Promise<boolean> {
    const { id, from, seq } = said;
    const { me, outbox } = this.#ports;
    const own = id === undefined || from !== me ? undefined : parseMessageId(id);
    if (own === undefined || own.stream !== outbox().book.stream) return false;
    const entry = outbox().book.byNumber(own.number);
    if (entry === undefined || !isCommit(entry)) return false;
    await this.stepDone(conversation, entry, seq, batch, said);
    return true;
  }

  /** A commit of this device is in the log at `seq`, or in no log any more. */
  async stepDone(
    conversation: Conversation,
    entry: OutboxEntry,
    seq: number | undefined,
    batch: InboxBatch,
    said?: LogMessage,
  ): Promise<void> {
    const { engine, outbox, committed } = this.#ports;
    const { localId, group } = entry.record;
    if (outbox().book.get(localId) === undefined) return;
    batch.changes.push(outbox().settle(entry));
    const sent = group?.kind === 'commit' ? group.fields : undefined;
    const line = said !== undefined && sent !== undefined ? { said, sent } : undefined;
    const done = await engine.committed(conversation.name, localId, seq, line);
    batch.changes.push(...(done?.changes ?? []));
    batch.groups.add(conversation);
    const isEntry = group?.kind === 'commit' && group.fields.kind === 'enter';
    if (done?.isIn === true && isEntry) this.#notice(conversation, { kind: 'you-are-in' }, batch);
    if (done?.isIn === true && isEntry && conversation.isOwn) {
      batch.afterwards.push(() => this.#ports.own()?.cameIn());
    }
    batch.afterwards.push(() =>
      committed(conversation, localId, seq !== undefined && entry.wantsTree === true),
    );
  }

  /** The server has refused a commit of this device. */
  async stepRefused(
    conversation: Conversation,
    entry: OutboxEntry,
    failure: SendFailure,
    batch: InboxBatch,
  ): Promise<void> {
    const { engine, outbox, stepRefused } = this.#ports;
    const { localId, group } = entry.record;
    if (outbox().book.get(localId) === undefined) return;
    batch.changes.push(outbox().settle(entry));
    batch.changes.push(...(await engine.refused(conversation.name, localId)));
    // A group that was to be founded is none.
    const { name } = conversation;
    this.#sealed(conversation, engine.isSealed(name) && !engine.isReplaced(name), batch);
    const { last } = failure;
    const seen = group?.kind === 'commit' ? group.fields.seen : 0;
    if (last !== undefined && last > 0 && seen > last)
      await this.putBack(conversation, last, batch);
    if (last !== undefined) engine.isBehind(conversation.name, last, conversation.cursor);
    batch.afterwards.push(() => stepRefused(conversation, localId, failure));
  }

  /** Reads a line of somebody. */
  async read(
    conversation: Conversation,
    said: LogMessage,
    isLate: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    const { me } = this.#ports;
    const { from } = said;
    const { line, changes, notices } = await this.#ports.engine.read(conversation.name, said);
    batch.changes.push(...changes);
    if (line.kind === 'silent') batch.groups.add(conversation);
    for (const notice of notices) this.#notice(conversation, notice, batch);
    switch (line.kind) {
      case 'message':
        await this.#message(conversation, said, line, isLate, batch);
        return;
      case 'said':
        await this.#said(conversation, said, line, isLate, batch);
        return;
      case 'unreadable':
        this.#unreadable(conversation, said, line.reason, true, batch);
        return;
      case 'not-in':
        if (conversation.isOwn) return;
        if (conversation.peer === undefined) this.#notIn(conversation, batch);
        else if (from !== me) this.#unreadable(conversation, said, notInWords, line.wasIn, batch);
        return;
      case 'head':
        this.#ports.headHeard?.(line);
        return;
      case 'timer-told':
        await this.#timerTold(conversation, said, line, batch);
        return;
      case 'silent':
    }
  }

  /** What has changed in a group, for people. */
  #notice(conversation: Conversation, notice: GroupNotice, batch: InboxBatch): void {
    if (notice.kind === 'copy') {
      if (this.#toldCopy.has(conversation)) return;
      this.#toldCopy.add(conversation);
    }
    if (notice.kind === 'device-in')
      batch.afterwards.push(() => this.#ports.deviceIn?.(conversation));
    const text = noticeWords(conversation, notice);
    if (text !== undefined) this.#tell(conversation, text, batch);
  }

  /** Taken from those who may set it, under a key that is trusted, and of a message that was there before. */
  async #timerTold(
    conversation: Conversation,
    { seq = 0, at }: LogMessage,
    { timer, sender }: Extract<ReadLine, { kind: 'timer-told' }>,
    batch: InboxBatch,
  ): Promise<void> {
    const { name, place } = conversation;
    const roster = place.kind === 'group' ? await this.#ports.engine.roster(name) : undefined;
    if (roster === undefined || !mayDo(roleIn(roster, sender.identity.root), 'delete')) return;
    if (timer.seq >= seq || timer.at > at) return;
    if ((await this.#standing(sender, batch)) === 'changed') return;
    this.#ports.timerTold?.(conversation, timer, batch);
  }

  #tell({ place }: Conversation, text: string, batch: InboxBatch): string {
    batch.events.push({ type: 'group-notice', text, ...noticedIn(place) });
    return text;
  }

  async #message(
    conversation: Conversation,
    said: LogMessage,
    line: Extract<ReadLine, { kind: 'message' }>,
    isLate: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    const { me } = this.#ports;
    const { id, content, sender } = line;
    const { from } = said;
    const { name, place } = conversation;
    // The lobby has no roles.
    const roster = place.kind === 'group' ? await this.#ports.engine.roster(name) : undefined;
    if (!mayWrite(roster, sender)) {
      this.#unreadable(conversation, said, unwantedWords, false, batch);
      return;
    }
    const isAdmin = roster !== undefined && mayDo(roleIn(roster, sender.identity.root), 'delete');
    if (isAmendment(content)) {
      await this.#amended(conversation, { ...said, isAdmin, isLate }, sender, content, batch);
      return;
    }
    // Both of a private conversation may, and the admins of a group; nobody in the lobby.
    if (content.kind === 'timer' && place.kind !== 'direct' && !isAdmin) return;
    if (from === undefined || (await hasText(this.#ports.store, conversation, id, batch))) return;
    const key = await this.#standing(sender, batch);
    const state = from === me ? stateOfSibling(batch, conversation, said.seq) : undefined;
    const message = {
      ...received(conversation, said),
      content,
      encrypted: true,
      key,
      textId: id,
      state,
    };
    batch.changes.push({ type: 'message', message });
    // What another device of this account has said needs no reading.
    if (from !== me && content.kind !== 'timer') conversation.countUnread(said.seq, from);
    const filed = { ...filedAs(me, conversation, said, isLate), ...(state && { state }) };
    const what = { from, content, encrypted: true, filed } as const;
    const standing = key ?? 'pinned';
    const where =
      place.kind === 'direct'
        ? ({ place: 'private', key: standing } as const)
        : place.kind === 'lobby'
          ? ({ place: 'lobby', key } as const)
          : ({ place: 'group', group: place.group, key } as const);
    batch.events.push({ type: 'message', message: { ...where, ...what } });
    // In a private conversation this is another device of this account.
    const group = groupAt(place);
    if (!isKeptFile(content) || group === undefined) return;
    const { key: peerKey } = sender;
    batch.notes.push({ type: 'kept-file', from, group, file: content, standing, peerKey });
  }

  /** Under a key that is not trusted nobody changes what is here. In a group an admin may delete what others have said, and pin it. */
  async #amended(
    conversation: Conversation,
    said: LogMessage & { readonly isAdmin: boolean; readonly isLate: boolean },
    sender: GroupLeaf,
    content: AmendmentContent,
    batch: InboxBatch,
  ): Promise<void> {
    const isOwn = said.from === this.#ports.me;
    if (!isOwn && (await this.#standing(sender, batch)) === 'changed') {
      this.#unreadable(conversation, said, changedKeyWords, false, batch);
      return;
    }
    const line = { ...said, asAdmin: said.isAdmin && isForAdmins(content) };
    await takeAmendment(this.#ports, conversation, line, content, batch);
  }

  /** In a private conversation: of the other one, or of another device of this account. */
  async #said(
    conversation: Conversation,
    said: LogMessage,
    { frame, sender }: Extract<ReadLine, { kind: 'said' }>,
    isLate: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    const { peer } = conversation;
    const { identity, key: peerKey } = sender;
    if (conversation.isOwn) {
      if (frame.content.kind === 'own-note') {
        await this.#ports.own()?.take(frame.content.note, peerKey, batch);
      }
      return;
    }
    if (peer !== undefined && identity.name === peer) {
      const opened = { frame, peerKey };
      await this.#ports.direct()?.readInRoom(conversation, peer, said, opened, isLate, batch);
      return;
    }
    const { id, content } = frame;
    if (id === undefined || isNote(content)) return;
    await this.#message(
      conversation,
      said,
      { kind: 'message', id, content, sender },
      isLate,
      batch,
    );
  }

  /** Looked up once a batch: of most members there is no pin, and to find none takes two files. */
  async #standing(
    { identity, key }: GroupLeaf,
    { standings }: InboxBatch,
  ): Promise<KeyStanding | undefined> {
    const { name } = identity;
    const leaf = `${name} ${formatHex(key)}`;
    if (!standings.has(leaf)) {
      standings.set(leaf, await this.#ports.trusts.standingOfMember(name, key));
    }
    return standings.get(leaf);
  }

  #unreadable(
    conversation: Conversation,
    said: LogMessage,
    unreadable: string,
    isAsked: boolean,
    batch: InboxBatch,
  ): void {
    const { peer } = conversation;
    // Nobody waits for it.
    if (conversation.isOwn) return;
    if (peer !== undefined) {
      this.#ports.direct()?.unreadInRoom(conversation, peer, said, unreadable, isAsked, batch);
      return;
    }
    const message = { ...received(conversation, said), encrypted: true, unreadable };
    batch.changes.push({ type: 'message', message });
    conversation.countUnread(said.seq, said.from);
    if (said.from === undefined) return;
    const text = `a message of ${said.from} cannot be read: ${unreadable}`;
    batch.events.push({ type: 'group-notice', text, ...noticedIn(conversation.place) });
  }

  #notIn(conversation: Conversation, batch: InboxBatch): void {
    if (this.#toldNotIn.has(conversation)) return;
    this.#toldNotIn.add(conversation);
    const text =
      'what was said while this device was not in the group cannot be read here, unless another device of yours gives its history';
    batch.events.push({ type: 'group-notice', text, ...noticedIn(conversation.place) });
  }
}

/**
 * Whether the records let a member write, at this place of the log: no server lets through who is silenced, or is no
 * speaker of an announcement group.
 */
function mayWrite(roster: SignedRoster | undefined, { identity }: GroupLeaf): boolean {
  if (roster?.governed === undefined) return true;
  if (isSilenced(roster, identity.name)) return false;
  return !roster.governed.announce || mayDo(roleIn(roster, identity.root), 'write');
}
