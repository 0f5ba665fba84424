// Opens the admin socket of a running server: builds the admin handler from the server, its store and the other content
// of a backup.
import type { Store } from '../../hub/store-port.ts';
import { err, type Result } from '../../lib/result.ts';
import { readBackupFiles } from '../../server/admin/backup-files.ts';
import {
  AdminHandler,
  type AdministeredServer,
  type ServerFacts,
} from '../../server/admin/admin-handler.ts';
import { openAdminSocket, type AdminSocket } from '../../server/admin/socket.ts';
import type { Logger } from '../../server/log.ts';
import { systemFailure, type Failure } from '../failure.ts';
import { version } from '../version.ts';

/** `toGive`: what the operator gives to people who want to join. */
export async function openAdmin(
  server: AdministeredServer,
  store: Store,
  dataDirectory: string,
  toGive: Pick<ServerFacts, 'addresses' | 'pages'>,
  log: Logger,
): Promise<Result<AdminSocket, Failure>> {
  const facts = { version: version(), pid: process.pid, startedAt: Date.now(), ...toGive };
  const handler = new AdminHandler(server, facts, {
    backup: async (path, evenDamaged) =>
      store.backup(path, await readBackupFiles(dataDirectory), evenDamaged),
    check: () => store.check(false),
  });
  const socket = await openAdminSocket(dataDirectory, handler, log);
  if (socket.ok) return socket;
  const { message, hint } = socket.error;
  return err(systemFailure(message, hint));
}
