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
  folderOf,
  isVerified,
  keptIn,
  markVerified,
  openPlace,
  removeFile,
  savedPath,
  whenFree,
} from './hidden-place.ts';
import {
  PlainContent,
  SealedContent,
  type LandingContent,
  type SyncFile,
} from './landing-content.ts';
import { diskProblem, noPlace } from './problems.ts';
import { PieceCipher } from './sealed-pieces.ts';

const flushEveryBytes = 128 * 1024 * 1024;
export class OpfsLanding implements OpenLanding {
  readonly #place: FileSystemDirectoryHandle;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #file: SyncFile;
  readonly #content: LandingContent;
  readonly #order: LandingOrder;
  readonly #isPlaced: boolean;
  readonly #gathered: Gathered;
  #unflushed = 0;
  #isOpen = true;

  private constructor(
    place: FileSystemDirectoryHandle,
    folder: FileSystemDirectoryHandle,
    file: SyncFile,
    content: LandingContent,
    order: LandingOrder,
    isPlaced: boolean,
  ) {
    this.#place = place;
    this.#folder = folder;
    this.#file = file;
    this.#content = content;
    this.#order = order;
    this.#gathered = new Gathered(order, browserFileCiphers.sha256());
    this.#isPlaced = isPlaced;
  }

  /**
   * Opens the place of a file of `account`. Reads existing content, unless cancelled. With `filesKey` the store is locked,
   * and the file is kept encrypted.
   */
  static async open(
    account: string,
    filesKey: Uint8Array | undefined,
    order: LandingOrder,
    { onProgress, isCancelled }: { onProgress: OnProgress; isCancelled: () => boolean },
  ): Promise<Result<OpfsLanding, DiskProblem | { readonly code: 'cancelled' }>> {
    let landing: OpfsLanding | undefined;
    try {
      const place = await openPlace(account);
      const folder = place && (await folderOf(place, order.id, true));
      const form = filesKey === undefined ? 'plain' : 'sealed';
      const kept = folder && (await keptIn(folder, form, true));
      if (place === undefined || folder === undefined || kept === undefined) return err(noPlace);
      const isPlaced = await isVerified(folder);
      const file = await openSync(kept);
      const content =
        filesKey === undefined
          ? new PlainContent(file, order.size)
          : new SealedContent(file, order.size, new PieceCipher(filesKey, order.id));
      landing = new OpfsLanding(place, folder, file, content, order, isPlaced);
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
    await this.#content.append(chunks);
    for (const chunk of chunks) {
      this.#gathered.add(chunk);
      this.#unflushed += chunk.length;
    }
    if (this.#unflushed < flushEveryBytes) return;
    this.#unflushed = 0;
    this.#file.flush();
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
    const content = this.#content;
    const bytes = gathered.usable(content.size);
    content.begin(bytes);
    while (gathered.bytes < bytes && !isCancelled()) {
      // oxlint-disable-next-line no-await-in-loop -- in order
      const part = await content.read(gathered.bytes);
      if (part === undefined) {
        // It is damaged from here on, and fetched again.
        content.begin(gathered.bytes);
        break;
      }
      gathered.add(part);
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
  return whenFree(() => createSyncAccessHandle.call(content));
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
