// Makes a session: a new MLS group, one commit that adds the peer, and the Welcome for the peer [RFC 9420 §11, §12.4].
// The commit itself is not sent: nobody else is in the group.
import { concatBytes } from '../lib/bytes.ts';
import { invariant } from '../lib/invariant.ts';
import { ok, type Result } from '../lib/result.ts';
import { configFor, type Ability } from './client-config.ts';
import { encodeMessage } from './codec.ts';
import type { Device } from './device.ts';
import { createKeyPackage, forgetKeyPackage, type PeerKeyPackage } from './key-package.ts';
import { createCommit, createGroup, mls } from './mls.ts';
import { groupIdBytes, groupIdVersion, sessionOf, type PairSession } from './pair-session.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { Suite } from './suite.ts';

/**
 * A new session between the user `me` on `device`, whose client is `able` to do that, and the maker of `peerPackage`,
 * with the Welcome for them. Refused if the key package passed its checks but its keys do not work.
 */
export async function startSession(
  suite: Suite,
  device: Device,
  me: string,
  peerPackage: PeerKeyPackage,
  nowMs: number,
  able: readonly Ability[] = [],
): Promise<
  Result<{ readonly session: PairSession; readonly welcome: Uint8Array }, Refusal<'unusable'>>
> {
  const ciphers = suite[mls];
  const { peer, peerKey } = peerPackage;
  const own = await createKeyPackage(suite, device, me, nowMs, able);
  const groupId = concatBytes(
    Uint8Array.of(groupIdVersion),
    ciphers.rng.randomBytes(groupIdBytes - 1),
  );
  const config = configFor({ me, myKey: device.publicKey, peer });
  try {
    const empty = await createGroup(groupId, own[mls].open, own[mls].secret, [], ciphers, config);
    const added = await createCommit(
      { state: empty, cipherSuite: ciphers },
      {
        extraProposals: [{ proposalType: 'add', add: { keyPackage: peerPackage[mls] } }],
        ratchetTreeExtension: true,
      },
    );
    for (const secret of added.consumed) secret.fill(0);
    invariant(added.welcome !== undefined, 'a commit with an Add makes a Welcome');
    // In the epoch before I was alone: it has no messages.
    const state = { ...added.newState, historicalReceiverData: new Map() };
    return ok({
      session: sessionOf(ciphers, state, peer, peerKey),
      welcome: encodeMessage({
        version: 'mls10',
        wireformat: 'mls_welcome',
        welcome: added.welcome,
      }),
    });
  } catch {
    // The library throws for an invalid key. Only the package comes from outside here.
    return refuse('unusable', 'the keys inside the key package do not work');
  } finally {
    forgetKeyPackage(own);
  }
}
