// A worker that makes a key of a passphrase, which takes a second and much memory: the page stays fluent meanwhile.
// Answers one message, and has nothing afterwards.
import { scrypt } from '@noble/hashes/scrypt.js';
import { passphraseKeyBytes, type PassphraseRequest } from './passphrase-messages.ts';

interface WorkerScope {
  addEventListener(type: 'message', heard: (event: MessageEvent<PassphraseRequest>) => void): void;
  postMessage(key: Uint8Array): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.addEventListener('message', ({ data: { passphrase, salt, costs } }) => {
  const { n, r, p } = costs;
  scope.postMessage(scrypt(passphrase, salt, { N: n, r, p, dkLen: passphraseKeyBytes }));
});
