// Whether an MLS commit in a line of the log may change the group: what its line and the roster behind that line say.
// Answers from the log alone, so every member and everybody who replays it decides alike.
import { equalBytes } from '../../../lib/bytes.ts';
import type { GroupChange, Judge } from '../../../e2ee/group/policy.ts';
import type { GroupLeaf } from '../../../e2ee/group/public-group.ts';
import { mayHoldLeaf, memberOf, type SignedRoster } from '../../../wire/statements/roster.ts';
import type { CommitLine } from './group-line.ts';

/** The judge of `line`. `roster`: as it is behind that line. */
export function judgeOf(roster: SignedRoster, line: CommitLine): Judge {
  return (change) => whyVoid(roster, line, change);
}

/** Whether the roster lets a leaf be in the tree. One that may not be is due to be removed, by anybody. */
export function isDue(roster: SignedRoster, { identity, key }: GroupLeaf): boolean {
  return !mayHoldLeaf(roster, identity.root, key);
}

function whyVoid(roster: SignedRoster, line: CommitLine, change: GroupChange): string | undefined {
  const { data, by } = change;
  if (data.kind !== line.what || data.on !== line.on) {
    return 'the server has put it into another line than the one that it was made for';
  }
  if (by.identity.name !== line.from) return 'the server says that somebody else has sent it';
  if (!equalBytes(data.rosterHead, roster.head)) {
    return 'it was made on other records than those of the log';
  }
  const isNamed = memberOf(roster, by.identity.root)?.name === by.identity.name;
  if (!isNamed || isDue(roster, by)) return `${by.identity.name} may not be in the group`;
  if (change.kind !== 'remove') return undefined;
  // Whoever is out may be removed by anybody, and each account may remove what is its own.
  const undue = change.removed.find(
    (leaf) => !isDue(roster, leaf) && !equalBytes(leaf.identity.root, by.identity.root),
  );
  return undue && `it removes ${undue.identity.name}, who is in the group`;
}
