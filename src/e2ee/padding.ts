// Hides the length of what is encrypted: four bytes of length, the content, zeros up to a padded size. Sizes are
// PADMÉ's (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019): at
// most 12 % more, and only O(log log n) bits of the length remain visible. Everything up to 252 bytes looks the same,
// so a receipt cannot be told from a short text.
import { ok, type Result } from '../lib/result.ts';
import { invariant } from '../lib/invariant.ts';
import { lengthBytes, maxPaddedBytes } from './padded-sizes.ts';
import { refuse, type Refusal } from './refusal.ts';

const leastPaddedBytes = 256;

/** `content` in its padded form, of at most `maxBytes`. The caller has checked that it is not longer. */
export function pad(content: Uint8Array, maxBytes = maxPaddedBytes): Uint8Array {
  const size = paddedSize(lengthBytes + content.length);
  invariant(size <= maxBytes, 'content too long to be padded');
  const padded = new Uint8Array(size);
  new DataView(padded.buffer).setUint32(0, content.length);
  padded.set(content, lengthBytes);
  return padded;
}

/** The content of a padded form. Everything that `pad` would not have made is refused. */
export function unpad(
  padded: Uint8Array,
  maxBytes = maxPaddedBytes,
): Result<Uint8Array, Refusal<'malformed'>> {
  if (padded.length >= lengthBytes && padded.length <= maxBytes) {
    const end =
      lengthBytes + new DataView(padded.buffer, padded.byteOffset, lengthBytes).getUint32(0);
    const canonical = end <= padded.length && paddedSize(end) === padded.length;
    if (canonical && isZeroFrom(padded, end)) return ok(padded.slice(lengthBytes, end));
  }
  return refuse('malformed', 'the padding inside is wrong');
}

function isZeroFrom(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}

function paddedSize(length: number): number {
  if (length <= leastPaddedBytes) return leastPaddedBytes;
  const exponent = Math.floor(Math.log2(length));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - kept);
  return Math.ceil(length / step) * step;
}
