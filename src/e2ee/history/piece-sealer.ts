// Seals pieces of a device's history for the other devices of its account, and for a backup: compressed, padded, encrypted
// with AES-256-GCM. Each piece has a name, and a key of its own that is derived from the common key and the name: a piece
// that is passed off as another one does not open. Knows nothing of what is in a piece, nor of where it is kept.
//
// What is compressed before it is encrypted tells its size: how well texts of others go together with one's own. The
// padding leaves a few sizes, and a piece holds a thousand messages.
import { concatBytes, encodeUtf8 } from '../../lib/bytes.ts';
import { invariant } from '../../lib/invariant.ts';
import type { Awaitable, ChunkCipher, FileCiphers } from '../files/file-ciphers.ts';
import { pad, unpad } from '../padding.ts';

/** DEFLATE [RFC 1951]. */
export interface Compression {
  deflate(bytes: Uint8Array): Awaitable<Uint8Array>;
  /** Undefined if `bytes` are no compressed form, or of more than `maxBytes`. */
  inflate(bytes: Uint8Array, maxBytes: number): Awaitable<Uint8Array | undefined>;
}

export interface PieceSealerPorts {
  readonly ciphers: FileCiphers;
  readonly compression: Compression;
  readonly random: (length: number) => Uint8Array;
}

/** The longest content of a piece, before it is compressed. */
export const maxPieceBytes = 3.5 * 1024 * 1024;
/** The longest sealed piece: what cannot be compressed grows a little, and is padded. */
export const maxSealedPieceBytes = 4 * 1024 * 1024;
export const pieceKeyBytes = 32;

const nonceBytes = 12;
const tagBytes = 16;
const maxPaddedBytes = maxSealedPieceBytes - nonceBytes - tagBytes;

export class PieceSealer {
  readonly #ports: PieceSealerPorts;
  readonly #key: Uint8Array;

  constructor(ports: PieceSealerPorts, key: Uint8Array) {
    invariant(key.length === pieceKeyBytes, 'a key of 32 bytes');
    this.#ports = ports;
    this.#key = key;
  }

  /** The sealed form of `content`, which is no longer than `maxPieceBytes`. It differs each time. */
  async seal(name: string, content: Uint8Array): Promise<Uint8Array> {
    invariant(content.length <= maxPieceBytes, 'a piece is too long');
    const { compression, random } = this.#ports;
    const padded = pad(await compression.deflate(content), maxPaddedBytes);
    const nonce = random(nonceBytes);
    const cipher = await this.#cipher(name);
    return concatBytes(nonce, ...(await cipher.seal(nonce, padded)));
  }

  /** The content, or undefined if it was not sealed with this key under this name. */
  async open(name: string, sealed: Uint8Array): Promise<Uint8Array | undefined> {
    if (sealed.length < nonceBytes || sealed.length > maxSealedPieceBytes) return undefined;
    const cipher = await this.#cipher(name);
    const padded = await cipher.open(sealed.slice(0, nonceBytes), sealed.slice(nonceBytes));
    const deflated = padded && unpad(padded, maxPaddedBytes);
    return deflated?.ok === true
      ? this.#ports.compression.inflate(deflated.value, maxPieceBytes)
      : undefined;
  }

  async #cipher(name: string): Promise<ChunkCipher> {
    const { ciphers } = this.#ports;
    const info = encodeUtf8(`helo history piece 1 ${name}`);
    const key = await ciphers.hkdfSha256(this.#key, new Uint8Array(), info, pieceKeyBytes);
    const cipher = await ciphers.aes256Gcm(key);
    key.fill(0);
    return cipher;
  }
}
