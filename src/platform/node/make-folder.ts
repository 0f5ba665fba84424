// Folders on this machine's disk, for their owner only.
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolderBy, type FolderPorts } from '../../lib/make-folder.ts';

/** Makes sure that there is a folder at `path`, with its parents. Rejects with the system's error. */
export function makeFolder(
  path: string,
  by: Pick<FolderPorts, 'mkdir'> = { mkdir },
): Promise<void> {
  return makeFolderBy({ mkdir: by.mkdir, isFolder, parentOf: dirname }, path);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Something else is there, or in the way: it is not a usable folder.
    return false;
  }
}
