// TREE: the tree of a room, left in parts by a member for those who enter [14.16]. One is left at a time; it counts
// when its last part is there. The server cannot tell whether it is a true one, so the latest of each member is kept, and
// the one of the founding always: one member's false trees push nobody else's out, and whoever enters tries them all.

import { parsePlace } from '../../../wire/extended/names.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';
import { keepingRefusal } from '../../messages/posts.ts';
import { isOverQuota, useQuota } from '../../quotas.ts';
import type { TreeRecord } from '../../records.ts';
import type { Visit } from '../../state.ts';
import { change, fail, groupNameAt, report, type Turn } from '../../turn.ts';
import { findRoom, isIn, nameOf, roomPlaceOf, type Room } from './room.ts';
import { keepState } from './sealed-log.ts';
import { keptTrees, lastCommitOf, type SealedState, type TreeUpload } from './sealed-state.ts';

/** Whoever pauses for longer lets somebody else leave a tree, in milliseconds. */
const uploadMs = 60_000;

type Tree = RequestOf<'TREE'>;

/** Carries out a TREE. */
export function leaveTree(turn: Turn, visit: Visit, request: Tree, at: number): void {
  const { connection, user } = visit;
  const place = parsePlace(request.in);
  const where = roomPlaceOf(turn.hub, visit, place, groupNameAt(turn, place));
  if (!where.ok) return fail(turn, connection, request, where.error);
  const room = findRoom(turn.hub, visit, where.value);
  const state = room?.sealed;
  const { account } = user;
  if (account === undefined || (room === undefined && place?.kind !== 'direct')) {
    return fail(turn, connection, request, 'no-such-place');
  }
  if (room === undefined || state === undefined) {
    return fail(turn, connection, request, 'not-sealed');
  }
  if (!isIn(room, user)) return fail(turn, connection, request, 'not-a-member');
  const refusal = keepingRefusal(turn);
  if (refusal !== undefined) return fail(turn, connection, request, refusal);
  if (isOverQuota(turn.env, account, at)) return fail(turn, connection, request, 'over-quota');
  const upload = uploadOf(state, visit.device ?? '', request, at);
  if (upload === undefined) {
    const last = lastCommitOf(state);
    return fail(turn, connection, request, 'stale', { last, retryMs: uploadMs });
  }
  takePart(turn, visit, request, { room, state, upload }, at);
}

/** The upload that a part goes on with, or begins; undefined where it does neither. */
function uploadOf(
  { upload, commits, lastTree }: SealedState,
  device: string,
  { at: commit, n, of }: Tree,
  now: number,
): TreeUpload | undefined {
  if (n > of || !commits.some(({ seq }) => seq === commit)) return undefined;
  if (n > 1) {
    const goesOn =
      upload?.by === device && upload.at === commit && upload.of === of && upload.next === n;
    return goesOn ? upload : undefined;
  }
  const isFree = upload === undefined || upload.by === device || now - upload.begun >= uploadMs;
  if (!isFree) return undefined;
  return { by: device, tree: lastTree + 1, at: commit, of, next: 1, begun: now };
}

interface Place {
  readonly room: Room;
  readonly state: SealedState;
  readonly upload: TreeUpload;
}

function takePart(
  turn: Turn,
  visit: Visit,
  { label, n, of, bytes, info }: Tree,
  { room, state, upload }: Place,
  now: number,
): void {
  const log = room.log?.id;
  if (log === undefined) return;
  const { tree, at } = upload;
  change(turn, { type: 'tree-part', part: { log, tree, n, bytes } });
  useQuota(turn, visit, bytes.length + (info?.length ?? 0), now);
  const isWhole = n === of;
  state.lastTree = tree;
  state.upload = isWhole ? undefined : { ...upload, next: n + 1, begun: now };
  if (isWhole) {
    const by = visit.user.account?.id;
    state.trees = treesWith({ tree, at, of, by }, state.trees);
    state.commitsSinceTree = state.commits.filter(({ seq }) => seq > at).length;
    const trees = state.trees.map((one) => one.tree);
    change(turn, { type: 'trees-kept', log, trees });
    if (info !== undefined) {
      change(turn, { type: 'group-info', info: { log, at, by: visit.user.name, info } });
    }
  }
  keepState(turn, room, state);
  const whole = isWhole || undefined;
  const stored = { label, in: nameOf(room), at, n, whole };
  report(turn, visit.connection, { verb: 'STORED', ...stored });
}

/** The trees that are kept once `latest` is whole. */
function treesWith(latest: TreeRecord, trees: readonly TreeRecord[]): readonly TreeRecord[] {
  const [founding] = trees.slice(-1);
  const others = trees.slice(0, -1).filter(({ by }) => by === undefined || by !== latest.by);
  const kept = [latest, ...others].slice(0, keptTrees - 1);
  return founding === undefined ? kept : [...kept, founding];
}
