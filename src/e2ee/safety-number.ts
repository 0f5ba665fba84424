// What two people compare to be sure that nobody is between them: 60 digits made of both names and both devices'
// keys, the same on both sides, different as soon as either key is.
import { compareBytes, concatBytes, encodeUtf8 } from '../lib/bytes.ts';
import { digest, type Suite } from './suite.ts';

export interface Identity {
  readonly user: string;
  /** The public key of the user's device. */
  readonly key: Uint8Array;
}

const version = 1;
// As in Signal's fingerprints: an attacker who searches a key with the same digits pays this many hashes for each
// guess.
const iterations = 5200;
const groupsPerUser = 6;
const bytesPerGroup = 5;
const groupValues = 100_000;

/** Twelve groups of five digits, separated by spaces. The order of the two does not matter. */
export async function safetyNumber(suite: Suite, a: Identity, b: Identity): Promise<string> {
  const halves = [await hashOf(suite, a), await hashOf(suite, b)].sort(compareBytes);
  return halves.flatMap((hash) => digitGroups(hash, groupsPerUser)).join(' ');
}

async function hashOf(suite: Suite, { user, key }: Identity): Promise<Uint8Array> {
  const name = encodeUtf8(user);
  // Each part has a fixed length or its length before it, so that no two identities hash the same bytes.
  let hash: Uint8Array = concatBytes(Uint8Array.of(version, key.length, name.length), key, name);
  for (let round = 0; round < iterations; round++) {
    hash = await digest(suite, concatBytes(hash, key));
  }
  return hash;
}

/** `count` groups of five digits made of `hash`, five bytes each. */
export function digitGroups(hash: Uint8Array, count: number): string[] {
  return Array.from({ length: count }, (_, group) => {
    let value = 0;
    for (const byte of hash.subarray(group * bytesPerGroup, (group + 1) * bytesPerGroup)) {
      value = (value * 256 + byte) % groupValues;
    }
    return value.toString().padStart(5, '0');
  });
}
