// What a backup holds besides the database: the server's keys. Without them, clients would take a restored server for
// another one.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attachment } from '../../hub/store-port.ts';
import { systemCode } from '../../lib/system-error.ts';

/**
 * Paths in the data directory. `helo.toml` is not included: it belongs to the operator and has paths of this machine.
 */
export const backupFiles = ['identity.key', 'tls/cert.pem', 'tls/key.pem'] as const;

/**
 * Reads those that exist. A certificate from elsewhere is not in the data directory. Rejects with the system's error.
 */
export async function readBackupFiles(dataDirectory: string): Promise<readonly Attachment[]> {
  const found: Attachment[] = [];
  for (const name of backupFiles) {
    try {
      found.push({ name, bytes: await readFile(join(dataDirectory, name)) });
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
  return found;
}
