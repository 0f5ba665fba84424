// From the key of a file, which lasts as long as its transfer, to the key of one attempt. The file may change
// between two attempts; with a key of its own for each, no nonce ever serves two contents.
import { encodeUtf8 } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import type { ChunkCipher, FileCiphers } from './file-ciphers.ts';
import { fileKeyBytes, saltBytes } from './file-layout.ts';

const info = encodeUtf8('helo file v1');

/** The cipher of the attempt that begins with `salt`. */
export async function attemptCipher(
  ciphers: FileCiphers,
  fileKey: Uint8Array,
  salt: Uint8Array,
): Promise<ChunkCipher> {
  invariant(fileKey.length === fileKeyBytes && salt.length === saltBytes, 'key or salt too short');
  const key = await ciphers.hkdfSha256(fileKey, salt, info, fileKeyBytes);
  const cipher = await ciphers.aes256Gcm(key);
  key.fill(0);
  return cipher;
}
