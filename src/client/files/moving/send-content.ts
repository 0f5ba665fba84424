// A file from the disk to a transfer port [7.11]: read, encrypted and sent a block at a time, then the receiver's
// status. The disk reads the next block while this one is encrypted, and the socket slows down both. No more than a few
// blocks are in memory, whatever the size of the file.
import { chunkBytes, saltBytes } from '../../../e2ee/files/file-layout.ts';
import { FileSealer } from '../../../e2ee/files/file-sealer.ts';
import type { Result } from '../../../lib/result.ts';
import { startJob, type JobControl } from '../job.ts';
import type { FileJob, OnProgress, SendOrder, SendOutcome } from '../ports.ts';
import type { SourceProblem } from '../source.ts';
import { ContentWriter } from './content-form.ts';
import type { MovingPlatform, OpenFile, TransferSocket } from './ports.ts';

/** The size of one read. */
const readBytes = 1024 * 1024;

/** The receiver's status is one short line. */
const maxAnswerBytes = 256;

/** Sends the file of `order`, once it is open. */
export function sendContent(
  platform: MovingPlatform,
  open: () => Promise<Result<OpenFile, SourceProblem>>,
  order: SendOrder,
  onProgress: OnProgress,
): FileJob<SendOutcome> {
  return startJob(async (control) => {
    const source = await open();
    if (!source.ok) return { kind: 'source', problem: source.error };
    try {
      return await new Sending(platform, order, source.value, control, onProgress).run();
    } finally {
      await source.value.close();
    }
  });
}

class Sending {
  readonly #platform: MovingPlatform;
  readonly #order: SendOrder;
  readonly #source: OpenFile;
  readonly #control: JobControl;
  readonly #onProgress: OnProgress;
  readonly #socket: TransferSocket;
  #said = '';
  #hasEnded = false;
  /** Of a file for which nobody answers. */
  #isAllSent = false;
  #wake: () => void = () => {};

  constructor(
    platform: MovingPlatform,
    order: SendOrder,
    source: OpenFile,
    control: JobControl,
    onProgress: OnProgress,
  ) {
    this.#platform = platform;
    this.#order = order;
    this.#source = source;
    this.#control = control;
    this.#onProgress = onProgress;
    this.#socket = platform.connect(
      order.place,
      (bytes) => this.#receive(bytes),
      () => {
        this.#hasEnded = true;
        this.#wake();
      },
    );
    control.onCancel(() => this.#socket.destroy());
  }

  async run(): Promise<SendOutcome> {
    await this.#socket.opened();
    const problem = this.#isOver ? undefined : await this.#sendContent();
    if (problem !== undefined) {
      this.#socket.destroy();
      return problem;
    }
    while (!this.#isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#socket.destroy();
    await this.#socket.closed;
    const line = this.#answer;
    if (line !== undefined) return { kind: 'answered', line };
    if (this.#control.isCancelled()) return { kind: 'cancelled' };
    if (this.#isAllSent && this.#hasEnded) return { kind: 'sent' };
    return {
      kind: 'lost',
      failure: this.#socket.failure ?? { code: 'ECONNRESET', detail: 'the connection was closed' },
    };
  }

  async #sendContent(): Promise<SendOutcome | undefined> {
    const { key, fromChunk, form, opening, source, sha256 } = this.#order;
    const { ciphers, random, text, sourceProblem } = this.#platform;
    const salt = this.#order.salt ?? random(saltBytes);
    const sealer = await FileSealer.start(ciphers, {
      key,
      salt,
      fromChunk,
      size: source.size,
    });
    const writer = new ContentWriter(form, text);
    const isSaltTold = this.#order.salt !== undefined;
    await this.#socket.write([opening, ...(isSaltTold ? [] : writer.write([salt]))]);
    // Two, in turn: one is read into while the other is encrypted.
    const buffers = [new Uint8Array(readBytes), new Uint8Array(readBytes)] as const;
    let at = fromChunk * chunkBytes;
    try {
      let next = this.#source.read(buffers[0], at);
      for (let turn = 1; !sealer.isDone && !this.#isOver; turn++) {
        const block = (await next).subarray(0, source.size - at);
        at += block.length;
        const isLast = at >= source.size;
        // Checked before the last chunk is sent, because that chunk makes the receiver accept the file.
        if (!isLast && block.length < readBytes) return changed;
        if (isLast && !(await this.#source.holds(sha256))) return changed;
        next = isLast
          ? Promise.resolve(block)
          : this.#source.read(buffers[turn % 2 === 0 ? 0 : 1], at);
        // Its error is handled when it is awaited, which an error here may prevent.
        next.catch(() => {});
        await this.#socket.write(writer.write(await sealBlock(sealer, block)));
        this.#onProgress(at);
      }
      await this.#socket.write(writer.end());
      if (isSaltTold) {
        this.#isAllSent = sealer.isDone;
        this.#socket.halfClose();
      }
      return undefined;
    } catch (error) {
      return { kind: 'source', problem: sourceProblem(error) };
    }
  }

  /** Whether sending is pointless: the answer came, or the connection ended. */
  get #isOver(): boolean {
    return this.#hasEnded || this.#answer !== undefined || this.#said.length > maxAnswerBytes;
  }

  get #answer(): string | undefined {
    const end = this.#said.indexOf('\n');
    return end < 0 ? undefined : this.#said.slice(0, end).replace(/\r$/, '');
  }

  #receive(bytes: Uint8Array): boolean {
    this.#said += String.fromCharCode(...bytes.subarray(0, maxAnswerBytes));
    if (this.#isOver) this.#wake();
    return this.#said.length <= maxAnswerBytes;
  }
}

const changed: SendOutcome = { kind: 'source', problem: { code: 'changed' } };

/** All of its chunks at once, because some platforms encrypt in threads of their own. */
async function sealBlock(sealer: FileSealer, block: Uint8Array): Promise<Uint8Array[]> {
  const chunks: Promise<readonly Uint8Array[]>[] = [];
  let at = 0;
  // An empty file is one chunk without bytes, so this runs at least once.
  do {
    const chunk = block.subarray(at, at + sealer.nextLength);
    chunks.push(sealer.seal(chunk));
    at += chunk.length;
  } while (at < block.length);
  return (await Promise.all(chunks)).flat();
}
