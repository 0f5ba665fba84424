// Makes a folder and its parents, by ports that the caller passes in. It does not use `recursive: true`: some file
// systems answer "no such folder" although the parent exists (/proc), and there Node retries forever. Here each folder
// is tried twice at most.

import { systemCode } from './system-error.ts';

export interface FolderPorts {
  readonly mkdir: (path: string, options: { readonly mode: number }) => Promise<unknown>;
  /** Whether `path` is a folder or a link to one. Never rejects. */
  readonly isFolder: (path: string) => Promise<boolean>;
  readonly parentOf: (path: string) => string;
}

const ownerOnly = { mode: 0o700 };

/**
 * Makes sure that there is a folder at `path`. New folders are for their owner only. Rejects with the system's error.
 */
export async function makeFolderBy(ports: FolderPorts, path: string): Promise<void> {
  const { mkdir, isFolder, parentOf } = ports;
  try {
    await mkdir(path, ownerOnly);
    return;
  } catch (error) {
    if (await isFolder(path)) return;
    const parent = parentOf(path);
    if (systemCode(error) !== 'ENOENT' || parent === path) throw error;
    // The parent was missing. Somebody else may have made it since.
    if (!(await isFolder(parent))) await makeFolderBy(ports, parent);
  }
  try {
    await mkdir(path, ownerOnly);
  } catch (error) {
    // Somebody else made it first.
    if (!(await isFolder(path))) throw error;
  }
}
