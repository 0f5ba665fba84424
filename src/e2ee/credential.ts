// MLS credentials of this profile: `basic`; the identity is a version byte and the user's name in UTF-8. They are
// short, because every leaf repeats them unencrypted [RFC 9420 §5.3]. A credential proves nothing by itself: people pin
// and compare the signature key beside it.
import { concatBytes, decodeUtf8, encodeUtf8 } from '../lib/bytes.ts';
import type { Credential } from './mls.ts';

const identityVersion = 1;
const maxNameBytes = 128;

/** The credential that names `user`. */
export function credentialOf(user: string): Credential {
  return {
    credentialType: 'basic',
    identity: concatBytes(Uint8Array.of(identityVersion), encodeUtf8(user)),
  };
}

/** The user whom a credential names, or undefined if it is not a credential of this profile. */
export function userOf(credential: Credential): string | undefined {
  if (credential.credentialType !== 'basic') return undefined;
  const { identity } = credential;
  if (identity[0] !== identityVersion || identity.length > 1 + maxNameBytes) return undefined;
  const user = decodeUtf8(identity.subarray(1));
  return user === '' ? undefined : user;
}
