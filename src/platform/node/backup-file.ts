// A backup in a file: blobs, one behind the other, for the owner only. Owns the form of the file (docs/E2EE.md 15). What
// is in it stays as it is, and new blobs go behind it, so a crash leaves at most a last one that is not whole, which is
// passed over. A new file has the name PATH.part until its first backup is whole. One of which more than half is of no
// use any more is written anew beside itself, and takes the place of the old one in a step.
//
// Two programs that write to one file at once are found by its length: whoever finds it changed stops.
import { constants, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { BackupFile } from '../../client/vault/backup-files.ts';
import type { BlobEntry, BlobFailure, BlobList, Blobs } from '../../client/blobs/blobs.ts';
import {
  entryBytes,
  entryOf,
  findBlobs,
  firstLine,
  goneMark,
  type FiledBlob,
} from '../../client/vault/backup-form.ts';
import { concatBytes } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { systemCode, systemReason } from '../../lib/system-error.ts';
import type { BlobKind } from '../../wire/kept-files.ts';
import { syncFolder } from './private-file.ts';

const ownerOnly = 0o600;
const interrupted: BlobFailure = { kind: 'interrupted', retryMs: undefined };

/** A file that is open. Its place is that of a backup: what else is there is not touched. */
class OpenBackupFile implements BackupFile, Blobs {
  readonly path: string;
  #kept = new Map<string, FiledBlob>();
  #handle: FileHandle;
  /** Where it is on the disk now. */
  #place: string;
  #end = firstLine.length;
  #fault: string | undefined;

  constructor(path: string, place: string, handle: FileHandle) {
    this.path = path;
    this.#place = place;
    this.#handle = handle;
  }

  get blobs(): Blobs {
    return this;
  }

  get fault(): string | undefined {
    return this.#fault;
  }

  /** Reads what it has. Returns false if it is no backup. An empty one becomes one if it is to be written to. */
  async read(isWritten: boolean): Promise<boolean> {
    const { size } = await this.#handle.stat();
    if (size === 0 && isWritten) await this.#handle.write(firstLine, 0, firstLine.length, 0);
    const found = await findBlobs(size, (at, length) => this.#bytes(at, length));
    if (found === undefined) return false;
    this.#kept = found.kept;
    this.#end = found.end;
    // What a crash has left of a last one.
    if (isWritten && size > this.#end) await this.#handle.truncate(this.#end);
    return true;
  }

  async put(_: BlobKind, id: string, bytes: Uint8Array): Promise<Result<void, BlobFailure>> {
    if (this.#kept.has(id)) return ok(undefined);
    const at = this.#end + entryBytes;
    if (!(await this.#attempt(() => this.#add(entryOf(id, bytes.length), bytes)))) {
      return err(interrupted);
    }
    this.#kept.set(id, { at, bytes: bytes.length });
    return ok(undefined);
  }

  async get(id: string): Promise<Result<Uint8Array, BlobFailure>> {
    const found = this.#kept.get(id);
    let bytes: Uint8Array | undefined;
    const isRead =
      found !== undefined &&
      (await this.#attempt(async () => void (bytes = await this.#bytes(found.at, found.bytes))));
    if (isRead && bytes !== undefined) return ok(bytes);
    return err({ kind: 'refused', code: 'file-gone', text: 'it is not there', room: undefined });
  }

  async list(): Promise<Result<BlobList, BlobFailure>> {
    const blobs: BlobEntry[] = [...this.#kept].map(([id, { bytes }]) => ({
      id,
      kind: 'backup',
      bytes,
    }));
    return ok({ blobs, room: undefined });
  }

  async drop(id: string): Promise<boolean> {
    if (!this.#kept.has(id)) return true;
    if (!(await this.#attempt(() => this.#add(entryOf(id, goneMark))))) return false;
    return this.#kept.delete(id);
  }

  async finish(): Promise<number | undefined> {
    const isDone = await this.#attempt(async () => {
      const used = [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
      if (used * 2 < this.#end) await this.#rewrite();
      else if (this.#place !== this.path) await this.#name(this.#place);
    });
    await this.close();
    return isDone ? this.#end : undefined;
  }

  async close(): Promise<void> {
    await this.#handle.close().catch(() => {});
  }

  /** Writes what is of use to a new file. */
  async #rewrite(): Promise<void> {
    const place = `${this.path}.new`;
    await rm(place, { force: true });
    const file = new OpenBackupFile(this.path, place, await open(place, 'wx+', ownerOnly));
    try {
      await file.read(true);
      for (const [id, { at, bytes }] of this.#kept) {
        const blob = await this.#bytes(at, bytes);
        const isKept = blob !== undefined && (await file.put('backup', id, blob)).ok;
        if (!isKept) throw new Error('a part of it cannot be copied');
      }
    } finally {
      await file.close();
    }
    await this.#name(place);
    if (this.#place !== this.path) await rm(this.#place, { force: true });
    this.#end = file.#end;
  }

  async #name(place: string): Promise<void> {
    await rename(place, this.path);
    await syncFolder(dirname(this.path));
  }

  async #add(...parts: readonly Uint8Array[]): Promise<void> {
    const { size } = await this.#handle.stat();
    if (size !== this.#end) throw new Error('another program writes to it');
    const all = concatBytes(...parts);
    try {
      let done = 0;
      while (done < all.length) {
        const { bytesWritten } = await this.#handle.write(all, done, undefined, this.#end + done);
        done += bytesWritten;
      }
      await this.#handle.sync();
    } catch (error) {
      // Of a blob that does not fit, nothing stays.
      await this.#handle.truncate(this.#end).catch(() => {});
      throw error;
    }
    this.#end += all.length;
  }

  /** So many bytes from there on; undefined if it has fewer. */
  async #bytes(at: number, length: number): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#handle.read(bytes, done, length - done, at + done);
      if (bytesRead === 0) return undefined;
      done += bytesRead;
    }
    return bytes;
  }

  async #attempt(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      this.#fault = reasonOf(error);
      return false;
    }
  }
}

/** The backup at `path`, to be written to. It is made if there is nothing. */
export async function openBackupFile(
  path: string,
): Promise<BackupFile | { readonly fault: string }> {
  const whole = resolve(path);
  const there = await opened(whole, whole, constants.O_RDWR);
  if (there !== undefined) return there;
  return (
    (await opened(whole, `${whole}.part`, constants.O_RDWR | constants.O_CREAT)) ?? {
      fault: 'its folder is gone',
    }
  );
}

/** The backup at `path`, to be read. Undefined if there is nothing. */
export function readBackupFile(
  path: string,
): Promise<BackupFile | { readonly fault: string } | undefined> {
  const whole = resolve(path);
  return opened(whole, whole, constants.O_RDONLY);
}

async function opened(
  path: string,
  place: string,
  flags: number,
): Promise<OpenBackupFile | { readonly fault: string } | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(place, flags, ownerOnly);
  } catch (error) {
    const isNone = systemCode(error) === 'ENOENT' && (flags & constants.O_CREAT) === 0;
    return isNone ? undefined : { fault: systemReason(error) };
  }
  const file = new OpenBackupFile(path, place, handle);
  try {
    const isWritten = flags !== constants.O_RDONLY;
    const isFile = (await handle.stat()).isFile();
    if (isFile && (await file.read(isWritten))) {
      // Some file systems, as on sticks, know no modes. What is in it is sealed.
      if (isWritten) await handle.chmod(ownerOnly).catch(() => {});
      return file;
    }
    await file.close();
    return { fault: isFile ? 'it is another file, and no backup of helo' : 'it is no file' };
  } catch (error) {
    await file.close();
    return { fault: systemReason(error) };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && systemCode(error) === undefined
    ? error.message
    : systemReason(error);
}
