// MLS commits of a sealed group: making one's own, and following those of others.
import { ok, type Result } from '../../lib/result.ts';
import { encodeMessage, maxCommitBytes, type CodecRefusal } from '../codec.ts';
import { createCommit, emptyPskIndex, mls, processPublicMessage } from '../mls.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { encodeCommitData, type CommitData } from './authenticated-data.ts';
import { tooLarge } from './entry.ts';
import { infoOf } from './group-info.ts';
import {
  forgetSession,
  members,
  nextEpoch,
  publicGroup,
  publicStateOf,
  trimmed,
  wipe,
  type GroupSession,
} from './group-session.ts';
import type { PreparedCommit } from './pending-commit.ts';
import {
  checkCommit,
  decodeCommit,
  type CheckedCommit,
  type GroupChange,
  type Judge,
  type PolicyRefusal,
} from './policy.ts';
import type { PublicGroup } from './public-group.ts';
import { followChecked } from './replay.ts';

export type PrepareRefusal = Refusal<
  | 'no-such-leaf' // not in the group, twice, or the own one
  | 'too-large' // more than a line holds: fewer at once, or others rotate first
>;

export type ApplyRefusal =
  | CodecRefusal
  | PolicyRefusal
  | Refusal<
      | 'own-commit' // of this leaf: adopt what was pending instead
      | 'unreadable' // altered on the way, or made so that this member cannot follow
    >;

/** Where a commit has led a member. */
export type AppliedCommit = { readonly change: GroupChange } & (
  | { readonly kind: 'in'; readonly session: GroupSession }
  /** Removed, or replaced by another copy of the own device. The session's secrets are wiped. */
  | { readonly kind: 'out'; readonly group: PublicGroup }
);

/** A commit that removes `leaves` and renews the own keys: those removed read nothing that is sealed after it. */
export async function prepareRemoval(
  session: GroupSession,
  leaves: readonly number[],
  data: Omit<CommitData, 'kind'>,
): Promise<Result<PreparedCommit, PrepareRefusal>> {
  const known = new Set(members(session).map(({ leaf }) => leaf));
  known.delete(session.leaf);
  if (leaves.length === 0 || !leaves.every((leaf) => known.delete(leaf))) {
    return refuse('no-such-leaf', 'nobody, or somebody who cannot be removed');
  }
  return prepare(session, leaves, { ...data, kind: 'remove' });
}

/** An empty commit, which renews the own keys: whoever had copied them reads nothing that is sealed after it. */
export function prepareRotation(
  session: GroupSession,
  data: Omit<CommitData, 'kind'>,
): Promise<Result<PreparedCommit, PrepareRefusal>> {
  return prepare(session, [], { ...data, kind: 'rotate' });
}

/** What may be prepared and not be sent: the session given stays usable, and only one prepared commit may be sent. */
async function prepare(
  session: GroupSession,
  leaves: readonly number[],
  data: CommitData,
): Promise<Result<PreparedCommit, PrepareRefusal>> {
  const { suite, state } = session[mls];
  const made = await createCommit(
    { state, cipherSuite: suite },
    {
      wireAsPublicMessage: true,
      extraProposals: leaves.map((removed) => ({ proposalType: 'remove', remove: { removed } })),
      authenticatedData: encodeCommitData(data),
    },
  );
  // What `made` calls consumed holds the init secret of `state`, which others' commits still need: nothing is wiped
  // before the commit is adopted (nextEpoch).
  const commit = encodeMessage(made.commit);
  if (commit.length > maxCommitBytes) return refuse('too-large', tooLarge);
  const next = trimmed(made.newState);
  return ok({
    commit,
    info: await infoOf(suite, next),
    pending: {
      epoch: Number(next.groupContext.epoch),
      [mls]: { suite, state: next, parent: state.confirmationTag },
    },
  });
}

/**
 * The session after somebody else's commit. After a refusal the session given still stands, and the commit is void for
 * this member.
 */
export async function applyCommit(
  session: GroupSession,
  bytes: Uint8Array,
  judge: Judge,
): Promise<Result<AppliedCommit, ApplyRefusal>> {
  const { state } = session[mls];
  const message = decodeCommit(bytes);
  if (!message.ok) return message;
  const { sender } = message.value.content;
  const checked = await checkCommit(publicStateOf(state), message.value, judge);
  if (!checked.ok) return checked;
  const { change } = checked.value;
  if (sender.senderType === 'member' && sender.leafIndex === session.leaf) {
    return refuse('own-commit', 'made by this device itself');
  }
  return isGone(change, session.leaf)
    ? leave(session, message.value, checked.value)
    : follow(session, message.value, change);
}

type CommitMessage = Parameters<typeof checkCommit>[1];

function isGone(change: GroupChange, own: number): boolean {
  if (change.kind === 'remove') return change.removed.some(({ leaf }) => leaf === own);
  return change.kind === 'enter' && change.replaced?.leaf === own;
}

async function follow(
  session: GroupSession,
  message: CommitMessage,
  change: GroupChange,
): Promise<Result<AppliedCommit, ApplyRefusal>> {
  const { suite, state } = session[mls];
  try {
    const processed = await processPublicMessage(state, message, emptyPskIndex, suite);
    const next = nextEpoch(session, processed.newState);
    wipe(processed.consumed);
    return ok({ kind: 'in', session: next, change });
  } catch {
    // The library throws for every signature, ciphertext and tag that does not fit.
    return refuse('unreadable', 'this device cannot follow it');
  }
}

/** Whoever is removed cannot read the path; the library would only note it, and fails where it is one's own leaf. */
async function leave(
  session: GroupSession,
  message: CommitMessage,
  checked: CheckedCommit,
): Promise<Result<AppliedCommit, ApplyRefusal>> {
  const { suite } = session[mls];
  const group = await followChecked({ [mls]: suite }, publicGroup(session), message, checked);
  if (!group.ok) return group;
  forgetSession(session);
  return ok({ kind: 'out', group: group.value, change: checked.change });
}
