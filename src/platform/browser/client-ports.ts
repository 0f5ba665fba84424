// A client's parts in a browser, put together from what the browser keeps for the page's origin: what a page needs to
// join a chat. The counterpart of platform/node/client-ports.ts.
import type { ClientPorts } from '../../client/chat-client.ts';
import { serverKeyOf, type ServerAddress } from '../../client/connection/server-address.ts';
import type { AccountWish } from '../../client/login/account-login.ts';
import { openSuite } from '../../e2ee/suite.ts';
import type { Username } from '../../wire/text.ts';
import { openAccountPlace, requireSecureContext, type AccountPlace } from './account-place.ts';
import { browserCompression } from './compression.ts';
import { dial } from './connection.ts';
import { browserSha256 } from './crypto/crypto-provider-hash.ts';
import { browserCryptoProvider } from './crypto/crypto-provider.ts';
import { browserFileCiphers } from './crypto/file-ciphers.ts';
import { SigningKeys } from './crypto/signing-keys.ts';
import { browserClock, browserRandomBytes, browserTimers } from './runtime.ts';
import { askToKeep, type StorageStanding } from './storage.ts';
import { BrowserClientStore } from './store/client-store.ts';
import {
  openAccountDatabase,
  putThing,
  readThing,
  type AccountDatabase,
} from './store/database.ts';
import { openDevice } from './store/device.ts';
import { openDrafts, type BrowserDrafts } from './store/drafts.ts';
import { openKnownServers } from './store/known-servers.ts';
import { BrowserPins } from './store/pins.ts';
import type { TabHold } from './tab-hold.ts';

export { addressOfPage } from './address.ts';

export interface BrowserPlace {
  readonly address: ServerAddress;
}

/** What every chat needs, and what the page stores besides. */
export interface BrowserParts extends ClientPorts {
  /** Text that is typed and not sent yet. */
  readonly drafts: () => Promise<BrowserDrafts>;
}

/** Who logs in, and how. */
export interface BrowserLogin {
  readonly account: AccountWish | undefined;
  readonly ports: BrowserParts;
  /** Whether another tab has the account's data. */
  readonly busy: boolean;
  /** For asking that tab for them, and for being asked. They are let go when the store is closed. */
  readonly tab: TabHold;
  /** Asks the browser to keep the data, and tells whether it does. */
  readonly askToKeep: () => Promise<StorageStanding>;
}

/**
 * The parts for a login to the account of `username`, in its place if that is open already. Only one tab at a time has the
 * account's store. A second one can read and write what is public, and stores nothing. Rejects with a PrivateFileError if
 * the browser stores nothing, or has no ciphers for a page that came like this one.
 */
export async function accountPorts(
  username: Username,
  { address }: BrowserPlace,
  invite: string | undefined,
  opened?: AccountPlace,
): Promise<BrowserLogin> {
  const { tab, database, lock } = opened ?? (await openAccountPlace(username, address));
  try {
    const ports = await partsFor(database, lock !== undefined);
    const store = tab.isHeld
      ? await BrowserClientStore.open(database, () => tab.release())
      : new (await import('../../client/store/memory-store.ts')).MemoryClientStore();
    const records = await store.load();
    const keeping = { store, records, startsNow: !tab.isHeld };
    // Every account is in the lobby.
    const isKnown = records.conversations.length > 0;
    const { suite, device } = ports;
    return {
      account: { suite, device, takesPrivate: tab.isHeld, invite, isKnown },
      ports: { ...ports, keeping },
      busy: !tab.isHeld,
      tab,
      askToKeep,
    };
  } catch (error) {
    tab.release();
    throw error;
  }
}

/** The parts for `username` as a guest. Rejects with a PrivateFileError if the browser stores nothing. */
export async function clientPorts(
  username: Username,
  { address }: BrowserPlace,
): Promise<BrowserParts> {
  requireSecureContext();
  return partsFor(await openAccountDatabase(serverKeyOf(address), username), false);
}

async function partsFor(database: AccountDatabase, isLocked: boolean): Promise<BrowserParts> {
  const keys = new SigningKeys();
  const suite = await openSuite(browserCryptoProvider(keys));
  return {
    dial,
    timers: browserTimers,
    now: browserClock,
    random: browserRandomBytes,
    knownServers: await openKnownServers(),
    pins: new BrowserPins(database),
    suite,
    sha256: browserSha256,
    directory: {
      store: {
        load: async () => (await readThing(database, 'directory')) as Uint8Array | undefined,
        save: (bytes) => putThing(database, 'directory', bytes.slice()),
      },
      sha256: browserSha256,
    },
    linkingCiphers: browserFileCiphers,
    compression: browserCompression,
    vaultFile: {
      load: async () => (await readThing(database, 'vault')) as string | undefined,
      keep: (text) => putThing(database, 'vault', text),
      setAside: async () => {
        await putThing(database, 'vault damaged', await readThing(database, 'vault'));
        return 'vault damaged, in what this browser keeps for the page';
      },
    },
    device: await openDevice(suite, keys, database, isLocked),
    drafts: () => openDrafts(database),
  };
}
