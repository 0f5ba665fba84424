// Starts the page's worker for passphrases (platform/browser/lock/passphrase-worker.ts), which the build puts beside the page.
import { trustedScript } from '../worker/trusted-script.ts';

/** Its address, by the build (scripts/web.js). */
declare const passphraseWorkerAddress: string;

let address: string | undefined;

export function startPassphraseWorker(): Worker {
  address ??= trustedScript('helo-passphrase', passphraseWorkerAddress);
  return new Worker(address, { name: 'passphrase' });
}
