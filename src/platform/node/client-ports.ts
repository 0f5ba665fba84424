// A client's Node parts, put together from a data directory: what every command that joins a chat needs.
import { bytesMoverOver } from '../../client/blobs/bytes-mover.ts';
import type { ClientPorts } from '../../client/chat-client.ts';
import type { AccountWish } from '../../client/login/account-login.ts';
import { MemoryClientStore } from '../../client/store/memory-store.ts';
import type { ServerAddress } from '../../client/connection/server-address.ts';
import { openSuite } from '../../e2ee/suite.ts';
import { openClientStore } from './client-store/open.ts';
import { nodeCompression } from './compression.ts';
import { dial } from './connection.ts';
import { controlSocketPath } from './control-socket.ts';
import { nodeSha256 } from './crypto/crypto-provider-hash.ts';
import { nodeCryptoProvider } from './crypto/crypto-provider.ts';
import { deviceFileOf, openDevice } from './device-file.ts';
import { DraftFile } from './draft-file.ts';
import { nodeFileCiphers } from './files/file-ciphers.ts';
import { connectTransfer } from './files/transfer-socket.ts';
import { createFileCarrier } from './files/carrier.ts';
import { openAcquaintanceFile } from './files/acquaintance-file.ts';
import { openTransferFiles } from './files/transfer-files.ts';
import { openKnownServers } from './known-servers.ts';
import { openDirectoryFile } from './directory-file.ts';
import { openPins } from './pin-files.ts';
import { nodeClock, nodeRandomBytes, nodeTimers } from './runtime.ts';
import type { Username } from '../../wire/text.ts';
import { openBackupFiles, openVaultFile } from './vault-file.ts';
import { placeOfAccount, placeOfGuest } from './server-place.ts';

export interface ClientPlace {
  readonly address: ServerAddress;
  /** The data directory. */
  readonly data: string;
  /** The folder for received files. */
  readonly downloads: string;
  /** How many bytes to accept from one person without asking. */
  readonly acceptUpTo: number;
}

/** What every chat needs, and what the full screen stores besides. */
export interface NodeParts extends ClientPorts {
  /** Text that is typed and not sent yet. */
  readonly drafts: () => Promise<DraftFile>;
}

/** Who logs in, and how. */
export interface Login {
  /** Undefined for a guest. */
  readonly account: AccountWish | undefined;
  readonly ports: NodeParts;
  /** Whether another program has the account's store. */
  readonly busy: boolean;
  /** Where the program that has it hears others. Undefined for a guest. */
  readonly control: string | undefined;
}

export interface AccountLogin extends Login {
  readonly control: string;
}

/**
 * The parts for a login to the account of `username`. Only one program at a time has the account's store. A second one
 * can read and write what is public, and stores nothing. Rejects like `clientPorts`.
 */
export async function accountPorts(
  username: Username,
  place: ClientPlace,
  invite: string | undefined,
): Promise<AccountLogin> {
  const suite = await openSuite(nodeCryptoProvider);
  const knownServers = openKnownServers(place.data);
  const asking = { dial, timers: nodeTimers, random: nodeRandomBytes, suite, knownServers };
  const server = await placeOfAccount(place.data, place.address, username, asking);
  const ports = await partsFor(username, place, server.key);
  const opened = await openClientStore(place.data, server.storeKey, username);
  const isOpen = opened.kind === 'open';
  const store = isOpen ? opened.store : new MemoryClientStore();
  const records = await store.load();
  const keeping = { store, records, startsNow: !isOpen };
  // Every account is in the lobby.
  const isKnown = records.conversations.length > 0;
  const { device } = ports;
  return {
    account: { suite, device, takesPrivate: isOpen, invite, isKnown },
    ports: { ...ports, keeping },
    busy: !isOpen,
    control: controlSocketPath(place.data, server.storeKey, username),
  };
}

/** The parts for `username` as a guest. Rejects with a PrivateFileError if the data directory cannot be used. */
export async function clientPorts(username: Username, place: ClientPlace): Promise<NodeParts> {
  return partsFor(username, place, await placeOfGuest(place.data, place.address, username));
}

/** `server`: the name under which data about the server is stored. */
async function partsFor(
  username: Username,
  { data, downloads, acceptUpTo }: ClientPlace,
  server: string,
): Promise<NodeParts> {
  const suite = await openSuite(nodeCryptoProvider);
  return {
    dial,
    timers: nodeTimers,
    now: nodeClock,
    random: nodeRandomBytes,
    knownServers: openKnownServers(data),
    pins: openPins(data, server),
    suite,
    sha256: nodeSha256,
    directory: { store: openDirectoryFile(data, server, username), sha256: nodeSha256 },
    linkingCiphers: nodeFileCiphers,
    bytesMover: bytesMoverOver(connectTransfer),
    compression: nodeCompression,
    vaultFile: openVaultFile(data, server, username),
    backupFiles: openBackupFiles(data, server, username),
    device: await openDevice(suite, data, username),
    drafts: () => DraftFile.open(data, server, username),
    deviceFile: () => deviceFileOf(data, username),
    files: {
      carrier: createFileCarrier(downloads, username),
      store: openTransferFiles(data, server, username),
      knownSenders: openAcquaintanceFile(data, server, username),
      acceptUpTo,
    },
  };
}
