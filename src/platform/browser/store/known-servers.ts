// The servers that this browser has met, in a database that all accounts share: the identity that each has proven, the
// certificates that `helo web` saw, and as what each name came in.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { KnownCertificate, KnownServers } from '../../../client/ports.ts';
import { encodeBase64url } from '../../../lib/base64url.ts';
import { attempt, durable } from './database.ts';

/** The most certificates that are remembered. Beyond that, the oldest are deleted first. */
const maxCertificates = 500;

interface ServerRow {
  readonly fingerprint?: Uint8Array;
  readonly identity?: Uint8Array;
}

type CertificateRow = KnownCertificate & { readonly seen: number };

interface ServersSchema extends DBSchema {
  servers: { key: string; value: ServerRow };
  certificates: { key: string; value: CertificateRow; indexes: { seen: number } };
  names: { key: [string, string]; value: 'account' | 'guest' };
}

const databaseName = 'helo';
const version = 1;

/** Rejects with a PrivateFileError. */
export async function openKnownServers(): Promise<KnownServers> {
  return new BrowserKnownServers(
    await attempt(async () => {
      const database = await openDB<ServersSchema>(databaseName, version, {
        upgrade(fresh) {
          fresh.createObjectStore('servers');
          fresh.createObjectStore('certificates').createIndex('seen', 'seen');
          fresh.createObjectStore('names');
        },
        blocking: () => database.close(),
      });
      return database;
    }),
  );
}

class BrowserKnownServers implements KnownServers {
  readonly #database: IDBPDatabase<ServersSchema>;

  constructor(database: IDBPDatabase<ServersSchema>) {
    this.#database = database;
  }

  async fingerprintOf(serverKey: string): Promise<Uint8Array | undefined> {
    return (await this.#server(serverKey))?.fingerprint;
  }

  remember(serverKey: string, fingerprint: Uint8Array): Promise<void> {
    return this.#change(serverKey, { fingerprint: fingerprint.slice() });
  }

  async identityOf(serverKey: string): Promise<Uint8Array | undefined> {
    return (await this.#server(serverKey))?.identity;
  }

  rememberIdentity(serverKey: string, identity: Uint8Array): Promise<void> {
    return this.#change(serverKey, { identity: identity.slice() });
  }

  async certificate(fingerprint: Uint8Array): Promise<KnownCertificate | undefined> {
    const found = await attempt(() =>
      this.#database.get('certificates', encodeBase64url(fingerprint)),
    );
    return found && { key: found.key, identity: found.identity };
  }

  rememberCertificate(fingerprint: Uint8Array, { key, identity }: KnownCertificate): Promise<void> {
    return attempt(async () => {
      const transaction = this.#database.transaction('certificates', 'readwrite', durable);
      const row = { key: key?.slice(), identity: identity?.slice(), seen: Date.now() };
      await transaction.store.put(row, encodeBase64url(fingerprint));
      const tooMany = (await transaction.store.count()) - maxCertificates;
      if (tooMany > 0) {
        for (const oldest of await transaction.store.index('seen').getAllKeys(null, tooMany))
          await transaction.store.delete(oldest);
      }
      await transaction.done;
    });
  }

  cameAs(serverKey: string, user: string): Promise<'account' | 'guest' | undefined> {
    return attempt(() => this.#database.get('names', [serverKey, user]));
  }

  rememberCame(serverKey: string, user: string, as: 'account' | 'guest'): Promise<void> {
    return attempt(async () => {
      const transaction = this.#database.transaction('names', 'readwrite', durable);
      await transaction.store.put(as, [serverKey, user]);
      await transaction.done;
    });
  }

  #server(serverKey: string): Promise<ServerRow | undefined> {
    return attempt(() => this.#database.get('servers', serverKey));
  }

  #change(serverKey: string, change: ServerRow): Promise<void> {
    return attempt(async () => {
      const transaction = this.#database.transaction('servers', 'readwrite', durable);
      await transaction.store.put(
        { ...(await transaction.store.get(serverKey)), ...change },
        serverKey,
      );
      await transaction.done;
    });
  }
}
