// The one cipher suite of private conversations: X25519 and ML-KEM-768 together (X-Wing), AES-256-GCM, SHA-512,
// Ed25519. The number 83 is private to the library's 1.6 line. A later library will use another number, so group ids
// carry a version (pair-session.ts).
import { getCiphersuiteFromName, mls, type CiphersuiteImpl, type CryptoProvider } from './mls.ts';

export type { CryptoProvider };

export const suiteName = 'MLS_256_XWING_AES256GCM_SHA512_Ed25519';

/** The suite with its ciphers, ready for use. */
export interface Suite {
  readonly [mls]: CiphersuiteImpl;
}

/** Loads the suite with the platform's ciphers. Rejects if the provider lacks the suite. */
export async function openSuite(provider: CryptoProvider): Promise<Suite> {
  return { [mls]: await provider.getCiphersuiteImpl(getCiphersuiteFromName(suiteName)) };
}

/** SHA-512 of `bytes`. */
export function digest(suite: Suite, bytes: Uint8Array): Promise<Uint8Array> {
  return suite[mls].hash.digest(bytes);
}
