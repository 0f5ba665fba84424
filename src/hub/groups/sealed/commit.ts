// COMMIT: an MLS commit of a room [13.7, 13.10, 14.15]. The log's order decides: a commit is taken where its sender knows
// the last one. Checks whose it is, what its outline does, and what its records say; what it means is for members.

import { decodeBase64url } from '../../../lib/base64url.ts';
import { invariant } from '../../../lib/invariant.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import type { RosterItem } from '../../../wire/extended/events.ts';
import type { FailureCode } from '../../../wire/extended/failures.ts';
import { parseMessageId, parsePlace } from '../../../wire/extended/names.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';
import {
  applyAccount,
  applyEntry,
  losesDevice,
  type SignedRoster,
} from '../../../wire/statements/roster.ts';
import type { SealedPart } from '../../effects.ts';
import type { AccountChain } from '../../../wire/statements/account-chain.ts';
import type { CheckedParts } from '../../inputs.ts';
import { reportGroup } from '../../messages/conversations.ts';
import { keepingRefusal } from '../../messages/posts.ts';
import { arrived } from '../../messages/sends.ts';
import { accept } from '../../messages/streams.ts';
import { isOverQuota, useQuota } from '../../quotas.ts';
import type { AccountId } from '../../records.ts';
import type { Account, Visit } from '../../state.ts';
import { change, fail, groupNameAt, report, type Turn } from '../../turn.ts';
import { addMember } from '../members.ts';
import { isChainOf } from './can-take-part.ts';
import { found } from './found.ts';
import type { Committed, CommitRefusal } from './outcome.ts';
import { followRoster } from './mirror.ts';
import { leavesBehind, type Committer } from './outline-check.ts';
import { withRecords } from './records.ts';
import {
  findRoom,
  isBarred,
  isIn,
  isKept,
  isPrivate,
  isThere,
  nameOf,
  roomPlaceOf,
  type Room,
  type RoomPlace,
} from './room.ts';
import { addCommit, addLine, keepState } from './sealed-log.ts';
import {
  commitsPerTree,
  lastCommitOf,
  maxRosterItems,
  type Leaves,
  type SealedState,
} from './sealed-state.ts';

type Commit = RequestOf<'COMMIT'>;

/** Somebody's commit to a room. */
interface Attempt {
  readonly visit: Visit;
  readonly account: Account;
  readonly request: Commit;
  readonly parts: CheckedParts;
  readonly at: number;
}

/** Carries out a COMMIT. */
export function commitToRoom(
  turn: Turn,
  visit: Visit,
  request: Commit,
  parts: CheckedParts,
  at: number,
): void {
  const { account } = visit.user;
  const id = parseMessageId(request.id);
  invariant(account && id, 'the schema has checked the request, the form the account');
  if (arrived(turn, visit, request) === undefined) return;
  const attempt: Attempt = { visit, account, request, parts, at };
  const place = parsePlace(request.in);
  const where = roomPlaceOf(turn.hub, visit, place, groupNameAt(turn, place));
  const accepted = () => accept(turn, account, id);
  const done = where.ok
    ? (refusalOf(turn, attempt) ??
      (request.kind === 'found'
        ? found(turn, visit, { place: where.value, request, parts, at }, accepted)
        : commit(turn, attempt, request.kind, where.value, accepted)))
    : where;
  if (done.ok) {
    useQuota(turn, visit, sizeOf(request), at);
    confirm(turn, attempt, done.value);
    return;
  }
  const { sealed } = (where.ok && findRoom(turn.hub, visit, where.value)) || {};
  const more = done.error === 'stale' && sealed && staleness(sealed, account.id, at);
  const code = typeof done.error === 'string' ? done.error : done.error.code;
  const people = typeof done.error === 'string' ? undefined : [...done.error.people];
  fail(turn, visit.connection, request, code, { id: request.id, people, ...more });
}

function staleness(state: SealedState, account: AccountId, at: number) {
  return { last: lastCommitOf(state), retryMs: state.turns.wait(account, at) };
}

function refusalOf(
  turn: Turn,
  { account, at, parts, request }: Attempt,
): Result<never, CommitRefusal> | undefined {
  const refusal = keepingRefusal(turn);
  if (refusal !== undefined) return err(refusal);
  if (isOverQuota(turn.env, account, at)) return err('over-quota');
  if (parts.records === undefined) return err('record-refused');
  if (request.chain !== undefined && parts.chain === undefined) return err('no-chain');
  return undefined;
}

/** What keeping a commit takes, in bytes: it stands in the log and beside it. */
function sizeOf({ commit = '', info, tree = '', records = [], chain = [] }: Commit): number {
  const statements = [...records, ...chain].reduce((sum, { length }) => sum + length, 0);
  return 2 * (commit.length + info.length + 2 * statements) + tree.length;
}

function confirm(
  turn: Turn,
  { visit, request, at }: Attempt,
  { room, state, seq }: Committed,
): void {
  const { label, id, info } = request;
  if (room.log !== undefined) {
    const by = visit.user.name;
    change(turn, { type: 'group-info', info: { log: room.log.id, at: seq, by, info } });
  }
  keepState(turn, room, state);
  const wantTree = state.commitsSinceTree >= commitsPerTree || undefined;
  const sent = { label, in: nameOf(room), id, seq, at, wantTree };
  report(turn, visit.connection, { verb: 'SENT', ...sent });
}

/** What a commit comes to, once nothing speaks against it. */
interface Outcome {
  readonly room: Room;
  readonly state: SealedState;
  readonly roster: SignedRoster;
  readonly leaves: Leaves | undefined;
  /** Whether the roster says something new of its account: not where a device has lost its state, and comes back. */
  readonly isNews: boolean;
}

