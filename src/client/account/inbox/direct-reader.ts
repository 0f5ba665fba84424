// A private message to this account: decrypted, or why it can't be, and what the two devices tell each other about
// that. Fills a batch; writes and emits nothing itself.

import {
  isAmendment,
  isKeptFile,
  textContent,
  type AmendmentContent,
  type MessageContent,
} from '../../content.ts';
import type { Username } from '../../../wire/text.ts';
import {
  askBurst,
  sayAgain,
  type DirectEngine,
  type OpenOutcome,
  type OutboxDraft,
} from '../../encryption/stored/engine.ts';
import type { WallClock, RandomBytes } from '../../ports.ts';
import type { MessageFrame } from '../../encryption/message-frame.ts';
import type { KeyStanding } from '../../encryption/trust/key-events.ts';
import { ShownTexts } from '../../encryption/shown-texts.ts';
import type { ClientStore, HistoryRecord } from '../../store/store-port.ts';
import { messageAt, takeAmendment } from './amending.ts';
import { filedAs, hasText, received, type InboxBatch } from './batch.ts';
import type { LogMessage } from './catch-up.ts';
import type { Conversation } from '../conversations.ts';
import { lossWords, type DamagedRange } from './damage.ts';
import type { Outbox } from '../outbox/outbox.ts';

export interface DirectReaderPorts {
  readonly me: Username;
  readonly engine: Pick<
    DirectEngine,
    'open' | 'isSealedForThis' | 'saidInRoom' | 'lost' | 'questions' | 'knownDevice'
  >;
  readonly now: WallClock;
  readonly outbox: Outbox;
  readonly store: ClientStore;
  readonly random: RandomBytes;
  /** Whether that is the key of another device of the own account. */
  readonly isSibling: (device: string) => Promise<boolean>;
}

type OpenedMessage = Extract<OpenOutcome, { kind: 'message' }> & {
  readonly content: MessageContent;
};

/** Why an edit, a deletion or a reaction is not followed. */
export const changedKeyWords = 'it changes an earlier message, under a key that is not trusted';

export class DirectReader {
  readonly #ports: DirectReaderPorts;
  /** Of where the server keeps nothing. */
  readonly #shown = new ShownTexts();

  constructor(ports: DirectReaderPorts) {
    this.#ports = ports;
  }

  /** Reads what `peer` wrote, or says why it cannot be read. */
  async read(
    conversation: Conversation,
    peer: Username,
    said: LogMessage,
    isLate: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    const { engine, isSibling, me } = this.#ports;
    const { seq, sealed, welcome, device, text } = said;
    if (said.from !== peer) return;
    if (sealed === undefined) {
      this.#unreadable(conversation, said, 'it came without encryption', batch);
      if (text !== undefined) {
        const filed = filedAs(me, conversation, said, isLate);
        const content = textContent(text);
        const message = { place: 'private', from: peer, content, encrypted: false, filed } as const;
        batch.events.push({ type: 'message', message });
      }
      return;
    }
    // That device has it: nothing is missing here, and nobody is asked for it. The server says so, and hides nothing by it
    // that this device could read.
    const isForSibling = device !== undefined && (await isSibling(device));
    if (isForSibling && !(await engine.isSealedForThis(sealed, welcome))) return;
    // Where the server keeps nothing there are no numbers; its clock orders as well.
    const opened = await engine.open(peer, seq ?? said.at, sealed, welcome);
    await this.#opened(conversation, peer, said, opened, isLate, batch);
  }

  /** Reads what `peer` said in the room of the two, where it was opened. `peerKey`: of the device that said it. */
  async readInRoom(
    conversation: Conversation,
    peer: Username,
    said: LogMessage,
    { frame, peerKey }: { readonly frame: MessageFrame; readonly peerKey: Uint8Array },
    isLate: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    const opened = await this.#ports.engine.saidInRoom(peer, said.seq, frame, peerKey);
    await this.#opened(conversation, peer, said, opened, isLate, batch);
  }

