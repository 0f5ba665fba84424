// Messages of another device's history on their way to the disk. They move no cursor, count as no news and are shown where
// they belong. A conversation that was not known here is from then on: as far as the other device is. Fills a batch.

import { filedFrom, recordFrom } from '../../history/history-import.ts';
import type { HistoryPiece } from '../../history/piece.ts';
import type { Conversation } from '../conversations.ts';
import { recordIn, type InboxBatch } from './batch.ts';
import { unknownLog } from './log-change.ts';

export function takePiece(
  conversation: Conversation,
  piece: HistoryPiece,
  batch: InboxBatch,
): void {
  const known = recordIn(batch, conversation);
  const isNew = known.log === unknownLog && conversation.log === piece.log;
  const record = isNew ? recordFrom(piece) : known;
  if (isNew) {
    batch.records.set(conversation, record);
    conversation.seen = Math.max(conversation.seen, record.read);
    batch.events.push({ type: 'conversations' });
  }
  const messages = filedFrom(piece, record);
  batch.changes.push({ type: 'imported', messages });
  const last = messages.at(-1)?.place ?? 0;
  batch.events.push({ type: 'history-taken', conversation: conversation.name, last });
}
