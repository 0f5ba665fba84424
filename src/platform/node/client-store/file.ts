// A client's store in a SQLite file. It works in the client's thread: it writes a few kilobytes at a time, and nothing
// may be shown or sent before it is on the disk anyway.

import type {
  BlockAddress,
  ClientChange,
  ClientRecords,
  ClientStore,
  FiledRecord,
  HistoryQuery,
  HistoryRecord,
  PlacedRecord,
  StoredBlock,
  HistoryRange,
} from '../../../client/store/store-port.ts';
import { unreachable } from '../../../lib/invariant.ts';
import { closeDatabase, inTransaction } from '../../../sqlite/database.ts';
import {
  codeOf,
  problemOf,
  type Database,
  type SqlValue,
  type Statement,
} from '../../../sqlite/engine.ts';
import type { Lock } from '../../../sqlite/lock.ts';
import { SqliteProblem } from '../../../sqlite/problem.ts';
import type { ConversationName } from '../../../wire/extended/names.ts';
import {
  conversationOf,
  groupPartOf,
  keptValueOf,
  outboxOf,
  packageOf,
  runsOf,
  sessionOf,
  streamOf,
} from './decode.ts';
import { HistoryBlocks } from './blocks.ts';
import { HistoryTable } from './history.ts';
import { Purge } from './purge.ts';
import { memberOf } from './put.ts';
import { storedContent } from '../../../client/store/stored-content.ts';

/** Changes by which a text may go. */
const mayDelete: ReadonlySet<ClientChange['type']> = new Set([
  'amended',
  'message',
  'imported',
  'expired',
]);

export class FileClientStore implements ClientStore {
  readonly #path: string;
  readonly #database: Database;
  readonly #lock: Lock;
  readonly #history: HistoryTable;
  readonly #blocks: HistoryBlocks;
  readonly #purge: Purge;
  readonly #statements = new Map<string, Statement>();
  #isClosed = false;

  constructor(path: string, database: Database, lock: Lock) {
    this.#path = path;
    this.#database = database;
    this.#lock = lock;
    this.#history = new HistoryTable(database);
    this.#blocks = new HistoryBlocks(database);
    this.#purge = new Purge(path, database);
  }

