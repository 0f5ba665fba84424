// The content of an incoming file on the browser's own file system, written in a worker: as it is, or under the lock of the
// store. Lengths and places are those of the file itself. What is not written as a whole piece is not there after a crash.
import { pieceBytes, openedSize, pieceCount, pieceOffset, sealedSize } from './sealed-pieces.ts';
import type { PieceCipher } from './sealed-pieces.ts';

/** This much stays free besides the file: a full store would end the chat. */
const spareBytes = 16 * 1024 * 1024;

/** What a worker has and a page has not; the types of pages leave it out. */
export interface SyncFile {
  getSize(): number;
  read(into: Uint8Array, at: { readonly at: number }): number;
  write(bytes: Uint8Array, at: { readonly at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

export interface LandingContent {
  /** How much of the file is there. */
  readonly size: number;
  /** Cuts it to `bytes`, and throws if there is no room for the whole. */
  begin(bytes: number): void;
  /** The part from `at` on, as long as it is convenient; undefined if it is damaged. It holds until the next call. */
  read(at: number): Promise<Uint8Array | undefined>;
  /** Adds what comes next. */
  append(chunks: readonly Uint8Array[]): Promise<void>;
}

/** As it is. */
export class PlainContent implements LandingContent {
  readonly #file: SyncFile;
  readonly #wholeSize: number;
  /** Chromium tells another process of each write: so it is one for many chunks. */
  readonly #block = new Uint8Array(pieceBytes);
  #at = 0;

  /** Of a file of `wholeSize` bytes. */
  constructor(file: SyncFile, wholeSize: number) {
    this.#file = file;
    this.#wholeSize = wholeSize;
  }

  get size(): number {
    return this.#file.getSize();
  }

  begin(bytes: number): void {
    makeRoom(this.#file, this.#wholeSize);
    this.#file.truncate(bytes);
    this.#at = bytes;
  }

  read(at: number): Promise<Uint8Array | undefined> {
    const read = this.#file.read(this.#block, { at });
    // Each reads as many as there are, or the browser has cut the file.
    return Promise.resolve(
      at + read < Math.min(this.size, at + pieceBytes) ? undefined : this.#block.subarray(0, read),
    );
  }

  async append(chunks: readonly Uint8Array[]): Promise<void> {
    let filled = 0;
    for (const chunk of chunks) {
      if (filled + chunk.length > this.#block.length) {
        this.#write(filled);
        filled = 0;
      }
      this.#block.set(chunk, filled);
      filled += chunk.length;
    }
    this.#write(filled);
  }

  #write(filled: number): void {
    writeAll(this.#file, this.#block.subarray(0, filled), this.#at);
    this.#at += filled;
  }
}

/** Encrypted. */
export class SealedContent implements LandingContent {
  readonly #file: SyncFile;
  readonly #cipher: PieceCipher;
  readonly #wholeSize: number;
  /** The piece that comes next, as far as it is there. */
  readonly #piece = new Uint8Array(pieceBytes);
  #filled = 0;
  #number = 0;

  constructor(file: SyncFile, wholeSize: number, cipher: PieceCipher) {
    this.#file = file;
    this.#wholeSize = wholeSize;
    this.#cipher = cipher;
  }

  /** In whole pieces, or all of it. */
  get size(): number {
    const size = openedSize(this.#file.getSize());
    return size === this.#wholeSize ? size : Math.floor(size / pieceBytes) * pieceBytes;
  }

  begin(bytes: number): void {
    makeRoom(this.#file, sealedSize(this.#wholeSize));
    this.#number = bytes === this.#wholeSize ? pieceCount(bytes) : bytes / pieceBytes;
    this.#file.truncate(Math.min(pieceOffset(this.#number), sealedSize(bytes)));
  }

  async read(at: number): Promise<Uint8Array | undefined> {
    const number = at / pieceBytes;
    const sealed = new Uint8Array(pieceOffset(1));
    const read = this.#file.read(sealed, { at: pieceOffset(number) });
    return this.#cipher.open(number, this.#isLast(number), sealed.subarray(0, read));
  }

  async append(chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) {
      for (let at = 0; ;) {
        const part = chunk.subarray(at, at + pieceBytes - this.#filled);
        this.#piece.set(part, this.#filled);
        this.#filled += part.length;
        at += part.length;
        const isWhole = this.#number * pieceBytes + this.#filled === this.#wholeSize;
        // oxlint-disable-next-line no-await-in-loop -- in order, and one piece in memory
        if (isWhole || this.#filled === pieceBytes) await this.#write();
        if (at >= chunk.length) break;
      }
    }
  }

  async #write(): Promise<void> {
    const number = this.#number++;
    const piece = this.#piece.subarray(0, this.#filled);
    this.#filled = 0;
    const sealed = await this.#cipher.seal(number, this.#isLast(number), piece);
    writeAll(this.#file, sealed, pieceOffset(number));
  }

  #isLast(number: number): boolean {
    return number === pieceCount(this.#wholeSize) - 1;
  }
}

/** A browser does not tell how much room there is (its estimate is made up): it refuses a file that is too long. */
function makeRoom(file: SyncFile, bytes: number): void {
  file.truncate(Math.max(bytes + spareBytes, file.getSize()));
}

function writeAll(file: SyncFile, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) {
    const rest = bytes.subarray(done);
    // Chromium's private windows tell more than was written of long pieces.
    const written = Math.min(rest.length, file.write(rest, { at: at + done }));
    // Some browsers say so in this way that there is no room.
    if (written === 0) throw new DOMException('nothing was written', 'QuotaExceededError');
    done += written;
  }
}
