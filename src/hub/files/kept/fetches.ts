// Kept files on the side of those whom they are for [13.8]: who may fetch one, and who has taken it. Blobs [13.11] are for
// their owner.

import { invariant } from '../../../lib/invariant.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';
import type { AccountId } from '../../records.ts';
import type { Visit } from '../../state.ts';
import { fail, report, type Turn } from '../../turn.ts';
import { isWholeBlob } from './blobs.ts';
import type { KeptFile } from './kept-state.ts';
import { cannotChange, openKept, transfersRefusal } from './kept-transfers.ts';
import { setTaken } from './removals.ts';

/** FETCH: for those whom the file or the blob is for, as long as it is there; also again. */
export function fetchFile(turn: Turn, visit: Visit, request: RequestOf<'FETCH'>): void {
  const { connection } = visit;
  const { account } = visit.user;
  const { id, label, from } = request;
  invariant(account, 'requests are taken from accounts only');
  const file = turn.hub.kept.files.get(id);
  const isFor = file !== undefined && isFileFor(file, account.id);
  if (!visit.private) fail(turn, connection, request, 'not-here');
  else if (!isFor) fail(turn, connection, request, 'file-gone');
  else if (from > file.stage.bytes) fail(turn, connection, request, 'malformed');
  else {
    const busy = transfersRefusal(turn, account.id);
    if (busy !== undefined) fail(turn, connection, request, busy);
    else openKept(turn, { verb: 'FETCH', file, connection, account: account.id, label, from });
  }
}

function isFileFor(file: KeptFile, account: AccountId): boolean {
  const { stage } = file;
  if (stage.kind === 'blob') return file.owner === account && isWholeBlob(stage);
  return stage.kind === 'sent' && stage.people.has(account);
}

/** TAKEN: a device has a file, or does not want it. Whom it is not for learns nothing. */
export function takeFile(turn: Turn, visit: Visit, request: RequestOf<'TAKEN'>, at: number): void {
  if (cannotChange(turn, visit, request)) return;
  const { id, label } = request;
  const file = turn.hub.kept.files.get(id);
  if (file !== undefined) setTaken(turn, file, visit.user, visit.device, at);
  report(turn, visit.connection, { verb: 'TAKEN', label, id });
}
