// Reads a group session back from its parts (session-parts.ts). What is read must be whole: each leaf's ratchet is
// there, each tree has the hash that its epoch names, nothing is left over, and the own leaf is the device's.
import { equalBytes } from '../../../lib/bytes.ts';
import { ok, type Result } from '../../../lib/result.ts';
import type { Device } from '../../device.ts';
import {
  decodeGroupContext,
  encodeGroupContext,
  mls,
  treeHashRoot,
  type ClientState,
  type GroupContext,
  type RatchetTree,
} from '../../mls.ts';
import { refuse, type Refusal } from '../../refusal.ts';
import type { Suite } from '../../suite.ts';
import { isSameIdentity, type GroupIdentity } from '../group-identity.ts';
import {
  groupSessionOf,
  unusedNode,
  noRatchet,
  type GroupSession,
  type PastEpoch,
  type SecretTree,
} from '../group-session.ts';
import {
  attempt,
  decodeCore,
  decodeNumber,
  decodeRatchet,
  decodeTreeNode,
  splitParts,
} from './part-codec.ts';
import { groupConfig, isOfProfile, maxTreeNodes, pastEpochs } from '../profile.ts';
import { groupLeafOf, leafNodeAt } from '../public-group.ts';

export type StoredSessionRefusal = Refusal<
  | 'malformed' // damaged, incomplete, or of another version
  | 'other-device' // of another device or account than the one that wants to use it
>;

export interface StoredPart {
  readonly part: string;
  readonly bytes: Uint8Array;
}

/** The session of `identity` on `device` that `parts` hold. Their bytes stay the caller's. */
export async function decodeGroupSession(
  suite: Suite,
  device: Device,
  identity: GroupIdentity,
  parts: readonly StoredPart[],
): Promise<Result<GroupSession, StoredSessionRefusal>> {
  const rest = new Map(parts.map(({ part, bytes }) => [part, bytes]));
  const state = await takeState(suite, device, rest);
  if (state === undefined) return malformed;
  const past = await takePast(suite, state, rest);
  if (past === undefined || rest.size > 0) return malformed;
  if (!isOwn(state, device, identity)) {
    return refuse('other-device', 'a session of another device or account');
  }
  return ok(groupSessionOf(suite[mls], state, past));
}

export const malformed = refuse(
  'malformed',
  'not the parts of a group session, or not all of them',
);

/** Parts that have not been read yet. */
type Rest = Map<string, Uint8Array>;

function take(rest: Rest, part: string): Uint8Array | undefined {
  const bytes = rest.get(part);
  rest.delete(part);
  return bytes;
}

/** The current epoch's state. `base` is the tree that the nodes in `rest` change. Internal to this ring. */
export async function takeState(
  suite: Suite,
  device: Device,
  rest: Rest,
  base: RatchetTree = [],
): Promise<ClientState | undefined> {
  const bytes = take(rest, 'core');
  const decoded = bytes && decodeCore(bytes);
  if (decoded === undefined || decoded.width > maxTreeNodes) return undefined;
  const { core, width } = decoded;
  const tree = takeTree(rest, base, width);
  const whole =
    tree !== undefined &&
    isOfProfile(core.groupContext) &&
    core.groupActiveState.kind === 'active' &&
    Object.keys(core.unappliedProposals).length === 0 &&
    (await hasHash(suite, tree, core.groupContext));
  if (!whole) return undefined;
  const secretTree = takeRatchets(suite, rest, core.groupContext.epoch, tree);
  if (secretTree === undefined) return undefined;
  return {
    ...core,
    ratchetTree: tree,
    secretTree,
    signaturePrivateKey: device[mls].signKey,
    clientConfig: groupConfig,
  };
}

/** Whether the own leaf of `state` is one of `device` and `identity`. Internal to this ring. */
export function isOwn(state: ClientState, device: Device, identity: GroupIdentity): boolean {
  const { leafIndex } = state.privatePath;
  const node = leafNodeAt(state.ratchetTree, leafIndex);
  const own = node && groupLeafOf(leafIndex, node);
  return (
    own !== undefined &&
    equalBytes(own.key, device.publicKey) &&
    isSameIdentity(own.identity, identity)
  );
}

