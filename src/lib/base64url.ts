// base64url without padding [RFC 4648 §5]. Strict: one text for each byte string and one byte string for each text,
// so two texts can never mean the same bytes.

import { decodeUtf8, encodeUtf8 } from './bytes.ts';

const alphabet = encodeUtf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const values = new Int8Array(128).fill(-1);
for (const [value, code] of alphabet.entries()) values[code] = value;

/** The base64url text of `bytes`, without padding. */
export function encodeBase64url(bytes: Uint8Array): string {
  // Codes first, and the text at once: a text put together of pieces takes four times as long, and again when it is read.
  const codes = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  let written = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    codes[written++] = alphabet[group >> 18] ?? 0;
    codes[written++] = alphabet[(group >> 12) & 63] ?? 0;
    codes[written++] = alphabet[(group >> 6) & 63] ?? 0;
    codes[written++] = alphabet[group & 63] ?? 0;
  }
  const length = Math.ceil((bytes.length * 4) / 3);
  return decodeUtf8(codes.subarray(0, length)) ?? '';
}

/**
 * The bytes of base64url `text`, or undefined if it is not canonical: other characters, padding, a length that no byte
 * string has, or leftover bits that are not zero.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  const tail = text.length % 4;
  if (tail === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let written = 0;
  for (let at = 0; at < text.length; at++) {
    const value = values[text.charCodeAt(at)] ?? -1;
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[written++] = (held >> bits) & 0xff;
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) return undefined;
  return bytes;
}
