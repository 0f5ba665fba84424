// MLS messages from outside: bytes to one decoded message of the wanted kind, or a refusal. The library's decoders fail
// in two ways (undefined, or an exception) and accept trailing bytes and long length forms. Here there is one way to
// fail, and only the one canonical encoding is accepted.
import { equalBytes } from '../lib/bytes.ts';
import { ok, type Result } from '../lib/result.ts';
import {
  decodeMlsMessage,
  encodeMlsMessage,
  type KeyPackage,
  type MLSMessage,
  type PrivateMessage,
  type Welcome,
} from './mls.ts';
import { refuse, type Refusal } from './refusal.ts';

/** Longer messages are not decoded: they would not fit a line of 64 KiB in base64url. */
export const maxMessageBytes = 49_152;

/** A KeyPackage of this suite has about 2,650 bytes, a Welcome for two about 4,320 and the names. */
const maxHandshakeBytes = 6_144;

export type CodecRefusal = Refusal<'malformed' | 'wrong-kind'>;

/** The KeyPackage in `bytes`. */
export function decodeKeyPackage(bytes: Uint8Array): Result<KeyPackage, CodecRefusal> {
  const decoded = decode(bytes, maxHandshakeBytes);
  if (!decoded.ok) return decoded;
  return decoded.value.wireformat === 'mls_key_package'
    ? ok(decoded.value.keyPackage)
    : refuse('wrong-kind', 'an MLS message, but not a key package');
}

/** The Welcome in `bytes`. */
export function decodeWelcome(bytes: Uint8Array): Result<Welcome, CodecRefusal> {
  const decoded = decode(bytes, maxHandshakeBytes);
  if (!decoded.ok) return decoded;
  return decoded.value.wireformat === 'mls_welcome'
    ? ok(decoded.value.welcome)
    : refuse('wrong-kind', 'an MLS message, but not a welcome');
}

/** The PrivateMessage in `bytes`, still sealed. */
export function decodePrivateMessage(bytes: Uint8Array): Result<PrivateMessage, CodecRefusal> {
  const decoded = decode(bytes, maxMessageBytes);
  if (!decoded.ok) return decoded;
  return decoded.value.wireformat === 'mls_private_message'
    ? ok(decoded.value.privateMessage)
    : refuse('wrong-kind', 'an MLS message, but not a private message');
}

/** The one encoding of `message`. */
export function encodeMessage(message: MLSMessage): Uint8Array {
  return encodeMlsMessage(message);
}

function decode(bytes: Uint8Array, maxBytes: number): Result<MLSMessage, CodecRefusal> {
  if (bytes.length > maxBytes) return refuse('malformed', `longer than ${maxBytes} bytes`);
  try {
    // A copy: what is decoded holds views into it, and the bytes still belong to the caller.
    const message = decodeMlsMessage(bytes.slice(), 0)?.[0];
    if (message !== undefined && equalBytes(encodeMlsMessage(message), bytes)) return ok(message);
  } catch {
    // The library also fails this way for malformed bytes.
  }
  return refuse('malformed', 'not an MLS message in its canonical form');
}
