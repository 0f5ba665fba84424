// What encrypting files needs from the platform: three standard primitives. A platform may answer at once or later.

export type Awaitable<T> = T | Promise<T>;

/** AES-256-GCM [NIST SP 800-38D] under one key, with tags of 16 bytes and no further authenticated data. */
export interface ChunkCipher {
  /** The encrypted form of `chunk`: pieces in order, the last of them the tag. */
  seal(nonce: Uint8Array, chunk: Uint8Array): Awaitable<readonly Uint8Array[]>;
  /** The plaintext, or undefined if the key and the nonce did not make `sealed`. */
  open(nonce: Uint8Array, sealed: Uint8Array): Awaitable<Uint8Array | undefined>;
}

/** SHA-256 of bytes that arrive piece by piece. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  digest(): Awaitable<Uint8Array>;
}

export interface FileCiphers {
  aes256Gcm(key: Uint8Array): Awaitable<ChunkCipher>;
  /** HKDF-SHA-256 [RFC 5869], extract and expand. */
  hkdfSha256(
    key: Uint8Array,
    salt: Uint8Array,
    info: Uint8Array,
    length: number,
  ): Awaitable<Uint8Array>;
  sha256(): RunningHash;
}
