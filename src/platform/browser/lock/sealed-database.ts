// The database of an account as it is when the store is locked, behind the form that it has without: whoever reads and
// writes through this view knows nothing of it. What stays readable of a row is what IndexedDB finds it by: its key, and
// the fields of its indexes; names among them are stand-ins. Rows of several names are
// brought into the order of these; nothing asks for a part of them.
//
// Only what the store of a client uses is there. Every row has to be encrypted: one that is not was put there by
// something else. The one exception is the device's key where it was made before the lock (../store/device.ts).
import { PrivateFileError } from '../../../client/store/private-file-error.ts';
import type { AccountDatabase, StoreName } from '../store/database.ts';
import { pack, unpack } from './packed.ts';
import type { RowCipher } from './row-cipher.ts';

interface Shape {
  /** Fields that stay readable. */
  readonly plain: readonly string[];
  /** The same of a later version: a row that was locked before knows nothing of them. */
  readonly later?: readonly string[];
  /** Fields that are names, in the place of which a stand-in stays readable. */
  readonly names: readonly string[];
  /** Which parts of its key are names. */
  readonly key: readonly number[];
  /** The same of the keys of its indexes. */
  readonly indexes?: Readonly<Record<string, readonly number[]>>;
}

const byUser: Shape = { plain: [], names: ['user'], key: [0] };
const shapes: Readonly<Record<StoreName, Shape>> = {
  conversations: { plain: [], names: ['name'], key: [0] },
  messages: {
    plain: ['id', 'log', 'place', 'rank', 'seq', 'localId', 'textId', 'open'],
    later: ['ends'],
    names: ['conversation'],
    key: [],
    indexes: { order: [0], numbered: [0], own: [], texts: [0], open: [0], ends: [] },
  },
  amendments: { plain: ['log', 'seq', 'target'], names: ['conversation'], key: [0] },
  reactions: {
    plain: ['log', 'seq', 'target'],
    names: ['conversation', 'user'],
    key: [0, 4],
  },
  pinned: { plain: ['log', 'seq', 'target'], names: ['conversation'], key: [0] },
  ended: {
    plain: ['id', 'target'],
    names: ['conversation'],
    key: [],
    indexes: { target: [0] },
  },
  blocks: { plain: ['epoch', 'block'], names: ['conversation'], key: [0] },
  outbox: { plain: ['localId'], names: [], key: [] },
  sessions: { plain: ['groupId'], names: [], key: [] },
  packages: { plain: ['reference'], names: [], key: [] },
  groupParts: { plain: [], names: ['conversation', 'part'], key: [0, 1] },
  values: { plain: [], names: ['name'], key: [0] },
  pins: byUser,
  strangers: { plain: ['since'], names: ['user'], key: [0], indexes: { since: [] } },
  chains: byUser,
  // Its names are words of this program.
  things: { plain: [], names: [], key: [] },
};

export type LockedRow = Readonly<Record<string, unknown>>;

export function isSealedRow(row: unknown): row is LockedRow & { readonly sealed: Uint8Array } {
  return typeof row === 'object' && row !== null && 'sealed' in row;
}

/** Whether its rows have another key when they are locked. */
export function isFoundByName(store: StoreName): boolean {
  return shapes[store].key.length > 0;
}

/** Whether a row is kept as it is: the lock itself, a key that only the browser can read, and a backup, which is sealed. */
export function staysPlain(store: StoreName, key: unknown, row: unknown): boolean {
  if (store !== 'things') return false;
  if (key === 'lock' || row instanceof Blob) return true;
  return key === 'device' && isRow(row) && row['privateKey'] instanceof CryptoKey;
}

/** A row as it is stored. `key`: where it is not a field of the row. */
export function sealRow(cipher: RowCipher, store: StoreName, row: unknown, key?: unknown): unknown {
  const shape = shapes[store];
  if (staysPlain(store, key, row)) return row;
  if (store === 'things') return { sealed: cipher.seal(store, [key], pack(row)) };
  const fields = row as LockedRow;
  const readable: Record<string, unknown> = {};
  const open = openFields(shape);
  for (const name of open) if (name in fields) readable[name] = fields[name];
  for (const name of shape.names) readable[name] = cipher.standIn(String(fields[name]));
  const hidden = Object.entries(fields).filter(([name]) => !open.includes(name));
  const sealed = cipher.seal(store, contextOf(shape, readable), pack(Object.fromEntries(hidden)));
  return { ...readable, sealed };
}