  async load(): Promise<ClientRecords> {
    return this.#attempt(() => {
      const all = (table: string, order: string) =>
        this.#statement(`SELECT * FROM ${table} ORDER BY ${order}`).all();
      return {
        conversations: all('conversations', 'name').map(conversationOf),
        outbox: all('outbox', 'position').map(outboxOf),
        stream: streamOf(all('streams', 'one')[0]),
        runs: runsOf(all('runs', 'one')[0]),
        sessions: all('sessions', 'group_id').map(sessionOf),
        packages: all('packages', 'reference').map(packageOf),
        groupParts: all('group_parts', 'conversation, part').map(groupPartOf),
        values: all('kept_values', 'name').map(keptValueOf),
      };
    });
  }

  async write(changes: readonly ClientChange[]): Promise<void> {
    // The store writer gathers meanwhile, so that everything in the rest of this turn is in its next write.
    await new Promise(setImmediate);
    try {
      this.#attempt(() =>
        inTransaction(this.#database, () => {
          for (const change of changes) this.#apply(change);
        }),
      );
    } finally {
      // What a write has read that failed does not hold.
      this.#history.forgetEpochs();
    }
    if (changes.some(({ type }) => mayDelete.has(type))) this.#purge.look();
  }

  async history(
    conversation: ConversationName,
    before: number | undefined,
    limit: number,
  ): Promise<readonly HistoryRecord[]> {
    return this.#attempt(() => this.#history.page(conversation, before, limit));
  }

  async ownMessages(
    conversation: ConversationName,
    numbers: readonly number[],
  ): Promise<readonly HistoryRecord[]> {
    return this.#attempt(() => this.#history.own(conversation, numbers));
  }

  async ownBehind(
    conversation: ConversationName,
    seq: number,
    limit: number,
    epoch?: number,
  ): Promise<readonly HistoryRecord[]> {
    return this.#attempt(() => this.#history.ownBehind(conversation, seq, limit, epoch));
  }

  async numbered(
    conversation: ConversationName,
    seq: number,
    epoch?: number,
  ): Promise<HistoryRecord | undefined> {
    return this.#attempt(() => this.#history.numbered(conversation, seq, epoch));
  }

  async hasText(conversation: ConversationName, textId: string): Promise<boolean> {
    return this.#attempt(() => this.#history.hasText(conversation, textId));
  }

  async historyRange(
    conversation: ConversationName,
    historyRange: HistoryRange,
    limit: number,
  ): Promise<readonly PlacedRecord[]> {
    return this.#attempt(() => this.#history.historyRange(conversation, historyRange, limit));
  }

  async pinned(conversation: ConversationName): Promise<readonly PlacedRecord[]> {
    return this.#attempt(() => this.#history.pinned(conversation));
  }

  async expiring(until: number): Promise<readonly PlacedRecord[]> {
    return this.#attempt(() => this.#history.expiring(until));
  }

  async nextEnd(): Promise<number | undefined> {
    return this.#attempt(() => this.#history.nextEnd);
  }

  async historyBlocks(conversation: ConversationName): Promise<readonly StoredBlock[]> {
    return this.#attempt(() => this.#blocks.blocks(conversation));
  }

  async historyBlock(address: BlockAddress): Promise<readonly FiledRecord[]> {
    return this.#attempt(() => this.#blocks.block(address));
  }

  async search(query: HistoryQuery, limit: number): Promise<readonly PlacedRecord[]> {
    return this.#attempt(() => this.#history.search(query, limit));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#purge.close();
    closeDatabase(this.#database);
    await this.#lock.release();
  }

  #apply(change: ClientChange): void {
    switch (change.type) {
      case 'conversation': {
        const { name, log, epoch, earlier, alike = [], cursor, read, isIn } = change.conversation;
        this.#run(
          `INSERT OR REPLACE INTO conversations (name, log, cursor, seen, epoch, earlier, alike, member)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          name,
          log,
          cursor,
          read,
          epoch,
          JSON.stringify(earlier),
          JSON.stringify(alike),
          memberOf(isIn),
        );
        this.#history.forgetEpochs();
        return;
      }
      case 'message':
        this.#history.put(change.message);
        return;
      case 'amended':
        this.#history.amend(change);
        return;
      case 'imported':
        this.#blocks.import(change.messages);
        return;
      case 'mark-removed':
        this.#history.removeMark(change.conversation, change.seq);
        return;
      case 'expiry-begun':
        this.#history.begin(change.conversation, change.seq, change.age);
        return;
      case 'expired':
        this.#history.expire(change.until);
        return;
      case 'delivered':
        this.#history.delivered(change.conversation, change.seq);
        return;
      case 'outbox': {
        const { localId, order, content, ...entry } = change.entry;
        const record = JSON.stringify({ ...entry, content: storedContent(content) });
        this.#run('INSERT OR REPLACE INTO outbox VALUES (?, ?, ?)', localId, order, record);
        return;
      }
      case 'outbox-removed':
        this.#run('DELETE FROM outbox WHERE local_id = ?', change.localId);
        return;
      case 'stream': {
        const { stream, lastNumber } = change;
        this.#run('INSERT OR REPLACE INTO streams VALUES (1, ?, ?)', stream, lastNumber);
        return;
      }
      case 'runs':
        this.#run('INSERT OR REPLACE INTO runs VALUES (1, ?)', JSON.stringify(change.runs));
        return;
      case 'session': {
        const { groupId, peer, order, madeAt, ownTexts, bytes } = change.session;
        const values = [groupId, peer, order ?? null, madeAt, ownTexts, bytes];
        this.#run('INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?)', ...values);
        return;
      }
      case 'session-removed':
        this.#run('DELETE FROM sessions WHERE group_id = ?', change.groupId);
        return;
      case 'package': {
        const { reference, lastResort, madeAt, bytes } = change.package;
        const values = [reference, Number(lastResort), madeAt, bytes];
        this.#run('INSERT OR REPLACE INTO packages VALUES (?, ?, ?, ?)', ...values);
        return;
      }
      case 'package-removed':
        this.#run('DELETE FROM packages WHERE reference = ?', change.reference);
        return;
      case 'group-part': {
        const { conversation, part, bytes } = change.part;
        const values = [conversation, part, bytes];
        this.#run('INSERT OR REPLACE INTO group_parts VALUES (?, ?, ?)', ...values);
        return;
      }
      case 'group-part-removed': {
        const { conversation, part } = change;
        this.#run(
          'DELETE FROM group_parts WHERE conversation = ? AND part = ?',
          conversation,
          part,
        );
        return;
      }
      case 'group-removed':
        this.#run('DELETE FROM group_parts WHERE conversation = ?', change.conversation);
        return;
      case 'kept-value': {
        const { name, value } = change;
        if (value === undefined) this.#run('DELETE FROM kept_values WHERE name = ?', name);
        else this.#run('INSERT OR REPLACE INTO kept_values VALUES (?, ?)', name, value);
        return;
      }
      default:
        unreachable(change);
    }
  }

  #run(sql: string, ...values: readonly SqlValue[]): void {
    this.#statement(sql).run(...values);
  }

  /** Statements are prepared once each. Their texts are few and fixed. */
  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #attempt<T>(work: () => T): T {
    if (this.#isClosed) throw new Error('the store is closed');
    try {
      return work();
    } catch (error) {
      if (error instanceof SqliteProblem) throw error;
      const code = problemOf(error);
      const reason = code === 'full' ? 'the disk is full' : codeOf(error);
      throw new SqliteProblem(code, `${this.#path} cannot be used: ${reason}`, undefined, {
        cause: error,
      });
    }
  }
}
