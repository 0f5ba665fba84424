// X-Wing for the CryptoProvider: the library's, with X25519 [RFC 7748] by WebCrypto where the browser has it, in place
// of the library's own on big integers. ML-KEM-768 stays the library's.
import { XWing } from '@hpke/hybridkem-x-wing';
import { concatBytes, parseHex } from '../../../lib/bytes.ts';
import { unshared } from '../buffer.ts';
import { isUnsupported } from './signing-keys.ts';

const name = 'X25519';
const secretBits = 256;
// The DER before the 32 raw bytes [RFC 8410 §7].
const privateHead = parseHex('302e020100300506032b656e04220420');

/** X-Wing for a `CipherSuite`. */
export class BrowserXWing extends XWing {
  constructor() {
    super();
    const byLibrary = this._x25519.derive.bind(this._x25519);
    this._x25519.derive = async (secret, point) =>
      (await exchange(secret, point)) ?? byLibrary(secret, point);
  }
}

/**
 * The shared secret; undefined where the browser has no X25519. Rejects for keys of other lengths, and for points that
 * would give zeros [RFC 7748 §6.1].
 */
async function exchange(secret: Uint8Array, point: Uint8Array): Promise<Uint8Array | undefined> {
  const { subtle } = crypto;
  const encoded = concatBytes(privateHead, secret);
  let privateKey: CryptoKey;
  try {
    privateKey = await subtle.importKey('pkcs8', encoded, name, false, ['deriveBits']);
  } catch (error) {
    if (isUnsupported(error)) return undefined;
    throw error;
  } finally {
    encoded.fill(0);
  }
  const publicKey = await subtle.importKey('raw', unshared(point), name, false, []);
  return new Uint8Array(
    await subtle.deriveBits({ name, public: publicKey }, privateKey, secretBits),
  );
}