/** The opposite. Throws a PrivateFileError if it is not what was stored there. */
export function openRow(cipher: RowCipher, store: StoreName, row: unknown, key?: unknown): unknown {
  if (row === undefined || staysPlain(store, key, row)) return row;
  if (!isSealedRow(row)) {
    throw new PrivateFileError('what this browser has stored was changed: a part is not locked');
  }
  if (store === 'things') return unpack(cipher.open(store, [key], row.sealed));
  const shape = shapes[store];
  const hidden = unpack(openBytes(cipher, store, row)) as LockedRow;
  const readable = openFields(shape).filter((name) => name in row);
  return { ...Object.fromEntries(readable.map((name) => [name, row[name]])), ...hidden };
}

function openFields({ plain, later = [] }: Shape): readonly string[] {
  return [...plain, ...later];
}

/** What a row is bound to. */
function contextOf({ plain, later = [], names }: Shape, row: LockedRow): readonly unknown[] {
  const there = later.filter((name) => name in row);
  return [...plain, ...names, ...there].map((name) => row[name]);
}

function openBytes(
  cipher: RowCipher,
  store: StoreName,
  row: LockedRow & { readonly sealed: Uint8Array },
): Uint8Array {
  const shape = shapes[store];
  try {
    return cipher.open(store, contextOf(shape, row), row.sealed);
  } catch (error) {
    // One version bound a row to later fields before its names, also where it had none of them.
    if (shape.later === undefined) throw error;
    const context = [...openFields(shape), ...shape.names].map((name) => row[name]);
    return cipher.open(store, context, row.sealed);
  }
}

/** `database`, which is locked, as if it were not. */
export function sealedView(database: AccountDatabase, cipher: RowCipher): AccountDatabase {
  const view = {
    get name() {
      return database.name;
    },
    transaction: (stores: never, mode: never, options: never) =>
      new TransactionView(database.transaction(stores, mode, options), cipher),
    get: (store: StoreName, key: unknown) =>
      new TransactionView(database.transaction([store]) as never, cipher)
        .objectStore(store)
        .get(key),
    getAll: (store: StoreName, range?: unknown, count?: number) =>
      new TransactionView(database.transaction([store]) as never, cipher)
        .objectStore(store)
        .getAll(range, count),
    close: () => database.close(),
  };
  return view as unknown as AccountDatabase;
}

/** What idb has of a store and of an index, as far as it is used. */
interface RawSource {
  get(key: unknown): Promise<unknown>;
  getKey(key: unknown): Promise<unknown>;
  getAll(range?: unknown, count?: number): Promise<unknown[]>;
  getAllKeys(range?: unknown, count?: number): Promise<unknown[]>;
  count(range?: unknown): Promise<number>;
  openCursor(range?: unknown, direction?: string): Promise<RawCursor | null>;
  openKeyCursor(range?: unknown, direction?: string): Promise<{ readonly key: unknown } | null>;
}

interface RawStore extends RawSource {
  put(row: unknown, key?: unknown): Promise<unknown>;
  delete(key: unknown): Promise<void>;
  index(name: string): RawSource;
}

interface RawCursor {
  readonly value: unknown;
  readonly primaryKey: unknown;
  continue(): Promise<RawCursor | null>;
}

interface RawTransaction {
  readonly objectStoreNames: ArrayLike<string>;
  readonly done: Promise<void>;
  readonly error: DOMException | null;
  objectStore(name: StoreName): RawStore;
  abort(): void;
}

class TransactionView {
  readonly #transaction: RawTransaction;
  readonly #cipher: RowCipher;

  constructor(transaction: RawTransaction, cipher: RowCipher) {
    this.#transaction = transaction;
    this.#cipher = cipher;
  }

  get done(): Promise<void> {
    return this.#transaction.done;
  }

  get error(): DOMException | null {
    return this.#transaction.error;
  }

