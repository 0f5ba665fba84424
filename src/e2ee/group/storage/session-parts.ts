// A group session as its owner stores it: SECRET, in parts with names, so that a message writes one of about 80 bytes and
// not the whole state (480 KB with 40 leaves). The device's signing key stands in none of them (../device.ts). Parts of
// one change are written together, or not at all. Store them before anything that was sealed is sent; decoding the same
// parts twice and sealing with both uses one key twice.
//
// core                  the current epoch's secrets, 1 KB: written by each MLS commit
// node.<at>             a node of the tree, about 1.3 KB: nine at most by each MLS commit
// keys.<epoch>.<leaf>   where a leaf's ratchet stands: written by each message
// past.<epoch>          an epoch that is over: its secret, and the nodes that its tree had otherwise
import { concatBytes } from '../../../lib/bytes.ts';
import { encodeGroupContext, mls, type ClientState, type RatchetTree } from '../../mls.ts';
import { noRatchet, type GroupSession, type PastEpoch, type SecretTree } from '../group-session.ts';
import {
  encodeCore,
  encodeNumber,
  encodeRatchet,
  encodeTreeNode,
  joinParts,
} from './part-codec.ts';

/** A part to write, or to delete where it has no bytes. */
export interface SessionPart {
  readonly part: string;
  readonly bytes: Uint8Array | undefined;
}

/**
 * What to write so that storage which holds `before` holds `after`; all parts where there was nothing before. `before`
 * may have been used up.
 */
export function changedParts(
  before: GroupSession | undefined,
  after: GroupSession,
): readonly SessionPart[] {
  const old = before === undefined ? nothing : before[mls];
  const now = after[mls];
  // Within an epoch messages change its ratchets, and nothing else.
  if (old.state?.keySchedule === now.state.keySchedule && old.past === now.past) {
    const { groupContext, secretTree } = now.state;
    return ratchetParts(groupContext.epoch, old.state.secretTree, secretTree);
  }
  return [
    ...coreParts(old.state, now.state),
    ...nodeParts(old.state?.ratchetTree ?? [], now.state.ratchetTree),
    ...pastParts(old.past, now.past, now.state.ratchetTree),
    ...allRatchetParts(ratchetsOf(old), ratchetsOf(now)),
  ];
}

/** What to write so that storage which holds `session` holds nothing of it. */
export function removedParts(session: GroupSession): readonly SessionPart[] {
  return changedParts(undefined, session).map(({ part }) => ({ part, bytes: undefined }));
}

interface StoredState {
  readonly state: ClientState | undefined;
  readonly past: readonly PastEpoch[];
}

const nothing: StoredState = { state: undefined, past: [] };

/** The core is the same within an epoch. Internal to this ring. */
export function coreParts(before: ClientState | undefined, after: ClientState): SessionPart[] {
  const same = before?.keySchedule === after.keySchedule;
  return same ? [] : [{ part: 'core', bytes: encodeCore(after) }];
}

/** A commit leaves nodes that it does not change where they were. Internal to this ring. */
export function nodeParts(before: RatchetTree, after: RatchetTree): SessionPart[] {
  if (before === after) return [];
  return changedNodes(before, after).map(({ at, bytes }) => ({ part: `node.${at}`, bytes }));
}

function changedNodes(
  before: RatchetTree,
  after: RatchetTree,
): { readonly at: number; readonly bytes: Uint8Array | undefined }[] {
  const width = Math.max(before.length, after.length);
  return Array.from({ length: width }, (_, at) => at)
    .filter((at) => before[at] !== after[at])
    .map((at) => {
      const node = after[at];
      return { at, bytes: node && encodeTreeNode(node) };
    });
}

/** The part of a past epoch never changes: its tree is told by what the tree of the epoch behind it has otherwise. */
function pastParts(
  before: readonly PastEpoch[],
  after: readonly PastEpoch[],
  tree: RatchetTree,
): SessionPart[] {
  const isIn = (epochs: readonly PastEpoch[], { context }: PastEpoch): boolean =>
    epochs.some((other) => other.context === context);
  return [
    ...before
      .filter((epoch) => !isIn(after, epoch))
      .map((epoch) => ({ part: pastName(epoch), bytes: undefined })),
    ...after.flatMap((epoch, at) =>
      isIn(before, epoch)
        ? []
        : [{ part: pastName(epoch), bytes: encodePast(epoch, after[at - 1]?.tree ?? tree) }],
    ),
  ];
}

function pastName({ context }: PastEpoch): string {
  return `past.${context.epoch}`;
}

function encodePast(epoch: PastEpoch, next: RatchetTree): Uint8Array {
  return joinParts([
    encodeNumber(epoch.tree.length, 2),
    epoch.senderDataSecret,
    epoch.confirmationTag,
    encodeGroupContext(epoch.context),
    ...changedNodes(next, epoch.tree).map(({ at, bytes }) =>
      concatBytes(encodeNumber(at, 2), bytes ?? new Uint8Array(0)),
    ),
  ]);
}

type Ratchets = ReadonlyMap<bigint, SecretTree>;

function ratchetsOf({ state, past }: StoredState): Ratchets {
  const ratchets = new Map(past.map(({ context, secretTree }) => [context.epoch, secretTree]));
  if (state !== undefined) ratchets.set(state.groupContext.epoch, state.secretTree);
  return ratchets;
}

function allRatchetParts(before: Ratchets, after: Ratchets): SessionPart[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((epoch) =>
    ratchetParts(epoch, before.get(epoch) ?? [], after.get(epoch) ?? []),
  );
}

/** What messages have changed in the ratchets of `epoch`. Internal to this ring. */
export function ratchetParts(epoch: bigint, before: SecretTree, after: SecretTree): SessionPart[] {
  if (before === after) return [];
  const parts: SessionPart[] = [];
  for (let at = 0; at < Math.max(before.length, after.length); at += 2) {
    const old = before[at]?.application ?? noRatchet;
    const now = after[at]?.application ?? noRatchet;
    if (old === now) continue;
    const bytes = now.secret.length > 0 ? encodeRatchet(now) : undefined;
    parts.push({ part: `keys.${epoch}.${at / 2}`, bytes });
  }
  return parts;
}
