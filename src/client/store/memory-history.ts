// The history of the store in memory: the messages of each conversation in display order.

import { withAmended, type AmendmentsById } from '../amending/said-of.ts';
import {
  amended,
  besideReactions,
  maxPins,
  mergedAmendments,
  noAmendments,
  type Amendments,
} from '../amending/amendments.ts';
import { currentOf } from '../amending/current.ts';
import { withOwnReaction, type Reaction } from '../amending/reactions.ts';
import { hasDeletion, reactionOf, settled } from '../amending/settled.ts';
import { targetIdOf } from '../amending/target.ts';
import { textOf } from '../content.ts';
import { begun, endedIdOf, maxEnded } from '../expiring/ended.ts';
import type { ConversationName } from '../../wire/extended/names.ts';
import {
  atTheEnd,
  inItsLog,
  placed,
  shown,
  validNumber,
  type KeptMessage,
} from './kept-message.ts';
import { epochOf, type LogEpochs } from './log-epochs.ts';
import {
  blockNumbers,
  type AmendedChange,
  type BlockAddress,
  type FiledRecord,
  type HistoryAnchor,
  type HistoryQuery,
  type HistoryRange,
  type HistoryRecord,
  type PlacedRecord,
  type StoredBlock,
} from './store-port.ts';
import {
  isMark,
  isSameNumbered,
  isSameUnnumbered,
  onImport,
  onTakenNumber,
} from './taken-number.ts';
import { wordMatcher } from './word-search.ts';

const nothing: AmendmentsById = new Map();

export class MemoryHistory {
  readonly #kept = new Map<ConversationName, KeptMessage[]>();
  readonly #own = new Map<string, KeptMessage>();
  /** `conversation textId`, and how many messages have it. */
  readonly #texts = new Map<string, number>();
  /** `conversation log number` */
  readonly #said = new Map<string, AmendmentsById>();
  /** The same of reactions: by the id of the message that was meant, and by account. */
  readonly #reactions = new Map<string, Map<string, Map<string, readonly Reaction[]>>>();
  /** `conversation id`, the oldest first. */
  readonly #ended = new Set<string>();
  #lastId = 0;
  #firstId = 1;

