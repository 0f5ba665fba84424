// Saves pasted texts that could not be used, so that they are not lost: each in its own file in the data directory,
// for the person only. The oldest are deleted when there are many.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeUtf8 } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { createPrivateFile } from '../../platform/node/private-file.ts';

/** With more than this, the oldest are deleted. */
const maxKept = 20;

/** Stores texts in `pasted/` of the data directory. */
export function textKeeper(data: string): (text: string) => Promise<Result<string, string>> {
  const folder = join(data, 'pasted');
  return async (text) => {
    // The names sort by time.
    const name = `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.txt`;
    const path = join(folder, name);
    try {
      await createPrivateFile(path, encodeUtf8(text));
      const kept = (await readdir(folder)).filter((file) => file.endsWith('.txt')).sort();
      for (const old of kept.slice(0, -maxKept)) await rm(join(folder, old), { force: true });
      return ok(path);
    } catch (error) {
      if (error instanceof PrivateFileError) return err(error.message);
      throw error;
    }
  };
}
