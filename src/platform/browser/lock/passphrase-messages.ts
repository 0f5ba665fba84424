// What the page and its worker for passphrases (passphrase-worker.ts) say to each other: one request, one key.
import type { PassphraseCosts } from './lock-record.ts';

export interface PassphraseRequest {
  readonly passphrase: Uint8Array;
  readonly salt: Uint8Array;
  readonly costs: PassphraseCosts;
}

export const passphraseKeyBytes = 32;
