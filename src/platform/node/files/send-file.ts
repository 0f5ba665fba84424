// A file from the disk to a transfer port [7.11]: read, encrypted and sent a block at a time, then the receiver's
// status. The disk reads the next block while this one is encrypted, and the socket slows down both. No more than a few
// blocks are in memory, whatever the size of the file.
import { randomBytes } from 'node:crypto';
import type { FileJob, OnProgress, SendOrder, SendOutcome } from '../../../client/files/ports.ts';
import { chunkBytes, saltBytes } from '../../../e2ee/files/file-layout.ts';
import { FileSealer } from '../../../e2ee/files/file-sealer.ts';
import { ContentWriter } from './content-form.ts';
import { nodeFileCiphers } from './file-ciphers.ts';
import { startJob, type JobControl } from './job.ts';
import { OpenSource, readBytes, sourceProblem } from './source-file.ts';
import { TransferSocket } from './transfer-socket.ts';

/** The receiver's status is one short line. */
const maxAnswerBytes = 256;

/** Sends the file of `order`. */
export function sendFile(order: SendOrder, onProgress: OnProgress): FileJob<SendOutcome> {
  return startJob(async (control) => {
    const source = await OpenSource.open(order.source);
    if (!source.ok) return { kind: 'source', problem: source.error };
    try {
      return await new Sending(order, source.value, control, onProgress).run();
    } finally {
      await source.value.close();
    }
  });
}

class Sending {
  readonly #order: SendOrder;
  readonly #source: OpenSource;
  readonly #control: JobControl;
  readonly #onProgress: OnProgress;
  readonly #socket: TransferSocket;
  #said = '';
  #hasEnded = false;
  /** Of a file for which nobody answers. */
  #isAllSent = false;
  #wake: () => void = () => {};

  constructor(order: SendOrder, source: OpenSource, control: JobControl, onProgress: OnProgress) {
    this.#order = order;
    this.#source = source;
    this.#control = control;
    this.#onProgress = onProgress;
    this.#socket = new TransferSocket(
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
    const salt = this.#order.salt ?? randomBytes(saltBytes);
    const sealer = await FileSealer.start(nodeFileCiphers, {
      key,
      salt,
      fromChunk,
      size: source.size,
    });
    const writer = new ContentWriter(form);
    const isSaltTold = this.#order.salt !== undefined;
    await this.#socket.write([opening, ...(isSaltTold ? [] : writer.write([salt]))]);
    // Two, in turn: one is read into while the other is encrypted.
    const buffers = [Buffer.allocUnsafeSlow(readBytes), Buffer.allocUnsafeSlow(readBytes)] as const;
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
    this.#said += Buffer.from(bytes).toString('latin1', 0, maxAnswerBytes);
    if (this.#isOver) this.#wake();
    return this.#said.length <= maxAnswerBytes;
  }
}

const changed: SendOutcome = { kind: 'source', problem: { code: 'changed' } };

async function sealBlock(sealer: FileSealer, block: Uint8Array): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  let at = 0;
  // An empty file is one chunk without bytes, so this runs at least once.
  do {
    const chunk = block.subarray(at, at + sealer.nextLength);
    pieces.push(...(await sealer.seal(chunk)));
    at += chunk.length;
  } while (at < block.length);
  return pieces;
}
