// The stores of a browser, offered to the suites that every adapter passes: as they are, and locked.
import { deleteDB } from 'idb';
import { RowCipher } from '../../../src/platform/browser/lock/row-cipher.ts';
import { pack } from '../../../src/platform/browser/lock/packed.ts';
import {
  openRow,
  sealedView,
  sealRow,
} from '../../../src/platform/browser/lock/sealed-database.ts';
import { turnStore, type LockTurn } from '../../../src/platform/browser/lock/turn.ts';
import { BrowserClientStore } from '../../../src/platform/browser/store/client-store.ts';
import {
  databaseName,
  openAccountDatabase,
  type StoreName,
} from '../../../src/platform/browser/store/database.ts';
import { openKnownServers } from '../../../src/platform/browser/store/known-servers.ts';
import { BrowserPins } from '../../../src/platform/browser/store/pins.ts';
import { offer } from './objects.ts';

const server = 'https-example.org:7625';
const cipher = new RowCipher(new Uint8Array(32).fill(7));

const open = (user: string) => openAccountDatabase(server, user);
const openLocked = async (user: string) => sealedView(await open(user), cipher);
const storeIn = (database: Awaited<ReturnType<typeof open>>) =>
  BrowserClientStore.open(database, () => database.close());

offer({
  store: async (user: string) => storeIn(await open(user)),
  lockedStore: async (user: string) => storeIn(await openLocked(user)),
  pins: async (user: string) => new BrowserPins(await open(user)),
  lockedPins: async (user: string) => new BrowserPins(await openLocked(user)),
  knownServers: () => openKnownServers(),
  deleteData: (user: string) => deleteDB(databaseName(server, user)),
  /** Turns all that is stored; or fails, as a page that is killed, when so much is done. */
  turn: async (user: string, turn: LockTurn, killedAt = 2) => {
    const database = await open(user);
    try {
      await turnStore(database, cipher, turn, (done) => {
        if (done >= killedAt) throw new Error('killed');
      });
    } finally {
      database.close();
    }
  },
  /** As a page leaves it that did not know what it has kept. */
  asBefore: async (user: string) => {
    const database = await open(user);
    await database.delete('things', 'adopted');
    database.close();
  },
  /** Messages of a locked store, as a version of before has locked them: bound to these fields. */
  lockedBefore: async (user: string, bound: readonly string[]) => {
    const database = await open(user);
    for (const row of await database.getAll('messages')) {
      const whole = openRow(cipher, 'messages', row) as Record<string, unknown>;
      const sealed = sealRow(cipher, 'messages', whole) as Record<string, unknown>;
      const hidden = Object.entries(whole).filter(
        ([name]) => name === 'conversation' || !(name in sealed),
      );
      const context = bound.map((name) => sealed[name]);
      const bytes = cipher.seal('messages', context, pack(Object.fromEntries(hidden)));
      await database.put('messages', { ...sealed, sealed: bytes } as never);
    }
    database.close();
  },
  /** All that is on the disk, as text. */
  everything: async (user: string) => {
    const database = await open(user);
    const rows = await Promise.all(
      [...database.objectStoreNames].map(async (store) => [
        store,
        await database.getAllKeys(store),
        await database.getAll(store),
      ]),
    );
    database.close();
    return JSON.stringify(rows, (_, value: unknown) =>
      value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : value,
    );
  },
  /** Puts what stands under one key under the other one too. */
  copyRow: async (user: string, store: StoreName, from: IDBValidKey, fields: object) => {
    const database = await open(user);
    const row = (await database.get(store, from as never)) as object;
    await database.put(store, { ...row, ...fields });
    database.close();
  },
});
