// The database of an account at a server in IndexedDB, and of a guest: what a data directory has of one on other devices.
// Owns its form, how it is opened, and what its failures are in words. What is in it was written by this page alone: who
// can write there can read the keys too, so rows are not checked again.
import {
  openDB,
  type DBSchema,
  type IDBPDatabase,
  type IDBPTransaction,
  type StoreNames,
} from 'idb';
import type { KeptMessage } from '../../../client/store/kept-message.ts';
import { PrivateFileError } from '../../../client/store/private-file-error.ts';
import type { StoredMessage, StoredOutboxContent } from '../../../client/store/stored-content.ts';
import type {
  ConversationRecord,
  GroupPart,
  HistoryRecord,
  KeptValue,
  OutboxRecord,
  PackageRecord,
  SessionRecord,
} from '../../../client/store/store-port.ts';

/** A message as it is stored. Fields that are not there are in no index that has them. */
export interface MessageRow extends Omit<KeptMessage, 'message'> {
  readonly conversation: string;
  /** Whether it stands behind one that has the number of its place. */
  readonly rank: 0 | 1;
  readonly localId: string | undefined;
  readonly textId: string | undefined;
  /** Of an own one that is stored, and not delivered yet: 1 of this device, 2 of another one of the account. */
  readonly open?: 1 | 2;
  readonly record: Omit<HistoryRecord, 'content' | 'amended'>;
  readonly content: StoredMessage;
  /** Of one that disappears: when (HistoryRecord). */
  readonly ends?: number;
  /** Of an edited one: its text now, for searches. */
  readonly now?: string;
}

/** What later messages said of the one that has a number, and was meant by that id (client/amending). */
export interface AmendmentRow {
  readonly conversation: string;
  readonly log: number;
  readonly seq: number;
  readonly target: string;
  readonly said: string;
}

/** Where such a row says that its message is pinned. */
export type PinnedRow = Omit<AmendmentRow, 'said'>;

/** What one account gave the one that has a number, and was meant by that id. */
export interface ReactionRow {
  readonly conversation: string;
  readonly log: number;
  readonly seq: number;
  readonly target: string;
  readonly user: string;
  readonly given: string;
}

/** A message that has disappeared. Later ones have higher numbers. */
export interface EndedRow {
  readonly id: number;
  readonly conversation: string;
  readonly target: string;
}

export interface BlockRow {
  readonly conversation: string;
  readonly epoch: number;
  readonly block: number;
  readonly stamp: string;
}

export interface PinRow {
  readonly user: string;
  readonly key: Uint8Array;
  readonly verified: boolean;
  readonly since: number;
}

export interface AccountSchema extends DBSchema {
  conversations: { key: string; value: ConversationRecord };
  messages: {
    key: number;
    value: MessageRow;
    indexes: {
      order: [string, number, number, number, number];
      numbered: [string, number, number];
      own: string;
      texts: [string, string];
      open: [string, number, number, number];
      ends: number;
    };
  };
  amendments: { key: [string, number, number, string]; value: AmendmentRow };
  reactions: { key: [string, number, number, string, string]; value: ReactionRow };
  pinned: { key: [string, number, number, string]; value: PinnedRow };
  ended: { key: number; value: EndedRow; indexes: { target: [string, string] } };
  blocks: { key: [string, number, number]; value: BlockRow };
  outbox: {
    key: string;
    value: Omit<OutboxRecord, 'content'> & { readonly content: StoredOutboxContent };
  };
  sessions: { key: string; value: SessionRecord };
  packages: { key: string; value: PackageRecord };
  groupParts: { key: [string, string]; value: GroupPart };
  values: { key: string; value: KeptValue };
  pins: { key: string; value: PinRow };
  strangers: { key: string; value: PinRow; indexes: { since: number } };
  chains: { key: string; value: { readonly user: string; readonly bytes: Uint8Array } };
  /**
   * Single things, by their names: `stream`, `runs`, `device`, `drafts`, `directory`, `vault`, `known senders`, `transfer KIND-ID`,
   * `given backup`, `lock`, `adopted`.
   */
  things: { key: string; value: unknown };
}

export type AccountDatabase = IDBPDatabase<AccountSchema>;
export type StoreName = StoreNames<AccountSchema>;
export type ReadTransaction = IDBPTransaction<AccountSchema, StoreName[], 'readonly' | 'readwrite'>;
export type WriteTransaction = IDBPTransaction<AccountSchema, StoreName[], 'readwrite'>;

/** The form of the stores. Each time that a lock is put on or taken off, the version grows by `lockStep` (../lock/reopen.ts). */
const form = 5;
export const lockStep = 1_000;
export const durable = { durability: 'strict' } as const;

/** The database of `user` at `server` (the key of the server). Rejects with a PrivateFileError. */
export function openAccountDatabase(server: string, user: string): Promise<AccountDatabase> {
  return attempt(() => openAs(databaseName(server, user), undefined));
}

