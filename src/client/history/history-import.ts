// Where the messages of a piece belong on this device. The other device counts the logs of a conversation's name in its own
// way; both know the server's numbers for them. What the logs of both have in common gets the epoch that it has here, and
// what came before it an earlier one. Writes nothing.

import { baseOf, epochOf, type LogEpochs } from '../store/log-epochs.ts';
import type { ConversationRecord, FiledRecord } from '../store/store-port.ts';
import type { HistoryPiece } from './piece.ts';

/** What a conversation is here that was not known before: as far as the other device is. */
export function recordFrom(piece: HistoryPiece): ConversationRecord {
  const { conversation: name, log, earlier, cursor, read } = piece;
  return { name, log, epoch: 0, earlier, cursor, read: Math.min(read, cursor) };
}

/** The messages of a piece, each with its epoch here. */
export function filedFrom(piece: HistoryPiece, record: ConversationRecord): FiledRecord[] {
  const { conversation, back, rows } = piece;
  const epochs = epochsOf(piece, record);
  return rows.map((row) => ({
    ...row,
    conversation,
    epoch: back === 0 ? epochOf(epochs, row.place) : epochs.epoch - back,
  }));
}

/** The current log of the piece, and what it has been before, in epochs of this device. */
export function epochsOf(
  { log, earlier }: Pick<HistoryPiece, 'log' | 'earlier'>,
  record: ConversationRecord,
): LogEpochs {
  const behind = [record, ...record.earlier].findIndex((one) => isSameLog(one.log, log));
  if (behind >= 0) {
    return { epoch: record.epoch - behind, earlier: record.earlier.slice(behind) };
  }
  const ahead = earlier.findIndex((one) => isSameLog(one.log, record.log));
  if (ahead >= 0) {
    return {
      epoch: record.epoch + ahead + 1,
      earlier: [...earlier.slice(0, ahead + 1), ...record.earlier],
    };
  }
  // Nothing is known to be the same: it comes before all that is here.
  return { epoch: baseOf(record) - 1, earlier: [] };
}

/** 0: the log is not known. */
function isSameLog(one: number, other: number): boolean {
  return one === other && one !== 0;
}
