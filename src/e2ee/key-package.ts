// KeyPackages [RFC 9420 §10]: how somebody gets a public key to begin a session with. Made fresh for each requester,
// used once, then forgotten. Parsed strictly, and only for the expected person.
import { equalBytes, formatHex } from '../lib/bytes.ts';
import { ok, type Result } from '../lib/result.ts';
import { capabilitiesOf, isAble, type Ability } from './client-config.ts';
import { decodeKeyPackage, encodeMessage, type CodecRefusal } from './codec.ts';
import { credentialOf, userOf } from './credential.ts';
import type { Device } from './device.ts';
import {
  generateKeyPackageWithKey,
  makeKeyPackageRef,
  mls,
  verifyKeyPackage,
  verifyLeafNodeSignatureKeyPackage,
  type KeyPackage,
  type PrivateKeyPackage,
} from './mls.ts';
import { refuse, type Refusal } from './refusal.ts';
import { suiteName, type Suite } from './suite.ts';

const daySeconds = 86_400n;
// Clocks differ, so packages are valid from yesterday on, for thirty days.
const backdated = daySeconds;
const validFor = 30n * daySeconds;
const signatureKeyBytes = 32;
const kemKeyBytes = 1216; // X-Wing: ML-KEM-768 and X25519

/** A KeyPackage of ours that waits for its Welcome. Holds secrets. */
export interface PendingKeyPackage {
  /** The bytes for the requester. */
  readonly bytes: Uint8Array;
  /** Its KeyPackageRef in hex: the Welcome names it. */
  readonly reference: string;
  readonly [mls]: { readonly open: KeyPackage; readonly secret: PrivateKeyPackage };
}

/** A KeyPackage of a peer that passed every check. */
export interface PeerKeyPackage {
  readonly peer: string;
  /** The signature key of the peer's device: compare with the pin before using it. */
  readonly peerKey: Uint8Array;
  readonly [mls]: KeyPackage;
}

export type KeyPackageRefusal =
  CodecRefusal | Refusal<'wrong-suite' | 'wrong-name' | 'wrong-profile' | 'expired' | 'forged'>;

/** A fresh KeyPackage of `device` for the user `me`, whose client is `able` to do that. About 3 ms of CPU. */
export async function createKeyPackage(
  suite: Suite,
  device: Device,
  me: string,
  nowMs: number,
  able: readonly Ability[] = [],
): Promise<PendingKeyPackage> {
  const now = BigInt(Math.floor(nowMs / 1000));
  const made = await generateKeyPackageWithKey(
    credentialOf(me),
    capabilitiesOf(able),
    { notBefore: now - backdated, notAfter: now + validFor },
    [],
    { signKey: device[mls].signKey, publicKey: device.publicKey },
    suite[mls],
  );
  const keyPackage = made.publicPackage;
  return {
    bytes: encodeMessage({ version: 'mls10', wireformat: 'mls_key_package', keyPackage }),
    reference: formatHex(await makeKeyPackageRef(keyPackage, suite[mls].hash)),
    [mls]: { open: keyPackage, secret: made.privatePackage },
  };
}

/** Whether a KeyPackage of ours says that its client can do that. */
export function says(pending: PendingKeyPackage, ability: Ability): boolean {
  return isAble(pending[mls].open.leafNode.capabilities, ability);
}

/** Wipes the private part. Afterwards no Welcome for it can be read, not even a recorded one. */
export function forgetKeyPackage(pending: PendingKeyPackage): void {
  pending[mls].secret.initPrivateKey.fill(0);
  pending[mls].secret.hpkePrivateKey.fill(0);
}

/** The KeyPackage in `bytes`, if the user `peer` can have made it for this profile at `nowMs`. */
export async function readKeyPackage(
  suite: Suite,
  bytes: Uint8Array,
  peer: string,
  nowMs: number,
): Promise<Result<PeerKeyPackage, KeyPackageRefusal>> {
  const decoded = decodeKeyPackage(bytes);
  if (!decoded.ok) return decoded;
  const keyPackage = decoded.value;
  const leaf = keyPackage.leafNode;
  if (keyPackage.cipherSuite !== suiteName) {
    return refuse('wrong-suite', 'made for another cipher suite');
  }
  if (userOf(leaf.credential) !== peer) return refuse('wrong-name', 'made for another name');
  if (!fitsProfile(keyPackage)) return refuse('wrong-profile', 'not as this protocol makes them');
  const now = BigInt(Math.floor(nowMs / 1000));
  const { notBefore, notAfter } = leaf.lifetime;
  if (notBefore > now || notAfter < now || notAfter - notBefore > backdated + validFor) {
    return refuse('expired', 'out of date (or the clocks of the two computers differ by a day)');
  }
  // The leaf has its own signature. Other readers of the leaf see only that one, not the package's.
  const signed =
    (await verifyLeafNodeSignatureKeyPackage(leaf, suite[mls].signature)) &&
    (await verifyKeyPackage(keyPackage, suite[mls].signature));
  if (!signed) return refuse('forged', 'its signature does not fit');
  return ok({ peer, peerKey: leaf.signaturePublicKey, [mls]: keyPackage });
}

function fitsProfile({ initKey, leafNode, extensions }: KeyPackage): boolean {
  const able = leafNode.capabilities;
  return (
    initKey.length === kemKeyBytes &&
    leafNode.hpkePublicKey.length === kemKeyBytes &&
    leafNode.signaturePublicKey.length === signatureKeyBytes &&
    !equalBytes(initKey, leafNode.hpkePublicKey) && // [RFC 9420 §10.1]
    extensions.length === 0 &&
    leafNode.extensions.length === 0 &&
    able.versions.includes('mls10') &&
    able.ciphersuites.includes(suiteName) &&
    able.credentials.includes('basic')
  );
}
