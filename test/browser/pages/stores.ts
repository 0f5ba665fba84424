// The stores of a browser, offered to the suites that every adapter passes.
import { deleteDB } from 'idb';
import { BrowserClientStore } from '../../../src/platform/browser/store/client-store.ts';
import { databaseName, openAccountDatabase } from '../../../src/platform/browser/store/database.ts';
import { openKnownServers } from '../../../src/platform/browser/store/known-servers.ts';
import { BrowserPins } from '../../../src/platform/browser/store/pins.ts';
import { offer } from './objects.ts';

const server = 'https-example.org:7625';

offer({
  store: async (user: string) =>
    BrowserClientStore.open(await openAccountDatabase(server, user), () => {}),
  pins: async (user: string) => new BrowserPins(await openAccountDatabase(server, user)),
  knownServers: () => openKnownServers(),
  deleteData: (user: string) => deleteDB(databaseName(server, user)),
});