  get store(): StoreView {
    return this.objectStore(this.#transaction.objectStoreNames[0] as StoreName);
  }

  objectStore(name: StoreName): StoreView {
    return new StoreView(this.#transaction.objectStore(name), name, this.#cipher);
  }

  abort(): void {
    this.#transaction.abort();
  }
}

/** Reads a store, or one of its indexes. */
class SourceView {
  readonly #source: RawSource;
  readonly #store: StoreName;
  readonly #cipher: RowCipher;
  readonly #names: readonly number[];

  constructor(source: RawSource, store: StoreName, cipher: RowCipher, names: readonly number[]) {
    this.#source = source;
    this.#store = store;
    this.#cipher = cipher;
    this.#names = names;
  }

  async get(key: unknown): Promise<unknown> {
    const row = await this.#source.get(this.#key(key));
    return openRow(this.#cipher, this.#store, row, key);
  }

  getKey(key: unknown): Promise<unknown> {
    return this.#source.getKey(this.#key(key));
  }

  /** Of single things, whose names are no fields of theirs, it asks for those too. */
  async getAll(range?: unknown, count?: number): Promise<unknown[]> {
    const asked = this.#key(range);
    const [rows, keys] = await Promise.all([
      this.#source.getAll(asked, count),
      this.#store === 'things' ? this.#source.getAllKeys(asked, count) : [],
    ]);
    return rows.map((row, at) => openRow(this.#cipher, this.#store, row, keys[at]));
  }

  getAllKeys(range?: unknown, count?: number): Promise<unknown[]> {
    return this.#source.getAllKeys(this.#key(range), count);
  }

  count(range?: unknown): Promise<number> {
    return this.#source.count(this.#key(range));
  }

  async openCursor(range?: unknown, direction?: string): Promise<CursorView | null> {
    const cursor = await this.#source.openCursor(this.#key(range), direction);
    return cursor && new CursorView(cursor, this.#store, this.#cipher);
  }

  openKeyCursor(range?: unknown, direction?: string) {
    return this.#source.openKeyCursor(this.#key(range), direction);
  }

  #key(key: unknown): unknown {
    return withStandIns(this.#cipher, this.#names, key);
  }
}

class StoreView extends SourceView {
  readonly #store: RawStore;
  readonly #name: StoreName;
  readonly #cipher: RowCipher;

  constructor(store: RawStore, name: StoreName, cipher: RowCipher) {
    super(store, name, cipher, shapes[name].key);
    this.#store = store;
    this.#name = name;
    this.#cipher = cipher;
  }

  /** In the order of the names themselves. */
  override async getAll(range?: unknown, count?: number): Promise<unknown[]> {
    const rows = await super.getAll(range, count);
    const { names, key } = shapes[this.#name];
    if (key.length === 0) return rows;
    const named = rows.map((row) => ({
      row,
      by: names.map((name) => String((row as LockedRow)[name])),
    }));
    return named.sort((one, other) => indexedDB.cmp(one.by, other.by)).map(({ row }) => row);
  }

  put(row: unknown, key?: unknown): Promise<unknown> {
    const sealed = sealRow(this.#cipher, this.#name, row, key);
    return key === undefined ? this.#store.put(sealed) : this.#store.put(sealed, key);
  }

  delete(key: unknown): Promise<void> {
    return this.#store.delete(withStandIns(this.#cipher, shapes[this.#name].key, key));
  }

  index(name: string): SourceView {
    const names = shapes[this.#name].indexes?.[name] ?? [];
    return new SourceView(this.#store.index(name), this.#name, this.#cipher, names);
  }
}

class CursorView {
  readonly #cursor: RawCursor;
  readonly #store: StoreName;
  readonly #cipher: RowCipher;

  constructor(cursor: RawCursor, store: StoreName, cipher: RowCipher) {
    this.#cursor = cursor;
    this.#store = store;
    this.#cipher = cipher;
  }

  get value(): unknown {
    const { value, primaryKey } = this.#cursor;
    return openRow(this.#cipher, this.#store, value, primaryKey);
  }

  async continue(): Promise<CursorView | null> {
    const next = await this.#cursor.continue();
    return next && new CursorView(next, this.#store, this.#cipher);
  }
}

/** A key, or a range of keys, with stand-ins for the names in it. */
function withStandIns(cipher: RowCipher, names: readonly number[], key: unknown): unknown {
  if (names.length === 0 || key === undefined || key === null) return key;
  if (key instanceof IDBKeyRange) {
    const [lower, upper] = [key.lower, key.upper].map((end) => withStandIns(cipher, names, end));
    return IDBKeyRange.bound(lower, upper, key.lowerOpen, key.upperOpen);
  }
  if (Array.isArray(key)) {
    return key.map((part, at) =>
      names.includes(at) && typeof part === 'string' ? cipher.standIn(part) : (part as unknown),
    );
  }
  return typeof key === 'string' && names.includes(0) ? cipher.standIn(key) : key;
}

function isRow(row: unknown): row is LockedRow {
  return typeof row === 'object' && row !== null;
}
