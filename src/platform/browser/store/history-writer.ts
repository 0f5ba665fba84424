// Changes of the history within one transaction. Each step waits for its own requests alone: a transaction ends where
// anything else is awaited.
import {
  encodeAmendments,
  encodeOwnReactions,
} from '../../../client/amending/encode-amendments.ts';
import { withAmended } from '../../../client/amending/said-of.ts';
import {
  amended,
  besideReactions,
  mergedAmendments,
  noAmendments,
  type Amendments,
} from '../../../client/amending/amendments.ts';
import { currentOf } from '../../../client/amending/current.ts';
import { withOwnReaction, type Reaction } from '../../../client/amending/reactions.ts';
import { hasDeletion, reactionOf, settled } from '../../../client/amending/settled.ts';
import { targetIdOf } from '../../../client/amending/target.ts';
import { textOf } from '../../../client/content.ts';
import { atTheEnd, type KeptMessage } from '../../../client/store/kept-message.ts';
import { epochOf, partsOf, type LogEpochs } from '../../../client/store/log-epochs.ts';
import {
  blockNumbers,
  type AmendedChange,
  type FiledRecord,
  type HistoryRecord,
} from '../../../client/store/store-port.ts';
import {
  isMark,
  isSameNumbered,
  isSameUnnumbered,
  onImport,
  onTakenNumber,
} from '../../../client/store/taken-number.ts';
import type { Adopted } from '../../../client/store/adopted.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { begun, endedIdOf } from '../../../client/expiring/ended.ts';
import { givenIn, saidOf } from './amended.ts';
import type { BlockRow, ReactionRow, StoreName, WriteTransaction } from './database.ts';
import { endingUntil, isEnded, remember } from './expiring.ts';
import { beginningWith, keptOf, rowOf } from './message-row.ts';

/** What it reads and writes. */
export const historyStores = [
  'conversations',
  'messages',
  'amendments',
  'reactions',
  'pinned',
  'ended',
  'blocks',
] as const satisfies readonly StoreName[];

/** One reaction, and its row without what is in it. */
interface Given {
  readonly row: Omit<ReactionRow, 'given'>;
  readonly reaction: Reaction;
}

/** The ids that are given next: later messages get higher ones, those of another device lower ones. */
export interface MessageIds {
  first: number;
  last: number;
}

export class HistoryWriter {
  readonly #transaction: WriteTransaction;
  readonly #ids: MessageIds;
  readonly #lineageOf: (conversation: ConversationName) => Promise<LogEpochs>;
  /** The blocks in which something has changed. */
  readonly #touched = new Map<string, BlockRow>();

  constructor(
    transaction: WriteTransaction,
    ids: MessageIds,
    lineageOf: (conversation: ConversationName) => Promise<LogEpochs>,
  ) {
    this.#transaction = transaction;
    this.#ids = ids;
    this.#lineageOf = lineageOf;
  }

