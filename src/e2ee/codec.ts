// MLS messages from outside: bytes to one decoded message of the wanted kind, or a refusal. The library's decoders fail
// in two ways (undefined, or an exception) and accept trailing bytes and long length forms. Here there is one way to
// fail, and only the one canonical encoding is accepted.
import { equalBytes } from '../lib/bytes.ts';
import { ok, type Result } from '../lib/result.ts';
import {
  decodeMlsMessage,
  encodeMlsMessage,
  type GroupInfo,
  type KeyPackage,
  type MLSMessage,
  type PrivateMessage,
  type PublicMessage,
  type Welcome,
} from './mls.ts';
import { refuse, type Refusal } from './refusal.ts';

/** Longer messages are not decoded: they would not fit a line of 64 KiB in base64url. */
export const maxMessageBytes = 49_152;

/** A KeyPackage of this suite has about 2,650 bytes, a Welcome for two about 4,320 and the names. */
const maxHandshakeBytes = 6_144;

/** An MLS commit fits a line of 64 KiB in base64url, with what stands beside it. */
export const maxCommitBytes = 45_000;

/** A GroupInfo without its tree has about 1,520 bytes and the extensions that this profile refuses. */
const maxGroupInfoBytes = 6_144;

/** A GroupInfo with the tree of 250 leaves has about 670 KB. */
export const maxTreeBytes = 24 * 48_000;

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

/** The PublicMessage in `bytes`: a commit of a sealed group. */
export function decodePublicMessage(bytes: Uint8Array): Result<PublicMessage, CodecRefusal> {
  const decoded = decode(bytes, maxCommitBytes);
  if (!decoded.ok) return decoded;
  return decoded.value.wireformat === 'mls_public_message'
    ? ok(decoded.value.publicMessage)
    : refuse('wrong-kind', 'an MLS message, but not a public message');
}

/** The GroupInfo in `bytes`, with or without the tree in it. */
export function decodeGroupInfo(
  bytes: Uint8Array,
  form: 'bare' | 'with-tree',
): Result<GroupInfo, CodecRefusal> {
  const decoded = decode(bytes, form === 'bare' ? maxGroupInfoBytes : maxTreeBytes);
  if (!decoded.ok) return decoded;
  return decoded.value.wireformat === 'mls_group_info'
    ? ok(decoded.value.groupInfo)
    : refuse('wrong-kind', 'an MLS message, but not a group info');
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
