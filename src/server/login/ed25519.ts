// Ed25519 signatures [RFC 8032] with keys of 32 bytes, as on the wire, by node:crypto.

import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { encodeBase64url } from '../../lib/base64url.ts';

/** The 32 bytes of a public key. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const { x = '' } = key.export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x, 'base64url'));
}

/** Whether `signature` over `bytes` was made with the private part of `publicKey`. Never throws for bad input. */
export function isSignedBy(
  publicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    const x = encodeBase64url(publicKey);
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, bytes, key, signature);
  } catch {
    // 32 bytes that are not a point of the curve: nobody has a private key for them.
    return false;
  }
}