  async put(written: HistoryRecord): Promise<void> {
    const { amended: _, ...message } = written;
    const { conversation, localId } = message;
    if (await isEnded(this.#transaction, conversation, endedIdOf(message))) return;
    let { seq } = message;
    const epochs = await this.#lineageOf(conversation);
    const log = message.epoch ?? (seq === undefined ? epochs.epoch : epochOf(epochs, seq));
    const before = localId === undefined ? undefined : await this.#own(localId);
    if (before !== undefined) await this.#take(before);
    const isWaiting = seq === undefined && message.state === 'waiting';
    const place = isWaiting ? atTheEnd : (seq ?? (await this.#lastPlace(conversation, log)));
    const taken = seq === undefined ? undefined : await this.#numbered(conversation, log, seq);
    if (taken !== undefined) {
      const fate = onTakenNumber(taken.message, message);
      if (fate === 'same') return;
      if (fate === 'replace') await this.#take(taken);
      else seq = undefined;
    }
    const id = before?.id ?? ++this.#ids.last;
    await this.#keep({ message, log: isWaiting ? atTheEnd : log, place, seq, id });
    if (seq !== undefined) await this.#settle(conversation, log, seq);
  }

  /** Something was said of a message, which may not be here. */
  async amend({ conversation, target, amendment }: AmendedChange): Promise<void> {
    if (await isEnded(this.#transaction, conversation, target.id)) return;
    const log = epochOf(await this.#lineageOf(conversation), target.seq);
    const said = await saidOf(this.#transaction, conversation, log, target.seq);
    const before = said.get(target.id) ?? noAmendments;
    const after = amended(before, amendment);
    if (after === before) return;
    await this.#say(conversation, log, target.seq, target.id, after);
    await this.#settle(conversation, log, target.seq);
  }

  /** The same for many reactions: each row is read and written once, and they do not wait for each other. */
  async react(changes: readonly AmendedChange[]): Promise<void> {
    const all: Given[] = [];
    for (const { conversation, target, amendment } of changes) {
      const reaction = reactionOf(amendment);
      const log = epochOf(await this.#lineageOf(conversation), target.seq);
      const { seq, id } = target;
      const row = { conversation, log, seq, target: id, user: amendment.by };
      if (reaction !== undefined) all.push({ row, reaction });
    }
    await this.#give(all);
    const places = new Map(
      all.map(({ row: { conversation, log, seq } }) => {
        const place = [conversation as ConversationName, log, seq] as const;
        return [place.join(' '), place] as const;
      }),
    );
    const mayBeDeleted = await Promise.all(
      [...places.values()].map(async (place) => {
        const said = await saidOf(this.#transaction, ...place);
        return hasDeletion(said) ? place : undefined;
      }),
    );
    for (const place of mayBeDeleted) if (place !== undefined) await this.#settle(...place);
  }

  async #give(all: readonly Given[]): Promise<void> {
    const rows = this.#transaction.objectStore('reactions');
    const byRow = new Map<string, Given[]>();
    for (const one of all) {
      const { conversation, log, seq, target, user } = one.row;
      const key = `${conversation} ${log} ${seq} ${target} ${user}`;
      const same = byRow.get(key);
      if (same === undefined) byRow.set(key, [one]);
      else same.push(one);
    }
    await Promise.all(
      [...byRow.values()].map(async (given) => {
        const [one] = given;
        if (one === undefined) return;
        const { row } = one;
        const { conversation, log, seq, target, user } = row;
        const known = await rows.get([conversation, log, seq, target, user]);
        const before = known === undefined ? [] : givenIn(known);
        const after = given.map(({ reaction }) => reaction).reduce(withOwnReaction, before);
        if (after === before) return;
        await rows.put({ ...row, given: encodeOwnReactions(after) });
        this.#touch(conversation as ConversationName, log, seq);
      }),
    );
  }

  async #say(
    conversation: ConversationName,
    log: number,
    seq: number,
    target: string,
    said: Amendments,
  ): Promise<void> {
    const row = { conversation, log, seq, target, said: encodeAmendments(said) };
    await this.#transaction.objectStore('amendments').put(row);
    const pinned = this.#transaction.objectStore('pinned');
    if (said.pin?.isOn === true) await pinned.put({ conversation, log, seq, target });
    else await pinned.delete([conversation, log, seq, target]);
    this.#touch(conversation, log, seq);
  }

  /** What another device knows of a message that it has. */
  async #merge(message: FiledRecord): Promise<void> {
    const { amended: said, conversation, epoch, seq } = message;
    if (said === undefined || seq === undefined) return;
    const id = targetIdOf(message);
    const place = { conversation, log: epoch, seq, target: id };
    await this.#give(
      said.reactions.map((reaction) => ({ row: { ...place, user: reaction.by }, reaction })),
    );
    const others = besideReactions(said);
    if (others !== undefined) {
      const known = (await saidOf(this.#transaction, conversation, epoch, seq)).get(id);
      const both = mergedAmendments(known ?? noAmendments, others);
      await this.#say(conversation, epoch, seq, id, both);
    }
    await this.#settle(conversation, epoch, seq);
  }

  /** A message was written, or something was said of it: what is stored of both is what is left of them. */
  async #settle(conversation: ConversationName, log: number, seq: number): Promise<void> {
    const reactions = this.#transaction.objectStore('reactions');
    const [before, reacted] = await Promise.all([
      saidOf(this.#transaction, conversation, log, seq),
      reactions.getAll(beginningWith(conversation, log, seq)),
    ]);
    if (before.size + reacted.length === 0) return;
    const kept = await this.#numbered(conversation, log, seq);
    if (kept === undefined) return;
    const { wiped, said, keepsReactions } = settled(kept.message, before);
    for (const { target, user } of reacted)
      if (!keepsReactions(target)) await reactions.delete([conversation, log, seq, target, user]);
    const rows = this.#transaction.objectStore('amendments');
    for (const target of before.keys())
      if (!said.has(target)) {
        await rows.delete([conversation, log, seq, target]);
        await this.#transaction.objectStore('pinned').delete([conversation, log, seq, target]);
      }
    for (const [target, one] of said)
      if (one !== before.get(target)) await this.#say(conversation, log, seq, target, one);
    const { content } = currentOf(withAmended(wiped ?? kept.message, said));
    const isOther = content !== kept.message.content;
    if (wiped !== undefined) await this.#keep({ ...kept, message: wiped });
    else if (isOther) await this.#keep(kept, textOf(content));
  }

  async import(messages: readonly FiledRecord[]): Promise<void> {
    const first = this.#ids.first - messages.length;
    const isOver = await Promise.all(
      messages.map((one) => isEnded(this.#transaction, one.conversation, endedIdOf(one))),
    );
    for (const [index, { amended: _, ...message }] of messages.entries())
      if (!isOver[index]) await this.#import(message, first + index);
    for (const [index, message] of messages.entries())
      if (!isOver[index]) await this.#merge(message);
    this.#ids.first = first;
  }

  /** A message is something else than it was kept as. `now`: its text, if that is another one by now. */
  async adopt(kept: KeptMessage, what: Adopted, now: string | undefined): Promise<void> {
    if (what.kind === 'ends') {
      await this.#keep({ ...kept, message: { ...kept.message, ends: what.ends } }, now);
      return;
    }
    await this.#take(kept);
    const { change, onlyIfHere } = what;
    const { conversation, target } = change;
    const log = epochOf(await this.#lineageOf(conversation), target.seq);
    const about = onlyIfHere ? await this.#numbered(conversation, log, target.seq) : undefined;
    if (!onlyIfHere || (about !== undefined && !isMark(about.message))) await this.amend(change);
  }

  async removeMark(conversation: ConversationName, seq: number): Promise<void> {
    const epoch = epochOf(await this.#lineageOf(conversation), seq);
    const found = await this.#numbered(conversation, epoch, seq);
    if (found !== undefined && isMark(found.message)) await this.#take(found);
  }

  async delivered(conversation: ConversationName, upTo: number): Promise<void> {
    const open = this.#messages.index('open');
    for (const { epoch, after, last } of partsOf(await this.#lineageOf(conversation))) {
      const end = Math.min(last, upTo);
      // Of a log that was put back twice at the same number, a part is empty. IndexedDB takes no range that is.
      if (after >= end) continue;
      for (const whose of [1, 2]) {
        const range = IDBKeyRange.bound(
          [conversation, whose, epoch, after + 1],
          [conversation, whose, epoch, end],
        );
        for (const row of await open.getAll(range)) {
          const kept = keptOf(row);
          await this.#keep({ ...kept, message: { ...kept.message, state: 'delivered' } }, row.now);
        }
      }
    }
  }

  /** What disappears, up to a number of the current log, was read at `age`. */
  async begin(conversation: ConversationName, seq: number, age: number): Promise<void> {
    const log = epochOf(await this.#lineageOf(conversation), seq);
    for (const kept of await endingUntil(this.#transaction, Infinity)) {
      if (kept.message.conversation !== conversation) continue;
      if (kept.log > log || (kept.log === log && kept.place > seq)) continue;
      const message = begun(kept.message, age);
      if (message === kept.message) continue;
      const row = await this.#messages.get(kept.id);
      await this.#keep({ ...kept, message }, row?.now);
    }
  }

  /** All that ends at `until` or before is over. */
  async expire(until: number): Promise<void> {
    const over = await endingUntil(this.#transaction, until);
    const ended: { conversation: string; target: string }[] = [];
    for (const kept of over) {
      const { message, log, seq } = kept;
      const { conversation } = message;
      await this.#take(kept);
      if (seq !== undefined) {
        const range = beginningWith(conversation, log, seq);
        await this.#transaction.objectStore('amendments').delete(range);
        await this.#transaction.objectStore('reactions').delete(range);
        await this.#transaction.objectStore('pinned').delete(range);
      }
      const target = endedIdOf(message);
      if (target !== undefined) ended.push({ conversation, target });
    }
    if (ended.length > 0) await remember(this.#transaction, ended);
  }

  /** Call it last: stamps the blocks that have changed. */
  async end(): Promise<void> {
    const blocks = this.#transaction.objectStore('blocks');
    for (const row of this.#touched.values()) await blocks.put(row);
  }

  get #messages() {
    return this.#transaction.objectStore('messages');
  }

  async #import({ place, ...message }: FiledRecord, id: number): Promise<void> {
    const { conversation, epoch: log, localId, textId } = message;
    let { seq } = message;
    if ((await this.#isKnown(conversation, localId)) || (await this.#isKnown(conversation, textId)))
      return;
    if (seq !== undefined && (await this.#isElsewhere(message, seq))) return;
    const taken = seq === undefined ? undefined : await this.#numbered(conversation, log, seq);
    const fate = taken && onImport(taken.message, message);
    if (fate === 'same') return;
    if (fate === 'replace' && taken !== undefined) await this.#take(taken);
    if (fate === 'other') seq = undefined;
    if (seq === undefined && (await this.#isThere(message, place))) return;
    await this.#keep({ message, log, place, seq, id });
    if (seq !== undefined) await this.#settle(conversation, log, seq);
  }

  async #isKnown(conversation: ConversationName, text: string | undefined): Promise<boolean> {
    if (text === undefined) return false;
    const own = await this.#messages.index('own').getKey(text);
    return (
      own !== undefined ||
      (await this.#messages.index('texts').getKey([conversation, text])) !== undefined
    );
  }

  /** Whether it is in another log of the conversation, under its number there. */
  async #isElsewhere(message: FiledMessage, seq: number): Promise<boolean> {
    const range = beginningWith(message.conversation, seq);
    const rows = await this.#messages.index('numbered').getAll(range);
    return rows.some(
      (row) =>
        row.log !== message.epoch &&
        row.log !== atTheEnd &&
        isSameNumbered(keptOf(row).message, message),
    );
  }

  /** Whether one without a number is there that is the same. */
  async #isThere(message: FiledMessage, place: number): Promise<boolean> {
    const range = beginningWith(message.conversation, message.epoch, place, 1);
    const rows = await this.#messages.index('order').getAll(range);
    return rows.some((row) => isSameUnnumbered(keptOf(row).message, message));
  }

  async #own(localId: string): Promise<KeptMessage | undefined> {
    const row = await this.#messages.index('own').get(localId);
    return row && keptOf(row);
  }

  async #numbered(
    conversation: ConversationName,
    log: number,
    seq: number,
  ): Promise<KeptMessage | undefined> {
    const row = await this.#messages.index('numbered').get([conversation, seq, log]);
    return row && keptOf(row);
  }

  /** The last number in a log that something is sorted by: its message may be gone, if it was a mark. */
  async #lastPlace(conversation: ConversationName, log: number): Promise<number> {
    const range = beginningWith(conversation, log);
    return (await this.#messages.index('order').openCursor(range, 'prev'))?.value.place ?? 0;
  }

  async #keep(kept: KeptMessage, now?: string): Promise<void> {
    await this.#messages.put(rowOf(kept, now));
    this.#touch(kept.message.conversation, kept.log, kept.place);
  }

  async #take(kept: KeptMessage): Promise<void> {
    await this.#messages.delete(kept.id);
    this.#touch(kept.message.conversation, kept.log, kept.place);
  }

  #touch(conversation: ConversationName, epoch: number, place: number): void {
    if (epoch === atTheEnd) return;
    const block = Math.floor(place / blockNumbers);
    const key = `${conversation} ${epoch} ${block}`;
    if (this.#touched.has(key)) return;
    this.#touched.set(key, { conversation, epoch, block, stamp: crypto.randomUUID() });
  }
}

type FiledMessage = Omit<FiledRecord, 'place'>;
