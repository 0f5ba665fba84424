// Watches a suite: which key encrypted each message, and that no key encrypts two messages that are sent.
import assert from 'node:assert/strict';
import { mls } from '../../../src/e2ee/mls.ts';
import type { Suite } from '../../../src/e2ee/suite.ts';
import { decodeBase64url } from '../../../src/lib/base64url.ts';

export class KeyWatch {
  /** The key of each ciphertext, by its tag. */
  readonly #sealedWith = new Map<string, string>();
  readonly #leftWith = new Map<string, string>();
  /** To be used instead of the watched one. */
  readonly suite: Suite;

  constructor(suite: Suite) {
    const { hpke } = suite[mls];
    const encryptAead: typeof hpke.encryptAead = async (key, nonce, aad, plaintext) => {
      const usedKey = Buffer.from(key).toString('hex');
      const sealed = await hpke.encryptAead(key, nonce, aad, plaintext);
      this.#sealedWith.set(tagOf(sealed), usedKey);
      return sealed;
    };
    this.suite = { [mls]: { ...suite[mls], hpke: { ...hpke, encryptAead } } };
  }

  /** A message is sent, perhaps again. */
  left(message: string): void {
    const bytes = decodeBase64url(message) ?? assert.fail();
    const key = this.#sealedWith.get(tagOf(bytes)) ?? assert.fail('sealed by nobody');
    const before = this.#leftWith.get(key);
    if (before !== undefined) assert.equal(message, before, 'one key for two messages');
    this.#leftWith.set(key, message);
  }
}

/** The last 16 bytes: the tag of AES-GCM, with which a PrivateMessage ends. */
function tagOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(-16)).toString('hex');
}
