// The code that a new device shows and an old one takes: 128 random bits, as letters for people. Owns its form, and what
// both derive from it: the channel where they meet, and a key for each direction. Nobody else has seen the code, so there
// is nothing to guess, and a plain key derivation is enough.
import { encodeUtf8 } from '../../lib/bytes.ts';
import type { ChunkCipher, FileCiphers } from '../files/file-ciphers.ts';

export const linkingCodeBytes = 16;
/** Base32 [RFC 4648, section 6]: 130 bits, the last two of them zero. */
export const linkingCodeLetters = 26;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Digits that are none of the alphabet, and the letter that is read as one. */
const misread: ReadonlyMap<string, string> = new Map([
  ['0', 'O'],
  ['1', 'I'],
  ['8', 'B'],
]);
const letterBits = 5;
const group = /.{1,4}/g;

/** The code in capital letters, in groups of four. */
export function formatLinkingCode(code: Uint8Array): string {
  let letters = '';
  let held = 0;
  let bits = 0;
  for (const byte of code) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= letterBits; bits -= letterBits) letters += letterAt(held >> (bits - letterBits));
    held &= (1 << bits) - 1;
  }
  if (bits > 0) letters += letterAt(held << (letterBits - bits));
  return (letters.match(group) ?? []).join('-');
}

function letterAt(value: number): string {
  return alphabet.charAt(value & 31);
}

/** The code that was typed: in any letter case, with any blanks and dashes. Undefined: it is none. */
export function parseLinkingCode(typed: string): Uint8Array | undefined {
  const letters = Array.from(typed.replaceAll(/[\s\p{Pd}]/gu, '').toUpperCase());
  if (letters.length !== linkingCodeLetters) return undefined;
  const code = new Uint8Array(linkingCodeBytes);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of letters) {
    const value = alphabet.indexOf(misread.get(letter) ?? letter);
    if (value < 0) return undefined;
    held = (held << letterBits) | value;
    bits += letterBits;
    if (bits < 8) continue;
    bits -= 8;
    code[at] = held >> bits;
    at += 1;
    held &= (1 << bits) - 1;
  }
  return held === 0 ? code : undefined;
}

/** What both sides of a code know. */
export interface LinkingSecrets {
  /** The name of the channel at the server: it tells nothing of the keys. */
  readonly channel: Uint8Array;
  /** Seals what the new device says, and what the old one says. */
  readonly fromNew: ChunkCipher;
  readonly fromOld: ChunkCipher;
}

const info = encodeUtf8('helo linking 1');
const channelBytes = 16;
const keyBytes = 32;

export async function linkingSecrets(
  ciphers: FileCiphers,
  code: Uint8Array,
): Promise<LinkingSecrets> {
  const derived = await ciphers.hkdfSha256(
    code,
    new Uint8Array(),
    info,
    channelBytes + 2 * keyBytes,
  );
  const [newAt, oldAt] = [channelBytes, channelBytes + keyBytes];
  const secrets = {
    channel: derived.slice(0, channelBytes),
    fromNew: await ciphers.aes256Gcm(derived.subarray(newAt, oldAt)),
    fromOld: await ciphers.aes256Gcm(derived.subarray(oldAt)),
  };
  derived.fill(0);
  return secrets;
}
