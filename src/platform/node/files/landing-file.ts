// The temporary file of an incoming transfer: hidden, beside the final place. Only verified chunks are appended to it,
// so its length tells how much is there, after a crash too. When it is complete and its SHA-256 is the promised one, it
// is flushed and gets its name (place-file.ts). Owns that file from `open` to `close` or `discard`. Knows no sockets
// and no ciphers.
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { chunkCount } from '../../../e2ee/files/file-layout.ts';
import { Gathered } from '../../../client/files/moving/gathered.ts';
import type {
  DiskProblem,
  Landing,
  LandingOrder,
  LandingOutcome,
  OnProgress,
} from '../../../client/files/ports.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { nodeFileCiphers } from './file-ciphers.ts';
import { diskProblem, remove, type FileSystem } from './file-system.ts';
import { placeFile } from './place-file.ts';
import { makeFolder } from '../make-folder.ts';

/** This much stays free besides the file: a disk that is full to the last byte disturbs everything else. */
export const spareBytes = 64 * 1024 * 1024;
/** Flushed on the way, so that at the end nobody waits until gigabytes are on the disk. */
const flushEveryBytes = 256 * 1024 * 1024;
const readBytes = 512 * 1024;

const openFlags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

/** The path where the transfer `id` gathers its content. The sender has no influence on it. */
export function partPath(folder: string, id: string): string {
  return join(folder, `.helo-${id}.part`);
}

export class LandingFile implements Landing {
  readonly #fs: FileSystem;
  readonly #folder: string;
  readonly #order: LandingOrder;
  readonly #file: FileHandle;
  readonly #gathered: Gathered;
  /** The file's final name, if it already has it: the program was killed just after that. */
  readonly #placed: string | undefined;
  #unflushed = 0;
  #flushing: Promise<void> = Promise.resolve();
  #isOpen = true;

  private constructor(
    fs: FileSystem,
    folder: string,
    order: LandingOrder,
    file: FileHandle,
    placed: string | undefined,
  ) {
    this.#fs = fs;
    this.#folder = folder;
    this.#order = order;
    this.#gathered = new Gathered(order, nodeFileCiphers.sha256());
    this.#file = file;
    this.#placed = placed;
  }

