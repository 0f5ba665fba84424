// Gives a complete file its name without touching an existing file: if the name is taken, it uses the next number. It
// does so in one step, so no moment shows half a file.
import { join } from 'node:path';
import { systemCode } from '../../../lib/system-error.ts';
import type { FileSystem } from './file-system.ts';
import { maxNameBytes, numberedName, safeName } from './safe-name.ts';

/** The highest number for files of one name. */
const maxCount = 10_000;
/** Names on encrypted folders are shorter, and so are those on some disks of other systems. */
const nameLimits = [maxNameBytes, 140] as const;

// Disks without hard links (FAT, some network disks) answer with one of these.
const cannotLink: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);

/**
 * Gives the file `written` in `folder` the sender's name, made safe, and numbered if the name is taken. Returns the new
 * path. `written` may remain as a second name of the file; the caller removes it.
 */
export async function placeFile(
  fs: FileSystem,
  folder: string,
  written: string,
  name: string,
): Promise<string> {
  for (const maxBytes of nameLimits) {
    const path = await placeAs(fs, folder, written, safeName(name, maxBytes), maxBytes);
    if (path !== undefined) return path;
  }
  throw Object.assign(new Error('the name is too long for this disk'), { code: 'ENAMETOOLONG' });
}

/** The new path, or undefined if the name is too long. */
async function placeAs(
  fs: FileSystem,
  folder: string,
  written: string,
  name: string,
  maxBytes: number,
): Promise<string | undefined> {
  for (let count = 1; count <= maxCount; count++) {
    const path = join(folder, numberedName(name, count, maxBytes));
    try {
      // Unlike a rename, a link fails if the name is taken.
      await fs.link(written, path);
      return path;
    } catch (error) {
      if (systemCode(error) === 'ENAMETOOLONG') return undefined;
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

/** Makes an empty file of that name, to rename over. For a moment there is an empty file, but no content is lost. */
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
