// An MLS commit of one's own that the server has not accepted yet. Nobody can process their own commit: the state after
// it is made together with it, stored before the commit is sent (pending-record.ts), and taken over when the log holds
// the commit. Where another one came first it is forgotten.
import { equalBytes } from '../../lib/bytes.ts';
import { ok, type Result } from '../../lib/result.ts';
import { mls, type CiphersuiteImpl, type ClientState } from '../mls.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { groupSessionOf, nextEpoch, wipe, wipeTree, type GroupSession } from './group-session.ts';

/** Holds secrets. */
export interface PendingCommit {
  /** The epoch that the group is in after it. */
  readonly epoch: number;
  readonly [mls]: {
    readonly suite: CiphersuiteImpl;
    readonly state: ClientState;
    /** The confirmation tag of the session that it continues; none for an entry. */
    readonly parent: Uint8Array | undefined;
  };
}

/** A commit to send, the GroupInfo that others enter with after it, and what to adopt once the log holds it. */
export interface PreparedCommit {
  readonly commit: Uint8Array;
  readonly info: Uint8Array;
  readonly pending: PendingCommit;
}

/**
 * The session after a commit of one's own; of an entry where `session` is undefined. Messages may have been sealed and
 * opened with `session` since the commit was prepared.
 */
export function adopt(
  session: GroupSession | undefined,
  pending: PendingCommit,
): Result<GroupSession, Refusal<'not-next'>> {
  const { suite, state, parent } = pending[mls];
  if (session === undefined && parent === undefined) return ok(groupSessionOf(suite, state, []));
  const follows =
    session !== undefined &&
    parent !== undefined &&
    equalBytes(parent, session[mls].state.confirmationTag);
  return follows
    ? ok(nextEpoch(session, state))
    : refuse('not-next', 'a commit that does not continue this session');
}

/** Wipes what a commit that came too late would have begun. Keys that `session` still uses stay. */
export function forgetPending(session: GroupSession | undefined, pending: PendingCommit): void {
  const { state } = pending[mls];
  const used = new Set(session && Object.values(session[mls].state.privatePath.privateKeys));
  wipe(Object.values(state.privatePath.privateKeys).filter((key) => !used.has(key)));
  wipe(Object.values(state.keySchedule) as Uint8Array[]);
  wipeTree(state.secretTree);
}
