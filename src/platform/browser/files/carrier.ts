// The files of one login in a browser: where they come from, where they go, and how their content is transferred. The
// client's port, over the worker that does the work (worker.ts).
import type {
  FileCarrier,
  Landing,
  LandingOutcome,
  TransferPlace,
} from '../../../client/files/ports.ts';
import { invariant } from '../../../lib/invariant.ts';
import { err, ok } from '../../../lib/result.ts';
import { unshared } from '../buffer.ts';
import { describeFile } from './file-source.ts';
import type { FileWorker } from './file-worker.ts';
import type { BrowserPageFiles } from './page-files.ts';
import type { LandedPlace } from './worker-messages.ts';

export function createBrowserCarrier(worker: FileWorker, files: BrowserPageFiles): FileCarrier {
  return {
    async inspect(path) {
      const meant = await files.meant(path);
      if (meant === undefined) return err({ code: 'missing' });
      return ok(describeFile(meant.path, meant.file));
    },
    hash: (source, onProgress) =>
      worker.start('hash', { file: files.picked(source.path), source }, onProgress),
    send: ({ place, ...order }, onProgress) =>
      worker.start(
        'send',
        { file: files.picked(order.source.path), order: { ...order, place: plain(place) } },
        onProgress,
      ),
    land(order, onProgress) {
      const job = worker.start('land', { order }, onProgress);
      const outcome = job.outcome.then((landed) =>
        landed.ok ? ok(new WorkerLanding(worker, landed.value)) : landed,
      );
      return { outcome, cancel: () => job.cancel() };
    },
    receive(landing, { place, ...order }, onProgress) {
      invariant(landing instanceof WorkerLanding, 'a place is one that this carrier has made');
      const given = { landing: landing.use(), order: { ...order, place: plain(place) } };
      return worker.start('receive', given, onProgress);
    },
    forget: (id) => files.forget(id),
    sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', unshared(bytes))),
  };
}

/** Without what a worker cannot get. The browser has checked the server itself. */
function plain({ host, port }: TransferPlace): TransferPlace {
  return { host, port, fingerprint: undefined };
}

/** A place that is open in the worker. It is used once: for receiving, finishing, or none of these. */
class WorkerLanding implements Landing {
  readonly #worker: FileWorker;
  readonly #landing: number;
  readonly chunks: number;
  #isOpen = true;

  constructor(worker: FileWorker, { landing, chunks }: LandedPlace) {
    this.#worker = worker;
    this.#landing = landing;
    this.chunks = chunks;
  }

  /** Its number, for work that closes it. */
  use(): number {
    invariant(this.#isOpen, 'a place is used once');
    this.#isOpen = false;
    return this.#landing;
  }

  finish(): Promise<LandingOutcome> {
    return this.#worker.start('finish', { landing: this.use() }).outcome;
  }

  async close(): Promise<void> {
    if (this.#isOpen) await this.#worker.start('close', { landing: this.use() }).outcome;
  }

  async discard(): Promise<void> {
    if (this.#isOpen) await this.#worker.start('discard', { landing: this.use() }).outcome;
  }
}
