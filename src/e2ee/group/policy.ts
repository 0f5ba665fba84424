// The one function that decides whether an MLS commit may be followed, before the library is asked: the same for
// members, for whoever replays commits on a tree, and for whoever enters. The library checks less at members than at
// joiners, so what members accepted could lock out everybody who comes later. What is decided here depends on nothing
// but the commit, the tree before it and the judge's word, so everybody decides alike.
import { equalBytes } from '../../lib/bytes.ts';
import { ok, type Result } from '../../lib/result.ts';
import { decodePublicMessage, type CodecRefusal } from '../codec.ts';
import {
  addLeafNode,
  filteredDirectPathAndCopathResolution,
  nodeToLeafIndex,
  findBlankLeafNodeIndexOrExtend,
  removeLeafNode,
  toLeafIndex,
  type LeafNode,
  type PublicMessage,
  type RatchetTree,
  type UpdatePath,
} from '../mls.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { decodeCommitData, type CommitData } from './authenticated-data.ts';
import { groupIdentityOf, isSameIdentity } from './group-identity.ts';
import { isUsableKemKey } from './kem-key.ts';
import { capabilities, maxLeaves } from './profile.ts';
import {
  findLeafOfKey,
  groupLeafOf,
  leafNodeAt,
  leavesOfTree,
  type GroupLeaf,
  type PublicState,
} from './public-group.ts';

/** What a commit does, as its judge and its receiver are told. */
export type GroupChange = { readonly data: CommitData } & (
  | {
      readonly kind: 'enter';
      readonly by: GroupLeaf;
      /** The leaf of the same key that it takes the place of: a device that had lost its state. */
      readonly replaced: GroupLeaf | undefined;
    }
  | { readonly kind: 'remove'; readonly by: GroupLeaf; readonly removed: readonly GroupLeaf[] }
  | { readonly kind: 'rotate'; readonly by: GroupLeaf }
);

/**
 * Why a change is void, as a sentence for people, or undefined where it may be. Answers from the log up to the commit's
 * line: an entry's key must be certified by its account's chain, not revoked, and the account admitted; each removed
 * leaf must be due; the roster head must be that of the log. Never from what only this client knows: others would
 * decide otherwise.
 */
export type Judge = (change: GroupChange) => string | undefined | Promise<string | undefined>;

export type PolicyRefusal = Refusal<
  | 'other-group'
  | 'stale-epoch' // of an epoch before this one: it came too late, or is a repeat
  | 'future-epoch' // commits in between are missing
  | 'not-a-commit' // a proposal, or from a sender who may not commit
  | 'wrong-profile' // a shape that this protocol does not make
  | 'key-in-use' // a signature key or a KEM key that the tree has already
  | 'not-same-key' // an external commit that removes somebody else, or a member with another key
  | 'no-such-leaf'
  | 'group-full'
  | 'not-allowed' // the judge's word
>;

/** A commit that may be followed. Internal to this ring. */
export interface CheckedCommit {
  readonly change: GroupChange;
  readonly path: UpdatePath;
  /** The tree with the removed leaves gone and the one that enters in place, before the path is applied. */
  readonly tree: RatchetTree;
}

const signatureKeyBytes = 32;

/** The MLS commit in `bytes`. Internal to this ring. */
export function decodeCommit(
  bytes: Uint8Array,
): Result<PublicMessage, CodecRefusal | PolicyRefusal> {
  const decoded = decodePublicMessage(bytes);
  if (!decoded.ok) return decoded;
  return decoded.value.content.contentType === 'commit'
    ? decoded
    : refuse('not-a-commit', 'a proposal, which this protocol never sends by itself');
}