  /** Opens the partial file in `folder`, which is made if it is missing. Reads existing content, unless cancelled. */
  static async open(
    fs: FileSystem,
    folder: string,
    order: LandingOrder,
    { onProgress, isCancelled }: { onProgress: OnProgress; isCancelled: () => boolean },
  ): Promise<Result<LandingFile, DiskProblem | { readonly code: 'cancelled' }>> {
    let landing: LandingFile | undefined;
    try {
      await makeFolder(folder, fs);
      landing = await LandingFile.#openPart(fs, folder, order);
      if (landing.#placed !== undefined) return ok(landing);
      const problem = await landing.#prepare(onProgress, isCancelled);
      if (problem === undefined) return ok(landing);
      const isEmpty = (await landing.#file.stat()).size === 0;
      await (isEmpty ? landing.discard() : landing.close());
      return err(problem);
    } catch (error) {
      await landing?.close();
      return err(diskProblem(error));
    }
  }

  static async #openPart(
    fs: FileSystem,
    folder: string,
    order: LandingOrder,
  ): Promise<LandingFile> {
    const part = partPath(folder, order.id);
    const file = await fs.open(part, openFlags, 0o600);
    const { ino, dev, nlink } = await file.stat({ bigint: true });
    if (nlink === 1n) return new LandingFile(fs, folder, order, file, undefined);
    // It has another name. The person may have changed its content, so it must not be touched.
    for (const name of await fs.readdir(folder)) {
      const path = join(folder, name);
      const other = await fs.lstat(path, { bigint: true });
      if (path !== part && other.ino === ino && other.dev === dev) {
        return new LandingFile(fs, folder, order, file, path);
      }
    }
    await file.close();
    await remove(fs, part);
    const fresh = await fs.open(part, openFlags | constants.O_EXCL, 0o600);
    return new LandingFile(fs, folder, order, fresh, undefined);
  }

  get chunks(): number {
    return this.#placed === undefined ? this.#gathered.chunks : chunkCount(this.#order.size);
  }

  /** Appends verified chunks. Rejects with the system's error. */
  async write(chunks: readonly Uint8Array[]): Promise<void> {
    let left = chunks.filter(({ length }) => length > 0);
    while (left.length > 0) {
      const { bytesWritten } = await this.#file.writev([...left], this.#gathered.bytes);
      left = this.#wrote(left, bytesWritten);
    }
    if (this.#unflushed >= flushEveryBytes) await this.#flush();
  }

  async finish(): Promise<LandingOutcome> {
    try {
      if (this.#placed === undefined && !(await this.#gathered.isTrue())) {
        await this.#file.truncate(0);
        await this.close();
        return { kind: 'corrupted', found: 'whole' };
      }
      const path = this.#placed ?? (await this.#place());
      await this.close();
      return { kind: 'saved', path };
    } catch (error) {
      await this.close();
      return { kind: 'disk', problem: diskProblem(error) };
    }
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // Errors of the flush and the close do not matter: the content is read again when the transfer resumes.
    await this.#flushing.catch(() => {});
    await this.#file.close().catch(() => {});
  }

  async discard(): Promise<void> {
    await this.close();
    await discardPart(this.#fs, this.#folder, this.#order.id);
  }

  /** Reserves the space, and brings the running hash to the end of the file. */
  async #prepare(
    onProgress: OnProgress,
    isCancelled: () => boolean,
  ): Promise<DiskProblem | { readonly code: 'cancelled' } | undefined> {
    const gathered = this.#gathered;
    const { size } = this.#order;
    const bytes = gathered.usable((await this.#file.stat()).size);
    await this.#file.truncate(bytes);
    const { bavail, bsize } = await this.#fs.statfs(this.#folder);
    if (bavail * bsize < size - bytes + spareBytes) return { code: 'no-space' };
    const buffer = Buffer.allocUnsafe(Math.min(readBytes, bytes));
    while (gathered.bytes < bytes && !isCancelled()) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, gathered.bytes);
      if (bytesRead === 0) return { code: 'unwritable', detail: 'somebody else cut it' };
      gathered.add(buffer.subarray(0, bytesRead));
      onProgress(gathered.bytes);
    }
    return isCancelled() ? { code: 'cancelled' } : undefined;
  }

  async #place(): Promise<string> {
    await this.#flushing;
    await this.#file.sync();
    const part = partPath(this.#folder, this.#order.id);
    const path = await placeFile(this.#fs, this.#folder, part, this.#order.name);
    await syncFolder(this.#fs, this.#folder);
    return path;
  }

  /** Counts what was written, and returns what was not: a disk may accept less than everything at once. */
  #wrote(chunks: readonly Uint8Array[], bytesWritten: number): Uint8Array[] {
    let left = bytesWritten;
    this.#unflushed += bytesWritten;
    const rest: Uint8Array[] = [];
    for (const chunk of chunks) {
      const written = Math.min(left, chunk.length);
      this.#gathered.add(chunk.subarray(0, written));
      left -= written;
      if (written < chunk.length) rest.push(chunk.subarray(written));
    }
    return rest;
  }

  /** One flush at a time, in parallel with writing. If the next one is due before it ends, writing waits. */
  async #flush(): Promise<void> {
    await this.#flushing;
    this.#unflushed = 0;
    this.#flushing = this.#file.datasync();
    // The next caller that waits for it reports the error.
    this.#flushing.catch(() => {});
  }
}

/** Removes the partial file of the transfer `id` in `folder`. */
export async function discardPart(fs: FileSystem, folder: string, id: string): Promise<void> {
  try {
    await remove(fs, partPath(folder, id));
  } catch {
    // Nothing more can be done here: whoever took away the permission can remove the file as well.
  }
}

async function syncFolder(fs: FileSystem, folder: string): Promise<void> {
  try {
    const handle = await fs.open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Some systems cannot flush a folder. The content is flushed; at worst the new name is gone after a power cut.
  }
}
