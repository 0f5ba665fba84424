// Whether the outline of a commit fits what its sender says of it, and who may do what. Checks what can be known without
// keys; whether the commit is a good one, only members can tell. Leaves that are not known are not checked.

import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { concatBytes, encodeUtf8, equalBytes } from '../../../lib/bytes.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import type { CommitOutline } from '../../../wire/mls-outline.ts';
import { mayHoldLeaf, type SignedRoster } from '../../../wire/statements/roster.ts';
import { maxSealedMembers } from '../../../wire/statements/roster.ts';
import type { LeafRecord } from '../../records.ts';
import type { Leaves } from './sealed-state.ts';

/** Who commits: an account by its root, its name, and its device. */
export interface Committer {
  readonly root16: Uint8Array;
  readonly name: string;
  readonly device: Uint8Array;
}

/** What a COMMIT says of itself, and the roster as it is with the line. */
export interface Claim {
  readonly kind: 'enter' | 'remove' | 'rotate';
  readonly on: number;
  readonly groupId: string;
  readonly roster: SignedRoster;
}

const kindNumbers = { enter: 1, remove: 2, rotate: 3 } as const;
const dataVersion = 1;
const identityVersion = 2;

export type OutlineRefusal = 'commit-refused' | 'group-full' | 'stale';

/** The leaves behind a commit, where those before it are known; or why it is refused. */
export function leavesBehind(
  before: Leaves | undefined,
  outline: CommitOutline,
  claim: Claim,
  committer: Committer,
): Result<Leaves | undefined, OutlineRefusal> {
  if (encodeBase64url(outline.groupId) !== claim.groupId) return err('commit-refused');
  if (!isOwnLeaf(outline, committer)) return err('commit-refused');
  const data = dataRefusal(outline.authenticatedData, claim);
  if (data !== undefined) return err(data);
  const own = { root: encodeBase64url(committer.root16), key: encodeBase64url(committer.device) };
  return claim.kind === 'enter'
    ? entered(before, outline, own)
    : committed(before, outline, claim, own);
}

function isOwnLeaf({ signatureKey, identity }: CommitOutline, committer: Committer): boolean {
  const { root16, name, device } = committer;
  const own = concatBytes(Uint8Array.of(identityVersion), root16, encodeUtf8(name));
  return equalBytes(signatureKey, device) && equalBytes(identity, own);
}

/** `1 | kind | on (8) | roster head (32)`: what members hold against the line. */
function dataRefusal(bytes: Uint8Array, { kind, on, roster }: Claim): OutlineRefusal | undefined {
  const start = Uint8Array.of(dataVersion, kindNumbers[kind]);
  const line = new Uint8Array(8);
  new DataView(line.buffer).setBigUint64(0, BigInt(on));
  if (!equalBytes(bytes.subarray(0, 10), concatBytes(start, line))) return 'commit-refused';
  if (bytes.length !== 10 + roster.head.length) return 'commit-refused';
  // A record has come in between.
  return equalBytes(bytes.subarray(10), roster.head) ? undefined : 'stale';
}

/** A newcomer, who may remove the leaf that their device had before, and no other. */
function entered(
  before: Leaves | undefined,
  { sender, removed }: CommitOutline,
  own: LeafRecord,
): Result<Leaves | undefined, OutlineRefusal> {
  if (sender.kind !== 'newcomer' || removed.length > 1) return err('commit-refused');
  if (before === undefined) return ok(undefined);
  const leaves = [...before];
  for (const index of removed) {
    if (leaves[index]?.key !== own.key) return err('commit-refused');
    leaves[index] = undefined;
  }
  if (leaves.some((leaf) => leaf?.key === own.key)) return err('commit-refused');
  if (leaves.filter((leaf) => leaf !== undefined).length >= maxSealedMembers) {
    return err('group-full');
  }
  const free = leaves.indexOf(undefined);
  if (free < 0) leaves.push(own);
  else leaves[free] = own;
  return ok(leaves);
}

/** A member, who may remove leaves that the roster does not allow, and others of their own account. */
function committed(
  before: Leaves | undefined,
  { sender, removed }: CommitOutline,
  { kind, roster }: Claim,
  own: LeafRecord,
): Result<Leaves | undefined, OutlineRefusal> {
  if (sender.kind !== 'member' || removed.length > 0 !== (kind === 'remove')) {
    return err('commit-refused');
  }
  if (before === undefined) return ok(undefined);
  if (before[sender.leaf]?.key !== own.key) return err('commit-refused');
  if (removed.length === 0) return ok(before);
  const leaves = [...before];
  for (const index of removed) {
    const leaf = leaves[index];
    if (leaf === undefined || index === sender.leaf) return err('commit-refused');
    if (leaf.root !== own.root && isAllowed(leaf, roster)) return err('commit-refused');
    leaves[index] = undefined;
  }
  while (leaves.length > 0 && leaves.at(-1) === undefined) leaves.pop();
  return ok(leaves);
}

function isAllowed({ root, key }: LeafRecord, roster: SignedRoster): boolean {
  const [root16, device] = [decodeBase64url(root), decodeBase64url(key)];
  return root16 !== undefined && device !== undefined && mayHoldLeaf(roster, root16, device);
}