/** Whether `message` may follow `group`, and what it does. Internal to this ring. */
export async function checkCommit(
  group: PublicState,
  message: PublicMessage,
  judge: Judge,
): Promise<Result<CheckedCommit, PolicyRefusal>> {
  const { content } = message;
  const { context, tree } = group;
  if (!equalBytes(content.groupId, context.groupId))
    return refuse('other-group', 'of another group');
  if (content.epoch < context.epoch) return refuse('stale-epoch', 'of an epoch that is over');
  if (content.epoch > context.epoch) return refuse('future-epoch', 'of an epoch that is to come');
  if (content.contentType !== 'commit') return refuse('not-a-commit', 'not a commit');
  const data = decodeCommitData(content.authenticatedData);
  const { path, proposals } = content.commit;
  if (data === undefined || path === undefined) {
    return refuse('wrong-profile', 'without a path, or with other data beside it');
  }
  const removed: number[] = [];
  let inits = 0;
  for (const one of proposals) {
    if (one.proposalOrRefType !== 'proposal') {
      return refuse('wrong-profile', 'a proposal by reference');
    }
    const { proposal } = one;
    if (proposal.proposalType === 'remove') removed.push(proposal.remove.removed);
    else if (proposal.proposalType === 'external_init') inits += 1;
    else return refuse('wrong-profile', 'a proposal that this protocol never makes');
  }
  const shaped = { data, path, removed, tree };
  let checked: Result<CheckedCommit, PolicyRefusal>;
  if (content.sender.senderType === 'new_member_commit' && inits === 1) {
    checked = checkEntry(shaped);
  } else if (content.sender.senderType === 'member' && inits === 0) {
    checked = checkMemberCommit(shaped, content.sender.leafIndex);
  } else {
    return refuse('not-a-commit', 'from a sender who may not commit that');
  }
  if (!checked.ok) return checked;
  const fault = faultOfPath(tree, checked.value);
  if (fault !== undefined) return fault;
  const reason = await judge(checked.value.change);
  return reason === undefined ? checked : refuse('not-allowed', reason);
}

interface ShapedCommit {
  readonly data: CommitData;
  readonly path: UpdatePath;
  readonly removed: readonly number[];
  readonly tree: RatchetTree;
}

/** An external commit: somebody enters, or comes back in place of their own leaf. */
function checkEntry(shaped: ShapedCommit): Result<CheckedCommit, PolicyRefusal> {
  const { data, path, removed, tree } = shaped;
  if (data.kind !== 'enter' || removed.length > 1) {
    return refuse('wrong-profile', 'an entry that does something else besides');
  }
  const key = path.leafNode.signaturePublicKey;
  const replaced = findLeafOfKey(tree, key);
  const [gone] = removed;
  if (gone !== undefined && gone !== replaced?.leaf) {
    return refuse('not-same-key', 'an entry that removes somebody else');
  }
  if (replaced !== undefined && gone === undefined) {
    return refuse('key-in-use', 'a second leaf of one key');
  }
  if (replaced === undefined && leavesOfTree(tree).length >= maxLeaves) {
    return refuse('group-full', `more than ${maxLeaves} leaves`);
  }
  const without = gone === undefined ? tree : removeLeafNode(tree, toLeafIndex(gone));
  const leaf = nodeToLeafIndex(findBlankLeafNodeIndexOrExtend(without));
  const by = groupLeafOf(leaf, path.leafNode);
  if (by === undefined) return refuse('wrong-profile', 'a leaf without an account');
  return ok({
    change: { kind: 'enter', data, by, replaced },
    path,
    tree: addLeafNode(without, path.leafNode)[0],
  });
}