  /** Each with its log, and its number there. Messages that wait have no log yet. */
  get messages(): readonly HistoryRecord[] {
    return [...this.#kept.values()].flat().map((kept) => inItsLog(this.#read(kept)));
  }

  put(written: HistoryRecord, epochs: LogEpochs): void {
    const { amended: _, ...message } = written;
    const { conversation, localId } = message;
    if (this.#hasEnded(conversation, endedIdOf(message))) return;
    let { seq } = message;
    const log = message.epoch ?? (seq === undefined ? epochs.epoch : epochOf(epochs, seq));
    const before = localId === undefined ? undefined : this.#own.get(localId);
    if (before !== undefined) this.#take(before);
    const all = this.#allOf(conversation);
    const isWaiting = seq === undefined && message.state === 'waiting';
    const place = isWaiting ? atTheEnd : (seq ?? lastPlace(all, log));
    const taken = seq === undefined ? undefined : numbered(all, log, seq);
    if (taken !== undefined) {
      const fate = onTakenNumber(taken.message, message);
      if (fate === 'same') return;
      if (fate === 'replace') this.#take(taken);
      else seq = undefined;
    }
    const kept: KeptMessage = {
      message,
      log: isWaiting ? atTheEnd : log,
      place,
      seq,
      id: before?.id ?? ++this.#lastId,
    };
    this.#keep(kept);
    this.#settle(conversation, log, seq);
  }

  /** Something was said of a message, which may not be here. */
  amend({ conversation, target, amendment }: AmendedChange, epochs: LogEpochs): void {
    if (this.#hasEnded(conversation, target.id)) return;
    const log = epochOf(epochs, target.seq);
    const said = this.#saidOf(conversation, log, target.seq);
    const reaction = reactionOf(amendment);
    if (reaction !== undefined) {
      this.#react(`${conversation} ${log} ${target.seq}`, target.id, reaction);
      if (hasDeletion(said)) this.#settle(conversation, log, target.seq);
      return;
    }
    const before = said.get(target.id) ?? noAmendments;
    const after = amended(before, amendment);
    if (after === before) return;
    this.#say(conversation, log, target.seq, target.id, after);
    this.#settle(conversation, log, target.seq);
  }

  #react(key: string, id: string, reaction: Reaction): void {
    const byId = this.#reactions.get(key) ?? new Map<string, Map<string, readonly Reaction[]>>();
    const byUser = byId.get(id) ?? new Map<string, readonly Reaction[]>();
    byUser.set(reaction.by, withOwnReaction(byUser.get(reaction.by) ?? [], reaction));
    this.#reactions.set(key, byId.set(id, byUser));
  }

  #say(
    conversation: ConversationName,
    log: number,
    seq: number,
    id: string,
    amendments: Amendments,
  ): void {
    const said = new Map(this.#saidOf(conversation, log, seq)).set(id, amendments);
    this.#said.set(`${conversation} ${log} ${seq}`, said);
  }

  #saidOf(conversation: ConversationName, log: number, seq: number | undefined): AmendmentsById {
    return this.#said.get(`${conversation} ${log} ${seq}`) ?? nothing;
  }

  /** Brings a message and what was said of it together. */
  #settle(conversation: ConversationName, log: number, seq: number | undefined): void {
    const key = `${conversation} ${log} ${seq}`;
    const before = this.#saidOf(conversation, log, seq);
    const reacted = this.#reactions.get(key);
    if (seq === undefined || (before.size === 0 && reacted === undefined)) return;
    const kept = numbered(this.#allOf(conversation), log, seq);
    if (kept === undefined) return;
    const { wiped, said, keepsReactions } = settled(kept.message, before);
    this.#said.set(key, said);
    for (const id of reacted?.keys() ?? []) if (!keepsReactions(id)) reacted?.delete(id);
    if (wiped === undefined) return;
    this.#take(kept);
    this.#keep({ ...kept, message: wiped });
  }

  /** As it is read. */
  #read(kept: KeptMessage): KeptMessage {
    const { message, log, seq } = kept;
    const said = this.#saidOf(message.conversation, log, seq);
    const byId = this.#reactions.get(`${message.conversation} ${log} ${seq}`);
    if (said.size === 0 && byId === undefined) return kept;
    const reacted = [...(byId ?? [])].map(([id, own]) => [id, [...own.values()]] as const);
    return { ...kept, message: withAmended(message, said, new Map(reacted)) };
  }

