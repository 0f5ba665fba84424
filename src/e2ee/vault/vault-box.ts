// The box of an account's backup: a key pair that hangs from the recovery words, so that whoever has the words, and nobody
// else, gets the key of a backup. A device has the public half alone, which the recovery key has signed. Sealing is HPKE
// [RFC 9180] with the suite's own KEM. Knows nothing of what a backup holds.

import { concatBytes, encodeUtf8 } from '../../lib/bytes.ts';
import { isSignedBy, signWithDevice } from '../device-signature.ts';
import type { Device } from '../device.ts';
import { mls } from '../mls.ts';
import type { Suite } from '../suite.ts';

/** The public half, and the signature of the recovery key over it. */
export interface VaultBox {
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/** A key that is sealed to a box. */
export interface BoxedKey {
  readonly enc: Uint8Array;
  readonly sealed: Uint8Array;
}

const signed = encodeUtf8('helo backup box 1');
const info = encodeUtf8('helo backup key 1');

/** The box of `secret` (`vaultSecret`), signed by `recovery`, the recovery key of the same words. */
export async function makeBox(
  suite: Suite,
  secret: Uint8Array,
  recovery: Device,
): Promise<VaultBox> {
  const { hpke } = suite[mls];
  const pair = await hpke.deriveKeyPair(secret);
  const publicKey = await hpke.exportPublicKey(pair.publicKey);
  return {
    publicKey,
    signature: await signWithDevice(suite, recovery, concatBytes(signed, publicKey)),
  };
}

/** Whether a box belongs to the words of that recovery key. */
export function isBoxOf(
  suite: Suite,
  recovery: Uint8Array,
  { publicKey, signature }: VaultBox,
): Promise<boolean> {
  return isSignedBy(suite, recovery, concatBytes(signed, publicKey), signature);
}

/** Seals `key` to a box. `context` has to be the same when it is opened. */
export async function sealToBox(
  suite: Suite,
  { publicKey }: Pick<VaultBox, 'publicKey'>,
  key: Uint8Array,
  context: Uint8Array,
): Promise<BoxedKey> {
  const { hpke } = suite[mls];
  const to = await hpke.importPublicKey(publicKey);
  const { enc, ct } = await hpke.seal(to, key, info, context);
  return { enc, sealed: ct };
}

/** The key, or undefined if it is sealed to another box or in another context. */
export async function openBoxed(
  suite: Suite,
  secret: Uint8Array,
  { enc, sealed }: BoxedKey,
  context: Uint8Array,
): Promise<Uint8Array | undefined> {
  const { hpke } = suite[mls];
  const { privateKey } = await hpke.deriveKeyPair(secret);
  try {
    return await hpke.open(privateKey, enc, sealed, info, context);
  } catch {
    // The ciphers throw for everything that they cannot open.
    return undefined;
  }
}
