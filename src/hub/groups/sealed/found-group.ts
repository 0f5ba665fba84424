// A group that is founded sealed, an open one that is sealed by its admin, and the lobby [13.7, 13.9].

import { err, ok, type Result } from '../../../lib/result.ts';
import { groupConversation, lobbyGroup } from '../../../wire/extended/names.ts';
import type { GroupName } from '../../../wire/text.ts';
import { reportGroup } from '../../messages/conversations.ts';
import { audienceOf } from '../../messages/posts.ts';
import type { AccountId } from '../../records.ts';
import { findGroup, foldName, hearsGroup, type Group, type Visit } from '../../state.ts';
import { leave, report, type Turn } from '../../turn.ts';
import { makeGroup } from '../groups.ts';
import { setRules } from '../sanctions.ts';
import { canTakePart } from './can-take-part.ts';
import { rostersOf, type Founded, type RoomFounding } from './founding.ts';
import type { CommitRefusal } from './outcome.ts';
import { newSealedState, type SealedState } from './sealed-state.ts';

/** Makes the group, or seals it, where nothing speaks against it. */
export function beginGroup(
  turn: Turn,
  visit: Visit,
  name: GroupName,
  founding: RoomFounding,
): Result<Founded, CommitRefusal> {
  if (!turn.env.keep.groups) return err('not-kept');
  const existing = turn.hub.groups.get(foldName(name));
  const refusal = existing && sealingRefusal(turn, existing, visit, name, founding.at);
  if (refusal !== undefined) return err(refusal);
  const rosters = rostersOf(visit, name, founding);
  if (!rosters.ok) return rosters;
  const { first, last } = rosters.value;
  const state = newSealedState(last);
  const isByInvitation = first.mode === 'invite';
  const isLobby = name === lobbyGroup;
  if (isLobby && isByInvitation) return err('record-refused');
  if (existing === undefined) {
    const invited = isByInvitation ? new Set<AccountId>() : undefined;
    const made = makeGroup(turn, visit.user, name, invited, state);
    if (typeof made === 'string') return err(made);
    reportGroup(turn, made, visit.user);
    return ok({ room: made, state, first });
  }
  // Whoever may enter may enter: the charter says what everybody knows.
  if ((existing.invited !== undefined) !== isByInvitation) return err('record-refused');
  seal(turn, existing, state);
  return ok({ room: existing, state, first });
}

/** Why a group can't be sealed by somebody. */
function sealingRefusal(
  { hub }: Turn,
  group: Group,
  { user }: Visit,
  name: GroupName,
  at: number,
): CommitRefusal | undefined {
  if (findGroup(hub, name, user) === undefined || !group.members.has(user)) return 'place-taken';
  if (group.sealed !== undefined) return 'is-sealed';
  if (group.admin !== user) return 'not-the-admin';
  const people = [...group.members.keys()].filter((member) => !canTakePart(member, at));
  if (people.length === 0) return undefined;
  return { code: 'cannot-seal', people: people.map((member) => member.name) };
}

/** From here on the group is for those alone who can take part. */
function seal(turn: Turn, group: Group, state: SealedState): void {
  // What follows is said by records: the one who seals it is its owner, and there are no other roles yet.
  if (group.rules !== undefined) setRules(turn, group, undefined);
  group.sealed = state;
  for (const user of group.members.keys()) {
    for (const visit of user.visits) {
      if (hearsGroup(group, visit)) continue;
      leave(turn, audienceOf(group), visit.connection);
      const left = { in: groupConversation(group.name), why: 'removed' } as const;
      report(turn, visit.connection, { verb: 'LEFT', ...left });
    }
    reportGroup(turn, group, user);
  }
}