  /** What somebody said in the room of the two could not be opened. `isAsked`: it is to be said again. */
  unreadInRoom(
    conversation: Conversation,
    peer: Username,
    said: LogMessage,
    why: string,
    isAsked: boolean,
    batch: InboxBatch,
  ): void {
    const { seq, from } = said;
    const isNoted =
      isAsked && from === peer && seq !== undefined && this.#ports.engine.lost(peer, seq);
    const next = isNoted ? '; it is asked for again' : '';
    this.#unreadable(conversation, said, `${why}${next}`, batch);
  }

  async #opened(
    conversation: Conversation,
    peer: Username,
    said: LogMessage,
    opened: OpenOutcome,
    isLate: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    batch.changes.push(...opened.changes);
    switch (opened.kind) {
      case 'message': {
        const { content, key } = opened;
        if (isAmendment(content)) {
          await this.#amended(conversation, said, content, key, isLate, batch);
        } else {
          await this.#message(conversation, peer, said, { ...opened, content }, isLate, batch);
        }
        return;
      }
      case 'file-note': {
        const { note: bytes, key, peerKey } = opened;
        batch.notes.push({ type: 'note', from: peer, bytes, key, peerKey, isStored: true });
        return;
      }
      case 'again':
        await this.#again(conversation, peer, opened, batch);
        return;
      case 'unreadable':
        this.#unreadable(conversation, said, opened.reason, batch);
        return;
      case 'control':
      case 'repeat':
    }
  }

  /**
   * The server has lost messages to its disk. What is not here as an own one is of `peer`, and is asked for again; of a
   * longer range the last ones. Answers how it is told, or nothing where nothing is missing.
   */
  async damaged(
    conversation: Conversation,
    peer: Username,
    { first, last, at }: DamagedRange,
    batch: InboxBatch,
  ): Promise<string | undefined> {
    const { engine, now } = this.#ports;
    let count = Math.max(0, last - first + 1 - askBurst);
    let isAsked = false;
    for (let seq = first + count; seq <= last; seq++) {
      if ((await messageAt(this.#ports.store, conversation, seq, batch)) !== undefined) continue;
      count += 1;
      const isAskedFor = engine.lost(peer, seq);
      isAsked ||= isAskedFor;
      const said = {
        verb: 'MSG',
        in: conversation.name,
        seq,
        at: at ?? now(),
        from: peer,
      } as const;
      const unreadable = `the server's disk has damaged it; ${isAskedFor ? 'it is asked for again' : 'ask for it to be sent again'}`;
      const message = { ...received(conversation, said), encrypted: true, unreadable };
      this.#keep(conversation, message, batch);
    }
    return count === 0 ? undefined : lossWords(count, ` of @${peer}`, isAsked);
  }

  /** Under a key that is not trusted nobody changes what is here. */
  async #amended(
    conversation: Conversation,
    said: LogMessage,
    content: AmendmentContent,
    key: KeyStanding,
    isLate: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    if (key === 'changed') this.#unreadable(conversation, said, changedKeyWords, batch);
    else {
      const line = { ...said, asAdmin: false, isLate };
      await takeAmendment(this.#ports, conversation, line, content, batch);
    }
  }

  async #message(
    conversation: Conversation,
    peer: Username,
    said: LogMessage,
    { id, content, key, peerKey, of: number }: OpenedMessage,
    isLate: boolean,
    batch: InboxBatch,
  ): Promise<void> {
    let placed = received(conversation, said);
    // The server can have a key of its own that counts as changed: marks do not go by its word.
    const of = key === 'changed' ? undefined : number;
    if (await this.#wasShown(conversation, peer, id, said.seq, batch)) {
      if (of !== undefined) await this.#removeMark(conversation, peer, of, batch);
      return;
    }
    // It is said again: it belongs where its mark stands. Without a mark it is a text like any other, and not lost.
    const mark = of === undefined ? undefined : await this.#markAt(conversation, peer, of, batch);
    if (mark !== undefined) placed = mark;
    const readable = { encrypted: true, key, unreadable: undefined } as const;
    const message = { ...placed, ...readable, content, textId: id };
    this.#keep(conversation, message, batch);
    const filed = {
      ...filedAs(this.#ports.me, conversation, said, isLate),
      seq: placed.seq,
      at: placed.at,
      ...(mark !== undefined && { again: true }),
    };
    batch.events.push({
      type: 'message',
      message: { place: 'private', from: peer, content, encrypted: true, key, filed },
    });
    if (!isKeptFile(content)) return;
    batch.notes.push({ type: 'kept-file', from: peer, file: content, standing: key, peerKey });
  }

  /**
   * Whether a text is here already. It may come again in other bytes: said again because what it came in was damaged, or
   * because a server that was put back had lost it; and what was damaged may come whole after all.
   */
  async #wasShown(
    conversation: Conversation,
    peer: Username,
    id: string,
    seq: number | undefined,
    batch: InboxBatch,
  ): Promise<boolean> {
    // What the server does not keep is in no history either.
    if (seq === undefined) return !this.#shown.add(peer, id);
    return hasText(this.#ports.store, conversation, id, batch);
  }

  /**
   * The text of the message `seq` is in the history already, so no mark stands for it beside that. Only the word of
   * `peer` does this, encrypted with a known key and for a text that is here: a server removes no mark, and nobody a
   * message.
   */
  async #removeMark(
    conversation: Conversation,
    peer: Username,
    seq: number,
    batch: InboxBatch,
  ): Promise<void> {
    if ((await this.#markAt(conversation, peer, seq, batch)) === undefined) return;
    const { name, seen, unread } = conversation;
    batch.changes.push({ type: 'mark-removed', conversation: name, seq });
    batch.events.push({ type: 'mark-removed', conversation: name, seq });
    if (seq > seen) conversation.unread = Math.max(0, unread - 1);
  }

  /** The mark in the place of the message `seq` of `peer`, if it could not be read. */
  async #markAt(
    conversation: Conversation,
    peer: Username,
    seq: number,
    batch: InboxBatch,
  ): Promise<HistoryRecord | undefined> {
    const found = await messageAt(this.#ports.store, conversation, seq, batch);
    return found?.unreadable === undefined || found.from !== peer ? undefined : found;
  }

  /** Own messages that the other side could not read are said again. */
  async #again(
    conversation: Conversation,
    peer: Username,
    { numbers, withheld, isOfRoom }: Extract<OpenOutcome, { kind: 'again' }>,
    batch: InboxBatch,
  ): Promise<void> {
    const { engine, store, random } = this.#ports;
    const known = isOfRoom === true ? await engine.knownDevice(peer) : undefined;
    for (const record of await store.ownMessages(conversation.name, numbers)) {
      if (isOfRoom === true && (known === undefined || record.sealedFor !== known)) continue;
      const draft = sayAgain(random, record);
      if (draft !== undefined) this.#draft(peer, draft, batch);
    }
    if (withheld > 0) batch.events.push({ type: 'withheld', user: peer, count: withheld });
  }

  /** Asks for what could not be read. */
  ask(batch: InboxBatch): void {
    for (const { peer, ...draft } of this.#ports.engine.questions()) {
      this.#draft(peer as Username, draft, batch);
    }
  }

  #draft(user: Username, draft: OutboxDraft, batch: InboxBatch): void {
    const { changes, entry } = this.#ports.outbox.draft(user, draft);
    batch.changes.push(...changes);
    batch.drafts.push(entry);
  }

  /** What the server does not keep is not kept here either: it has no place in the history. */
  #keep(conversation: Conversation, message: HistoryRecord, batch: InboxBatch): void {
    if (message.seq === undefined) return;
    batch.changes.push({ type: 'message', message });
    if (message.content.kind !== 'timer') conversation.countUnread(message.seq, message.from);
  }

  #unreadable(
    conversation: Conversation,
    said: LogMessage,
    reason: string,
    batch: InboxBatch,
  ): void {
    const message = { ...received(conversation, said), encrypted: true, unreadable: reason };
    this.#keep(conversation, message, batch);
    if (said.from !== undefined) {
      const event = { type: 'unreadable', from: said.from, reason } as const;
      batch.events.push({ type: 'private', event });
    }
  }
}
