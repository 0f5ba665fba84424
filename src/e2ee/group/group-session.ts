// A member's session of a sealed group: keys of the current epoch, and what still opens late messages of the two before
// it. A session is a value: whatever advances it returns the next one, and THE OLD ONE IS THEN USED UP, because used
// secrets are wiped. So callers use one queue per group: two uses of one session would use one key twice. Nothing that
// comes from outside makes the functions of this folder throw.
//
// How a group changes: creation in found-group.ts and entry.ts, commits in commits.ts, messages in group-message.ts,
// what others need of it in group-info.ts, storage in session-parts.ts and pending-record.ts.
import { formatHex } from '../../lib/bytes.ts';
import type { Device } from '../device.ts';
import {
  generateKeyPackageWithKey,
  mls,
  type CiphersuiteImpl,
  type ClientState,
  type KeyPackage,
  type PrivateKeyPackage,
} from '../mls.ts';
import type { Suite } from '../suite.ts';
import { groupCredentialOf, type GroupIdentity } from './group-identity.ts';
import { capabilities, pastEpochs } from './profile.ts';
import {
  leavesOfTree,
  publicGroupOf,
  type GroupLeaf,
  type PublicGroup,
  type PublicState,
} from './public-group.ts';

/** Holds secrets. */
export interface GroupSession {
  /** The group's id in hex. */
  readonly groupId: string;
  readonly epoch: number;
  /** The number of the own leaf. */
  readonly leaf: number;
  readonly [mls]: SessionState;
}

export interface SessionState {
  readonly suite: CiphersuiteImpl;
  readonly state: ClientState;
  /** Newest first, `pastEpochs` at most. */
  readonly past: readonly PastEpoch[];
}

/** What opens late messages of an epoch that is over, and who was in it. */
export interface PastEpoch extends PublicState {
  readonly senderDataSecret: Uint8Array;
  readonly secretTree: SecretTree;
}

export type SecretTree = ClientState['secretTree'];
export type KeyRatchet = SecretTree[number]['application'];

/** What stands for a ratchet that nobody uses: of a blank leaf, of a parent node, of private commits. */
export const noRatchet: KeyRatchet = {
  secret: new Uint8Array(0),
  generation: 0,
  unusedGenerations: {},
};
export const unusedNode: SecretTree[number] = { handshake: noRatchet, application: noRatchet };

/** Everybody in the group now: the same array until the next MLS commit. */
export function members(session: GroupSession): readonly GroupLeaf[] {
  return leavesOfTree(session[mls].state.ratchetTree);
}

/** What everybody can know of the group at the session's epoch: where a re-entry can replay from. */
export function publicGroup(session: GroupSession): PublicGroup {
  return publicGroupOf(publicStateOf(session[mls].state));
}

/** The same for the epochs before, newest first: where the commits since then turned out to be of no branch that lasted. */
export function pastGroups(session: GroupSession): readonly PublicGroup[] {
  return session[mls].past.map(publicGroupOf);
}

/** Wipes all secrets of a session that will not be used again. */
export function forgetSession(session: GroupSession): void {
  const { state, past } = session[mls];
  wipeKeySchedule(state);
  wipeTree(state.secretTree);
  wipe(Object.values(state.privatePath.privateKeys));
  for (const epoch of past) wipeEpoch(epoch);
}

/** Internal to this ring, as is everything below. */
export function publicStateOf(state: ClientState): PublicState {
  const { groupContext: context, confirmationTag, ratchetTree: tree } = state;
  return { context, confirmationTag, tree };
}

export function groupSessionOf(
  suite: CiphersuiteImpl,
  state: ClientState,
  past: readonly PastEpoch[],
): GroupSession {
  const { groupId, epoch } = state.groupContext;
  return {
    groupId: formatHex(groupId),
    epoch: Number(epoch),
    leaf: state.privatePath.leafIndex,
    [mls]: { suite, state, past },
  };
}

/** A leaf for `device`, with fresh keys: the library founds and enters with key packages. */
export async function createOwnLeaf(
  suite: Suite,
  device: Device,
  identity: GroupIdentity,
): Promise<{ readonly open: KeyPackage; readonly secret: PrivateKeyPackage }> {
  const { publicPackage: open, privatePackage: secret } = await generateKeyPackageWithKey(
    groupCredentialOf(identity),
    capabilities,
    // Nobody looks at it (profile.ts), and a leaf that entered has none.
    { notBefore: 0n, notAfter: 0n },
    [],
    { signKey: device[mls].signKey, publicKey: device.publicKey },
    suite[mls],
  );
  return { open, secret };
}

/**
 * A state as sessions hold it: without ratchets that nobody uses, without keys of nodes that are blank by now (the
 * library keeps them), and without the library's own past.
 */
export function trimmed(state: ClientState): ClientState {
  const { ratchetTree, privatePath } = state;
  const secretTree = state.secretTree.map((node, at) =>
    ratchetTree[at]?.nodeType === 'leaf'
      ? { handshake: noRatchet, application: node.application }
      : unusedNode,
  );
  const privateKeys = Object.fromEntries(
    Object.entries(privatePath.privateKeys).filter(([at]) => ratchetTree[Number(at)] !== undefined),
  );
  return {
    ...state,
    secretTree,
    privatePath: { ...privatePath, privateKeys },
    historicalReceiverData: new Map(),
  };
}

/**
 * The session in its next epoch. Everything of the last one is wiped that does not open its late messages: with the
 * external secret and a recorded entry, for one, a thief would get the next epoch's.
 */
export function nextEpoch(session: GroupSession, untrimmed: ClientState): GroupSession {
  const { suite, state, past } = session[mls];
  const next = trimmed(untrimmed);
  const ended: PastEpoch = {
    ...publicStateOf(state),
    senderDataSecret: state.keySchedule.senderDataSecret.slice(),
    secretTree: state.secretTree,
  };
  wipeKeySchedule(state);
  const kept = new Set(Object.values(next.privatePath.privateKeys));
  wipe(Object.values(state.privatePath.privateKeys).filter((key) => !kept.has(key)));
  for (const epoch of past.slice(pastEpochs - 1)) wipeEpoch(epoch);
  return groupSessionOf(suite, next, [ended, ...past.slice(0, pastEpochs - 1)]);
}

/** Used keys are wiped as soon as the next state stands. */
export function wipe(consumed: readonly Uint8Array[]): void {
  for (const secret of consumed) secret.fill(0);
}

function wipeKeySchedule({ keySchedule }: ClientState): void {
  wipe(Object.values(keySchedule) as Uint8Array[]);
}

export function wipeTree(tree: SecretTree): void {
  wipe(tree.map(({ application }) => application.secret));
}

function wipeEpoch({ senderDataSecret, secretTree }: PastEpoch): void {
  senderDataSecret.fill(0);
  wipeTree(secretTree);
}
