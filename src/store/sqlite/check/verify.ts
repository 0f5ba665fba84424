// Checks a database that is not in use, for instance a backup: whether it is one of ours, of which version, and intact.

import { checkIntegrity, openToRead } from '../../../sqlite/database.ts';
import { schema } from '../schema.ts';

/** Resolves with the version of the file at `path`, or rejects with a SqliteProblem that says what is wrong. */
export async function verifyStore(path: string): Promise<{ readonly version: number }> {
  const { database, version } = await openToRead(path, schema);
  try {
    checkIntegrity(database, path, schema);
    return { version };
  } finally {
    database.close();
  }
}
