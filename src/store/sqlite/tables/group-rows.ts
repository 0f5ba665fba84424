// The texts in rows about sealed groups, decoded: what does not fit is damaged.

import * as v from 'valibot';
import type {
  AccountId,
  LogId,
  SealedGroupRecord,
  SealedLeavesRecord,
} from '../../../hub/records.ts';
import { rosterItem, type RosterItem } from '../../../wire/extended/events.ts';
import { groupRules, type GroupRules } from '../../../wire/groups/group-rules.ts';
import { decodeJson } from '../../../wire/extended/json-line.ts';

const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const account = v.pipe(
  number,
  v.transform((id) => id as AccountId),
);

const state = v.object({
  groupId: v.string(),
  commits: v.array(number),
  lastOut: number,
  commitsSinceTree: number,
  trees: v.array(v.object({ tree: number, at: number, of: number, by: v.optional(account) })),
  lastTree: number,
  rosterItems: number,
});

const leaves = v.array(v.nullable(v.object({ root: v.string(), key: v.string() })));

export function asGroupRules(text: string): GroupRules | undefined {
  return decodeJson(groupRules, text);
}

export function asRosterItem(text: string): RosterItem | undefined {
  return decodeJson(rosterItem, text);
}

export function asSealedGroup(log: LogId) {
  return (text: string): SealedGroupRecord | undefined => {
    const found = decodeJson(state, text);
    return found && { log, ...found };
  };
}

export function asLeaves(text: string): SealedLeavesRecord['leaves'] | undefined {
  return decodeJson(leaves, text)?.map((leaf) => leaf ?? undefined);
}

/** The inverse of `asSealedGroup`. */
export function stateText({ log: _log, ...state }: SealedGroupRecord): string {
  return JSON.stringify(state);
}

/** The inverse of `asLeaves`. */
export function leavesText(leaves: SealedLeavesRecord['leaves']): string {
  return JSON.stringify(leaves.map((leaf) => leaf ?? null));
}
