// Signatures by a device's key besides those of MLS: for the login. What is signed begins with words of its own
// (wire/extended/login.ts), so none of them can be taken for one of MLS [RFC 9420 §5.1.2].
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

/** Whether `signature` is one by the holder of `publicKey` over `bytes`. False for what is no key or signature. */
export function isSignedBy(
  suite: Suite,
  publicKey: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return suite[mls].signature.verify(publicKey, bytes, signature);
}
