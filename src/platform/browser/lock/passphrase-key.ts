// A key from a passphrase, made in a worker (passphrase-worker.ts).
import { encodeUtf8 } from '../../../lib/bytes.ts';
import type { PassphraseCosts } from './lock-record.ts';
import type { PassphraseRequest } from './passphrase-messages.ts';

/** Makes passphrases into keys. `start` starts the worker. */
export type PassphraseKey = (
  passphrase: string,
  salt: Uint8Array,
  costs: PassphraseCosts,
) => Promise<Uint8Array>;

export function passphraseKeyIn(start: () => Worker): PassphraseKey {
  return (passphrase, salt, costs) =>
    new Promise((resolve, reject) => {
      const worker = start();
      worker.addEventListener('message', ({ data }: MessageEvent<Uint8Array>) => {
        worker.terminate();
        resolve(data);
      });
      worker.addEventListener('error', (event) => {
        worker.terminate();
        reject(new Error(`the passphrase cannot be tried here: ${event.message}`));
      });
      // The same passphrase from any keyboard.
      const request: PassphraseRequest = {
        passphrase: encodeUtf8(passphrase.normalize('NFKC')),
        salt,
        costs,
      };
      worker.postMessage(request);
    });
}
