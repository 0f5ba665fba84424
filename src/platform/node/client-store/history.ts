// The history in the file: the messages of each conversation in display order.

import type {
  AmendedChange,
  HistoryAnchor,
  HistoryQuery,
  HistoryRecord,
  PlacedRecord,
  HistoryRange,
} from '../../../client/store/store-port.ts';
import { maxPins } from '../../../client/amending/amendments.ts';
import { currentOf } from '../../../client/amending/current.ts';
import { epochOf, noLineage, partsOf, type LogEpochs } from '../../../client/store/log-epochs.ts';
import { isMark, onTakenNumber } from '../../../client/store/taken-number.ts';
import { phraseOf } from '../../../client/store/word-search.ts';
import type { Database, SqlValue } from '../../../sqlite/engine.ts';
import { Row } from '../../../sqlite/rows.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import { AmendedMessages } from './amended.ts';
import { atTheEnd, inItsLog, lineageOf, messageColumns, messageOf, placedOf } from './decode.ts';
import { ExpiringMessages } from './expiring.ts';
import { recordText } from './put.ts';

/** Before every epoch and every id: those of another device's history may be negative. */
const lowest = Number.MIN_SAFE_INTEGER;

export class HistoryTable {
  readonly #lineageOf;
  readonly #lastOf;
  readonly #idOf;
  readonly #removeOwn;
  readonly #numbered;
  readonly #removeId;
  readonly #put;
  readonly #delivered;
  readonly #page;
  readonly #pageBefore;
  readonly #ownBehind;
  readonly #textIs;
  readonly #nextLog;
  readonly #search;
  readonly #rowId;
  readonly #before;
  readonly #from;
  readonly #after;
  readonly #timeOf;
  readonly #amended: AmendedMessages;
  readonly #known = new Map<ConversationName, LogEpochs>();
  readonly #expiring: ExpiringMessages;

