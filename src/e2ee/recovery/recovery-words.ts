// Recovery words: 128 random bits as twelve words [BIP-39, the English list], and the key that they stand for. Whoever has
// the words has the key, so neither is stored anywhere. The list is loaded when it is needed: hardly any start needs it.
import { encodeUtf8 } from '../../lib/bytes.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { Device } from '../device.ts';
import type { FileCiphers } from '../files/file-ciphers.ts';
import { mls } from '../mls.ts';

export const recoveryEntropyBytes = 16;
export const recoveryWordCount = 12;

const info = encodeUtf8('helo recovery 1');
const vaultInfo = encodeUtf8('helo backup 1');
const keyBytes = 32;

/** Why what was typed are no recovery words. */
export type WordsFault =
  | { readonly kind: 'count'; readonly count: number }
  /** The first word that is not in the list, counted from 1. */
  | { readonly kind: 'unknown'; readonly at: number; readonly word: string }
  /** All are in the list, and their check does not fit: one is another word of the list, or the order is wrong. */
  | { readonly kind: 'check' };

/** The words of these random bytes, with blanks between them. */
export async function recoveryWords(entropy: Uint8Array): Promise<string> {
  const { bip39, list } = await library();
  return bip39.entropyToMnemonic(entropy, list);
}

function wordsIn(typed: string): readonly string[] {
  return typed
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}

/** Of what is typed so far: how many words, and which of them, from 1 on, is none. The last may not be whole yet. */
export async function lookAtWords(
  typed: string,
): Promise<{ readonly count: number; readonly unknownAt: number | undefined }> {
  const { list } = await library();
  const words = wordsIn(typed);
  const isOpen = /\p{L}$/u.test(typed) && words.length < recoveryWordCount;
  const whole = isOpen ? words.slice(0, -1) : words;
  const at = whole.findIndex((word) => !list.includes(word));
  return { count: words.length, unknownAt: at < 0 ? undefined : at + 1 };
}

/** The words that were typed: in any letter case, with any blanks, numbers and signs between them. */
export async function parseRecoveryWords(typed: string): Promise<Result<string, WordsFault>> {
  const { bip39, list } = await library();
  const words = wordsIn(typed);
  const at = words.findIndex((word) => !list.includes(word));
  const unknown = words[at];
  if (words.length !== recoveryWordCount) return err({ kind: 'count', count: words.length });
  if (unknown !== undefined) return err({ kind: 'unknown', at: at + 1, word: unknown });
  const whole = words.join(' ');
  return bip39.validateMnemonic(whole, list) ? ok(whole) : err({ kind: 'check' });
}

/** The recovery key of valid words: it signs as a device's key does. */
export async function recoveryKey(ciphers: FileCiphers, words: string): Promise<Device> {
  const [signKey, { ed25519 }] = await Promise.all([
    secretOf(ciphers, words, info),
    import('@noble/curves/ed25519.js'),
  ]);
  return { publicKey: ed25519.getPublicKey(signKey), [mls]: { signKey } };
}

/** The secret of the box of the same words, to which the keys of backups are sealed (vault/vault-box.ts). */
export function vaultSecret(ciphers: FileCiphers, words: string): Promise<Uint8Array> {
  return secretOf(ciphers, words, vaultInfo);
}

async function secretOf(
  ciphers: FileCiphers,
  words: string,
  purpose: Uint8Array,
): Promise<Uint8Array> {
  const { bip39 } = await library();
  const seed = await bip39.mnemonicToSeed(words);
  const secret = await ciphers.hkdfSha256(seed, new Uint8Array(), purpose, keyBytes);
  seed.fill(0);
  return secret;
}

async function library() {
  const [bip39, { wordlist: list }] = await Promise.all([
    import('@scure/bip39'),
    import('@scure/bip39/wordlists/english.js'),
  ]);
  return { bip39, list };
}
