// The place of an incoming file in the browser's own file system (hidden-place.ts), in a worker: only there can it be
// written to at once and flushed. Only verified chunks are appended, so its length tells how much is there, after a reload
// too. Owns the file from `open` to `close` or `discard`.
import type {
  DiskProblem,
  LandingOrder,
  LandingOutcome,
  OnProgress,
} from '../../../client/files/ports.ts';
import { Gathered } from '../../../client/files/moving/gathered.ts';
import type { OpenLanding } from '../../../client/files/moving/ports.ts';
import { chunkCount } from '../../../e2ee/files/file-layout.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { browserFileCiphers } from '../crypto/file-ciphers.ts';
import {
  contentOf,
  folderOf,
  isVerified,
  markVerified,
  openPlace,
  removeFile,
  savedPath,
} from './hidden-place.ts';
import { diskProblem, noPlace } from './problems.ts';

/** This much stays free besides the file: a full store would end the chat. */
const spareBytes = 16 * 1024 * 1024;
const flushEveryBytes = 128 * 1024 * 1024;
/** Of one call of the file. Chromium tells another process of each that writes. */
const blockBytes = 1024 * 1024;

/** After a reload the page of before may still have the file for a moment. */
const lockTries = 20;
const lockWaitMs = 100;

/** What a worker has and a page has not; the types of pages leave it out. */
export interface SyncFile {
  getSize(): number;
  read(into: Uint8Array, at: { readonly at: number }): number;
  write(bytes: Uint8Array, at: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

export class OpfsLanding implements OpenLanding {
  readonly #place: FileSystemDirectoryHandle;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #file: SyncFile;
  readonly #order: LandingOrder;
  readonly #isPlaced: boolean;
  readonly #gathered: Gathered;
  #block: Uint8Array | undefined;
  #unflushed = 0;
  #isOpen = true;

  private constructor(
    place: FileSystemDirectoryHandle,
    folder: FileSystemDirectoryHandle,
    file: SyncFile,
    order: LandingOrder,
    isPlaced: boolean,
  ) {
    this.#place = place;
    this.#folder = folder;
    this.#file = file;
    this.#order = order;
    this.#gathered = new Gathered(order, browserFileCiphers.sha256());
    this.#isPlaced = isPlaced;
  }

  /** Opens the place of a file of `account`. Reads existing content, unless cancelled. */
  static async open(
    account: string,
    order: LandingOrder,
    { onProgress, isCancelled }: { onProgress: OnProgress; isCancelled: () => boolean },
  ): Promise<Result<OpfsLanding, DiskProblem | { readonly code: 'cancelled' }>> {
    let landing: OpfsLanding | undefined;
    try {
      const place = await openPlace(account);
      const folder = place && (await folderOf(place, order.id, true));
      const content = folder && (await contentOf(folder, true));
      if (place === undefined || folder === undefined || content === undefined) return err(noPlace);
      const isPlaced = await isVerified(folder);
      landing = new OpfsLanding(place, folder, await openSync(content), order, isPlaced);
      const problem = isPlaced ? undefined : await landing.#prepare(onProgress, isCancelled);
      if (problem === undefined) return ok(landing);
      await (landing.#file.getSize() === 0 ? landing.discard() : landing.close());
      return err(problem);
    } catch (error) {
      await landing?.close();
      return err(diskProblem(error));
    }
  }

  get chunks(): number {
    return this.#isPlaced ? chunkCount(this.#order.size) : this.#gathered.chunks;
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    const block = (this.#block ??= new Uint8Array(blockBytes));
    let filled = 0;
    for (const chunk of chunks) {
      if (filled + chunk.length > block.length) {
        this.#append(block.subarray(0, filled));
        filled = 0;
      }
      block.set(chunk, filled);
      filled += chunk.length;
    }
    this.#append(block.subarray(0, filled));
    if (this.#unflushed < flushEveryBytes) return;
    this.#unflushed = 0;
    this.#file.flush();
  }

  #append(block: Uint8Array): void {
    for (let done = 0; done < block.length;) {
      const rest = block.subarray(done);
      // Chromium's private windows tell more than was written of long pieces.
      const written = Math.min(rest.length, this.#file.write(rest, { at: this.#gathered.bytes }));
      // Some browsers say so in this way that there is no room.
      if (written === 0) throw new DOMException('nothing was written', 'QuotaExceededError');
      this.#gathered.add(rest.subarray(0, written));
      done += written;
      this.#unflushed += written;
    }
  }

  async finish(): Promise<LandingOutcome> {
    const { id, name } = this.#order;
    try {
      if (!this.#isPlaced && !(await this.#gathered.isTrue())) {
        this.#file.truncate(0);
        await this.close();
        return { kind: 'corrupted', found: 'whole' };
      }
      this.#file.flush();
      await this.close();
      await markVerified(this.#folder);
      return { kind: 'saved', path: savedPath(id, name) };
    } catch (error) {
      await this.close();
      return { kind: 'disk', problem: diskProblem(error) };
    }
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
  }

  async discard(): Promise<void> {
    await this.close();
    if (!this.#isPlaced) await removeFile(this.#place, this.#order.id);
  }

  /** Sees that there is room, and brings the running hash to the end of the file. */
  async #prepare(
    onProgress: OnProgress,
    isCancelled: () => boolean,
  ): Promise<DiskProblem | { readonly code: 'cancelled' } | undefined> {
    const gathered = this.#gathered;
    const { size } = this.#order;
    const bytes = gathered.usable(this.#file.getSize());
    // A browser does not tell how much room there is (its estimate is made up): it refuses a file that is too long. One
    // that is left so by a crash is longer than any that is ours.
    this.#file.truncate(size + spareBytes);
    this.#file.truncate(bytes);
    const buffer = new Uint8Array(Math.min(blockBytes, bytes));
    while (gathered.bytes < bytes && !isCancelled()) {
      const read = this.#file.read(buffer, { at: gathered.bytes });
      if (read === 0) return { code: 'unwritable', detail: 'the browser has cut it' };
      gathered.add(buffer.subarray(0, read));
      onProgress(gathered.bytes);
      // Cancelling is a message, which comes between two turns.
      await turn();
    }
    return isCancelled() ? { code: 'cancelled' } : undefined;
  }
}

async function openSync(content: FileSystemFileHandle): Promise<SyncFile> {
  const { createSyncAccessHandle } = content as {
    createSyncAccessHandle?: () => Promise<SyncFile>;
  };
  if (createSyncAccessHandle === undefined) throw new DOMException('too old', 'SecurityError');
  for (let left = lockTries; ; left--) {
    try {
      return await createSyncAccessHandle.call(content);
    } catch (error) {
      const isTaken = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!isTaken || left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, lockWaitMs));
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
