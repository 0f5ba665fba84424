// A cipher suite for simulated lives: very fast, with everything drawn from a seed and nothing left to the event loop.
// It keeps nothing secret: the key exchange is a hash of the public key.
import type { CryptoProvider, Suite } from '../../../src/e2ee/suite.ts';
import { openSuite } from '../../../src/e2ee/suite.ts';
import { makeSignature } from '../../../src/platform/node/crypto/crypto-provider-signature.ts';
import { createIdentity, type ServerIdentity } from '../../../src/server/login/identity.ts';
import { Dice } from './fate.ts';
import { toyHash, toyStream } from './toy-hash.ts';

type Implementation = Awaited<ReturnType<CryptoProvider['getCiphersuiteImpl']>>;
type Hash = Implementation['hash'];
type Kdf = Implementation['kdf'];
type Signature = Implementation['signature'];

const keyBytes = 32;
const nonceBytes = 12;
/** As long as the public keys that are accepted (key-package.ts). */
const publicKeyBytes = 1216;

const tagBytes = 16;
const none = new Uint8Array();

const hash: Hash = {
  digest: async (message) => toyHash(message),
  mac: async (key, message) => toyHash(key, message),
  verifyMac: async (key, tag, message) => areSame(toyHash(key, message), tag),
};

const kdf: Kdf = {
  size: keyBytes,
  extract: async (salt, ikm) => toyHash(salt, ikm),
  expand: async (prk, info, length) => toyStream(length, prk, info),
};

const aead = {
  async encrypt(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) {
    const sealed = new Uint8Array(plaintext.length + tagBytes);
    const stream = toyStream(plaintext.length, key, nonce);
    for (const [at, byte] of plaintext.entries()) sealed[at] = byte ^ (stream[at] ?? 0);
    const tag = toyHash(key, nonce, aad, sealed.subarray(0, plaintext.length));
    sealed.set(tag.subarray(0, tagBytes), plaintext.length);
    return sealed;
  },
  async decrypt(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array) {
    const length = ciphertext.length - tagBytes;
    const tag = toyHash(key, nonce, aad, ciphertext.subarray(0, Math.max(0, length)));
    const isWhole = length >= 0 && areSame(tag.subarray(0, tagBytes), ciphertext.subarray(length));
    if (!isWhole) throw new Error('the tag does not fit');
    const plaintext = toyStream(length, key, nonce);
    for (let at = 0; at < length; at++)
      plaintext[at] = (plaintext[at] ?? 0) ^ (ciphertext[at] ?? 0);
    return plaintext;
  },
};

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** The login's signatures. Keys are cached as long as their array exists, so each key has one array here. */
const real = makeSignature('Ed25519');
const arrays = new Map<string, Uint8Array>();
/** Public keys by the secret ones. Devices are made in one suite and used in another. */
const known = new Map<string, Uint8Array>();

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function arrayOf(bytes: Uint8Array): Uint8Array {
  const key = keyOf(bytes);
  const array = arrays.get(key) ?? bytes;
  arrays.set(key, array);
  return array;
}

/**
 * Logins have real signatures, because a real server checks them. Everything else is signed by a hash, because
 * signatures would take most of the time.
 */
const loginOnly: Signature = {
  async keygen() {
    const pair = await real.keygen();
    known.set(keyOf(pair.signKey), pair.publicKey);
    return pair;
  },
  async sign(signKey, message) {
    const publicKey = known.get(keyOf(signKey));
    if (isLogin(message) || publicKey === undefined) return real.sign(arrayOf(signKey), message);
    return toySignature(publicKey, message);
  },
  verify: async (publicKey, message, signature) =>
    areSame(toySignature(publicKey, message), signature),
};

/** A server that proves its identity by a hash. */
export function toyIdentity(): ServerIdentity {
  const { publicKey } = createIdentity();
  return { publicKey, sign: (bytes) => toySignature(publicKey, bytes) };
}

function isLogin(message: Uint8Array): boolean {
  return Buffer.from(message.subarray(0, 16)).includes('helo login');
}

function toySignature(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  return toyStream(64, publicKey, message);
}

/** The suite of a life, and whether all its work is done. */
export interface Ciphers {
  readonly suite: Suite;
  readonly settled: () => Promise<void>;
}

/** All randomness is drawn from `seed`. `signsTruly`: for servers that check what is signed, chains for instance. */
export async function openToyCiphers(seed: number, signsTruly = false): Promise<Ciphers> {
  const dice = new Dice(seed);
  const signature = signsTruly ? real : loginOnly;
  const suite = await openToySuite((length) => dice.bytes(length), signature);
  return { suite, settled: () => new Promise(setImmediate) };
}

/** `random` gives every random byte. */
function openToySuite(
  random: (length: number) => Uint8Array,
  signature: Signature,
): Promise<Suite> {
  const provider: CryptoProvider = {
    async getCiphersuiteImpl(suite) {
      const publicOf = (secret: Uint8Array) => {
        // At the end, and small numbers before: one that real ciphers could take for a key. Those at the beginning are
        // there to be different soon where keys are compared.
        const key = new Uint8Array(publicKeyBytes);
        const bytes = toyHash(Buffer.from('public'), secret);
        key.set(bytes, publicKeyBytes - keyBytes);
        for (let at = 0; at < 4; at++) key[3 * at] = bytes[at] ?? 0;
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
        hash,
        kdf,
        signature,
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
