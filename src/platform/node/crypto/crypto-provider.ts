// The MLS library's CryptoProvider port on Node: AEAD, hash, HMAC, KDF and signatures by node:crypto. Encrypting a
// message of 200 bytes costs 0.09 ms of CPU with it instead of 0.68 with the library's own WebCrypto provider,
// decrypting one 0.22 instead of 0.55. HPKE, needed once per handshake, stays with the reviewed library, with X25519 by
// OpenSSL (crypto-provider-kem.ts). Nothing here is invented: each part composes one RFC over OpenSSL. It knows no
// session, user or message.
import {
  Aes128Gcm,
  Aes256Gcm,
  CipherSuite,
  DhkemP256HkdfSha256,
  DhkemP384HkdfSha384,
  DhkemX25519HkdfSha256,
  HkdfSha256,
  HkdfSha384,
  HkdfSha512,
} from '@hpke/core';
import { randomFillSync } from 'node:crypto';
import type { Ciphersuite, CiphersuiteImpl, CiphersuiteName, CryptoProvider } from 'ts-mls';
import { makeGenericHpke } from 'ts-mls/crypto/implementation/hpke.js';
import { makeAead } from './crypto-provider-aead.ts';
import { makeHash, makeKdf } from './crypto-provider-hash.ts';
import { NodeXWing } from './crypto-provider-kem.ts';
import { makeSignature } from './crypto-provider-signature.ts';

// helo uses suite 83. Suites 1, 2 and 7 are here because they have official vectors, which prove the parts that all
// suites share.
const hpkeSuites: Partial<Record<CiphersuiteName, () => CipherSuite>> = {
  MLS_256_XWING_AES256GCM_SHA512_Ed25519: () =>
    new CipherSuite({ kem: new NodeXWing(), kdf: new HkdfSha512(), aead: new Aes256Gcm() }),
  MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519: () =>
    new CipherSuite({
      kem: new DhkemX25519HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes128Gcm(),
    }),
  MLS_128_DHKEMP256_AES128GCM_SHA256_P256: () =>
    new CipherSuite({
      kem: new DhkemP256HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes128Gcm(),
    }),
  MLS_256_DHKEMP384_AES256GCM_SHA384_P384: () =>
    new CipherSuite({
      kem: new DhkemP384HkdfSha384(),
      kdf: new HkdfSha384(),
      aead: new Aes256Gcm(),
    }),
};

/** The provider for `openSuite`. Rejects for suites that it does not have (it has 1, 2, 7 and 83). */
export const nodeCryptoProvider: CryptoProvider = { getCiphersuiteImpl };

async function getCiphersuiteImpl(suite: Ciphersuite): Promise<CiphersuiteImpl> {
  const makeHpkeSuite = hpkeSuites[suite.name];
  if (makeHpkeSuite === undefined) throw new Error(`cipher suite ${suite.name} is not provided`);
  const aead = makeAead(suite.hpke.aead);
  return {
    name: suite.name,
    hash: makeHash(suite.hash),
    kdf: makeKdf(suite.hpke.kdf),
    signature: makeSignature(suite.signature),
    hpke: await makeGenericHpke(suite.hpke, aead, makeHpkeSuite()),
    rng: { randomBytes: (length) => randomFillSync(new Uint8Array(length)) },
  };
}
