// Puts what was stored of rooms back into a hub.

import { decodeBase64url } from '../../../lib/base64url.ts';
import type { LogId, Records } from '../../records.ts';
import type { Direct, Hub } from '../../state.ts';
import { charterNameOf } from './room.ts';
import { rosterFrom, type Sha256 } from './roster-items.ts';
import { brokenRoster, newSealedState } from './sealed-state.ts';

/** For a hub whose groups and logs are there already. `directs`: its private conversations. */
export function restoreSealed(
  hub: Hub,
  directs: ReadonlyMap<LogId, Direct>,
  { sealedGroups, sealedLeaves, rosters }: Records,
  sha256: Sha256,
): void {
  const leavesOf = new Map(sealedLeaves.map(({ log, leaves }) => [log, leaves]));
  const itemsOf = new Map(rosters.map(({ log, items }) => [log, items]));
  const groupOf = new Map([...hub.groups.values()].map((group) => [group.log?.id, group]));
  for (const record of sealedGroups) {
    const room = groupOf.get(record.log) ?? directs.get(record.log);
    if (room === undefined) continue;
    const items = itemsOf.get(record.log) ?? [];
    const groupId = decodeBase64url(record.groupId) ?? new Uint8Array();
    // Where an item is lost, the roster is not known any more.
    const roster = items.length === record.rosterItems ? rosterFrom(items, sha256) : undefined;
    const { commits, lastOut, commitsSinceTree, trees, lastTree } = record;
    room.sealed = {
      ...newSealedState(roster ?? brokenRoster(groupId, charterNameOf(room))),
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
