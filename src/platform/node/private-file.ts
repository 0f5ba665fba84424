// Files that only their owner may read, complete or absent: written beside their place, flushed, and then moved there
// in one step, so neither a crash nor a second program leaves half of one. Owns modes and atomicity. Knows nothing of
// the content. If two programs create a file, one wins; if two replace it, the last one wins.
import { randomBytes } from 'node:crypto';
import { link, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PrivateFileError } from '../../client/store/private-file-error.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import { makeFolder } from './make-folder.ts';

const ownerOnly = 0o600;

/** The bytes of the file at `path`, or undefined if there is none. Files longer than `maxBytes` are refused. */
export async function readPrivateFile(
  path: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
      if (bytesRead > maxBytes) throw damaged(path);
      return new Uint8Array(buffer.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unusable('read', path, error);
  }
}

/** When the file at `path` was written, in milliseconds since 1970. Undefined if there is none. */
export async function fileTime(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unusable('read', path, error);
  }
}

/** Makes the file at `path`. Returns false, and changes nothing, if there is one already. */
export async function createPrivateFile(path: string, bytes: Uint8Array): Promise<boolean> {
  return write(path, bytes, async (written) => {
    try {
      // Unlike a rename, a link fails if the name is taken.
      await link(written, path);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(written);
    }
    return true;
  });
}

/** Replaces whatever is at `path` by `bytes`. */
export async function replacePrivateFile(path: string, bytes: Uint8Array): Promise<void> {
  await write(path, bytes, async (written) => {
    await rename(written, path);
    return true;
  });
}

/** The error for a file whose content helo cannot have written. */
export function damaged(path: string, advice = ''): PrivateFileError {
  return new PrivateFileError(`${path} is damaged${advice === '' ? '' : `: ${advice}`}`);
}

async function write(
  path: string,
  bytes: Uint8Array,
  place: (written: string) => Promise<boolean>,
): Promise<boolean> {
  const folder = dirname(path);
  const written = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    await makeFolder(folder);
    const file = await open(written, 'wx', ownerOnly);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    const placed = await place(written);
    await syncFolder(folder);
    return placed;
  } catch (error) {
    throw unusable('written', path, error);
  }
}

/** Brings what was made or renamed in a folder to the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // Some systems cannot flush a folder. The file itself is flushed; at worst its old content is back after a crash.
  } finally {
    await handle?.close();
  }
}

function unusable(doing: 'read' | 'written', path: string, error: unknown): PrivateFileError {
  if (error instanceof PrivateFileError) return error;
  // Here only the folder can be in the way: a file that exists already is not an error (false).
  const reason = systemCode(error) === 'EEXIST' ? 'its place is not a folder' : systemReason(error);
  return new PrivateFileError(`${path} cannot be ${doing}: ${reason}`, { cause: error });
}