/** Opens it in that version, or in the one that it has. Rejects with a DOMException. */
export async function openAs(name: string, version: number | undefined): Promise<AccountDatabase> {
  const database = await openDB<AccountSchema>(name, version, {
    upgrade: (opened, before, _, transaction) => {
      if (before === 0) makeStores(opened);
      // Form 2 has it.
      if (!opened.objectStoreNames.contains('amendments')) {
        const keyPath = ['conversation', 'log', 'seq', 'target'];
        opened.createObjectStore('amendments', { keyPath });
      }
      // Form 3. Older reactions stay where they are, and are read with these.
      if (!opened.objectStoreNames.contains('reactions')) {
        const keyPath = ['conversation', 'log', 'seq', 'target', 'user'];
        opened.createObjectStore('reactions', { keyPath });
      }
      // Form 4.
      if (!opened.objectStoreNames.contains('ended')) {
        const ended = opened.createObjectStore('ended', { keyPath: 'id' });
        ended.createIndex('target', ['conversation', 'target']);
        transaction.objectStore('messages').createIndex('ends', 'ends');
      }
      // Form 5.
      if (!opened.objectStoreNames.contains('pinned')) {
        const keyPath = ['conversation', 'log', 'seq', 'target'];
        opened.createObjectStore('pinned', { keyPath });
      }
    },
    // A later page, or whoever deletes the data, does not wait for this one.
    blocking: () => database.close(),
  });
  const behind = form - (database.version % lockStep);
  if (behind === 0) return database;
  database.close();
  if (behind > 0) return openAs(name, database.version + behind);
  throw new DOMException('', 'VersionError');
}

export function databaseName(server: string, user: string): string {
  return `helo ${server} ${user}`;
}

function makeStores(database: AccountDatabase): void {
  database.createObjectStore('conversations', { keyPath: 'name' });
  const messages = database.createObjectStore('messages', { keyPath: 'id' });
  messages.createIndex('order', ['conversation', 'log', 'place', 'rank', 'id'], { unique: true });
  messages.createIndex('numbered', ['conversation', 'seq', 'log']);
  messages.createIndex('own', 'localId');
  messages.createIndex('texts', ['conversation', 'textId']);
  messages.createIndex('open', ['conversation', 'open', 'log', 'seq']);
  database.createObjectStore('blocks', { keyPath: ['conversation', 'epoch', 'block'] });
  database.createObjectStore('outbox', { keyPath: 'localId' });
  database.createObjectStore('sessions', { keyPath: 'groupId' });
  database.createObjectStore('packages', { keyPath: 'reference' });
  database.createObjectStore('groupParts', { keyPath: ['conversation', 'part'] });
  database.createObjectStore('values', { keyPath: 'name' });
  database.createObjectStore('pins', { keyPath: 'user' });
  database.createObjectStore('strangers', { keyPath: 'user' }).createIndex('since', 'since');
  database.createObjectStore('chains', { keyPath: 'user' });
  database.createObjectStore('things');
}

/** A transaction that is on the disk when it is done: browsers otherwise only promise that the system has it. */
function writing(database: AccountDatabase, stores: StoreName[]): WriteTransaction {
  return database.transaction(stores, 'readwrite', durable);
}

/** The single thing of that name. */
export function readThing(database: AccountDatabase, name: string): Promise<unknown> {
  return attempt(() => database.get('things', name));
}

/** All single things whose names begin with `prefix`, which has no character behind \uffff. */
export function readThings(database: AccountDatabase, prefix: string): Promise<unknown[]> {
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  return attempt(() => database.getAll('things', range));
}

export function putThing(database: AccountDatabase, name: string, value: unknown): Promise<void> {
  return write(database, ['things'], async (transaction) => {
    await transaction.objectStore('things').put(value, name);
  });
}

export function forgetThings(database: AccountDatabase, names: readonly string[]): Promise<void> {
  return write(database, ['things'], async (transaction) => {
    for (const name of names) await transaction.objectStore('things').delete(name);
  });
}

/** Writes in one transaction: all of it, or nothing. */
export function write<T>(
  database: AccountDatabase,
  stores: StoreName[],
  work: (transaction: WriteTransaction) => Promise<T>,
): Promise<T> {
  return attempt(async () => {
    const transaction = writing(database, stores);
    try {
      const result = await work(transaction);
      await transaction.done;
      return result;
    } catch (error) {
      // It may have ended by itself, for this very reason.
      transaction.done.catch(() => {});
      if (transaction.error === null) abort(transaction);
      throw transaction.error ?? error;
    }
  });
}

function abort(transaction: WriteTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It is over already.
  }
}

/** The result of `work`. Rejects with a PrivateFileError that says in words what the browser has against it. */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    throw new PrivateFileError(`this browser's data cannot be used: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  QuotaExceededError: 'it has no more room for this page',
  InvalidStateError: 'the browser has closed or deleted it',
  VersionError: 'a newer version of this page has written it',
  SecurityError: 'the browser does not let this page store anything',
  NotFoundError: 'the browser has deleted a part of it',
};

function reasonOf({ name }: DOMException): string {
  return Object.hasOwn(reasons, name) ? (reasons[name] ?? name) : `the browser reports ${name}`;
}
