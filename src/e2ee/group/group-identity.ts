// Who a leaf of a sealed group belongs to: MLS credentials of version 2, `basic`, the identity being a version byte,
// the account's root (the first 16 bytes of its hash) and the user's name in UTF-8. Pair sessions keep version 1
// (../credential.ts), so no leaf of one can be taken for a leaf of the other. A credential proves nothing by itself:
// the account's chain says which keys are its own (Judge in policy.ts).
import { concatBytes, decodeUtf8, encodeUtf8, equalBytes } from '../../lib/bytes.ts';
import type { Credential } from '../mls.ts';

const identityVersion = 2;
const maxNameBytes = 128;
export const rootBytes = 16;

/** The account that a leaf says it belongs to. */
export interface GroupIdentity {
  /** The first 16 bytes of the hash of the account's root. */
  readonly root: Uint8Array;
  readonly name: string;
}

/** The credential of a leaf of `identity`. */
export function groupCredentialOf({ root, name }: GroupIdentity): Credential {
  const identity = concatBytes(Uint8Array.of(identityVersion), root, encodeUtf8(name));
  return { credentialType: 'basic', identity };
}

/** The identity in a credential, or undefined where it is none of a sealed group. */
export function groupIdentityOf(credential: Credential): GroupIdentity | undefined {
  if (credential.credentialType !== 'basic') return undefined;
  const { identity } = credential;
  if (identity[0] !== identityVersion || identity.length > 1 + rootBytes + maxNameBytes) {
    return undefined;
  }
  const name = decodeUtf8(identity.subarray(1 + rootBytes));
  if (name === undefined || name === '') return undefined;
  return { root: identity.slice(1, 1 + rootBytes), name };
}

/** Whether both are the same account under the same name. */
export function isSameIdentity(a: GroupIdentity, b: GroupIdentity): boolean {
  return a.name === b.name && equalBytes(a.root, b.root);
}
