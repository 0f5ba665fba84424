// This profile's settings for the library, instead of its defaults, which accept every credential, never let a
// lifetime end, list every suite and forget skipped keys after ten.
import { equalBytes } from '../lib/bytes.ts';
import { userOf } from './credential.ts';
import { defaultKeyPackageEqualityConfig, type Capabilities, type ClientConfig } from './mls.ts';
import { suiteName } from './suite.ts';

/** What our leaves can do: this suite, basic credentials, no extension and no proposal beyond the required. */
export const capabilities: Capabilities = {
  versions: ['mls10'],
  ciphersuites: [suiteName],
  extensions: [],
  proposals: [],
  credentials: ['basic'],
};

/** Keys of messages that were overtaken are kept for this many messages, and then given up as lost. */
export const keptGenerations = 256;

/** A message that many ahead of the last one read is refused: each step costs a key derivation. */
export const maxSkippedGenerations = 2000;

export interface Pair {
  readonly me: string;
  readonly myKey: Uint8Array;
  readonly peer: string;
}

/**
 * Whether the lifetime in a leaf must not be over when a conversation is entered. `any` is for Welcomes that waited
 * somewhere: the keys were in date when the Welcome was made, which its maker has checked.
 */
export type LeafLifetime = 'current' | 'any';

/** The library's configuration for a conversation of exactly the two people of `pair`. */
export function configFor(pair: Pair, lifetime: LeafLifetime = 'current'): ClientConfig {
  return {
    keyRetentionConfig: {
      retainKeysForGenerations: keptGenerations,
      maximumForwardRatchetSteps: maxSkippedGenerations,
      retainKeysForEpochs: 1,
    },
    lifetimeConfig: {
      maximumTotalLifetime: 31n * 86_400n,
      validateLifetimeOnReceive: lifetime === 'current',
    },
    keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
    // Padding is ours, inside the plaintext (padding.ts): the library's ends at 256 bytes.
    paddingConfig: { kind: 'padUntilLength', padUntilLength: 0 },
    authService: {
      // Nobody but these two, and my name only with my key. Whether the peer's key is the pinned one is
      // asked above this ring, because people answer it.
      validateCredential: async (credential, key) => {
        const user = userOf(credential);
        if (user === pair.me) return equalBytes(key, pair.myKey);
        return user === pair.peer && !equalBytes(key, pair.myKey);
      },
    },
  };
}
