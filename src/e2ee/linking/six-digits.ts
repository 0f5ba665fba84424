// The six digits that a person carries from the new device to the old one. They are a hash of all that was said, so they
// are the same on both only if nobody in between has said something else. Six digits are few: the new device binds itself
// to its nonce before it hears the old one's, so that nobody in between can try until they fit; one guess in a million
// does.
import { encodeUtf8 } from '../../lib/bytes.ts';
import type { FileCiphers } from '../files/file-ciphers.ts';

export const linkingNonceBytes = 32;

const count = 6;
/** The digits are taken of six bytes: over so many values each is as likely as the others, to one in a hundred million. */
const hashPart = 6;

/** What the new device says of its nonce before it shows it. */
export async function bindToNonce(ciphers: FileCiphers, nonce: Uint8Array): Promise<Uint8Array> {
  return hashOf(ciphers, 'helo linking 1 nonce', [nonce]);
}

/** The digits of everything that was said. */
export async function sixDigits(
  ciphers: FileCiphers,
  said: readonly Uint8Array[],
): Promise<string> {
  const hash = await hashOf(ciphers, 'helo linking 1 digits', said);
  let value = 0;
  for (const byte of hash.subarray(0, hashPart)) value = value * 256 + byte;
  return String(value % 10 ** count).padStart(count, '0');
}

/** SHA-256 of the words and the parts, each behind its length in two bytes. */
async function hashOf(
  ciphers: FileCiphers,
  words: string,
  parts: readonly Uint8Array[],
): Promise<Uint8Array> {
  const hash = ciphers.sha256();
  for (const part of [encodeUtf8(words), ...parts]) {
    hash.update(Uint8Array.of(part.length >> 8, part.length & 0xff));
    hash.update(part);
  }
  return hash.digest();
}