/** A commit by a member: leaves are removed, or nothing but the keys changes. */
function checkMemberCommit(
  shaped: ShapedCommit,
  committer: number,
): Result<CheckedCommit, PolicyRefusal> {
  const { data, path, removed, tree } = shaped;
  if (data.kind !== (removed.length === 0 ? 'rotate' : 'remove')) {
    return refuse('wrong-profile', 'it does something else than it says');
  }
  const before = leafNodeAt(tree, committer);
  const by = before && groupLeafOf(committer, before);
  if (by === undefined) return refuse('no-such-leaf', 'from a leaf that is not in the group');
  if (!hasSameOwner(before, path.leafNode)) {
    return refuse('not-same-key', 'a member with another key or name than before');
  }
  const gone: GroupLeaf[] = [];
  let without = tree;
  for (const leaf of removed) {
    const node = leafNodeAt(tree, leaf);
    const owner = node && groupLeafOf(leaf, node);
    const twice = gone.some((other) => other.leaf === leaf);
    if (owner === undefined || twice || leaf === committer) {
      return refuse('no-such-leaf', 'it removes a leaf that it cannot remove');
    }
    gone.push(owner);
    without = removeLeafNode(without, toLeafIndex(leaf));
  }
  const change: GroupChange =
    gone.length === 0 ? { kind: 'rotate', data, by } : { kind: 'remove', data, by, removed: gone };
  return ok({ change, path, tree: without });
}

function hasSameOwner(before: LeafNode | undefined, after: LeafNode): boolean {
  const old = before && groupIdentityOf(before.credential);
  const now = groupIdentityOf(after.credential);
  return (
    before !== undefined &&
    old !== undefined &&
    now !== undefined &&
    isSameIdentity(old, now) &&
    equalBytes(before.signaturePublicKey, after.signaturePublicKey)
  );
}

/** What is wrong with the keys that a commit brings. */
function faultOfPath(
  before: RatchetTree,
  { change, path, tree }: CheckedCommit,
): ReturnType<typeof refuse<PolicyRefusal['code']>> | undefined {
  if (!isLeafOfProfile(path.leafNode)) {
    return refuse('wrong-profile', 'a leaf that this protocol does not make');
  }
  const copath = filteredDirectPathAndCopathResolution(toLeafIndex(change.by.leaf), tree);
  // Whoever lacks a ciphertext of their own, or has a shorter one, would fail where all others go on.
  const sealed = path.nodes.flatMap((node) => node.encryptedPathSecret);
  const [first] = sealed;
  const fits =
    path.nodes.length === copath.length &&
    path.nodes.every(
      (node, at) => node.encryptedPathSecret.length === copath[at]?.resolution.length,
    ) &&
    sealed.every(
      ({ kemOutput, ciphertext }) =>
        kemOutput.length === first?.kemOutput.length &&
        ciphertext.length === first.ciphertext.length &&
        ciphertext.length > 0,
    );
  if (!fits) return refuse('wrong-profile', 'a path that does not fit the tree');
  const keys = [path.leafNode.hpkePublicKey, ...path.nodes.map((node) => node.hpkePublicKey)];
  if (!keys.every(isUsableKemKey)) {
    return refuse('wrong-profile', 'a key that nobody can encrypt to');
  }
  const known = before.flatMap((node) => (node === undefined ? [] : kemKeyOf(node)));
  const repeated = keys.some(
    (key, at) =>
      keys.slice(0, at).some((other) => equalBytes(key, other)) ||
      known.some((other) => equalBytes(key, other)),
  );
  return repeated ? refuse('key-in-use', 'a key that the tree has already') : undefined;
}

/** The KEM key of a node. Internal to this ring. */
export function kemKeyOf(node: NonNullable<RatchetTree[number]>): Uint8Array {
  return node.nodeType === 'leaf' ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey;
}

/**
 * Whether a leaf is exactly as this profile makes them. One that does not list `basic`, which members accept, would keep
 * all later joiners out. Internal to this ring.
 */
export function isLeafOfProfile(node: LeafNode): boolean {
  const able = node.capabilities;
  return (
    node.signaturePublicKey.length === signatureKeyBytes &&
    isUsableKemKey(node.hpkePublicKey) &&
    groupIdentityOf(node.credential) !== undefined &&
    node.extensions.length === 0 &&
    isSame(able.versions, capabilities.versions) &&
    isSame(able.ciphersuites, capabilities.ciphersuites) &&
    isSame(able.extensions, capabilities.extensions) &&
    isSame(able.proposals, capabilities.proposals) &&
    isSame(able.credentials, capabilities.credentials)
  );
}

function isSame<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, at) => item === other[at]);
}
