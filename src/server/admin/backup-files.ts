// What a backup holds besides the database: the server's keys. Without these, clients would take a restored server
// for another one.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attachment } from '../../hub/store-port.ts';
import { systemCode } from '../../lib/system-error.ts';

/** Paths in the data directory. `helo.toml` is the operator's own and speaks of paths of one machine. */
export const backupFiles = ['identity.key', 'tls/cert.pem', 'tls/key.pem'] as const;

/** Those that are there: a certificate from elsewhere is kept elsewhere. Rejects with the system's error. */
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
