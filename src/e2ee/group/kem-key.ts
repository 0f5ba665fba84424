// Whether an X-Wing public key can be encrypted to: ML-KEM-768's coefficients are below q [FIPS 203 §7.2], X25519's
// point is not of small order [RFC 7748 §6.1]. The library accepts any bytes of the right length as a key and fails as
// soon as somebody encrypts to them: one such key in a tree stops everybody's commits and entries. Encrypting to a key
// as a trial costs 4 ms, a commit brings up to nine of them.
import { equalBytes, parseHex } from '../../lib/bytes.ts';

const mlKemBytes = 1184;
const coefficientBytes = 1152;
const modulus = 3329;
export const kemKeyBytes = mlKemBytes + 32;

/** The X25519 points of small order, by their canonical and other encodings; the top bit is ignored [RFC 7748 §5]. */
const smallOrderPoints = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(parseHex);

/** Whether everybody can encrypt to `key`. */
export function isUsableKemKey(key: Uint8Array): boolean {
  return (
    key.length === kemKeyBytes &&
    hasReducedCoefficients(key) &&
    !isOfSmallOrder(key.slice(mlKemBytes))
  );
}

/** Two coefficients of 12 bits in each three bytes. */
function hasReducedCoefficients(key: Uint8Array): boolean {
  for (let at = 0; at < coefficientBytes; at += 3) {
    const low = key[at] ?? 0;
    const middle = key[at + 1] ?? 0;
    const high = key[at + 2] ?? 0;
    if ((low | ((middle & 15) << 8)) >= modulus) return false;
    if (((middle >> 4) | (high << 4)) >= modulus) return false;
  }
  return true;
}

function isOfSmallOrder(point: Uint8Array): boolean {
  point[31] = (point[31] ?? 0) & 0x7f;
  return smallOrderPoints.some((small) => equalBytes(small, point));
}
