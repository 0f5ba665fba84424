// The file system calls in use, as one type: real by default, and a failing one where a test simulates a full disk.
// Also what its errors mean.
import * as promises from 'node:fs/promises';
import type { DiskProblem } from '../../../client/files/ports.ts';
import { systemCode, systemReason } from '../../../lib/system-error.ts';

export type FileSystem = Pick<
  typeof promises,
  'link' | 'lstat' | 'mkdir' | 'open' | 'readdir' | 'rename' | 'statfs' | 'unlink'
>;

export const nodeFileSystem: FileSystem = promises;

const noSpace: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What a write error means for a transfer. */
export function diskProblem(error: unknown): DiskProblem {
  if (noSpace.has(systemCode(error))) return { code: 'no-space' };
  return { code: 'unwritable', detail: systemReason(error) };
}

/** Removes the file at `path`, if there is one. */
export async function remove(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
