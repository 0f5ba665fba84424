// What a room adds to its log beside messages, and what is remembered with it.

import type { RosterItem } from '../../../wire/extended/events.ts';
import { applyServerOut, type ServerOutReason } from '../../../wire/statements/roster.ts';
import type { Username } from '../../../wire/text.ts';
import type { SealedPart } from '../../effects.ts';
import type { SealedGroupRecord } from '../../records.ts';
import type { Visit } from '../../state.ts';
import { change, type Turn } from '../../turn.ts';
import { hearersOf, logOf, nameOf, type Room } from './room.ts';
import { openCommits, type SealedState, type SealedCommit, knownCommits } from './sealed-state.ts';

/** Who says a line, and what of it bears on the roster. */
interface LineDraft {
  /** Undefined where the server says it. */
  readonly visit: Visit | undefined;
  readonly id: string | undefined;
  readonly at: number;
  readonly part: SealedPart;
  readonly items: (seq: number) => readonly RosterItem[];
}

/** Puts a line behind the log. Returns its number; undefined where there is no log. */
export function addLine(
  turn: Turn,
  room: Room,
  state: SealedState,
  { visit, id, at, part, items: itemsAt }: LineDraft,
): number | undefined {
  const log = logOf(turn, room);
  if (log === undefined) return undefined;
  const seq = ++log.last;
  const items = itemsAt(seq);
  state.rosterItems += items.length;
  // Who commits is told its number. Of records alone nobody is: who brings them hears the line.
  const committer = id === undefined ? undefined : visit;
  turn.effects.push({
    type: 'group-line',
    ...hearersOf(room, committer),
    said: {
      name: nameOf(room),
      log: log.id,
      seq,
      at,
      from: visit?.user.name,
      guest: false,
      id,
      text: undefined,
      content: undefined,
      sealed: undefined,
      welcome: undefined,
      device: undefined,
      inSealed: part,
    },
    except: committer?.connection,
    items,
  });
  return seq;
}

/** Notes a commit, and who holds the leaves behind it. */
export function addCommit(
  turn: Turn,
  { log }: Room,
  state: SealedState,
  commit: SealedCommit,
): void {
  const before = state.commits[0]?.leaves;
  state.commits = [commit, ...state.commits].slice(0, knownCommits);
  if (commit.leaves !== before && log !== undefined) {
    const leaves = commit.leaves ?? [];
    change(turn, { type: 'sealed-leaves', log: log.id, leaves });
  }
}

/** What is to be remembered of a room, but for its roster and its leaves. */
export function keepState(turn: Turn, { log }: Room, state: SealedState): void {
  if (log === undefined) return;
  const { groupId, lastOut, commitsSinceTree, trees, lastTree, rosterItems } = state;
  const sealed: SealedGroupRecord = {
    log: log.id,
    groupId,
    commits: state.commits.slice(0, openCommits).map(({ seq }) => seq),
    lastOut,
    commitsSinceTree,
    trees,
    lastTree,
    rosterItems,
  };
  change(turn, { type: 'sealed-group', sealed });
}

/**
 * The server puts somebody out by its own word: they left, were kicked by a bare KICK, or have no account any more. Nothing
 * where the roster does not have them.
 */
export function putOutOfRoster(
  turn: Turn,
  room: Room,
  user: Username,
  why: ServerOutReason,
  at: number,
): void {
  const state = room.sealed;
  if (state === undefined) return;
  const roster = applyServerOut(state.roster, user, why);
  if (roster === state.roster) return;
  state.roster = roster;
  const out = { user, why };
  const part: SealedPart = { out };
  const items = (seq: number) => [{ seq, out }];
  const seq = addLine(turn, room, state, { visit: undefined, id: undefined, at, part, items });
  if (seq !== undefined) state.lastOut = seq;
  keepState(turn, room, state);
}
