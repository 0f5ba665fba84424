// Bytes as parts, each preceded by its length in two bytes: how everything that a device or the server signs is laid out.
// Strict: bytes that don't end where their last part ends have no parts, so two lists can never be the same bytes.

import { concatBytes } from '../../lib/bytes.ts';

/** The longest part. */
export const maxPartBytes = 0xffff;

const lengthBytes = 2;
const numberBytes = 8;
const half = 2 ** 32;

/** The bytes of `parts`, none of them longer than `maxPartBytes`. */
export function encodeParts(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concatBytes(
    ...parts.flatMap((part) => [Uint8Array.of(part.length >> 8, part.length & 0xff), part]),
  );
}

/** The parts of `bytes`, as views; undefined where something is left over or missing. */
export function decodeParts(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const from = at + lengthBytes;
    if (from > bytes.length) return undefined;
    at = from + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
    if (at > bytes.length) return undefined;
    parts.push(bytes.subarray(from, at));
  }
  return parts;
}

/** A whole number from 0 to the largest safe one, in 8 bytes, the highest first. */
export function encodeNumber(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(numberBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(value / half));
  view.setUint32(4, value % half);
  return bytes;
}

/** The inverse of `encodeNumber`; undefined where `bytes` are not the form of such a number. */
export function decodeNumber(bytes: Uint8Array): number | undefined {
  if (bytes.length !== numberBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, numberBytes);
  const value = view.getUint32(0) * half + view.getUint32(4);
  return Number.isSafeInteger(value) ? value : undefined;
}
