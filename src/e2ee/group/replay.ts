// Follows a sealed group from outside: a stored tree, and then its public commits, one after the other. Whoever enters
// compares the result with the GroupInfo (entry.ts): where tree hash and transcript are equal, the server can have led
// nobody back to an old state [RFC 9750 §5.3]. A commit's membership tag and ciphertexts can be checked by members
// alone, so what is followed here is the group's history only if the GroupInfo says so too.
import { equalBytes } from '../../lib/bytes.ts';
import { ok, type Result } from '../../lib/result.ts';
import { decodeGroupInfo, type CodecRefusal } from '../codec.ts';
import {
  applyUpdatePath,
  mls,
  nextEpochContext,
  ratchetTreeFromExtension,
  toLeafIndex,
  treeHashRoot,
  verifyFramedContentSignature,
  verifyLeafNodeSignature,
  type PublicMessage,
  type RatchetTree,
} from '../mls.ts';
import { refuse, type Refusal } from '../refusal.ts';
import type { Suite } from '../suite.ts';
import {
  checkCommit,
  decodeCommit,
  isLeafOfProfile,
  type CheckedCommit,
  type GroupChange,
  type Judge,
  type PolicyRefusal,
} from './policy.ts';
import { isUsableKemKey } from './kem-key.ts';
import { isOfProfile, maxLeaves, maxTreeNodes } from './profile.ts';
import {
  leafNodesOf,
  leavesOfTree,
  publicGroupOf,
  type GroupLeaf,
  type PublicGroup,
} from './public-group.ts';

/**
 * Whether the chain of the leaf's account holds the leaf's key, revoked keys included: a leaf may be there that is due
 * to be removed, but none that nobody can have let in.
 */
export type Certify = (leaf: GroupLeaf) => boolean | Promise<boolean>;

export type TreeRefusal =
  | CodecRefusal
  | Refusal<
      | 'wrong-profile' // a group that this protocol does not make
      | 'damaged' // the tree is not the one that its context names
      | 'not-certified' // a leaf whose key is none of its account's
    >;

export type ReplayRefusal = CodecRefusal | PolicyRefusal | Refusal<'unreadable'>; // a signature, hash or key that does not fit

/** The group of a stored tree (`exportTree` in group-info.ts). */
export async function readTree(
  suite: Suite,
  bytes: Uint8Array,
  certify: Certify,
): Promise<Result<PublicGroup, TreeRefusal>> {
  const decoded = decodeGroupInfo(bytes, 'with-tree');
  if (!decoded.ok) return decoded;
  const { groupContext: context, confirmationTag, extensions } = decoded.value;
  const kinds = extensions.map(({ extensionType }) => extensionType).join(' ');
  if (!isOfProfile(context) || kinds !== 'external_pub ratchet_tree') {
    return refuse('wrong-profile', 'not a group as this protocol makes them');
  }
  try {
    const tree = ratchetTreeFromExtension(decoded.value);
    if (tree === undefined || !isTreeOfProfile(tree)) {
      return refuse('wrong-profile', 'not a tree as this protocol makes them');
    }
    if (!equalBytes(await treeHashRoot(tree, suite[mls].hash), context.treeHash)) {
      return refuse('damaged', 'another tree than its context names');
    }
    for (const leaf of leavesOfTree(tree)) {
      if (!(await certify(leaf))) {
        return refuse('not-certified', `a device that ${leaf.identity.name} does not have`);
      }
    }
    return ok(publicGroupOf({ context, confirmationTag, tree }));
  } catch {
    // The library throws for every tree that does not hang together.
    return refuse('damaged', 'a tree that does not hang together');
  }
}

/** Nothing in it that the library would follow without an end, or that `checkCommit` would not have let in. */
function isTreeOfProfile(tree: RatchetTree): boolean {
  if (tree.length > maxTreeNodes || leafNodesOf(tree).length > maxLeaves) return false;
  return tree.every((node, at) => {
    if (node === undefined) return true;
    if (node.nodeType === 'leaf') return at % 2 === 0 && isLeafOfProfile(node.leaf);
    // Nobody is added by others, so no leaf is ever unmerged.
    const { unmergedLeaves, hpkePublicKey } = node.parent;
    return at % 2 === 1 && unmergedLeaves.length === 0 && isUsableKemKey(hpkePublicKey);
  });
}

/** The group after the MLS commit in `bytes`, and what it did. After a refusal the group given still stands. */
export async function followCommit(
  suite: Suite,
  group: PublicGroup,
  bytes: Uint8Array,
  judge: Judge,
): Promise<Result<{ readonly group: PublicGroup; readonly change: GroupChange }, ReplayRefusal>> {
  const message = decodeCommit(bytes);
  if (!message.ok) return message;
  const checked = await checkCommit(group[mls], message.value, judge);
  if (!checked.ok) return checked;
  const next = await followChecked(suite, group, message.value, checked.value);
  return next.ok ? ok({ group: next.value, change: checked.value.change }) : next;
}

/** The group after a commit that the policy let pass. Internal to this ring. */
export async function followChecked(
  suite: Suite,
  group: PublicGroup,
  message: PublicMessage,
  { change, path, tree }: CheckedCommit,
): Promise<Result<PublicGroup, Refusal<'unreadable'>>> {
  const { context, confirmationTag } = group[mls];
  const { hash, signature } = suite[mls];
  const { content, auth } = message;
  const leaf = toLeafIndex(change.by.leaf);
  try {
    if (content.contentType !== 'commit' || auth.contentType !== 'commit') return misfit;
    const signed =
      (await verifyFramedContentSignature(
        change.by.key,
        'mls_public_message',
        content,
        auth,
        context,
        signature,
      )) && (await verifyLeafNodeSignature(path.leafNode, context.groupId, leaf, signature));
    if (!signed) return misfit;
    const after = await applyUpdatePath(tree, leaf, path, hash, change.kind === 'enter');
    const nextContext = await nextEpochContext(
      context,
      'mls_public_message',
      content,
      auth.signature,
      await treeHashRoot(after, hash),
      confirmationTag,
      hash,
    );
    const { confirmationTag: nextTag } = auth;
    return ok(publicGroupOf({ context: nextContext, confirmationTag: nextTag, tree: after }));
  } catch {
    // The library throws for every hash and key that does not fit.
    return misfit;
  }
}

const misfit = refuse('unreadable', 'a signature, hash or key that does not fit');
