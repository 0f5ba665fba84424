// The record of a commit of one's own that the log does not hold yet: SECRET. It is stored before the commit is sent: if
// the answer is lost, the log tells by the commit's line whether it was accepted, and then nothing else leads on. It
// holds what the session that it continues does not hold: about 20 KB among 100 leaves, and for an entry all of it.
import { decodeUtf8, encodeUtf8, equalBytes } from '../../../lib/bytes.ts';
import { ok, type Result } from '../../../lib/result.ts';
import type { Device } from '../../device.ts';
import { mls } from '../../mls.ts';
import type { Suite } from '../../suite.ts';
import type { GroupIdentity } from '../group-identity.ts';
import type { GroupSession } from '../group-session.ts';
import { joinParts, splitParts } from './part-codec.ts';
import type { PendingCommit } from '../pending-commit.ts';
import { coreParts, nodeParts, ratchetParts } from './session-parts.ts';
import { isOwn, malformed, takeState, type StoredSessionRefusal } from './stored-session.ts';
import { refuse, type Refusal } from '../../refusal.ts';

/** The record of `pending`, which continues `session`; an entry continues none. */
export function encodePending(
  session: GroupSession | undefined,
  pending: PendingCommit,
): Uint8Array {
  const { state, parent } = pending[mls];
  const { ratchetTree, groupContext, secretTree } = state;
  const tree = session?.[mls].state.ratchetTree ?? [];
  const parts = [
    ...coreParts(undefined, state),
    ...nodeParts(tree, ratchetTree),
    ...ratchetParts(groupContext.epoch, [], secretTree),
  ];
  return joinParts([
    parent ?? new Uint8Array(0),
    ...parts.flatMap(({ part, bytes }) => [encodeUtf8(part), bytes ?? new Uint8Array(0)]),
  ]);
}

/** The commit of `device` that a record holds. `bytes` stay the caller's. */
export async function decodePending(
  suite: Suite,
  device: Device,
  identity: GroupIdentity,
  session: GroupSession | undefined,
  bytes: Uint8Array,
): Promise<Result<PendingCommit, StoredSessionRefusal | Refusal<'not-next'>>> {
  const [parent, ...rest] = splitParts(bytes) ?? [];
  if (parent === undefined) return malformed;
  const tag = session?.[mls].state.confirmationTag ?? new Uint8Array(0);
  if (!equalBytes(parent, tag)) {
    return refuse('not-next', 'a commit that does not continue this session');
  }
  const parts = new Map<string, Uint8Array>();
  for (let at = 0; at < rest.length; at += 2) {
    const name = decodeUtf8(rest[at] ?? new Uint8Array(0));
    const part = rest[at + 1];
    if (name === undefined || part === undefined) return malformed;
    parts.set(name, part);
  }
  const state = await takeState(suite, device, parts, session?.[mls].state.ratchetTree);
  if (state === undefined || parts.size > 0) return malformed;
  if (!isOwn(state, device, identity)) return refuse('other-device', 'a commit of another device');
  const { epoch } = state.groupContext;
  return ok({
    epoch: Number(epoch),
    [mls]: { suite: suite[mls], state, parent: session === undefined ? undefined : parent },
  });
}
