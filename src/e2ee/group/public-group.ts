// What everybody can know of a sealed group at one epoch, without being in it: its context, the tag that confirms the
// last commit, and its tree. A member's session holds one (group-session.ts); whoever wants to enter gets one from a
// stored tree and follows the commits since then (replay.ts).
import { equalBytes, formatHex } from '../../lib/bytes.ts';
import { mls, type GroupContext, type LeafNode, type RatchetTree } from '../mls.ts';
import { groupIdentityOf, type GroupIdentity } from './group-identity.ts';

/** Public: nothing in it is secret. */
export interface PublicGroup {
  /** The group's id in hex. */
  readonly groupId: string;
  readonly epoch: number;
  readonly [mls]: PublicState;
}

export interface PublicState {
  readonly context: GroupContext;
  readonly confirmationTag: Uint8Array;
  readonly tree: RatchetTree;
}

/** A leaf of a tree: one device of an account. */
export interface GroupLeaf {
  /** Leaves are counted from 0. The number of one that is removed is given to the next that enters. */
  readonly leaf: number;
  readonly identity: GroupIdentity;
  /** The signature key of the device. */
  readonly key: Uint8Array;
}

/** Internal to this ring. */
export function publicGroupOf(state: PublicState): PublicGroup {
  const { groupId, epoch } = state.context;
  return { groupId: formatHex(groupId), epoch: Number(epoch), [mls]: state };
}

/** The leaf nodes of `tree`, in order. Internal to this ring. */
export function leafNodesOf(
  tree: RatchetTree,
): { readonly leaf: number; readonly node: LeafNode }[] {
  return tree.flatMap((node, at) =>
    node?.nodeType === 'leaf' ? [{ leaf: at / 2, node: node.leaf }] : [],
  );
}

/** The leaf node at place `leaf` of `tree`. Internal to this ring. */
export function leafNodeAt(tree: RatchetTree, leaf: number): LeafNode | undefined {
  const node = tree[2 * leaf];
  return node?.nodeType === 'leaf' ? node.leaf : undefined;
}

/** Whom a leaf node belongs to, or undefined where it is none of this profile. Internal to this ring. */
export function groupLeafOf(leaf: number, node: LeafNode): GroupLeaf | undefined {
  const identity = groupIdentityOf(node.credential);
  return identity && { leaf, identity, key: node.signaturePublicKey };
}

/** The leaf of `tree` that has the signature key `key`. Internal to this ring. */
export function findLeafOfKey(tree: RatchetTree, key: Uint8Array): GroupLeaf | undefined {
  return leavesOfTree(tree).find((leaf) => equalBytes(leaf.key, key));
}

/** Trees are values: leaves are looked for once in each, and not for every message. */
const knownLeaves = new WeakMap<RatchetTree, readonly GroupLeaf[]>();

/** The leaves of `tree`, the same array each time. Internal to this ring. */
export function leavesOfTree(tree: RatchetTree): readonly GroupLeaf[] {
  const known = knownLeaves.get(tree);
  if (known !== undefined) return known;
  const found = leafNodesOf(tree).flatMap(({ leaf, node }) => groupLeafOf(leaf, node) ?? []);
  knownLeaves.set(tree, found);
  return found;
}

/** Everybody in the group: one leaf for each device. */
export function leaves(group: PublicGroup): readonly GroupLeaf[] {
  return leavesOfTree(group[mls].tree);
}