function takeTree(rest: Rest, base: RatchetTree, width: number): RatchetTree | undefined {
  const tree = Array.from({ length: width }, (_, at) => base[at]);
  for (const part of rest.keys()) {
    if (!part.startsWith('node.')) continue;
    const at = Number(part.slice('node.'.length));
    const bytes = take(rest, part) ?? new Uint8Array(0);
    if (!putNode(tree, at, bytes)) return undefined;
  }
  return tree;
}

/**
 * Puts the node in `bytes` at place `at`, where leaves have even places. No bytes make it blank; beyond a tree that has
 * become narrower there is nothing to make blank.
 */
function putNode(tree: RatchetTree, at: number, bytes: Uint8Array): boolean {
  if (bytes.length === 0) {
    if (at < tree.length) tree[at] = undefined;
    return Number.isInteger(at) && at < maxTreeNodes;
  }
  const node = decodeTreeNode(bytes);
  const fits = at in tree && node?.nodeType === (at % 2 ? 'parent' : 'leaf');
  if (fits) tree[at] = node;
  return fits;
}

function takeRatchets(
  suite: Suite,
  rest: Rest,
  epoch: bigint,
  tree: RatchetTree,
): SecretTree | undefined {
  const ratchets = new Map<number, SecretTree[number]>();
  for (const [at, node] of tree.entries()) {
    if (node?.nodeType !== 'leaf') continue;
    const bytes = take(rest, `keys.${epoch}.${at / 2}`);
    const ratchet = bytes && decodeRatchet(bytes, suite[mls].kdf.size);
    if (ratchet === undefined) return undefined;
    ratchets.set(at, { handshake: noRatchet, application: ratchet });
  }
  return tree.map((_, at) => ratchets.get(at) ?? unusedNode);
}

async function takePast(
  suite: Suite,
  state: ClientState,
  rest: Rest,
): Promise<PastEpoch[] | undefined> {
  const past: PastEpoch[] = [];
  let tree = state.ratchetTree;
  for (let back = 1; back <= pastEpochs; back++) {
    const epoch = state.groupContext.epoch - BigInt(back);
    const bytes = take(rest, `past.${epoch}`);
    if (bytes === undefined) break;
    const decoded = decodePast(suite, bytes, tree);
    const fits =
      decoded !== undefined &&
      decoded.context.epoch === epoch &&
      (await hasHash(suite, decoded.tree, decoded.context));
    const secretTree = fits ? takeRatchets(suite, rest, epoch, decoded.tree) : undefined;
    if (decoded === undefined || secretTree === undefined) return undefined;
    past.push({ ...decoded, secretTree });
    tree = decoded.tree;
  }
  return past;
}

function decodePast(
  suite: Suite,
  bytes: Uint8Array,
  next: RatchetTree,
): Omit<PastEpoch, 'secretTree'> | undefined {
  const [width, senderDataSecret, confirmationTag, encoded, ...nodes] = splitParts(bytes) ?? [];
  if (width === undefined || encoded === undefined) return undefined;
  if (senderDataSecret?.length !== suite[mls].kdf.size || confirmationTag === undefined)
    return undefined;
  const context = attempt(() => decodeGroupContext(encoded, 0)?.[0]);
  const length = decodeNumber(width);
  if (context === undefined || length > maxTreeNodes) return undefined;
  if (!equalBytes(encodeGroupContext(context), encoded)) return undefined;
  const tree = Array.from({ length }, (_, at) => next[at]);
  for (const node of nodes) {
    const at = decodeNumber(node.subarray(0, 2));
    if (!putNode(tree, at, node.subarray(2))) return undefined;
  }
  return { context, confirmationTag, senderDataSecret, tree };
}

async function hasHash(suite: Suite, tree: RatchetTree, context: GroupContext): Promise<boolean> {
  try {
    return equalBytes(await treeHashRoot(tree, suite[mls].hash), context.treeHash);
  } catch {
    // A width that is no tree's.
    return false;
  }
}
