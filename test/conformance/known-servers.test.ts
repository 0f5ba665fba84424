import { openKnownServers } from '../../src/platform/node/known-servers.ts';
import { MemoryKnownServers } from '../support/memory/memory-servers.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { knownServersConformance } from './known-servers.ts';

knownServersConformance('in memory', async () => {
  const servers = new MemoryKnownServers();
  return { servers, reopen: () => servers };
});
knownServersConformance('in files', async (t) => {
  const folder = await temporaryFolder(t);
  return { servers: openKnownServers(folder), reopen: () => openKnownServers(folder) };
});
