// The file to send, as it was when the person named it. If it changes meanwhile, that is detected and reported: other
// content is never sent as the promised file. A file that only grows is sent up to where it ended when it was named.
import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { OnProgress } from '../../../client/files/ports.ts';
import type { SourceFile, SourceProblem } from '../../../client/files/source.ts';
import { equalBytes } from '../../../lib/bytes.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { systemCode, systemReason } from '../../../lib/system-error.ts';
import { nodeFileCiphers } from './file-ciphers.ts';
import { nameOf, systemPath } from './system-path.ts';

/** The size of one read. Hashing this much takes well under a millisecond, so that the chat does not wait. */
const readBytes = 512 * 1024;

// A pipe or a device in the place of the file must not block the program.
const openFlags = constants.O_RDONLY | constants.O_NONBLOCK;

/** Checks the file at `path`, without reading it. */
export async function inspectSource(path: string): Promise<Result<SourceFile, SourceProblem>> {
  const absolute = resolve(path);
  try {
    const found = await systemPath(absolute);
    // Before opening, because opening some devices already has an effect.
    if (!(await stat(found)).isFile()) return err({ code: 'not-a-file' });
    const file = await open(found, openFlags);
    try {
      return ok({ path: absolute, name: nameOf(found), ...(await versionOf(file)) });
    } finally {
      await file.close();
    }
  } catch (error) {
    return err(sourceProblem(error));
  }
}

/** An open file that is still the one that was checked. */
export class OpenSource {
  readonly #source: SourceFile;
  readonly #file: FileHandle;

  private constructor(source: SourceFile, file: FileHandle) {
    this.#source = source;
    this.#file = file;
  }

  static async open(source: SourceFile): Promise<Result<OpenSource, SourceProblem>> {
    try {
      const file = await open(await systemPath(source.path), openFlags);
      const opened = new OpenSource(source, file);
      const { size } = await versionOf(file);
      if (size >= source.size) return ok(opened);
      await opened.close();
      return err({ code: 'changed' });
    } catch (error) {
      return err(sourceProblem(error));
    }
  }

  /** Whether somebody has written to it before its original end. */
  async isWritten(): Promise<boolean> {
    const { size, modified } = await versionOf(this.#file);
    return size === this.#source.size && modified !== this.#source.modified;
  }

  /**
   * Whether its beginning still has the hash `sha256`. It is read again unless size and time show no change: a log
   * grows while it is sent, and the promised part is still there.
   */
  async holds(sha256: Uint8Array): Promise<boolean> {
    const { size, modified } = await versionOf(this.#file);
    if (size === this.#source.size && modified === this.#source.modified) return true;
    const found = await this.hash();
    return found !== undefined && equalBytes(found, sha256);
  }

  /** The SHA-256 of the original part. Undefined if the file is shorter now, or `goesOn` returns false. */
  async hash(goesOn: (doneBytes: number) => boolean = () => true): Promise<Uint8Array | undefined> {
    const hash = nodeFileCiphers.sha256();
    const { size } = this.#source;
    const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, size));
    for (let at = 0; at < size;) {
      if (!goesOn(at)) return undefined;
      const bytes = await this.read(buffer.subarray(0, Math.min(buffer.length, size - at)), at);
      if (bytes.length === 0) return undefined;
      hash.update(bytes);
      at += bytes.length;
    }
    return goesOn(size) ? hash.digest() : undefined;
  }

  /** Fills `buffer` from the byte `at` of the file on, up to its end. Returns the part that was filled. */
  async read(buffer: Uint8Array, at: number): Promise<Uint8Array> {
    let filled = 0;
    while (filled < buffer.length) {
      const left = buffer.length - filled;
      const { bytesRead } = await this.#file.read(buffer, filled, left, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** The SHA-256 of the content of `source`. */
export async function hashSource(
  source: SourceFile,
  onProgress: OnProgress,
  isCancelled: () => boolean,
): Promise<Result<Uint8Array, SourceProblem | { readonly code: 'cancelled' }>> {
  const opened = await OpenSource.open(source);
  if (!opened.ok) return opened;
  const file = opened.value;
  try {
    const hash = await file.hash((doneBytes) => {
      onProgress(doneBytes);
      return !isCancelled();
    });
    if (hash === undefined) return err({ code: isCancelled() ? 'cancelled' : 'changed' });
    return (await file.isWritten()) ? err({ code: 'changed' }) : ok(hash);
  } catch (error) {
    return err(sourceProblem(error));
  } finally {
    await file.close();
  }
}

/** What a read error means for a transfer. */
export function sourceProblem(error: unknown): SourceProblem {
  const code = systemCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? { code: 'missing' }
    : { code: 'unreadable', detail: systemReason(error) };
}

async function versionOf(file: FileHandle): Promise<Pick<SourceFile, 'size' | 'modified'>> {
  const { size, mtimeNs } = await file.stat({ bigint: true });
  return { size: Number(size), modified: String(mtimeNs) };
}