  constructor(database: Database) {
    this.#amended = new AmendedMessages(database);
    this.#expiring = new ExpiringMessages(database);
    const prepare = (sql: string) => database.prepare(sql);
    const backwards = 'ORDER BY log DESC, place DESC, (seq IS NULL) DESC, id DESC LIMIT ?';
    const page = `SELECT ${messageColumns} FROM messages WHERE conversation = ?`;
    this.#lineageOf = prepare('SELECT epoch, earlier FROM conversations WHERE name = ?');
    this.#lastOf = prepare(
      'SELECT coalesce(max(place), 0) AS last FROM messages WHERE conversation = ? AND log = ?',
    );
    this.#idOf = prepare('SELECT id FROM messages WHERE local_id = ?');
    this.#removeOwn = prepare('DELETE FROM messages WHERE local_id = ?');
    this.#numbered = prepare(`${page} AND log = ? AND seq = ?`);
    this.#removeId = prepare('DELETE FROM messages WHERE id = ?');
    this.#put = prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#delivered = prepare(
      `UPDATE messages SET state = 'delivered'
       WHERE conversation = ? AND log = ? AND seq > ? AND seq <= ? AND state = 'stored'`,
    );
    this.#page = prepare(`${page} ${backwards}`);
    this.#pageBefore = prepare(`${page} AND (log, place) < (?, ?) ${backwards}`);
    this.#search = prepare(
      `SELECT ${messageColumns} FROM message_index JOIN messages ON messages.id = message_index.rowid
       WHERE message_index MATCH ? ORDER BY message_index.rowid DESC LIMIT ?`,
    );
    // The order of the index messages_in_order, in both directions.
    const order = '(log, place, seq IS NULL, id)';
    this.#rowId = prepare(
      'SELECT log, place, seq IS NULL AS rank, id FROM messages WHERE id = ? AND conversation = ?',
    );
    this.#before = prepare(`${page} AND ${order} < (?, ?, ?, ?) ${backwards}`);
    const forwards = 'ORDER BY log, place, seq IS NULL, id LIMIT ?';
    this.#from = prepare(`${page} AND ${order} >= (?, ?, ?, ?) ${forwards}`);
    this.#after = prepare(`${page} AND ${order} > (?, ?, ?, ?) ${forwards}`);
    this.#timeOf = prepare(
      `SELECT place, record ->> '$.at' AS at FROM messages
       WHERE conversation = ? AND log = ? AND place >= ? ORDER BY log, place, seq IS NULL, id LIMIT 1`,
    );
    this.#ownBehind = prepare(
      `${page} AND log = ? AND seq > ? AND seq <= ? AND local_id IS NOT NULL AND state = 'stored'
       ORDER BY seq LIMIT ?`,
    );
    // The same expression as in the index messages_by_text.
    this.#textIs = prepare(
      `SELECT 1 FROM messages WHERE conversation = ? AND record ->> '$.textId' = ?
       AND record ->> '$.textId' IS NOT NULL`,
    );
    this.#nextLog = prepare(
      'SELECT min(log) AS log FROM messages WHERE conversation = ? AND log > ?',
    );
  }

  put(message: HistoryRecord): void {
    if (this.#expiring.hasEnded(message)) return;
    const { conversation, localId, seq, state, epoch } = message;
    const epochs = this.#epochs(conversation);
    const log = epoch ?? (seq === undefined ? epochs.epoch : epochOf(epochs, seq));
    let id: number | null = null;
    if (localId !== undefined) {
      const before = this.#idOf.get(localId);
      if (before !== undefined) id = new Row('messages', before).integer('id');
      this.#removeOwn.run(localId);
    }
    const fate = seq === undefined ? 'free' : this.#makeRoom(message, log, seq);
    if (fate === 'same') return;
    const isWaiting = seq === undefined && state === 'waiting';
    const last = () => new Row('messages', this.#lastOf.get(conversation, log)).integer('last');
    this.#put.run(
      id,
      conversation,
      isWaiting ? atTheEnd : log,
      isWaiting ? atTheEnd : (seq ?? last()),
      fate === 'other' ? null : (seq ?? null),
      localId ?? null,
      state ?? null,
      recordText(message),
    );
    if (seq !== undefined) this.#amended.settle(conversation, log, seq);
  }

  amend(change: AmendedChange): void {
    if (this.#expiring.isEnded(change.conversation, change.target.id)) return;
    const epochs = this.#epochs(change.conversation);
    this.#amended.amend(change, epochOf(epochs, change.target.seq));
  }

  /** What to do with a message whose number may be taken. */
  #makeRoom(message: HistoryRecord, log: number, seq: number): 'free' | 'same' | 'other' {
    const found = this.#numbered.get(message.conversation, log, seq);
    if (found === undefined) return 'free';
    const fate = onTakenNumber(inItsLog(found), message);
    if (fate !== 'replace') return fate;
    this.#removeId.run(new Row('messages', found).integer('id'));
    return 'free';
  }

  removeMark(conversation: ConversationName, seq: number): void {
    const epoch = epochOf(this.#epochs(conversation), seq);
    const found = this.#numbered.get(conversation, epoch, seq);
    if (found === undefined || !isMark(inItsLog(found))) return;
    this.#removeId.run(new Row('messages', found).integer('id'));
  }

  delivered(conversation: ConversationName, upTo: number): void {
    for (const { epoch, after, last } of partsOf(this.#epochs(conversation))) {
      if (after < upTo) this.#delivered.run(conversation, epoch, after, Math.min(last, upTo));
    }
  }

  page(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): readonly HistoryRecord[] {
    const epochs = this.#epochs(conversation);
    const rows =
      before === undefined
        ? this.#page.all(conversation, limit)
        : this.#pageBefore.all(conversation, epochOf(epochs, before), before, limit);
    return rows.map((values) => messageOf(values, epochs)).reverse();
  }

  own(conversation: ConversationName, numbers: readonly number[]): readonly HistoryRecord[] {
    const epochs = this.#epochs(conversation);
    return [...new Set(numbers)]
      .sort((one, other) => one - other)
      .flatMap((number) => this.#numbered.all(conversation, epochOf(epochs, number), number))
      .map((values) => messageOf(values, epochs))
      .filter(({ localId, encrypted }) => localId !== undefined && encrypted);
  }

  ownBehind(
    conversation: ConversationName,
    seq: number,
    limit: number,
    epoch?: number,
  ): HistoryRecord[] {
    const parts =
      epoch === undefined
        ? partsOf(this.#epochs(conversation))
        : [{ epoch, after: 0, last: Number.MAX_SAFE_INTEGER }];
    return parts
      .toReversed()
      .flatMap(({ epoch, after, last }) =>
        this.#ownBehind.all(conversation, epoch, Math.max(after, seq), last, limit),
      )
      .slice(0, limit)
      .map(inItsLog);
  }

  numbered(
    conversation: ConversationName,
    seq: number,
    epoch = epochOf(this.#epochs(conversation), seq),
  ): HistoryRecord | undefined {
    const found = this.#numbered.get(conversation, epoch, seq);
    return found === undefined ? undefined : inItsLog(found);
  }

  hasText(conversation: ConversationName, textId: string): boolean {
    return (
      this.#textIs.get(conversation, textId) !== undefined ||
      this.#expiring.isEnded(conversation, textId)
    );
  }

  begin(conversation: ConversationName, seq: number, age: number): void {
    this.#expiring.begin(conversation, epochOf(this.#epochs(conversation), seq), seq, age);
  }

  expire(until: number): void {
    this.#expiring.expire(until);
  }

  expiring(until: number): readonly PlacedRecord[] {
    return this.#expiring.until(until).map((values) => {
      const name = new Row('messages', values).text('conversation') as ConversationName;
      return placedOf(values, this.#epochs(name));
    });
  }

  get nextEnd(): number | undefined {
    return this.#expiring.next;
  }

  historyRange(
    conversation: ConversationName,
    historyRange: HistoryRange,
    limit: number,
  ): PlacedRecord[] {
    const epochs = this.#epochs(conversation);
    const placed = (rows: readonly unknown[]) => rows.map((values) => placedOf(values, epochs));
    switch (historyRange.kind) {
      case 'last':
        return placed(this.#page.all(conversation, limit)).reverse();
      case 'first':
        return placed(this.#from.all(conversation, lowest, 0, 0, 0, limit));
      case 'since': {
        const [log, place] = this.#placeSince(conversation, historyRange.at);
        return placed(this.#from.all(conversation, log, place, 0, lowest, limit));
      }
      case 'before':
      case 'from':
      case 'after': {
        const { kind, message } = historyRange;
        const place = this.#placeOf(conversation, message) ?? placeOfNumber(epochs, historyRange);
        if (place === undefined) return [];
        if (kind === 'before')
          return placed(this.#before.all(conversation, ...place, limit)).reverse();
        const statement = kind === 'from' ? this.#from : this.#after;
        return placed(statement.all(conversation, ...place, limit));
      }
    }
  }

  pinned(conversation: ConversationName): readonly PlacedRecord[] {
    const epochs = this.#epochs(conversation);
    const found: PlacedRecord[] = [];
    for (const [log, seq] of this.#amended.pinnedIn(conversation)) {
      const values = this.#numbered.get(conversation, log, seq);
      if (values === undefined) continue;
      const record = placedOf(values, epochs);
      if (currentOf(record).pin !== undefined) found.push(record);
      if (found.length === maxPins) break;
    }
    return found.reverse();
  }

  search({ words, conversation, from }: HistoryQuery, limit: number): readonly PlacedRecord[] {
    // No piece contains a quotation mark, or any ASCII but letters and digits.
    const phrases = words.map(phraseOf).filter((phrase) => phrase.length > 0);
    const parts = phrases.map((phrase) => `words : "${phrase.join(' ')}"*`);
    if (conversation !== undefined) parts.push(`place : "${indexed(conversation)}"`);
    if (from !== undefined) parts.push(`sender : "${indexed(lowerAscii(from))}"`);
    if (parts.length === 0) return [];
    return this.#search.all(parts.map((part) => `(${part})`).join(' AND '), limit).map((values) => {
      const name = new Row('messages', values).text('conversation') as ConversationName;
      return placedOf(values, this.#epochs(name));
    });
  }

  /** A message's position in the order: log, place, rank and id. */
  #placeOf(
    conversation: ConversationName,
    { rowId }: HistoryAnchor,
  ): readonly SqlValue[] | undefined {
    const found = rowId === undefined ? undefined : this.#rowId.get(rowId, conversation);
    if (found === undefined) return undefined;
    const row = new Row('messages', found);
    return ['log', 'place', 'rank', 'id'].map((column) => row.integer(column));
  }

  /**
   * The first log and place that is not older than `at`. If everything with a place is older, the messages that wait.
   */
  #placeSince(conversation: ConversationName, at: number): readonly [log: number, place: number] {
    for (let log = lowest; ;) {
      const next = new Row('messages', this.#nextLog.get(conversation, log)).optionalInteger('log');
      if (next === undefined || next === atTheEnd) return [atTheEnd, 0];
      const place = this.#placeIn(conversation, next, at);
      if (place !== undefined) return [next, place];
      log = next;
    }
  }

  /** The same in one log. Times grow with the places, so a binary search finds it. */
  #placeIn(conversation: ConversationName, log: number, at: number): number | undefined {
    let low = 0;
    let high = new Row('messages', this.#lastOf.get(conversation, log)).integer('last') + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.#timeOf.get(conversation, log, middle);
      const row = found === undefined ? undefined : new Row('messages', found);
      if (row === undefined || row.integer('at') >= at) high = middle;
      else low = row.integer('place') + 1;
    }
    return this.#timeOf.get(conversation, log, low) === undefined ? undefined : low;
  }

  /** What is in the table of conversations may be another thing now. */
  forgetEpochs(): void {
    this.#known.clear();
  }

  #epochs(conversation: ConversationName): LogEpochs {
    const known = this.#known.get(conversation);
    if (known !== undefined) return known;
    const row = this.#lineageOf.get(conversation);
    const epochs = row === undefined ? noLineage : lineageOf(row);
    this.#known.set(conversation, epochs);
    return epochs;
  }
}

/** The same for a message of which only the number is known. */
function placeOfNumber(
  epochs: LogEpochs,
  { kind, message: { seq } }: Extract<HistoryRange, { readonly message: HistoryAnchor }>,
): readonly SqlValue[] | undefined {
  if (seq === undefined) return undefined;
  return [epochOf(epochs, seq), seq, 0, kind === 'after' ? atTheEnd : lowest];
}

/** A name in the form of the index (schema.ts). */
function indexed(name: string): string {
  return `\uf8ff${Buffer.from(name).toString('hex')}`;
}

/** Like SQLite's `lower`. */
function lowerAscii(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
