// The nonce of an encrypted chunk: which chunk of its file it is, and whether it is the last. Apart from the layout, which the
// first page of a browser needs, and this not.
import { invariant } from '../../lib/invariant.ts';

const nonceBytes = 12;
const lastMark = 1;

/** Eleven bytes of chunk number, big-endian, then a byte that marks the last chunk. */
export function chunkNonce(number: number, isLast: boolean): Uint8Array {
  invariant(Number.isSafeInteger(number) && number >= 0, 'a chunk is numbered from 0');
  const nonce = new Uint8Array(nonceBytes);
  new DataView(nonce.buffer).setBigUint64(nonceBytes - 9, BigInt(number));
  nonce[nonceBytes - 1] = isLast ? lastMark : 0;
  return nonce;
}
