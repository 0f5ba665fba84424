// Entering a sealed group by an external commit [RFC 9420 §12.4.3.2], and coming back in place of one's own leaf after
// the state was lost. Nobody else need be connected. The server hands out the GroupInfo and the tree, so both are held
// against each other, and against the commits in the log, before anything is made with them.
import { ok, type Result } from '../../lib/result.ts';
import { decodeGroupInfo, encodeMessage, maxCommitBytes, type CodecRefusal } from '../codec.ts';
import type { Device } from '../device.ts';
import { joinGroupExternal, mls } from '../mls.ts';
import { refuse, type Refusal } from '../refusal.ts';
import type { Suite } from '../suite.ts';
import { encodeCommitData, type CommitData } from './authenticated-data.ts';
import { externalKeyOf, infoOf, isInfoOf } from './group-info.ts';
import type { GroupIdentity } from './group-identity.ts';
import { createOwnLeaf, trimmed } from './group-session.ts';
import { isUsableKemKey } from './kem-key.ts';
import type { PreparedCommit } from './pending-commit.ts';
import { groupConfig, maxLeaves } from './profile.ts';
import { findLeafOfKey, leaves, type PublicGroup } from './public-group.ts';

export type EntryRefusal =
  | CodecRefusal
  | Refusal<
      | 'wrong-info' // the GroupInfo is not of the state that the tree and the commits lead to
      | 'group-full'
      | 'only-leaf' // its own is the only one, which the library cannot replace: others enter first
      | 'too-large' // the tree has so many gaps that the commit fits no line: others rotate first
      | 'unreadable' // a signature or key that does not fit
    >;

/**
 * The commit with which `identity` on `device` enters `group`, over the GroupInfo in `info`. Where the tree has a leaf
 * of the device already, the commit takes its place (never asked of the library otherwise: it would not return).
 */
export async function enterGroup(
  suite: Suite,
  device: Device,
  identity: GroupIdentity,
  group: PublicGroup,
  info: Uint8Array,
  data: Omit<CommitData, 'kind'>,
): Promise<Result<PreparedCommit, EntryRefusal>> {
  const decoded = decodeGroupInfo(info, 'bare');
  if (!decoded.ok) return decoded;
  const key = externalKeyOf(decoded.value);
  if (!isInfoOf(decoded.value, group[mls]) || key === undefined || !isUsableKemKey(key)) {
    return refuse('wrong-info', 'the stored group info is not of the group as its log says');
  }
  const { tree } = group[mls];
  const comesBack = findLeafOfKey(tree, device.publicKey) !== undefined;
  if (!comesBack && leaves(group).length >= maxLeaves) {
    return refuse('group-full', `${maxLeaves} devices are in the group`);
  }
  if (comesBack && leaves(group).length === 1) return refuse('only-leaf', onlyLeaf);
  const own = await createOwnLeaf(suite, device, identity);
  try {
    const joined = await joinGroupExternal(
      decoded.value,
      own.open,
      own.secret,
      comesBack,
      suite[mls],
      [...tree],
      groupConfig,
      encodeCommitData({ ...data, kind: 'enter' }),
    );
    const { publicMessage } = joined;
    const commit = encodeMessage({
      version: 'mls10',
      wireformat: 'mls_public_message',
      publicMessage,
    });
    if (commit.length > maxCommitBytes) return refuse('too-large', tooLarge);
    const state = trimmed(joined.newState);
    return ok({
      commit,
      info: await infoOf(suite[mls], state),
      pending: {
        epoch: Number(state.groupContext.epoch),
        [mls]: { suite: suite[mls], state, parent: undefined },
      },
    });
  } catch {
    // The library throws for every signature, hash and key that does not fit.
    return refuse('unreadable', 'the tree or the group info does not hang together');
  } finally {
    // The keys of the package stand in nothing: the path brings the leaf's.
    own.secret.initPrivateKey.fill(0);
    own.secret.hpkePrivateKey.fill(0);
  }
}

const onlyLeaf =
  'nobody else is in the group to enter with: once somebody has entered, this device can enter again';
export const tooLarge =
  'too many removed members have left gaps: others must renew their keys first';
