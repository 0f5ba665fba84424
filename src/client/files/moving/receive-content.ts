// A file from a transfer port to its place on the disk [7.11]. Incoming data is decoded and cut into encrypted chunks
// as it is read. A second step decrypts them, in order, and writes their content. The socket is paused while too many
// wait, so a slow disk slows the sender and does not fill the memory.
import { chunkBytes, tagBytes } from '../../../e2ee/files/file-layout.ts';
import { FileOpener, SealedUnits, streamLength } from '../../../e2ee/files/file-opener.ts';
import { encodeUtf8, equalBytes } from '../../../lib/bytes.ts';
import { startJob, type JobControl } from '../job.ts';
import type { FileJob, OnProgress, ReceiveOrder, ReceiveOutcome } from '../ports.ts';
import { ContentReader } from './content-form.ts';
import type { MovingPlatform, OpenLanding, TransferSocket } from './ports.ts';

/** At most this many chunks wait to be decrypted (2 MiB). Beyond that nothing is read. */
const maxWaitingUnits = 32;
/** At most this many are decrypted and written together: a millisecond of work, one call to the disk. */
const batchUnits = 16;

/** Receives the file of `order` into `landing`, and closes it. */
export function receiveContent(
  platform: MovingPlatform,
  landing: OpenLanding,
  order: ReceiveOrder,
  onProgress: OnProgress,
): FileJob<ReceiveOutcome> {
  return startJob(async (control) => {
    try {
      return await new Receiving(platform, landing, order, control, onProgress).run();
    } finally {
      await landing.close();
    }
  });
}

class Receiving {
  readonly #platform: MovingPlatform;
  readonly #landing: OpenLanding;
  readonly #order: ReceiveOrder;
  readonly #control: JobControl;
  readonly #onProgress: OnProgress;
  readonly #socket: TransferSocket;
  readonly #header: Uint8Array;
  #headerLeft: number;
  readonly #reader: ContentReader;
  readonly #units: SealedUnits;
  readonly #opener: FileOpener;
  readonly #ready: Uint8Array[] = [];
  /** Used units, to be filled again. */
  readonly #spare: Uint8Array[] = [];
  #doneBytes: number;
  #found: 'altered' | 'wrong-header' | undefined;
  #isPaused = false;
  #hasEnded = false;
  #wake: () => void = () => {};

  constructor(
    platform: MovingPlatform,
    landing: OpenLanding,
    order: ReceiveOrder,
    control: JobControl,
    onProgress: OnProgress,
  ) {
    const { size, key, form, salts } = order;
    const fromChunk = landing.chunks;
    const stream = { size, fromChunk, salts };
    this.#platform = platform;
    this.#landing = landing;
    this.#order = order;
    this.#control = control;
    this.#onProgress = onProgress;
    this.#header = encodeUtf8(order.header);
    this.#headerLeft = this.#header.length;
    this.#reader = new ContentReader(form, streamLength(stream), platform.text);
    this.#units = new SealedUnits(stream, (length) => this.#allocate(length));
    this.#opener = new FileOpener(platform.ciphers, { key, ...stream });
    this.#doneBytes = fromChunk * chunkBytes;
    this.#socket = platform.connect(
      order.place,
      (bytes) => this.#heard(bytes),
      () => {
        this.#hasEnded = true;
        this.#wake();
      },
    );
    control.onCancel(() => this.#socket.destroy());
  }

  async run(): Promise<ReceiveOutcome> {
    await this.#socket.opened();
    await this.#socket.write([this.#order.opening]);
    const outcome = await this.#receive();
    const { statusLines } = this.#order;
    if (outcome.kind === 'cancelled' || statusLines === undefined) {
      this.#socket.destroy();
      return outcome;
    }
    const { delivered, corrupted } = statusLines;
    // Sent even if the connection broke off half-way: nothing was delivered, and the other side may still receive it.
    await this.#socket.write([outcome.kind === 'saved' ? delivered : corrupted]);
    // The file is complete, even if the last line is lost.
    void this.#socket.end();
    return outcome;
  }

  async #receive(): Promise<ReceiveOutcome> {
    for (;;) {
      const batch = this.#ready.splice(0, batchUnits);
      if (batch.length > 0) {
        this.#makeRoom();
        const problem = await this.#take(batch);
        if (problem !== undefined) return problem;
        continue;
      }
      if (this.#control.isCancelled()) return { kind: 'cancelled' };
      if (this.#found === 'altered') return { kind: 'corrupted', found: 'stream' };
      const isWhole = this.#opener.isDone && this.#reader.isWhole;
      if (isWhole && (this.#reader.isDone || this.#hasEnded)) return this.#landing.finish();
      if (this.#hasEnded || this.#found !== undefined) return this.#lost();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async #take(units: readonly Uint8Array[]): Promise<ReceiveOutcome | undefined> {
    const chunks: Uint8Array[] = [];
    // All at once, because some platforms decrypt in threads of their own.
    const opened = await Promise.all(units.map((unit) => this.#opener.open(unit)));
    for (const [at, unit] of units.entries()) {
      const chunk = opened[at];
      if (chunk === undefined) return { kind: 'corrupted', found: 'stream' };
      if (unit.length === chunkBytes + tagBytes) this.#spare.push(unit);
      if (chunk !== 'salt') chunks.push(chunk);
    }
    try {
      await this.#landing.write(chunks);
    } catch (error) {
      return { kind: 'disk', problem: this.#platform.diskProblem(error) };
    }
    for (const { length } of chunks) this.#doneBytes += length;
    this.#onProgress(this.#doneBytes);
    return undefined;
  }

  /** Reads on before all waiting units are done, so that reading never pauses without need. */
  #makeRoom(): void {
    if (!this.#isPaused || this.#ready.length > maxWaitingUnits / 2) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  #lost(): ReceiveOutcome {
    const unexpected = { code: 'EPROTO', detail: 'the server sent something else' };
    const broken = { code: 'ECONNRESET', detail: 'the connection broke off' };
    const failure = this.#found === 'wrong-header' ? unexpected : this.#socket.failure;
    return { kind: 'lost', failure: failure ?? broken };
  }

  #heard(bytes: Uint8Array): boolean {
    if (this.#found !== undefined) return false;
    const content = this.#behindHeader(bytes);
    const bare = this.#found === undefined ? this.#reader.read(content) : undefined;
    if (bare === undefined) this.#found ??= 'altered';
    else this.#units.push(bare, (unit) => this.#ready.push(unit));
    this.#wake();
    this.#isPaused = this.#found !== undefined || this.#ready.length >= maxWaitingUnits;
    return !this.#isPaused;
  }

  /** The part of `bytes` after the header. The header must be the expected one. */
  #behindHeader(bytes: Uint8Array): Uint8Array {
    if (this.#headerLeft === 0) return bytes;
    const part = bytes.subarray(0, this.#headerLeft);
    const at = this.#header.length - this.#headerLeft;
    if (!equalBytes(this.#header.subarray(at, at + part.length), part))
      this.#found = 'wrong-header';
    this.#headerLeft -= part.length;
    return bytes.subarray(part.length);
  }

  #allocate(length: number): Uint8Array {
    const spare = length === chunkBytes + tagBytes ? this.#spare.pop() : undefined;
    return spare ?? new Uint8Array(length);
  }
}
