// Connections to the ports of kept files [13.8]: asked of the shell, and what the shell reports of them. They end with the
// connection to the chat that asked for them.

import type { FailureCode } from '../../../wire/extended/failures.ts';
import type { RequestOf } from '../../../wire/extended/requests.ts';
import type { Ticket } from '../../../wire/kept-files.ts';
import type { ConnectionId, TransferId } from '../../effects.ts';
import type { AccountId } from '../../records.ts';
import type { Visit } from '../../state.ts';
import { fail, report, type Turn } from '../../turn.ts';
import { closeKept, removeFile, reservedBytes, transfersOf, uploadGrew } from './kept-book.ts';
import type { KeptFile, KeptTransfer } from './kept-state.ts';

/** When to ask again for a port, in milliseconds. */
const portRetryMs = 5000;

/** Why an account may begin no transfer now. One that the new one ends does not count. */
export function transfersRefusal(
  { hub, env }: Turn,
  account: AccountId,
  upload?: KeptFile,
): FailureCode | undefined {
  const { transfers } = hub.kept;
  let own = 0;
  for (const { account: other, file } of transfers.values()) {
    if (other === account && file !== upload) own++;
  }
  if (own >= env.maxTransfersPerUser) return 'too-many-transfers';
  return transfers.size + hub.files.transfers.size >= env.maxTransfers ? 'no-port' : undefined;
}

/** Whether nothing can be changed about kept files from here now: then the request is answered. */
export function cannotChange(
  turn: Turn,
  visit: Visit,
  request: RequestOf<'TAKEN'> | RequestOf<'DROP'>,
): boolean {
  const refusal = !visit.private ? 'not-here' : turn.hub.storing ? undefined : 'store-failed';
  if (refusal !== undefined) fail(turn, visit.connection, request, refusal);
  return refusal !== undefined;
}

/** Asks the shell for a port. The request is answered when it is open. */
export function openKept(turn: Turn, draft: Omit<KeptTransfer, 'id' | 'phase'>): void {
  const { hub } = turn;
  const id = ++hub.files.lastTransfer as TransferId;
  hub.kept.transfers.set(id, { ...draft, id, phase: { kind: 'opening' } });
  const { verb, file, connection, from } = draft;
  const to = verb === 'UPLOAD' ? reservedBytes(file) : file.stage.bytes;
  const plan = { transfer: id, verb, id: file.id, connection, from, to };
  turn.effects.push({ type: 'openKept', plan });
}

/** The port is open. */
export function keptOpened(turn: Turn, id: TransferId, port: number, ticket: Ticket): void {
  const transfer = turn.hub.kept.transfers.get(id);
  if (transfer?.phase.kind !== 'opening') return;
  transfer.phase = { kind: 'open' };
  const { verb, label, file, from, connection } = transfer;
  const answer = { label, id: file.id, port, ticket };
  if (verb === 'FETCH') {
    report(turn, connection, { verb, ...answer, bytes: file.stage.bytes });
  } else report(turn, connection, { verb, ...answer, have: from });
}

/** There is no port, or the bytes are not there: they are lost, or cannot be written. */
export function keptFailed(turn: Turn, id: TransferId, why: 'no-port' | 'lost' | 'no-room'): void {
  const transfer = turn.hub.kept.transfers.get(id);
  if (transfer === undefined) return;
  if (why === 'lost') removeFile(turn, transfer.file);
  end(turn, transfer, why === 'lost' ? 'file-gone' : why);
}

/** So much of an upload is on the disk. */
export function keptMoved(turn: Turn, id: TransferId, have: number): void {
  const transfer = turn.hub.kept.transfers.get(id);
  if (transfer === undefined || !isCurrent(turn, transfer)) return;
  const { file, phase, connection } = transfer;
  uploadGrew(turn, file, have);
  if (phase.kind === 'open') {
    report(turn, connection, { verb: 'KEPT', id: file.id, have });
  }
}

/** A transfer has ended. `have`: of an upload, how much of it is on the disk; undefined if nobody knows. */
export function keptOver(
  turn: Turn,
  id: TransferId,
  have: number | undefined,
  why: 'no-room' | undefined,
): void {
  const transfer = turn.hub.kept.transfers.get(id);
  if (transfer === undefined) return;
  const isUpload = transfer.verb === 'UPLOAD';
  if (isUpload && have !== undefined && isCurrent(turn, transfer)) {
    uploadGrew(turn, transfer.file, have);
  }
  end(turn, transfer, why);
}

/** Forgets a transfer, and tells whoever asked for it. */
function end(turn: Turn, transfer: KeptTransfer, reported: FailureCode | undefined): void {
  const { id, verb, label, connection, file, phase } = transfer;
  turn.hub.kept.transfers.delete(id);
  const why = phase.kind === 'closing' ? phase.why : reported;
  if (why === 'left') return;
  const wasOpen = phase.kind === 'closing' ? phase.wasOpen : phase.kind === 'open';
  if (!wasOpen) {
    const code = why === 'replaced' ? 'too-many-transfers' : (why ?? 'no-port');
    const retryMs = code === 'no-port' ? portRetryMs : undefined;
    fail(turn, connection, { verb, label }, code, { retryMs });
  } else if (verb === 'UPLOAD' && why !== 'replaced') {
    const have = file.stage.bytes;
    report(turn, connection, { verb: 'KEPT', id: file.id, have, over: true, code: why });
  }
}

/** Whether no later attempt has begun, and the file is still there. */
function isCurrent({ hub: { kept } }: Turn, transfer: KeptTransfer): boolean {
  if (kept.files.get(transfer.file.id) !== transfer.file) return false;
  return transfersOf(kept, transfer.file).every(({ id }) => id <= transfer.id);
}

/** The connection to the chat has ended, and what it has on its way. What came of an upload is kept. */
export function forgetTransfers(turn: Turn, connection: ConnectionId): void {
  for (const transfer of turn.hub.kept.transfers.values()) {
    if (transfer.connection === connection) closeKept(turn, transfer, 'left');
  }
}

/** The disk is nearly full: nothing more is written. */
export function endUploads(turn: Turn): void {
  for (const transfer of turn.hub.kept.transfers.values()) {
    if (transfer.verb === 'UPLOAD') closeKept(turn, transfer, 'no-room');
  }
}
