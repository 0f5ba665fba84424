// Blobs [13.11]: kept files that no message names, for the devices of their owner alone: the history for a new device,
// and the backup. Owns what is different about them, and their list; what is the same stays where it is.

import { invariant } from '../../../lib/invariant.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';
import { maxBlobBytes } from '../../../wire/kept-files.ts';
import type { Visit } from '../../state.ts';
import { fail, report, type Turn } from '../../turn.ts';
import { usedBy, type KeptSort } from './kept-book.ts';
import type { KeptStage } from './kept-state.ts';

/** Whether all is there that its last UPLOAD announced. From then on it stays as it is. */
export function isWholeBlob(stage: KeptStage): boolean {
  return stage.kind === 'blob' && stage.bytes > 0 && stage.bytes === stage.bound;
}

/** How many bytes an account may have of a sort, and one of them. */
export function quotaOf({ env }: Turn, sort: KeptSort): { quota: number; one: number } {
  const { quota = Infinity, blobQuota = Infinity } = env.keptFiles ?? {};
  return sort === 'files'
    ? { quota, one: quota }
    : { quota: blobQuota, one: Math.min(blobQuota, maxBlobBytes) };
}

/** BLOBS: those that are whole. */
export function listBlobs(turn: Turn, visit: Visit, request: RequestOf<'BLOBS'>): void {
  const { label, blob: wanted } = request;
  const { connection } = visit;
  const { account } = visit.user;
  invariant(account, 'requests are taken from accounts only');
  if (!visit.private || turn.env.keptFiles === undefined) {
    fail(turn, connection, request, visit.private ? 'not-kept' : 'not-here');
    return;
  }
  const { kept } = turn.hub;
  const blobs = [...(kept.ofOwner.get(account.id) ?? [])]
    .sort((one, other) => one.since - other.since)
    .flatMap(({ id, stage }) => {
      if (stage.kind !== 'blob' || !isWholeBlob(stage)) return [];
      const { of: blob, bytes } = stage;
      return wanted === undefined || blob === wanted ? [{ id, blob, bytes }] : [];
    });
  const room = quotaOf(turn, 'blobs').quota - usedBy(kept, account.id, 'blobs').bytes;
  const isBound = room !== Infinity;
  report(turn, connection, {
    verb: 'BLOBS',
    label,
    blobs,
    ...(isBound && { room: Math.max(0, room) }),
  });
}
