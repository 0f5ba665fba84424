// What is signed in the extended login: by the server, to prove that it holds its identity key, and by the client's
// device, to prove that it holds the account's. There is one fixed layout; each part follows its length. It begins with
// words with which no other signature of these keys begins (MLS signs "MLS 1.0 ..." [RFC 9420 §5.1.2]). A signature is
// valid for one challenge of one server on one TLS connection [RFC 9266], and for nothing else.

import { encodeUtf8 } from '../../lib/bytes.ts';
import { encodeParts } from '../statements/parts.ts';

/** In bytes, like the sizes of the Ed25519 public key and of the channel binding. */
export const nonceBytes = 32;
export const publicKeyBytes = 32;
export const bindingBytes = 32;
export const signatureBytes = 64;

/** The exporter label of the channel binding `tls-exporter` [RFC 9266 §4.2]; its context is empty. */
export const bindingLabel = 'EXPORTER-Channel-Binding';

export interface LoginTranscript {
  /** Who signs. */
  readonly role: 'server' | 'device';
  /** The server's identity: its Ed25519 public key. */
  readonly server: Uint8Array;
  readonly serverNonce: Uint8Array;
  readonly clientNonce: Uint8Array;
  readonly username: string;
  /** The device's Ed25519 public key. */
  readonly device: Uint8Array;
  /** The channel binding of the TLS connection; empty without TLS. */
  readonly binding: Uint8Array;
}

/** The bytes to sign. */
export function loginTranscript(transcript: LoginTranscript): Uint8Array {
  const { role, server, serverNonce, clientNonce, username, device, binding } = transcript;
  return encodeParts([
    encodeUtf8(`helo login 1 ${role}`),
    server,
    serverNonce,
    clientNonce,
    encodeUtf8(username),
    device,
    binding,
  ]);
}
