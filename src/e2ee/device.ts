// A device's one long-lived secret: its Ed25519 signing key, and the record in which it is stored. The adapter
// controls who may read that record (a file of mode 0600).
import { concatBytes, encodeUtf8, equalBytes } from '../lib/bytes.ts';
import { ok, type Result } from '../lib/result.ts';
import { mls } from './mls.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { Suite } from './suite.ts';

export interface Device {
  /** The public half: what other people pin and compare. 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly [mls]: { readonly signKey: Uint8Array };
}

const keyBytes = 32;
const ed25519 = 1;
// "helo device", record version 1, key type.
const recordHead = concatBytes(encodeUtf8('helo device'), Uint8Array.of(1, ed25519));
const probe = encodeUtf8('helo device record');

/** A new device with a fresh key. */
export async function createDevice(suite: Suite): Promise<Device> {
  const { signKey, publicKey } = await suite[mls].signature.keygen();
  return { publicKey, [mls]: { signKey } };
}

/** The record to store: SECRET. */
export function encodeDevice(device: Device): Uint8Array {
  return concatBytes(recordHead, device[mls].signKey, device.publicKey);
}

/** The device of a record, or why it cannot be used. The two halves of the key are checked against each other. */
export async function decodeDevice(
  suite: Suite,
  record: Uint8Array,
): Promise<Result<Device, Refusal<'malformed' | 'damaged'>>> {
  const keys = record.subarray(recordHead.length);
  const known = equalBytes(record.subarray(0, recordHead.length), recordHead);
  if (!known || keys.length !== 2 * keyBytes) {
    return refuse('malformed', 'not a device record of this version');
  }
  return deviceOf(suite, keys.slice(keyBytes), keys.slice(0, keyBytes));
}

/**
 * The device with that key, or why it cannot be used. `signKey` may also be what stands for a key that only the
 * platform's ciphers can use. The two halves of the key are checked against each other.
 */
export async function deviceOf(
  suite: Suite,
  publicKey: Uint8Array,
  signKey: Uint8Array,
): Promise<Result<Device, Refusal<'damaged'>>> {
  const { signature } = suite[mls];
  const signed = await signature.sign(signKey, probe);
  if (!(await signature.verify(publicKey, probe, signed))) {
    return refuse('damaged', 'the two halves of the key do not belong together');
  }
  return ok({ publicKey, [mls]: { signKey } });
}
