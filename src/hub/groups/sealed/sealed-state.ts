// What the server knows of a sealed group beyond its members: the roster that the records fold to, the last commits, and
// who holds which leaf behind each of them. It cannot read what is said there, and what it checks, members check again.

import { encodeBase64url } from '../../../lib/base64url.ts';
import type { SignedRoster } from '../../../wire/statements/roster.ts';
import type { LeafRecord, TreeRecord } from '../../records.ts';
import type { GroupName } from '../../../wire/text.ts';
import { Turns } from './turns.ts';

const rosterHeadBytes = 32;

/** A message may come from a state behind one of so many last commits. */
export const openCommits = 3;
/** The leaves behind so many last commits are known. */
export const knownCommits = 8;
/** After so many commits a new tree is wanted. */
export const commitsPerTree = 32;
/** So many trees are kept (trees.ts), and so many GroupInfos. */
export const keptTrees = 4;
export const keptInfos = 3;
/** The most records, entries and outs of a group. Then it takes no new ones, but what puts somebody out. */
export const maxRosterItems = 10_000;

/** Who holds each leaf, by its index; undefined where nobody does. */
export type Leaves = readonly (LeafRecord | undefined)[];

export interface SealedCommit {
  readonly seq: number;
  /** Behind it; undefined where that is not known any more. */
  readonly leaves: Leaves | undefined;
}

/** A tree whose parts are coming. */
export interface TreeUpload {
  /** The device that leaves them. */
  readonly by: string;
  readonly tree: number;
  readonly at: number;
  readonly of: number;
  readonly next: number;
  /** Milliseconds since 1970. */
  readonly begun: number;
}

export interface SealedState {
  /** Base64url. */
  readonly groupId: string;
  roster: SignedRoster;
  /** The latest first. */
  commits: readonly SealedCommit[];
  /** The number of the last line that put somebody out; 0 for none. */
  lastOut: number;
  commitsSinceTree: number;
  /** Those that are whole, the latest first. */
  trees: readonly TreeRecord[];
  /** The number of the last tree that was begun. */
  lastTree: number;
  upload: TreeUpload | undefined;
  rosterItems: number;
  readonly turns: Turns;
}

/** A sealed group without a commit. */
export function newSealedState(roster: SignedRoster): SealedState {
  return {
    groupId: encodeBase64url(roster.groupId),
    roster,
    commits: [],
    lastOut: 0,
    commitsSinceTree: 0,
    trees: [],
    lastTree: 0,
    upload: undefined,
    rosterItems: 0,
    turns: new Turns(),
  };
}

/**
 * That of a group whose records are damaged: nobody is in, and nobody may enter. So it stays sealed, and its admin can end
 * it.
 */
export function brokenRoster(groupId: Uint8Array, group: GroupName): SignedRoster {
  const nobody = { admins: [], members: [], admitted: [], banned: [], out: [] };
  const head = new Uint8Array(rosterHeadBytes);
  return { groupId, group, suite: '', mode: 'invite', ...nobody, head, records: 0 };
}

/** The number of the last commit; 0 where there is none yet. */
export function lastCommitOf({ commits }: SealedState): number {
  return commits[0]?.seq ?? 0;
}
