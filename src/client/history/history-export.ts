// The history of a device as pieces for the other devices of its account, and for a backup. What is in one piece is
// decided by numbers of the log, so that a new message changes one piece, and a page that is fetched later none of the
// others: whoever has had pieces before takes those whose stamps have changed. Reads the store; writes nothing.
//
// The history may change while it is read. A piece is as its block was at one moment, and the next round brings the rest.

import { directConversation } from '../../wire/extended/names.ts';
import type { Username } from '../../wire/text.ts';
import { maxPieceBytes } from '../../e2ee/history/piece-sealer.ts';
import { ttlOf } from '../content.ts';
import { epochOf } from '../store/log-epochs.ts';
import {
  blockNumbers,
  type ClientStore,
  type ConversationRecord,
  type FiledRecord,
  type StoredBlock,
} from '../store/store-port.ts';
import { encodePiece, type PieceRow } from './piece.ts';

/** A part of the history that goes as a whole. */
export interface HistoryBlock extends StoredBlock {
  /** Always the same on this device. */
  readonly name: string;
}

/** The most messages in one piece: where many have no number of their own, a block has more of them than numbers. */
const maxPieceRows = 2 * blockNumbers;

export interface HistoryExportPorts {
  readonly me: Username;
  readonly store: Pick<ClientStore, 'historyBlocks' | 'historyBlock'>;
  /** Of all conversations on this device. */
  readonly records: () => readonly ConversationRecord[];
}

export class HistoryExport {
  readonly #ports: HistoryExportPorts;

  constructor(ports: HistoryExportPorts) {
    this.#ports = ports;
  }

  /** All blocks, those with the newest messages first. */
  async blocks(): Promise<readonly HistoryBlock[]> {
    const { me, records, store } = this.#ports;
    const own = directConversation(me, me);
    const blocks: HistoryBlock[] = [];
    for (const { name: conversation } of records()) {
      // Between the devices of the account: it is no history.
      if (conversation === own) continue;
      for (const block of await store.historyBlocks(conversation)) {
        blocks.push({ ...block, name: `${block.epoch}.${block.block} ${conversation}` });
      }
    }
    return blocks.sort((one, other) => other.newest - one.newest || other.block - one.block);
  }

  /** The pieces with the messages of a block, encoded, each of at most `maxPieceBytes`. None if it has none any more. */
  async pieces(block: HistoryBlock): Promise<readonly Uint8Array[]> {
    const { records, store } = this.#ports;
    const record = records().find(({ name }) => name === block.conversation);
    if (record === undefined) return [];
    const byLog = new Map<number, PieceRow[]>();
    for (const message of await store.historyBlock(block)) {
      // What disappears goes into no copy.
      if (message.ends !== undefined || ttlOf(message.content) !== undefined) continue;
      const back = logsBack(record, message);
      const rows = byLog.get(back);
      if (rows === undefined) byLog.set(back, [rowOf(message)]);
      else rows.push(rowOf(message));
    }
    return [...byLog].flatMap(([back, rows]) => piecesOf(record, back, rows));
  }
}

/** How many logs before the current one a message belongs to. What the current log has too counts as its own. */
function logsBack(record: ConversationRecord, { epoch, place }: FiledRecord): number {
  return epochOf(record, place) === epoch ? 0 : Math.max(0, record.epoch - epoch);
}

function rowOf(message: FiledRecord): PieceRow {
  const { conversation: _, epoch: __, ...row } = message;
  return row;
}

/** Halved until each is small enough: nearly always it is at once. */
function piecesOf(
  { name: conversation, log, earlier, cursor, read }: ConversationRecord,
  back: number,
  rows: readonly PieceRow[],
): Uint8Array[] {
  const split = (some: readonly PieceRow[]): Uint8Array[] => {
    const piece = encodePiece({ conversation, log, earlier, cursor, read, back, rows: some });
    if (some.length === 1 || (some.length <= maxPieceRows && piece.length <= maxPieceBytes)) {
      return [piece];
    }
    const middle = Math.ceil(some.length / 2);
    return [...split(some.slice(0, middle)), ...split(some.slice(middle))];
  };
  return split(rows);
}
