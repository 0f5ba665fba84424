// Signatures for the CryptoProvider: Ed25519 [RFC 8032] and, for the official vectors, ECDSA as MLS uses it (DER, raw
// scalars, uncompressed points) [RFC 9420 §5.1.1].
//
// Parsing a key costs more than using it, so parsed keys are cached as long as somebody holds the array they came from.
// So an array passed in as a key must never be changed afterwards, only dropped.
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import type { Signature, SignatureAlgorithm } from 'ts-mls';

interface KeyFormat {
  readonly importPrivate: (raw: Uint8Array) => KeyObject;
  readonly importPublic: (raw: Uint8Array) => KeyObject;
  readonly generate: () => { signKey: Uint8Array; publicKey: Uint8Array };
  readonly hash: string | undefined;
}

/** The named signature scheme. `verify` is false for a malformed key or signature. */
export function makeSignature(name: SignatureAlgorithm): Signature {
  const format = formatOf(name);
  const privateKeys = new WeakMap<Uint8Array, KeyObject>();
  const publicKeys = new WeakMap<Uint8Array, KeyObject>();
  return {
    keygen: async () => format.generate(),
    sign: async (signKey, message) => {
      const key = remembered(privateKeys, signKey, format.importPrivate);
      return new Uint8Array(sign(format.hash, message, key));
    },
    verify: async (publicKey, message, signature) => {
      try {
        const key = remembered(publicKeys, publicKey, format.importPublic);
        return verify(format.hash, message, key, signature);
      } catch {
        // OpenSSL throws if the key is not a point on the curve. No signature is valid under such a key.
        return false;
      }
    },
  };
}

function remembered(
  known: WeakMap<Uint8Array, KeyObject>,
  raw: Uint8Array,
  parse: (raw: Uint8Array) => KeyObject,
): KeyObject {
  let key = known.get(raw);
  if (key === undefined) {
    key = parse(raw);
    known.set(raw, key);
  }
  return key;
}

function formatOf(name: SignatureAlgorithm): KeyFormat {
  switch (name) {
    case 'Ed25519':
      return ed25519;
    case 'P256':
      return ecdsa('prime256v1', 'P-256', 'sha256');
    case 'P384':
      return ecdsa('secp384r1', 'P-384', 'sha384');
    case 'P521':
    case 'Ed448':
    case 'ML-DSA-87':
    default:
      throw new Error(`signature scheme ${name} is not provided`);
  }
}

// The DER before the 32 raw bytes [RFC 8410 §7].
const ed25519PrivateHead = Buffer.from('302e020100300506032b657004220420', 'hex');
const ed25519KeyLength = 32;

const ed25519: KeyFormat = {
  hash: undefined,
  importPrivate: (raw) => {
    if (raw.length !== ed25519KeyLength) throw new Error('an Ed25519 key has 32 bytes');
    const key = Buffer.concat([ed25519PrivateHead, raw]);
    const parsed = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    key.fill(0);
    return parsed;
  },
  // As a JWK [RFC 8037 §2]: OpenSSL takes as long to decode the DER of a key as to verify with it, and entering a group
  // takes the keys of all its members.
  importPublic: (raw) => {
    if (raw.length !== ed25519KeyLength) throw new Error('an Ed25519 key has 32 bytes');
    const x = Buffer.from(raw).toString('base64url');
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  },
  generate: () => {
    const pair = generateKeyPairSync('ed25519');
    const privateKey = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
    const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' });
    const keys = {
      signKey: new Uint8Array(privateKey.subarray(-ed25519KeyLength)),
      publicKey: new Uint8Array(publicKey.subarray(-ed25519KeyLength)),
    };
    privateKey.fill(0);
    return keys;
  },
};

const uncompressedPoint = 4;

function ecdsa(opensslCurve: string, jwkCurve: string, hash: string): KeyFormat {
  const jwk = (point: Uint8Array): { kty: 'EC'; crv: string; x: string; y: string } => {
    const width = (point.length - 1) / 2;
    const part = (from: number): string =>
      Buffer.from(point.subarray(from, from + width)).toString('base64url');
    return { kty: 'EC', crv: jwkCurve, x: part(1), y: part(1 + width) };
  };
  return {
    hash,
    importPrivate: (raw) => {
      const curve = createECDH(opensslCurve);
      curve.setPrivateKey(raw);
      const d = Buffer.from(raw).toString('base64url');
      return createPrivateKey({ key: { ...jwk(curve.getPublicKey()), d }, format: 'jwk' });
    },
    importPublic: (raw) => {
      if (raw[0] !== uncompressedPoint) throw new Error('a public key is an uncompressed point');
      return createPublicKey({ key: jwk(raw), format: 'jwk' });
    },
    generate: () => {
      const curve = createECDH(opensslCurve);
      const publicKey = new Uint8Array(curve.generateKeys());
      return { signKey: new Uint8Array(curve.getPrivateKey()), publicKey };
    },
  };
}
