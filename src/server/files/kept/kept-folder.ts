// The folder with the bytes of kept files, one file for each, for the server's user only. Owns their names and how they
// are opened, cut and removed. The names are of hexadecimal digits: some disks do not tell upper from lower case, and the
// ids of two people must not be one file.

import { constants } from 'node:fs';
import { mkdir, open, opendir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../../lib/system-error.ts';
import type { KeptFileId } from '../../../wire/kept-files.ts';

/** The path of a kept file's bytes. */
export function pathOf(folder: string, id: KeptFileId): string {
  return join(folder, nameOf(id));
}

function nameOf(id: KeptFileId): string {
  return Buffer.from(id, 'base64url').toString('hex');
}

/**
 * Opens a file to be written from `from` on, and cuts what is behind that. Undefined if it is shorter. A new one is made
 * for `from` 0, and its name is on the disk before it is used.
 */
export async function openToWrite(
  folder: string,
  id: KeptFileId,
  from: number,
): Promise<FileHandle | undefined> {
  const path = pathOf(folder, id);
  let file = await openThere(path, constants.O_RDWR);
  if (file === undefined) {
    if (from > 0) return undefined;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    await flushFolder(folder);
  }
  return cutOrClose(file, from, true);
}

/** Opens a file to be read up to `to`. Undefined if it is shorter, or not there. */
export async function openToRead(
  folder: string,
  id: KeptFileId,
  to: number,
): Promise<FileHandle | undefined> {
  const file = await openThere(pathOf(folder, id), constants.O_RDONLY);
  return file && cutOrClose(file, to, false);
}

async function openThere(path: string, flags: number): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function cutOrClose(
  file: FileHandle,
  bytes: number,
  cuts: boolean,
): Promise<FileHandle | undefined> {
  try {
    const { size } = await file.stat();
    if (size >= bytes) {
      if (cuts && size > bytes) await file.truncate(bytes);
      return file;
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes the bytes of a file; nothing if there are none. */
export async function removeBytes(folder: string, id: KeptFileId): Promise<void> {
  await rm(pathOf(folder, id), { force: true });
}

/** How many bytes of a file must be there. */
export interface ExpectedBytes {
  readonly id: KeptFileId;
  readonly bytes: number;
}

/**
 * At the start of a server: removes the files of nobody, which a crash or a restored database leaves, and returns those
 * that lack bytes. What is no kept file by its name is left alone.
 */
export async function sweepFolder(
  folder: string,
  expected: readonly ExpectedBytes[],
): Promise<readonly KeptFileId[]> {
  const known = new Set(expected.map(({ id }) => nameOf(id)));
  try {
    for await (const { name } of await opendir(folder)) {
      if (/^[\da-f]{32}$/.test(name) && !known.has(name)) await rm(join(folder, name));
    }
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  const lost: KeptFileId[] = [];
  for (const { id, bytes } of expected) {
    const size = await sizeOf(pathOf(folder, id));
    // An upload without a byte may have no file yet.
    if (size === undefined ? bytes > 0 : size < bytes) lost.push(id);
  }
  return lost;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
