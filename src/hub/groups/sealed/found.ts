// A commit that founds: it makes a sealed group, or seals an open one [13.7]. Once sealed, a group stays so.

import { decodeBase64url, encodeBase64url } from '../../../lib/base64url.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { groupConversation, lobbyGroup } from '../../../wire/extended/names.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';
import { foundRoster, type SignedRoster } from '../../../wire/statements/roster.ts';
import type { GroupName } from '../../../wire/text.ts';
import type { CheckedParts } from '../../inputs.ts';
import { reportGroup, reportLobby } from '../../messages/conversations.ts';
import { audienceOf } from '../../messages/posts.ts';
import type { AccountId } from '../../records.ts';
import { findGroup, foldName, hearsGroup, type Group, type Visit } from '../../state.ts';
import { change, leave, report, type Turn } from '../../turn.ts';
import { makeGroup } from '../groups.ts';
import { canTakePart, isChainOf } from './can-take-part.ts';
import { followRoster } from './mirror.ts';
import type { Committed, CommitRefusal } from './outcome.ts';
import { withRecords } from './records.ts';
import { addCommit, addLine } from './sealed-log.ts';
import { newSealedState, type SealedState } from './sealed-state.ts';

/** What is asked for. */
interface Founding {
  readonly name: GroupName;
  readonly request: RequestOf<'COMMIT'>;
  readonly parts: CheckedParts;
  readonly at: number;
}

/** A group, and the roster that its charter begins and the records behind the charter go on with. */
interface Founded {
  readonly group: Group;
  readonly state: SealedState;
  readonly first: SignedRoster;
}

/** Carries out a COMMIT of the kind `found`. */
export function found(
  turn: Turn,
  visit: Visit,
  founding: Founding,
  accepted: () => void,
): Result<Committed, CommitRefusal> {
  const { request, at } = founding;
  const { seen, on, commit, tree, info, records, chain } = request;
  if (commit !== undefined || seen !== 0 || on !== 0) return err('malformed');
  if (tree === undefined || chain === undefined) return err('malformed');
  if (!turn.env.keep.groups) return err('not-kept');
  const began = begin(turn, visit, founding);
  if (!began.ok) return began;
  accepted();
  const { group, state, first } = began.value;
  const [charter = '', ...others] = records ?? [];
  const seq = addLine(turn, group, state, {
    visit,
    id: request.id,
    at,
    part: { seen, on, kind: 'found', info, records, chain },
    items: (seq) => [
      { seq, founded: { record: charter, chain } },
      ...others.map((record) => ({ seq, record })),
    ],
  });
  if (seq === undefined || group.log === undefined) return err('not-kept');
  const [maker] = first.members;
  const leaf = maker && { root: encodeBase64url(maker.root16), key: visit.device ?? '' };
  addCommit(turn, group, state, { seq, leaves: [leaf] });
  state.trees = [{ tree: 1, at: seq, of: 1 }];
  state.lastTree = 1;
  change(turn, { type: 'tree-part', part: { log: group.log.id, tree: 1, n: 1, bytes: tree } });
  followRoster(turn, group, first, at);
  if (group.name === lobbyGroup) reportLobby(turn, group, visit.user);
  return ok({ group, state, seq });
}

/** Makes the group, or seals it, where nothing speaks against it. */
function begin(turn: Turn, visit: Visit, founding: Founding): Result<Founded, CommitRefusal> {
  const existing = turn.hub.groups.get(foldName(founding.name));
  const refusal = existing && sealingRefusal(turn, existing, visit, founding);
  if (refusal !== undefined) return err(refusal);
  const rosters = rostersOf(visit, founding);
  if (!rosters.ok) return rosters;
  const { first, last } = rosters.value;
  const state = newSealedState(last);
  const isByInvitation = first.mode === 'invite';
  const isLobby = founding.name === lobbyGroup;
  if (isLobby && isByInvitation) return err('record-refused');
  if (existing === undefined) {
    const invited = isByInvitation ? new Set<AccountId>() : undefined;
    const made = makeGroup(turn, visit.user, founding.name, invited, state);
    if (typeof made === 'string') return err(made);
    reportGroup(turn, made, visit.user);
    return ok({ group: made, state, first });
  }
  // Whoever may enter may enter: the charter says what everybody knows.
  if ((existing.invited !== undefined) !== isByInvitation) return err('record-refused');
  seal(turn, existing, state);
  return ok({ group: existing, state, first });
}

/** Why a group can't be sealed by somebody. */
function sealingRefusal(
  { hub }: Turn,
  group: Group,
  { user }: Visit,
  { name, at }: Founding,
): CommitRefusal | undefined {
  if (findGroup(hub, name, user) === undefined || !group.members.has(user)) return 'place-taken';
  if (group.sealed !== undefined) return 'is-sealed';
  if (group.admin !== user) return 'not-the-admin';
  const people = [...group.members.keys()].filter((member) => !canTakePart(member, at));
  if (people.length === 0) return undefined;
  return { code: 'cannot-seal', people: people.map((member) => member.name) };
}

/** The roster with the charter, and the one with all records. */
function rostersOf(
  visit: Visit,
  { name, parts: { records = [], chain } }: Founding,
): Result<{ readonly first: SignedRoster; readonly last: SignedRoster }, CommitRefusal> {
  const { account } = visit.user;
  const device = decodeBase64url(visit.device ?? '');
  if (chain === undefined || account === undefined || device === undefined) return err('no-chain');
  if (!isChainOf(chain, visit.user, account, device)) return err('no-chain');
  const [charter, ...others] = records;
  if (charter === undefined || encodeBase64url(charter.device) !== visit.device) {
    return err('record-refused');
  }
  const first = foundRoster(charter, chain);
  if (!first.ok || first.value.group !== name) return err('record-refused');
  const last = withRecords(first.value, others, visit);
  return last === undefined ? err('record-refused') : ok({ first: first.value, last });
}

/** From here on the group is for those alone who can take part. */
function seal(turn: Turn, group: Group, state: SealedState): void {
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
