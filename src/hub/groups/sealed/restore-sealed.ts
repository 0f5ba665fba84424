// Puts what was stored of sealed groups back into a hub.

import { decodeBase64url } from '../../../lib/base64url.ts';
import type { Records } from '../../records.ts';
import type { Hub } from '../../state.ts';
import { rosterFrom, type Sha256 } from './roster-items.ts';
import { brokenRoster, newSealedState } from './sealed-state.ts';

/** For a hub whose groups and logs are there already. */
export function restoreSealed(
  hub: Hub,
  { sealedGroups, sealedLeaves, rosters }: Records,
  sha256: Sha256,
): void {
  const leavesOf = new Map(sealedLeaves.map(({ log, leaves }) => [log, leaves]));
  const itemsOf = new Map(rosters.map(({ log, items }) => [log, items]));
  const groupOf = new Map([...hub.groups.values()].map((group) => [group.log?.id, group]));
  for (const record of sealedGroups) {
    const group = groupOf.get(record.log);
    if (group === undefined) continue;
    const items = itemsOf.get(record.log) ?? [];
    const groupId = decodeBase64url(record.groupId) ?? new Uint8Array();
    // Where an item is lost, the roster is not known any more.
    const roster = items.length === record.rosterItems ? rosterFrom(items, sha256) : undefined;
    const { commits, lastOut, commitsSinceTree, trees, lastTree } = record;
    group.sealed = {
      ...newSealedState(roster ?? brokenRoster(groupId, group.name)),
      groupId: record.groupId,
      commits: commits.map((seq, at) => ({
        seq,
        leaves: at === 0 ? leavesOf.get(record.log) : undefined,
      })),
      lastOut,
      commitsSinceTree,
      trees,
      lastTree,
      rosterItems: record.rosterItems,
    };
  }
}