function commit(
  turn: Turn,
  attempt: Attempt,
  kind: Exclude<Commit['kind'], 'found'>,
  place: RoomPlace,
  accepted: () => void,
): Result<Committed, CommitRefusal> {
  const { visit, account, request, parts, at } = attempt;
  const outcome = judge(turn, attempt, kind, place);
  if (!outcome.ok) return outcome;
  const { room, state, roster, leaves, isNews } = outcome.value;
  accepted();
  const before = state.roster;
  state.turns.committed(account.id);
  // Of a private conversation the roster is all there is.
  if (kind === 'enter' && !isPrivate(room) && !isIn(room, visit.user)) {
    addMember(turn, room, visit.user);
    reportGroup(turn, room, visit.user);
  }
  state.roster = roster;
  const { seen, on, commit, info, records, chain } = request;
  const part: SealedPart = { seen, on, kind, commit, info, records, chain };
  const items = (seq: number): RosterItem[] => [
    ...(isNews ? accountItem(seq, kind, visit, chain) : []),
    ...(records ?? []).map((record) => ({ seq, record })),
  ];
  const seq = addLine(turn, room, state, { visit, id: request.id, at, part, items });
  invariant(seq !== undefined, 'a room has a log');
  addCommit(turn, room, state, { seq, leaves });
  state.commitsSinceTree += 1;
  const putsOut = parts.records?.some(({ body }) => body.kind === 'out' || body.kind === 'leave');
  // Nothing that was sealed for a device that is revoked by now is taken any more.
  if (putsOut === true || losesDevice(before, roster)) state.lastOut = seq;
  followRoster(turn, room, before, at);
  return ok({ room, state, seq });
}

/** Whether a commit may stand behind the last one. */
function judge(
  turn: Turn,
  attempt: Attempt,
  kind: Exclude<Commit['kind'], 'found'>,
  place: RoomPlace,
): Result<Outcome, FailureCode> {
  const { visit, account, request, parts, at } = attempt;
  const { user } = visit;
  const room = findRoom(turn.hub, visit, place);
  if (room === undefined) return err(place.kind === 'group' ? 'no-such-place' : 'not-sealed');
  const state = room.sealed;
  if (state === undefined || !isThere(room)) return err('not-sealed');
  if (!isKept(turn, room)) return err('not-kept');
  if (kind !== 'enter' && !isIn(room, user)) return err('not-a-member');
  if (kind === 'enter' && !isIn(room, user) && isBarred(room, user)) return err('not-admitted');
  // Who may be in a private conversation is clear. Only a new root of the other is admitted, by INVITE.
  if (isPrivate(room) && parts.records?.length !== 0) return err('record-refused');
  if (request.seen !== lastCommitOf(state) || !state.turns.mayCommit(account.id, at)) {
    return err('stale');
  }
  if (parts.outline === undefined || request.on > request.seen) return err('commit-refused');
  const shown = withAccount(state.roster, attempt, kind);
  if (!shown.ok) return shown;
  const isNews = shown.value !== state.roster;
  const adds = (isNews ? 1 : 0) + (parts.records?.length ?? 0);
  const isOut = parts.records?.every(({ body }) => body.kind === 'out' || body.kind === 'leave');
  const isFull = state.rosterItems + adds > maxRosterItems;
  if (adds > 0 && isFull && ((kind === 'enter' && isNews) || isOut !== true)) {
    return err('group-full');
  }
  const committer = committerOf(shown.value, visit);
  if (committer === undefined) return err('not-a-member');
  const roster = withRecords(shown.value, parts.records, visit);
  if (roster === undefined) return err('record-refused');
  const known = state.commits.find(({ seq }) => seq === request.on);
  const claim = { kind, on: request.on, groupId: state.groupId, roster };
  const leaves = leavesBehind(known?.leaves, parts.outline, claim, committer);
  return leaves.ok ? ok({ room, state, roster, leaves: leaves.value, isNews }) : leaves;
}

/** What the chain in a line says: who enters, or which devices somebody's account has by now. */
function accountItem(
  seq: number,
  kind: Commit['kind'],
  { device = '' }: Visit,
  chain: Commit['chain'],
): RosterItem[] {
  if (kind === 'enter') return [{ seq, entry: { device, chain: chain ?? [] } }];
  return chain === undefined ? [] : [{ seq, account: { chain } }];
}

/** The roster with what the commit's chain says. */
function withAccount(
  roster: SignedRoster,
  { visit, account, parts: { chain } }: Attempt,
  kind: Exclude<Commit['kind'], 'found'>,
): Result<SignedRoster, FailureCode> {
  if (kind === 'enter') return enter(roster, visit, account, chain);
  if (chain === undefined) return ok(roster);
  if (kind !== 'remove') return err('malformed');
  const applied = applyAccount(roster, chain);
  return applied.ok ? applied : err('no-chain');
}

function enter(
  roster: SignedRoster,
  visit: Visit,
  account: Account,
  chain: AccountChain | undefined,
): Result<SignedRoster, FailureCode> {
  const device = decodeBase64url(visit.device ?? '');
  if (chain === undefined || device === undefined) return err('no-chain');
  if (!isChainOf(chain, visit.user, account, device)) return err('no-chain');
  const entered = applyEntry(roster, chain, device);
  if (entered.ok) return entered;
  return err(entered.error === 'group-full' ? 'group-full' : 'not-admitted');
}

function committerOf(
  roster: SignedRoster,
  { user: { name }, device }: Visit,
): Committer | undefined {
  const member = roster.members.find((one) => one.name === name);
  const key = decodeBase64url(device ?? '');
  if (member === undefined || key === undefined) return undefined;
  return { root16: member.root16, name, device: key };
}
