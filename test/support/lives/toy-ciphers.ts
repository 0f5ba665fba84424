// A cipher suite for simulated lives: as fast as can be, with everything drawn from a seed and nothing left to the event
// loop. It keeps no secret from anybody: the key exchange is a hash of the public key.
import { createHash } from 'node:crypto';
import type { Signature } from 'ts-mls';
import type { CryptoProvider, Suite } from '../../../src/e2ee/suite.ts';
import { openSuite } from '../../../src/e2ee/suite.ts';
import { makeAead } from '../../../src/platform/node/crypto-provider-aead.ts';
import { makeHash, makeKdf } from '../../../src/platform/node/crypto-provider-hash.ts';
import { makeSignature } from '../../../src/platform/node/crypto-provider-signature.ts';

const keyBytes = 32;
const nonceBytes = 12;
/** A public key is as long as those that are taken for one (key-package.ts). */
const publicKeyBytes = 1216;

const toyHash = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/**
 * Logins are signed as ever, since a real server looks at them; everything else by a hash, as signatures are what would
 * take most of the time.
 */
function loginOnly(real: Signature): Signature {
  const isLogin = (message: Uint8Array) =>
    Buffer.from(message.subarray(0, 16)).includes('helo login');
  const keyOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const toy = (publicKey: Uint8Array, message: Uint8Array) => {
    const half = toyHash(publicKey, message);
    return new Uint8Array([...half, ...half]);
  };
  return {
    async keygen() {
      const pair = await real.keygen();
      known.set(keyOf(pair.signKey), pair.publicKey);
      return pair;
    },
    async sign(signKey, message) {
      const publicKey = known.get(keyOf(signKey));
      if (isLogin(message) || publicKey === undefined) return real.sign(signKey, message);
      return toy(publicKey, message);
    },
    verify: async (publicKey, message, signature) =>
      isLogin(message)
        ? real.verify(publicKey, message, signature)
        : Buffer.compare(toy(publicKey, message), signature) === 0,
  };
}

/** Public keys by the secret ones. Devices are made in one suite and used in another. */
const known = new Map<string, Uint8Array>();

/** `random` is asked for every byte that has to be new. */
export function openToySuite(random: (length: number) => Uint8Array): Promise<Suite> {
  const none = new Uint8Array();
  const provider: CryptoProvider = {
    async getCiphersuiteImpl(suite) {
      const aead = makeAead(suite.hpke.aead);
      const publicOf = (secret: Uint8Array) => {
        const key = new Uint8Array(publicKeyBytes);
        key.set(toyHash(Buffer.from('public'), secret));
        return key;
      };
      const pairOf = (secret: Uint8Array) => ({
        privateKey: secret as never,
        publicKey: publicOf(secret) as never,
      });
      const sharedBy = (publicKey: Uint8Array, enc: Uint8Array, info: Uint8Array) =>
        toyHash(publicKey, enc, info);
      const nonce = new Uint8Array(nonceBytes);
      return {
        name: suite.name,
        hash: makeHash(suite.hash),
        kdf: makeKdf(suite.hpke.kdf),
        signature: loginOnly(makeSignature(suite.signature)),
        rng: { randomBytes: random },
        hpke: {
          keyLength: keyBytes,
          nonceLength: nonceBytes,
          async seal(publicKey, plaintext, info, aad = none) {
            const enc = random(keyBytes);
            const key = sharedBy(publicKey as never, enc, info);
            return { enc, ct: await aead.encrypt(key, nonce, aad, plaintext) };
          },
          async open(privateKey, enc, ciphertext, info, aad = none) {
            const key = sharedBy(publicOf(privateKey as never), enc, info);
            return aead.decrypt(key, nonce, aad, ciphertext);
          },
          importPrivateKey: async (bytes) => bytes.slice() as never,
          importPublicKey: async (bytes) => bytes.slice() as never,
          exportPublicKey: async (key) => (key as never as Uint8Array).slice(),
          exportPrivateKey: async (key) => (key as never as Uint8Array).slice(),
          encryptAead: (key, given, aad, plaintext) =>
            aead.encrypt(key, given, aad ?? none, plaintext),
          decryptAead: (key, given, aad, ciphertext) =>
            aead.decrypt(key, given, aad ?? none, ciphertext),
          async exportSecret(publicKey, context, length, info) {
            const enc = random(keyBytes);
            const secret = toyHash(sharedBy(publicKey as never, enc, info), context);
            return { enc, secret: secret.slice(0, length) };
          },
          importSecret: async (privateKey, context, enc, length, info) =>
            toyHash(sharedBy(publicOf(privateKey as never), enc, info), context).slice(0, length),
          deriveKeyPair: async (ikm) => pairOf(toyHash(ikm)),
          generateKeyPair: async () => pairOf(random(keyBytes)),
        },
      };
    },
  };
  return openSuite(provider);
}
