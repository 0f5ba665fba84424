// Starts the page's worker for files (platform/browser/files/worker.ts), which the build puts beside the page.
import { trustedScript } from '../worker/trusted-script.ts';

/** Its address, by the build (scripts/web.js). */
declare const fileWorkerAddress: string;

let address: string | undefined;

export function startFileWorker(): Worker {
  address ??= trustedScript('helo-files', fileWorkerAddress);
  return new Worker(address, { name: 'files' });
}
