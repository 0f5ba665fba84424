// Where a browser keeps an account: its database, and whether this tab has it. The first thing that a page opens: what is
// stored is shown from it, and the client's parts are put around it (client-ports.ts).
import { serverKeyOf, type ServerAddress } from '../../client/connection/server-address.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { plainTexts, type LocalTexts } from './local-texts.ts';
import type { StoreLock } from './lock/lock-record.ts';
import type { Username } from '../../wire/text.ts';
import {
  databaseName,
  openAccountDatabase,
  readThing,
  type AccountDatabase,
} from './store/database.ts';
import { TabHold } from './tab-hold.ts';

export interface AccountPlace {
  readonly database: AccountDatabase;
  /** For asking the tab that has it, and for being asked. It is let go when the store is closed. */
  readonly tab: TabHold;
  /** Its lock. As long as that is not open (lock/open-place.ts), nothing of it can be read. */
  readonly lock: StoreLock | undefined;
  /** Short texts that are written at once. */
  readonly texts: LocalTexts;
  /** Of one that is locked: the key of the files that have come. */
  readonly filesKey?: Uint8Array | undefined;
}

/** Rejects with a PrivateFileError if the browser stores nothing, or has no ciphers for a page that came like this one. */
export async function openAccountPlace(
  username: Username,
  address: ServerAddress,
): Promise<AccountPlace> {
  requireSecureContext();
  const server = serverKeyOf(address);
  const tab = await TabHold.of(databaseName(server, username));
  try {
    const database = await openAccountDatabase(server, username);
    const lock = (await readThing(database, 'lock')) as StoreLock | undefined;
    return { tab, database, lock, texts: plainTexts };
  } catch (error) {
    tab.release();
    throw error;
  }
}

/** Elsewhere browsers have no ciphers and no locks for a page. */
export function requireSecureContext(): void {
  if (isSecureContext) return;
  throw new PrivateFileError(
    'this page needs a connection that nobody can read: open it by https, or on the machine of the server itself',
  );
}
