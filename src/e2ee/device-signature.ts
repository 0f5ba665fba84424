// Signatures by a device's key besides those of MLS: for the login. What is signed begins with fixed words
// (wire/extended/login.ts), so MLS accepts none of these signatures as its own [RFC 9420 §5.1.2].
import type { Device } from './device.ts';
import { mls } from './mls.ts';
import type { Suite } from './suite.ts';

/** The Ed25519 signature of `device` over `bytes`. */
export function signWithDevice(
  suite: Suite,
  device: Device,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  return suite[mls].signature.sign(device[mls].signKey, bytes);
}

/** Whether `signature` was made over `bytes` by the holder of `publicKey`. False for malformed keys and signatures. */
export function isSignedBy(
  suite: Suite,
  publicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return suite[mls].signature.verify(publicKey, bytes, signature);
}