  #keep(kept: KeptMessage): void {
    const { conversation, localId, textId } = kept.message;
    const all = this.#allOf(conversation);
    // Nearly always at the end.
    let index = all.length;
    while (index > 0 && order(all[index - 1] ?? kept, kept) > 0) index -= 1;
    all.splice(index, 0, kept);
    if (localId !== undefined) this.#own.set(localId, kept);
    if (textId !== undefined) this.#count(`${conversation} ${textId}`, 1);
  }

  import(messages: readonly FiledRecord[]): void {
    const first = this.#firstId - messages.length;
    for (const [index, { amended, ...message }] of messages.entries()) {
      const { conversation, epoch, seq } = message;
      if (this.#hasEnded(conversation, endedIdOf(message))) continue;
      this.#import(message, first + index);
      if (amended === undefined || seq === undefined) continue;
      const id = targetIdOf(message);
      for (const reaction of amended.reactions)
        this.#react(`${conversation} ${epoch} ${seq}`, id, reaction);
      const known = this.#saidOf(conversation, epoch, seq).get(id) ?? noAmendments;
      const others = besideReactions(amended);
      if (others !== undefined)
        this.#say(conversation, epoch, seq, id, mergedAmendments(known, others));
      this.#settle(conversation, epoch, seq);
    }
    this.#firstId = first;
  }

  #import({ place, ...message }: FiledRecord, id: number): void {
    const { conversation, epoch: log, localId, textId } = message;
    let { seq } = message;
    const isKnown = [localId, textId].some(
      (text) =>
        text !== undefined && (this.#own.has(text) || this.#texts.has(`${conversation} ${text}`)),
    );
    if (isKnown) return;
    const all = this.#allOf(conversation);
    const isElsewhere = (kept: KeptMessage) =>
      kept.log !== log && kept.log !== atTheEnd && kept.seq === seq;
    if (
      seq !== undefined &&
      all.some((kept) => isElsewhere(kept) && isSameNumbered(kept.message, message))
    )
      return;
    const taken = seq === undefined ? undefined : numbered(all, log, seq);
    const fate = taken && onImport(taken.message, message);
    if (fate === 'same') return;
    if (fate === 'replace' && taken !== undefined) this.#take(taken);
    if (fate === 'other') seq = undefined;
    const isThere = (kept: KeptMessage) =>
      kept.log === log && kept.place === place && kept.seq === undefined;
    if (
      seq === undefined &&
      all.some((kept) => isThere(kept) && isSameUnnumbered(kept.message, message))
    )
      return;
    this.#keep({ message, log, place, seq, id });
    this.#settle(conversation, log, seq);
  }

  /** What disappears, up to a number of the current log, was read at `age`. */
  begin(conversation: ConversationName, epochs: LogEpochs, seq: number, age: number): void {
    const log = epochOf(epochs, seq);
    const read = this.#allOf(conversation).filter(
      (kept) => kept.log < log || (kept.log === log && kept.place <= seq),
    );
    for (const kept of read) {
      const message = begun(kept.message, age);
      if (message === kept.message) continue;
      this.#take(kept);
      this.#keep({ ...kept, message });
    }
  }

  expire(until: number): void {
    for (const kept of [...this.#kept.values()].flat()) {
      if ((kept.message.ends ?? Infinity) > until) continue;
      this.#take(kept);
      const { conversation } = kept.message;
      this.#said.delete(`${conversation} ${kept.log} ${kept.seq}`);
      this.#reactions.delete(`${conversation} ${kept.log} ${kept.seq}`);
      const id = endedIdOf(kept.message);
      if (id !== undefined) this.#ended.add(`${conversation} ${id}`);
    }
    for (const oldest of this.#ended) {
      if (this.#ended.size <= maxEnded) return;
      this.#ended.delete(oldest);
    }
  }

  expiring(
    until: number,
    lineageOf: (conversation: ConversationName) => LogEpochs,
  ): readonly PlacedRecord[] {
    return this.#ending
      .filter(({ message }) => (message.ends ?? Infinity) <= until)
      .map((kept) => placed(this.#read(kept), lineageOf(kept.message.conversation)));
  }

  get nextEnd(): number | undefined {
    return this.#ending[0]?.message.ends;
  }

  get #ending(): readonly KeptMessage[] {
    return [...this.#kept.values()]
      .flat()
      .filter(({ message }) => message.ends !== undefined)
      .sort(
        (one, other) => (one.message.ends ?? 0) - (other.message.ends ?? 0) || one.id - other.id,
      );
  }

  #hasEnded(conversation: ConversationName, id: string | undefined): boolean {
    return id !== undefined && this.#ended.has(`${conversation} ${id}`);
  }

  blocks(conversation: ConversationName): readonly StoredBlock[] {
    const blocks = new Map<string, StoredBlock>();
    for (const kept of this.#kept.get(conversation) ?? []) {
      const { log: epoch, place, message } = kept;
      if (epoch === atTheEnd) continue;
      const block = Math.floor(place / blockNumbers);
      const key = `${epoch} ${block}`;
      const stamp = `${blocks.get(key)?.stamp ?? ''}${JSON.stringify(this.#read(kept))}`;
      blocks.set(key, { conversation, epoch, block, stamp, newest: message.at });
    }
    return [...blocks.values()];
  }

  block({ conversation, epoch, block }: BlockAddress): readonly FiledRecord[] {
    return (this.#kept.get(conversation) ?? [])
      .filter(({ log, place }) => log === epoch && Math.floor(place / blockNumbers) === block)
      .map((kept) => ({ ...inItsLog(this.#read(kept)), epoch, place: kept.place }));
  }

  removeMark(conversation: ConversationName, epochs: LogEpochs, seq: number): void {
    const found = numbered(this.#allOf(conversation), epochOf(epochs, seq), seq);
    if (found !== undefined && isMark(found.message)) this.#take(found);
  }

  #take(kept: KeptMessage): void {
    const { conversation, localId, textId } = kept.message;
    const all = this.#allOf(conversation);
    const index = all.lastIndexOf(kept);
    if (index >= 0) all.splice(index, 1);
    if (localId !== undefined) this.#own.delete(localId);
    if (index >= 0 && textId !== undefined) this.#count(`${conversation} ${textId}`, -1);
  }

  #count(text: string, by: number): void {
    const count = (this.#texts.get(text) ?? 0) + by;
    if (count > 0) this.#texts.set(text, count);
    else this.#texts.delete(text);
  }

  #allOf(conversation: ConversationName): KeptMessage[] {
    const all = this.#kept.get(conversation) ?? [];
    this.#kept.set(conversation, all);
    return all;
  }

  search(
    { words, conversation, from }: HistoryQuery,
    limit: number,
    lineageOf: (conversation: ConversationName) => LogEpochs,
  ): readonly PlacedRecord[] {
    const isMeant = wordMatcher(words);
    if (words.length === 0 && conversation === undefined && from === undefined) return [];
    return [...this.#kept.values()]
      .flat()
      .map((kept) => this.#read(kept))
      .filter(
        ({ message }) =>
          (conversation === undefined || message.conversation === conversation) &&
          (from === undefined || message.from?.toLowerCase() === from.toLowerCase()) &&
          isMeant(textOf(currentOf(message).content)),
      )
      .sort((one, other) => other.id - one.id)
      .slice(0, limit)
      .map((one) => placed(one, lineageOf(one.message.conversation)));
  }

  historyRange(
    conversation: ConversationName,
    epochs: LogEpochs,
    historyRange: HistoryRange,
    limit: number,
  ): readonly PlacedRecord[] {
    const all = this.#kept.get(conversation) ?? [];
    const [from, to] = this.#bounds(all, epochs, historyRange, limit);
    return all
      .slice(Math.max(0, from), Math.max(0, to))
      .map((one) => placed(this.#read(one), epochs));
  }

  pinned(conversation: ConversationName, epochs: LogEpochs): readonly PlacedRecord[] {
    return (this.#kept.get(conversation) ?? [])
      .map((kept) => this.#read(kept))
      .filter(({ message }) => currentOf(message).pin !== undefined)
      .slice(-maxPins)
      .map((kept) => placed(kept, epochs));
  }

  #bounds(
    all: readonly KeptMessage[],
    epochs: LogEpochs,
    historyRange: HistoryRange,
    limit: number,
  ): readonly [from: number, to: number] {
    const { kind } = historyRange;
    if (kind === 'first') return [0, limit];
    if (kind === 'last') return [all.length - limit, all.length];
    if (historyRange.kind === 'since') {
      const found = all.findIndex(
        ({ log, message }) => log === atTheEnd || message.at >= historyRange.at,
      );
      return found < 0 ? [0, 0] : [found, found + limit];
    }
    const { message } = historyRange;
    const index = indexOf(all, epochs, message);
    if (index === undefined) return [0, 0];
    if (kind === 'before') return [index - limit, index];
    const isThere = all[index]?.id === message.rowId || isNumbered(all[index], epochs, message);
    const from = kind === 'after' && isThere ? index + 1 : index;
    return [from, from + limit];
  }

  delivered(conversation: ConversationName, epochs: LogEpochs, upTo: number): void {
    const all = this.#kept.get(conversation) ?? [];
    for (const [index, one] of all.entries()) {
      const { localId, state } = one.message;
      if (state !== 'stored') continue;
      if ((validNumber(one, epochs) ?? Infinity) > upTo) continue;
      const delivered: KeptMessage = { ...one, message: { ...one.message, state: 'delivered' } };
      all[index] = delivered;
      if (localId !== undefined) this.#own.set(localId, delivered);
    }
  }

  page(
    conversation: ConversationName,
    epochs: LogEpochs,
    before: number | undefined,
    limit: number,
  ): HistoryRecord[] {
    const log = before === undefined ? 0 : epochOf(epochs, before);
    const all = (this.#kept.get(conversation) ?? []).filter(
      (one) => before === undefined || one.log < log || (one.log === log && one.place < before),
    );
    return all.slice(Math.max(0, all.length - limit)).map((one) => shown(this.#read(one), epochs));
  }

  own(
    conversation: ConversationName,
    epochs: LogEpochs,
    numbers: readonly number[],
  ): HistoryRecord[] {
    return (this.#kept.get(conversation) ?? [])
      .filter((one) => numbers.includes(validNumber(one, epochs) ?? 0))
      .map((one) => shown(this.#read(one), epochs))
      .filter(({ localId, encrypted }) => localId !== undefined && encrypted);
  }

  ownBehind(
    conversation: ConversationName,
    epochs: LogEpochs,
    seq: number,
    limit: number,
    epoch?: number,
  ): HistoryRecord[] {
    const numberOf = (one: KeptMessage) =>
      epoch === undefined ? validNumber(one, epochs) : one.log === epoch ? one.seq : undefined;
    return (this.#kept.get(conversation) ?? [])
      .filter((one) => (numberOf(one) ?? 0) > seq)
      .filter(({ message: { localId, state } }) => localId !== undefined && state === 'stored')
      .slice(0, limit)
      .map((one) => inItsLog(this.#read(one)));
  }

  hasText(conversation: ConversationName, textId: string): boolean {
    const key = `${conversation} ${textId}`;
    return this.#texts.has(key) || this.#ended.has(key);
  }

  numbered(
    conversation: ConversationName,
    epochs: LogEpochs,
    seq: number,
    epoch: number = epochOf(epochs, seq),
  ): HistoryRecord | undefined {
    const found = numbered(this.#kept.get(conversation) ?? [], epoch, seq);
    return found && inItsLog(this.#read(found));
  }
}

/** The last number in a log that something is sorted by: its message may be gone, if it was a mark. */
function lastPlace(all: readonly KeptMessage[], log: number): number {
  return all.findLast((one) => one.log === log)?.place ?? 0;
}

function numbered(all: readonly KeptMessage[], log: number, seq: number): KeptMessage | undefined {
  for (let index = all.length - 1; index >= 0; index--) {
    const one = all[index];
    if (one === undefined || one.log < log || (one.log === log && one.place < seq)) return;
    if (one.log === log && one.seq === seq) return one;
  }
  return undefined;
}

function order(one: KeptMessage, other: KeptMessage): number {
  return (
    compare(one.log, other.log) ||
    compare(one.place, other.place) ||
    compare(Number(one.seq === undefined), Number(other.seq === undefined)) ||
    compare(one.id, other.id)
  );
}

/** The position of a message. For one that is gone, the position of its number. */
function indexOf(
  all: readonly KeptMessage[],
  epochs: LogEpochs,
  { rowId, seq }: HistoryAnchor,
): number | undefined {
  const index = rowId === undefined ? -1 : all.findIndex(({ id }) => id === rowId);
  if (index >= 0) return index;
  if (seq === undefined) return undefined;
  const log = epochOf(epochs, seq);
  const next = all.findIndex((one) => one.log > log || (one.log === log && one.place >= seq));
  return next < 0 ? all.length : next;
}

function isNumbered(
  one: KeptMessage | undefined,
  epochs: LogEpochs,
  { seq }: HistoryAnchor,
): boolean {
  return seq !== undefined && one?.log === epochOf(epochs, seq) && one.seq === seq;
}

/** Compares two numbers, which may be infinite. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
