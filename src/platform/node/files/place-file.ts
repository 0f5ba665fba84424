// A file that is whole gets its name, and nothing that has the name already is touched: the next number is taken
// instead. In one step, so that no moment shows half a file.
import { join } from 'node:path';
import { systemCode } from '../../../lib/system-error.ts';
import type { FileSystem } from './file-system.ts';
import { numberedName, safeName } from './safe-name.ts';

/** More files of one name are not made. */
const maxCount = 10_000;

// Disks without hard links (FAT, some network disks) answer with one of these.
const cannotLink: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);

/**
 * Gives the file `written` in `folder` the sender's name for it, made safe and numbered where that is taken. Answers
 * with the new path. `written` may then be left as a second name of the file; removing it is the caller's.
 */
export async function placeFile(
  fs: FileSystem,
  folder: string,
  written: string,
  name: string,
): Promise<string> {
  const safe = safeName(name);
  for (let count = 1; count <= maxCount; count++) {
    const path = join(folder, numberedName(safe, count));
    try {
      // A link, unlike a rename, fails where the name is taken.
      await fs.link(written, path);
      return path;
    } catch (error) {
      if (cannotLink.has(systemCode(error))) {
        if (await reserve(fs, path)) {
          await fs.rename(written, path);
          return path;
        }
      } else if (systemCode(error) !== 'EEXIST') throw error;
    }
  }
  throw Object.assign(new Error('too many files of one name'), { code: 'EEXIST' });
}

/** Makes an empty file of that name, to rename over: for a moment there is one, but nobody's content is lost. */
async function reserve(fs: FileSystem, path: string): Promise<boolean> {
  try {
    const file = await fs.open(path, 'wx', 0o600);
    await file.close();
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}
