// What others need of a sealed group: the GroupInfo with which people enter, the whole tree, and digits that members
// compare. A server stores the first two and can give out old or false ones, so members hold every GroupInfo against
// their own state: over one with a false `external_pub` a joiner would notice nothing, and no member could follow.
import { equalBytes } from '../../lib/bytes.ts';
import { ok, type Result } from '../../lib/result.ts';
import { decodeGroupInfo, encodeMessage, type CodecRefusal } from '../codec.ts';
import {
  createGroupInfoWithExternalPub,
  createGroupInfoWithExternalPubAndRatchetTree,
  mls,
  verifyGroupInfoSignature,
  type ClientState,
  type CiphersuiteImpl,
  type GroupContext,
  type GroupInfo,
} from '../mls.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { digitGroups } from '../safety-number.ts';
import type { Suite } from '../suite.ts';
import type { GroupSession } from './group-session.ts';
import { isUsableKemKey } from './kem-key.ts';
import { leafNodeAt, type PublicGroup, type PublicState } from './public-group.ts';

export type InfoRefusal =
  | CodecRefusal
  | Refusal<
      | 'wrong-epoch' // of an earlier or a later epoch: not to be judged
      | 'wrong-info' // it says something else than the group's state
    >;

/** The GroupInfo of the session's epoch: about 1,520 bytes, with which others can enter. */
export function groupInfo(session: GroupSession): Promise<Uint8Array> {
  const { suite, state } = session[mls];
  return infoOf(suite, state);
}

/** The GroupInfo of `state`. Internal to this ring. */
export async function infoOf(suite: CiphersuiteImpl, state: ClientState): Promise<Uint8Array> {
  const info = await createGroupInfoWithExternalPub(state, [], suite);
  return encodeInfo(info);
}

/** The group's whole tree with its context, for `readTree`: about 2.7 KB a leaf. Signed by the session's device. */
export async function exportTree(session: GroupSession): Promise<Uint8Array> {
  const { suite, state } = session[mls];
  return encodeInfo(await createGroupInfoWithExternalPubAndRatchetTree(state, [], suite));
}

/** Whether others can enter with the GroupInfo in `bytes`. Where not, whoever finds it stores their own tree. */
export async function checkInfo(
  session: GroupSession,
  bytes: Uint8Array,
): Promise<Result<undefined, InfoRefusal>> {
  const { suite, state } = session[mls];
  const decoded = decodeGroupInfo(bytes, 'bare');
  if (!decoded.ok) return decoded;
  const info = decoded.value;
  if (info.groupContext.epoch !== state.groupContext.epoch) {
    return refuse('wrong-epoch', 'of another epoch');
  }
  const { groupContext: context, confirmationTag, ratchetTree: tree } = state;
  const fits = isInfoOf(info, { context, confirmationTag, tree });
  const own = await suite.hpke.deriveKeyPair(state.keySchedule.externalSecret);
  const key = externalKeyOf(info);
  const signer = leafNodeAt(tree, info.signer)?.signaturePublicKey;
  const valid =
    fits &&
    key !== undefined &&
    equalBytes(key, await suite.hpke.exportPublicKey(own.publicKey)) &&
    signer !== undefined &&
    (await verifyGroupInfoSignature(info, signer, suite.signature));
  return valid ? ok(undefined) : refuse('wrong-info', 'it says something else than the group');
}

/**
 * Whether the GroupInfo in `bytes` is one of `group`, as far as everybody can tell: its signature, and the state that it
 * names. An MLS commit that comes with another one is void, because nobody could enter after it.
 */
export async function isPublicInfoOf(
  suite: Suite,
  group: PublicGroup,
  bytes: Uint8Array,
): Promise<boolean> {
  const decoded = decodeGroupInfo(bytes, 'bare');
  if (!decoded.ok || !isInfoOf(decoded.value, group[mls])) return false;
  const key = externalKeyOf(decoded.value);
  const signer = leafNodeAt(group[mls].tree, decoded.value.signer)?.signaturePublicKey;
  if (key === undefined || !isUsableKemKey(key) || signer === undefined) return false;
  return verifyGroupInfoSignature(decoded.value, signer, suite[mls].signature);
}

/**
 * Digits of the group's state: four groups of five, equal for two members only if they are in the same epoch of the same
 * group with the same keys. They change with every MLS commit.
 */
export function epochDigits(session: GroupSession): string {
  return digitGroups(session[mls].state.keySchedule.epochAuthenticator, 4).join(' ');
}

/** Whether `info` is of exactly `group`, as far as somebody outside can tell. Internal to this ring. */
export function isInfoOf(info: GroupInfo, group: PublicState): boolean {
  return (
    isSameContext(info.groupContext, group.context) &&
    equalBytes(info.confirmationTag, group.confirmationTag)
  );
}

/** The key with which people enter, the only extension that a GroupInfo has here. Internal to this ring. */
export function externalKeyOf({ extensions }: GroupInfo): Uint8Array | undefined {
  const [only, ...others] = extensions;
  return only?.extensionType === 'external_pub' && others.length === 0
    ? only.extensionData
    : undefined;
}

function isSameContext(a: GroupContext, b: GroupContext): boolean {
  return (
    a.version === b.version &&
    a.cipherSuite === b.cipherSuite &&
    a.epoch === b.epoch &&
    a.extensions.length === 0 &&
    equalBytes(a.groupId, b.groupId) &&
    equalBytes(a.treeHash, b.treeHash) &&
    equalBytes(a.confirmedTranscriptHash, b.confirmedTranscriptHash)
  );
}

function encodeInfo(info: GroupInfo): Uint8Array {
  return encodeMessage({ version: 'mls10', wireformat: 'mls_group_info', groupInfo: info });
}
