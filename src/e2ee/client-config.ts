// This profile's settings for the library, instead of its defaults, which accept every credential, never let a
// lifetime end, list every suite and forget skipped keys after ten.
import { equalBytes } from '../lib/bytes.ts';
import { userOf } from './credential.ts';
import { defaultKeyPackageEqualityConfig, type Capabilities, type ClientConfig } from './mls.ts';
import { suiteName } from './suite.ts';

/**
 * What a client can beyond MLS, as its leaves say it: extension types of the private range [RFC 9420 §17.3] that it lists
 * and no group uses. A leaf is signed, and part of the session, so that no server changes what it says.
 */
const abilities = { fileNotes: 0xf001, keptFiles: 0xf002 } as const;

export type Ability = keyof typeof abilities;

/** What our leaves can do: this suite, basic credentials, no proposal beyond the required, and what `able` names. */
export function capabilitiesOf(able: readonly Ability[]): Capabilities {
  return {
    versions: ['mls10'],
    ciphersuites: [suiteName],
    extensions: able.map((ability) => abilities[ability]),
    proposals: [],
    credentials: ['basic'],
  };
}

/** What our leaves can do where they say nothing more. */
export const capabilities: Capabilities = capabilitiesOf([]);

/** Whether a leaf says that its client can do that. */
export function isAble({ extensions }: Capabilities, ability: Ability): boolean {
  return extensions.includes(abilities[ability]);
}

/** Keys of overtaken messages are kept for this many messages. After that the messages count as lost. */
export const keptGenerations = 256;

/** A message this far ahead of the last one read is refused: each step costs a key derivation. */
export const maxSkippedGenerations = 2000;

export interface Pair {
  readonly me: string;
  readonly myKey: Uint8Array;
  readonly peer: string;
}

/**
 * Whether the lifetime in a leaf must include now when a session is joined. `any` is for Welcomes that waited
 * somewhere: the keys were valid when the Welcome was made, and its maker checked that.
 */
export type LeafLifetime = 'current' | 'any';

/** The library's configuration for a session of exactly the two people of `pair`. */
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
    // We pad inside the plaintext (padding.ts): the library's padding ends at 256 bytes.
    paddingConfig: { kind: 'padUntilLength', padUntilLength: 0 },
    authService: {
      // Only these two people, and the own name only with the own key. Whether the peer's key is the pinned one is
      // checked above this ring, because people decide it.
      validateCredential: async (credential, key) => {
        const user = userOf(credential);
        if (user === pair.me) return equalBytes(key, pair.myKey);
        return user === pair.peer && !equalBytes(key, pair.myKey);
      },
    },
  };
}
