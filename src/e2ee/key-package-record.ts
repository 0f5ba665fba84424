// The record of a key package that was handed out and waits for its Welcome: SECRET. It holds the two private keys
// that open the Welcome; the device's signing key has its own record (device.ts).
import { concatBytes, equalBytes, formatHex } from '../lib/bytes.ts';
import { ok, type Result } from '../lib/result.ts';
import { decodeKeyPackage } from './codec.ts';
import type { Device } from './device.ts';
import type { PendingKeyPackage } from './key-package.ts';
import { makeKeyPackageRef, mls } from './mls.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { Suite } from './suite.ts';

const recordVersion = 1;
const lengthBytes = 2;

/** The record of `pending`, for `decodePendingKeyPackage`. About 2.8 KB. */
export function encodePendingKeyPackage(pending: PendingKeyPackage): Uint8Array {
  const { initPrivateKey, hpkePrivateKey } = pending[mls].secret;
  return concatBytes(
    Uint8Array.of(recordVersion),
    ...[pending.bytes, initPrivateKey, hpkePrivateKey].flatMap((part) => [
      Uint8Array.of(part.length >> 8, part.length & 0xff),
      part,
    ]),
  );
}

/** The key package of `device` in a record. `bytes` still belong to the caller. */
export async function decodePendingKeyPackage(
  suite: Suite,
  device: Device,
  bytes: Uint8Array,
): Promise<Result<PendingKeyPackage, Refusal<'malformed' | 'other-device'>>> {
  const malformed = refuse('malformed', 'not a key package record of this version');
  const parts = bytes[0] === recordVersion ? splitParts(bytes.slice(1)) : undefined;
  if (parts === undefined) return malformed;
  const [open, initPrivateKey, hpkePrivateKey] = parts;
  const decoded = decodeKeyPackage(open);
  if (!decoded.ok || initPrivateKey.length === 0 || hpkePrivateKey.length === 0) return malformed;
  const keyPackage = decoded.value;
  if (!equalBytes(keyPackage.leafNode.signaturePublicKey, device.publicKey)) {
    return refuse('other-device', 'a key package of another device');
  }
  const signaturePrivateKey = device[mls].signKey;
  return ok({
    bytes: open,
    reference: formatHex(await makeKeyPackageRef(keyPackage, suite[mls].hash)),
    [mls]: { open: keyPackage, secret: { initPrivateKey, hpkePrivateKey, signaturePrivateKey } },
  });
}

/** The three parts of `bytes`, each after its length. Nothing may follow them. */
function splitParts(bytes: Uint8Array): [Uint8Array, Uint8Array, Uint8Array] | undefined {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    const end = at + lengthBytes + length;
    if (end > bytes.length) return undefined;
    parts.push(bytes.slice(at + lengthBytes, end));
    at = end;
  }
  const [open, initPrivateKey, hpkePrivateKey, ...more] = parts;
  if (open === undefined || initPrivateKey === undefined || hpkePrivateKey === undefined) {
    return undefined;
  }
  return more.length === 0 ? [open, initPrivateKey, hpkePrivateKey] : undefined;
}
