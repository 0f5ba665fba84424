// The MLS library's CryptoProvider port in a browser. What a message needs is a few dozen hashes: noble answers these at
// once, where WebCrypto costs as much and takes a turn of the event loop for each. Signatures, encryption and the
// exchanges of HPKE are WebCrypto's, which is faster there and has keys that no page can read. Nothing here is invented:
// each part composes one RFC over one of the two. It knows no session, user or message.
import {
  Aes128Gcm,
  Aes256Gcm,
  CipherSuite,
  DhkemX25519HkdfSha256,
  HkdfSha256,
  HkdfSha512,
} from '@hpke/core';
import type { Ciphersuite, CiphersuiteImpl, CiphersuiteName, CryptoProvider } from 'ts-mls';
import { makeGenericHpke } from 'ts-mls/crypto/implementation/hpke.js';
import { browserRandomBytes } from '../runtime.ts';
import { makeAead } from './crypto-provider-aead.ts';
import { makeHash, makeKdf } from './crypto-provider-hash.ts';
import { BrowserXWing } from './crypto-provider-kem.ts';
import { makeSignature } from './crypto-provider-signature.ts';
import type { SigningKeys } from './signing-keys.ts';

// helo uses suite 83. Suite 1 is here because it has official vectors, which prove the parts that both share.
const hpkeSuites: Partial<Record<CiphersuiteName, () => CipherSuite>> = {
  MLS_256_XWING_AES256GCM_SHA512_Ed25519: () =>
    new CipherSuite({ kem: new BrowserXWing(), kdf: new HkdfSha512(), aead: new Aes256Gcm() }),
  MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519: () =>
    new CipherSuite({
      kem: new DhkemX25519HkdfSha256(),
      kdf: new HkdfSha256(),
      aead: new Aes128Gcm(),
    }),
};

/**
 * The provider for `openSuite`, which also signs with the keys in `keys`. Rejects for suites that it does not have (it
 * has 1 and 83).
 */
export function browserCryptoProvider(keys: SigningKeys): CryptoProvider {
  return { getCiphersuiteImpl: (suite) => suiteOf(suite, keys) };
}

async function suiteOf(suite: Ciphersuite, keys: SigningKeys): Promise<CiphersuiteImpl> {
  const makeHpkeSuite = hpkeSuites[suite.name];
  if (makeHpkeSuite === undefined) throw new Error(`cipher suite ${suite.name} is not provided`);
  const aead = makeAead(suite.hpke.aead);
  return {
    name: suite.name,
    hash: makeHash(suite.hash),
    kdf: makeKdf(suite.hpke.kdf),
    signature: makeSignature(suite.signature, keys),
    hpke: await makeGenericHpke(suite.hpke, aead, makeHpkeSuite()),
    rng: { randomBytes: browserRandomBytes },
  };
}
