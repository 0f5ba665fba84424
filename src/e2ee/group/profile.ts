// The shape of a sealed group, and the library's settings for it. One leaf for its founder, everybody else enters by an
// external commit: Adds later would make trees with unmerged leaves, at which the library's joiners fail.
import { concatBytes } from '../../lib/bytes.ts';
import { capabilities, maxSkippedGenerations } from '../client-config.ts';
import {
  defaultKeyPackageEqualityConfig,
  mls,
  type ClientConfig,
  type GroupContext,
} from '../mls.ts';
import { suiteName, type Suite } from '../suite.ts';
import { groupIdentityOf } from './group-identity.ts';

export { capabilities };

/** Ids of sealed groups: this version byte and 16 random bytes. Pair sessions have version 1. */
const groupIdVersion = 2;
export const groupIdBytes = 17;

/** More leaves than that are refused: with X-Wing, trees and commits grow beyond what is carried. */
export const maxLeaves = 250;
/** Leaves have even places in a tree, and its width is a power of two. */
export const maxTreeNodes = 511;

/** Epochs before the current one whose late messages still open. Never 0: the library then keeps all of them. */
export const pastEpochs = 2;

/**
 * Keys of messages that others of the same sender overtook are not kept. A group's log has a sender's messages in the
 * order in which they were sealed, and what the library keeps of an overtaken one is its ratchet's own secret, from which
 * all later keys of that sender in that epoch follow, those of messages that were read long ago included.
 */
const keptGenerations = 0;

/** An id for a new group. */
export function drawGroupId(suite: Suite): Uint8Array {
  const random = suite[mls].rng.randomBytes(groupIdBytes - 1);
  return concatBytes(Uint8Array.of(groupIdVersion), random);
}

/** Whether a group of this profile has such a context. */
export function isOfProfile(context: GroupContext): boolean {
  const { version, cipherSuite, groupId, extensions } = context;
  return (
    version === 'mls10' &&
    cipherSuite === suiteName &&
    extensions.length === 0 &&
    groupId.length === groupIdBytes &&
    groupId[0] === groupIdVersion
  );
}

/**
 * The library's configuration. Lifetimes are not looked at: only the founder's leaf has one, and a group must not end
 * for newcomers after thirty days. Whether a leaf may be there is decided before the library is asked (policy.ts), so
 * here only its form is held.
 */
export const groupConfig: ClientConfig = {
  keyRetentionConfig: {
    retainKeysForGenerations: keptGenerations,
    maximumForwardRatchetSteps: maxSkippedGenerations,
    retainKeysForEpochs: 1,
  },
  lifetimeConfig: { maximumTotalLifetime: 31n * 86_400n, validateLifetimeOnReceive: false },
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  // Padding is ours, inside the plaintext (../padding.ts).
  paddingConfig: { kind: 'padUntilLength', padUntilLength: 0 },
  authService: {
    validateCredential: async (credential) => groupIdentityOf(credential) !== undefined,
  },
};
