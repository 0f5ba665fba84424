// Takes a database away from everybody else before its form changes.
import { attempt, lockStep, openAs, type AccountDatabase } from '../store/database.ts';

/**
 * Opens it anew, in a version that closes it for all who have it open in another form, and for pages that know no lock:
 * what they wrote would be in the wrong one. Rejects with a PrivateFileError.
 */
export function reopenAlone(database: AccountDatabase): Promise<AccountDatabase> {
  return attempt(async () => {
    const { name, version } = database;
    database.close();
    return openAs(name, version + lockStep);
  });
}
