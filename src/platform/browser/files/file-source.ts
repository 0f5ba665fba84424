// A file that the person has chosen in the browser, read as a stream: slices of it cost four times the processor, most of
// it in the browser's own process. A browser keeps it as it was when it was chosen: it refuses to read one that was written
// to since.
import type { OnProgress } from '../../../client/files/ports.ts';
import type { OpenFile } from '../../../client/files/moving/ports.ts';
import type { SourceFile, SourceProblem } from '../../../client/files/source.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { browserFileCiphers } from '../crypto/file-ciphers.ts';
import { sourceProblem } from './problems.ts';

const nanosecondsOfMs = '000000';

/** What is told of a file that was chosen. */
export function describeFile(path: string, file: File): SourceFile {
  const modified = `${file.lastModified}${nanosecondsOfMs}`;
  return { path, name: file.name || 'file', size: file.size, modified };
}

/** The file, if it is the one that was described. */
export function openFile(
  file: File | undefined,
  source: SourceFile,
): Result<OpenFile, SourceProblem> {
  if (file === undefined) return err({ code: 'missing' });
  const { size, modified } = describeFile(source.path, file);
  if (size !== source.size || modified !== source.modified) return err({ code: 'changed' });
  return ok(new PickedFile(file));
}

class PickedFile implements OpenFile {
  readonly #file: File;
  #pieces: Pieces | undefined;
  /** Read, and not asked for yet. */
  #left: Uint8Array = new Uint8Array();
  /** Where that begins. */
  #at = 0;

  constructor(file: File) {
    this.#file = file;
  }

  async read(buffer: Uint8Array, at: number): Promise<Uint8Array> {
    const pieces = this.#piecesFrom(at);
    let filled = 0;
    while (filled < buffer.length) {
      if (this.#left.length === 0) {
        const piece = await pieces.read();
        if (piece === undefined) break;
        this.#left = piece;
      }
      const part = this.#left.subarray(0, buffer.length - filled);
      buffer.set(part, filled);
      this.#left = this.#left.subarray(part.length);
      filled += part.length;
    }
    this.#at += filled;
    return buffer.subarray(0, filled);
  }

  // Reading another one would have failed.
  holds = async (): Promise<boolean> => true;

  async close(): Promise<void> {
    this.#pieces?.close();
  }

  #piecesFrom(at: number): Pieces {
    if (this.#pieces !== undefined && at === this.#at) return this.#pieces;
    this.#pieces?.close();
    this.#at = at;
    this.#left = new Uint8Array();
    return (this.#pieces = new Pieces(this.#file, at));
  }
}

/** The SHA-256 of its content. */
export async function hashFile(
  file: File | undefined,
  source: SourceFile,
  onProgress: OnProgress,
  isCancelled: () => boolean,
): Promise<Result<Uint8Array, SourceProblem | { readonly code: 'cancelled' }>> {
  const opened = openFile(file, source);
  if (!opened.ok || file === undefined) return opened.ok ? err({ code: 'missing' }) : opened;
  const hash = browserFileCiphers.sha256();
  const pieces = new Pieces(file, 0);
  try {
    let at = 0;
    // The browser reads on while this is hashed.
    for (let next = pieces.read(); ;) {
      const piece = await next;
      if (piece === undefined)
        return at === file.size ? ok(await hash.digest()) : err({ code: 'changed' });
      if (isCancelled()) return err({ code: 'cancelled' });
      next = pieces.read();
      next.catch(() => {});
      hash.update(piece);
      at += piece.length;
      onProgress(at);
    }
  } catch (error) {
    return err(sourceProblem(error));
  } finally {
    pieces.close();
  }
}

/** The file from a byte on, in pieces as the browser reads them. */
class Pieces {
  readonly #file: File;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(file: File, from: number) {
    this.#file = file;
    this.#reader = file.slice(from).stream().getReader();
  }

  /** The next one. Undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    try {
      return (await this.#reader.read()).value;
    } catch (error) {
      // A stream does not say why it ends, and a slice does.
      await this.#file.slice(0, 1).arrayBuffer();
      throw error;
    }
  }

  close(): void {
    this.#reader.cancel().catch(() => {});
  }
}
