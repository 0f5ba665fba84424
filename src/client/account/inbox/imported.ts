// Messages of another device's history on their way to the disk. They move no cursor, count as no news and are shown where
// they belong. A conversation that was not known here is from then on: as far as the other device is, unless that one was
// revoked. Fills a batch.

import { filedFrom, recordFrom } from '../../history/history-import.ts';
import type { HistoryPiece } from '../../history/piece.ts';
import { ttlOf } from '../../content.ts';
import type { Username } from '../../../wire/text.ts';
import type { FiledRecord } from '../../store/store-port.ts';
import type { Conversation } from '../conversations.ts';
import { recordIn, type InboxBatch } from './batch.ts';
import { unknownLog } from './log-change.ts';

/** What another device has said of a conversation. `isRevoked`: that device is one of the account no more. */
export interface ImportedPiece {
  readonly piece: HistoryPiece;
  readonly isRevoked: boolean;
}

export function takePiece(
  conversation: Conversation,
  { piece, isRevoked }: ImportedPiece,
  batch: InboxBatch,
): void {
  const known = recordIn(batch, conversation);
  const isNew = known.log === unknownLog && (isRevoked || conversation.log === piece.log);
  const record = isNew && !isRevoked ? recordFrom(piece) : known;
  if (isNew) {
    batch.records.set(conversation, record);
    conversation.seen = Math.max(conversation.seen, record.read);
    batch.events.push({ type: 'conversations' });
  }
  // What disappears goes from one device to another with the server's help alone: a copy would outlive it.
  const filed = filedFrom(piece, record).filter(({ content }) => ttlOf(content) === undefined);
  // Of a device that is one of the account no more nothing is taken that would delete what is here.
  const messages = isRevoked ? filed.map((message) => ({ ...message, amended: undefined })) : filed;
  batch.changes.push({ type: 'imported', messages });
  const last = messages.at(-1)?.place ?? 0;
  const wroteTo = isRevoked ? undefined : writtenTo(conversation, messages);
  batch.events.push({ type: 'history-taken', conversation: conversation.name, last, wroteTo });
}

/** To whom this person has written, if they have: what came out of a file proves nothing. */
function writtenTo({ peer }: Conversation, messages: readonly FiledRecord[]): Username | undefined {
  const isOwn = ({ from, encrypted, imported, unreadable }: FiledRecord): boolean =>
    from !== undefined && from !== peer && encrypted && !imported && unreadable === undefined;
  return messages.some(isOwn) ? peer : undefined;
}
